use core::fmt;

use crate::time::Instant;

/// The number of requests that may begin in a second, in millionths of a request: 25 a second are 25,000,000, and 5 a
/// minute are 83,333.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Rate(u64);

impl Rate {
    pub(super) const MAX: Self = Self(MAX);

    /// A rate in requests a second: at least 1 a minute, at most 1,000,000 a second.
    #[must_use]
    pub const fn per_sec(requests: u32) -> Self {
        // Lossless. `From` is not const yet.
        Self::from_millionths((requests as u64).saturating_mul(MICROS))
    }

    /// A rate in requests a minute: at least 1, at most 60,000,000.
    ///
    /// ```
    /// # use redox_auth_core::Rate;
    /// assert_eq!(Rate::per_min(1_500), Rate::per_sec(25));
    /// ```
    #[must_use]
    pub const fn per_min(requests: u32) -> Self {
        Self::from_millionths((requests as u64).saturating_mul(MICROS) / 60)
    }

    /// A rate in millionths of a request a second, within the bounds of [`Rate::per_sec`].
    #[must_use]
    pub const fn from_millionths(millionths: u64) -> Self {
        Self(if millionths < MIN {
            MIN
        } else if millionths > MAX {
            MAX
        } else {
            millionths
        })
    }

    /// The rate in millionths of a request a second.
    #[must_use]
    pub const fn as_millionths(self) -> u64 {
        self.0
    }

    /// The time between two requests, in microseconds.
    pub(super) fn interval_micros(self) -> u64 {
        MICROS_SQUARED.checked_div(self.0).unwrap_or(u64::MAX)
    }

    /// The rate of this many requests in the time between two moments.
    pub(super) fn measured(requests: u32, from: Instant, to: Instant) -> Self {
        // One second is a thousand `millis`.
        let scaled = u64::from(requests).saturating_mul(MICROS.saturating_mul(1_000));
        let millis = to.millis_since(from).max(1);
        Self::from_millionths(scaled.checked_div(millis).unwrap_or(MAX))
    }

    /// This rate times `numerator / denominator`.
    pub(super) fn times(self, numerator: u64, denominator: u64) -> Self {
        Self::from_millionths(self.share(numerator, denominator))
    }

    /// The part `numerator / denominator` of this many millionths.
    pub(super) fn share(self, numerator: u64, denominator: u64) -> u64 {
        let scaled = self.0.saturating_mul(numerator);
        scaled.checked_div(denominator).unwrap_or(0)
    }

    pub(super) const fn plus(self, millionths: u64) -> Self {
        Self::from_millionths(self.0.saturating_add(millionths))
    }
}

/// In requests a second, such as `25` or `0.083`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In 32 bits, which is enough. For the compiler, formatting a longer number can panic.
        let thousandths = u32::try_from(self.0 / 1_000).unwrap_or(u32::MAX);
        match (thousandths / 1_000, thousandths % 1_000) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, millis) => write!(f, "{whole}.{millis:03}"),
        }
    }
}

const MICROS: u64 = 1_000_000;
const MICROS_SQUARED: u64 = MICROS * MICROS;

/// 1 a minute.
const MIN: u64 = MICROS / 60;

/// 1,000,000 a second: one in each microsecond of the schedule.
const MAX: u64 = MICROS_SQUARED;
