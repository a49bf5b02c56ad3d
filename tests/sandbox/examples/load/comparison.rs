use core::error::Error;
use core::fmt;
use core::time::Duration;

use crate::assertions::Signer;
use crate::client::send_all;
use crate::process::Sandbox;

/// How many times as fast the second sandbox answers as the first, over all rounds, the least first.
pub(crate) struct Comparison {
    by_clock: Vec<f64>,
    by_processor: Vec<f64>,
    per_second: f64,
}

/// Sends both sandboxes the same requests, by turns.
pub(crate) async fn compare(
    signer: &Signer,
    first: &Sandbox,
    second: &Sandbox,
) -> Result<Comparison, Box<dyn Error>> {
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        let requests = signer.requests(REQUESTS)?;
        let mut taken = [None; 2];
        let mut both = [(0, first), (1, second)];
        if round % 2 == 1 {
            both.reverse();
        }
        for (place, sandbox) in both {
            let before = sandbox.processor_time()?;
            let clock = send_all(sandbox.address(), requests.clone()).await?;
            let processor = sandbox.processor_time()?.saturating_sub(before);
            if let Some(taken) = taken.get_mut(place) {
                *taken = Some((clock, processor));
            }
        }
        if let [Some(first), Some(second)] = taken {
            rounds.push((first, second));
        }
    }
    // What is new warms up.
    let rounds = rounds.get(WARM_UP..).unwrap_or_default();
    let ratio = |first: Duration, second: Duration| first.as_secs_f64() / second.as_secs_f64();
    let mut by_clock: Vec<_> = rounds.iter().map(|(a, b)| ratio(a.0, b.0)).collect();
    let mut by_processor: Vec<_> = rounds.iter().map(|(a, b)| ratio(a.1, b.1)).collect();
    by_clock.sort_by(f64::total_cmp);
    by_processor.sort_by(f64::total_cmp);
    let mut seconds: Vec<_> = rounds.iter().map(|(_, b)| b.0.as_secs_f64()).collect();
    seconds.sort_by(f64::total_cmp);
    let per_second = f64::from(u32::try_from(REQUESTS)?) / median(&seconds);
    Ok(Comparison {
        by_clock,
        by_processor,
        per_second,
    })
}

fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn quarters(sorted: &[f64]) -> (f64, f64) {
    let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
    (at(sorted.len() / 4), at(sorted.len().saturating_mul(3) / 4))
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {:.0} a second", self.per_second)?;
        for (name, ratios) in [
            ("by the clock", &self.by_clock),
            ("by processor time", &self.by_processor),
        ] {
            let (low, high) = quarters(ratios);
            writeln!(
                f,
                "  {name}: {:.3} times as fast (half of the rounds: {low:.3} to {high:.3})",
                median(ratios)
            )?;
        }
        Ok(())
    }
}

const ROUNDS: usize = 44;

const WARM_UP: usize = 4;

const REQUESTS: usize = 500;
