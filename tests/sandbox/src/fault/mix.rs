use core::time::Duration;

use http::StatusCode;

use super::{Disconnect, Fault, Junk, RetryAfter};
use crate::random::Random;

/// Several faults. A random one of them, or none, changes each answer. The same seed gives the same faults.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mix {
    seed: u64,
    drawn: u64,
    faults: Vec<Fault>,
    spared: usize,
}

impl Mix {
    /// The usual faults of a bad day, which leave half of the answers unchanged.
    ///
    /// 429 and every usual 5xx, blank refusals, HTML, empty bodies, truncated or wrong JSON, no `Date`, a latency of
    /// 200 ms, and all the ways in which connections end.
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

    /// Uses these faults instead, all equally likely; a fault that is listed twice is twice as likely.
    #[must_use]
    pub fn faults(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.faults = faults.into_iter().collect();
        self
    }

    /// Leaves an answer unchanged as often as this many further faults would occur; 0 leaves none unchanged.
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
