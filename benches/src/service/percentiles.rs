use core::fmt;
use core::time::Duration;

/// Times, in order.
#[derive(Clone, Debug)]
pub(super) struct Percentiles(Vec<Duration>);

impl Percentiles {
    pub(super) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// How long so many of a thousand took at most.
    pub(super) fn at(&self, thousandth: usize) -> Duration {
        let index = self.0.len().saturating_mul(thousandth) / 1_000;
        self.0.get(index).copied().unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Percentiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p50 {:.1?}, p99.9 {:.1?}", self.at(500), self.at(999))
    }
}
