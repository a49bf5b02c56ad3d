use core::time::Duration;

use http::StatusCode;

use super::{Disconnect, Fault, Junk, RetryAfter};
use crate::random::Random;

/// Several faults of which a random one strikes each answer, or none: the same ones for the same seed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mix {
    seed: u64,
    drawn: u64,
    faults: Vec<Fault>,
    spared: usize,
}

impl Mix {
    /// What goes wrong on a bad day, and half of the answers spared.
    ///
    /// 429 and every usual 5xx, blank refusals, HTML, nothing at all, half of the JSON or a wrong one, no `Date`, a fifth
    /// of a second of latency, and connections that end in every way there is.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let unavailable = |status| Fault::Unavailable(status, RetryAfter::Absent);
        let faults = vec![
            Fault::TooManyRequests(RetryAfter::Absent),
            Fault::TooManyRequests(RetryAfter::Secs(1)),
            unavailable(StatusCode::INTERNAL_SERVER_ERROR),
            unavailable(StatusCode::BAD_GATEWAY),
            unavailable(StatusCode::SERVICE_UNAVAILABLE),
            unavailable(StatusCode::GATEWAY_TIMEOUT),
            Fault::BlankRefusal,
            Fault::Junk(Junk::Html),
            Fault::Junk(Junk::Empty),
            Fault::Junk(Junk::Truncated),
            Fault::Junk(Junk::WrongTypes),
            Fault::Undated,
            Fault::Late(Duration::from_millis(200)),
            Fault::Disconnect(Disconnect::Unanswered),
            Fault::Disconnect(Disconnect::BeforeBody),
            Fault::Disconnect(Disconnect::WithinBody),
            Fault::Disconnect(Disconnect::AfterAnswer),
        ];
        Self {
            seed,
            drawn: 0,
            spared: faults.len(),
            faults,
        }
    }

    /// Has these faults instead, each as likely as the others; one that is in it twice is twice as likely.
    #[must_use]
    pub fn faults(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.faults = faults.into_iter().collect();
        self
    }

    /// Spares an answer as often as if that were so many faults more; 0 spares none.
    #[must_use]
    pub const fn spared(mut self, weight: usize) -> Self {
        self.spared = weight;
        self
    }

    pub(super) const fn seed(&self) -> u64 {
        self.seed
    }

    pub(super) const fn weight_spared(&self) -> usize {
        self.spared
    }

    pub(super) fn draw(&mut self) -> Option<Fault> {
        let mut seed = [0; 32];
        let numbers = [self.seed, self.drawn].map(u64::to_be_bytes);
        for (byte, own) in seed.iter_mut().zip(numbers.as_flattened()) {
            *byte = *own;
        }
        self.drawn = self.drawn.wrapping_add(1);
        let outcomes = self.faults.len().saturating_add(self.spared);
        self.faults.get(Random::new(seed).below(outcomes)).cloned()
    }
}
