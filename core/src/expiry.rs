use crate::time::Instant;

/// The times at which a token should be renewed and at which it expires, on the caller's clock.
///
/// ```
/// use redox_auth_core::{Expiry, Freshness, Instant};
///
/// let expiry = Expiry::of_lifetime(Instant::from_millis(1_000), 300);
/// assert_eq!(expiry.at(Instant::from_millis(240_999)), Freshness::Fresh);
/// assert_eq!(expiry.at(Instant::from_millis(241_000)), Freshness::Due);
/// assert_eq!(expiry.at(Instant::from_millis(301_000)), Freshness::Expired);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Expiry {
    refresh_at: Instant,
    expires_at: Instant,
}

impl Expiry {
    /// Counts from the time when the request was *sent*. The client therefore never counts longer than the server.
    ///
    /// A `margin_secs` longer than the lifetime means "renew at once". Sums saturate.
    #[must_use]
    pub const fn new(sent_at: Instant, lifetime_secs: u32, margin_secs: u32) -> Self {
        Self {
            refresh_at: sent_at.saturating_add_secs(lifetime_secs.saturating_sub(margin_secs)),
            expires_at: sent_at.saturating_add_secs(lifetime_secs),
        }
    }

    /// The same with the usual margin: [`REFRESH_MARGIN_SECS`], but at most half the lifetime.
    #[must_use]
    pub const fn of_lifetime(sent_at: Instant, lifetime_secs: u32) -> Self {
        Self::new(sent_at, lifetime_secs, Self::margin_secs(lifetime_secs))
    }

    /// The usual margin for a lifetime, in seconds: [`REFRESH_MARGIN_SECS`], but at most half the lifetime.
    #[must_use]
    pub const fn margin_secs(lifetime_secs: u32) -> u32 {
        let half = lifetime_secs / 2;
        if half < REFRESH_MARGIN_SECS {
            half
        } else {
            REFRESH_MARGIN_SECS
        }
    }

    /// The same, with the renewal `millis` milliseconds earlier. A fleet uses it to spread its renewals over time.
    #[must_use]
    pub const fn earlier_by_millis(mut self, millis: u64) -> Self {
        self.refresh_at = self.refresh_at.saturating_sub_millis(millis);
        self
    }

    /// The state of the token at the time `now`. The same `now` always gives the same answer. A deadline has passed
    /// when it is reached.
    #[must_use]
    pub fn at(&self, now: Instant) -> Freshness {
        if now >= self.expires_at {
            Freshness::Expired
        } else if now >= self.refresh_at {
            Freshness::Due
        } else {
            Freshness::Fresh
        }
    }

    /// The time from which the token should be renewed.
    #[must_use]
    pub const fn refresh_at(&self) -> Instant {
        self.refresh_at
    }

    /// The time from which the token must not be used.
    #[must_use]
    pub const fn expires_at(&self) -> Instant {
        self.expires_at
    }
}

/// The state of a token at one moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Freshness {
    /// Valid, and not due for renewal.
    Fresh,
    /// Still valid, and due for renewal.
    Due,
    /// Expired.
    Expired,
}

/// The time between a token's renewal and its expiry, in seconds. It is enough for one exchange and, if that fails, a
/// second one.
pub const REFRESH_MARGIN_SECS: u32 = 60;

#[cfg(test)]
mod tests {
    use super::{Expiry, Freshness};
    use crate::time::Instant;

    fn at(expiry: Expiry, now_ms: u64) -> Freshness {
        expiry.at(Instant::from_millis(now_ms))
    }

    #[test]
    fn a_deadline_counts_as_passed_when_it_is_reached() {
        for (lifetime_secs, margin_secs, due_ms, dead_ms) in [
            (300, 60, 240_000, 300_000),
            (300, 0, 300_000, 300_000),
            (1, 0, 1_000, 1_000),
            (86_400, 300, 86_100_000, 86_400_000),
        ] {
            let sent = 5_000;
            let expiry = Expiry::new(Instant::from_millis(sent), lifetime_secs, margin_secs);
            let case = std::format!("{lifetime_secs} s less {margin_secs} s");
            assert_eq!(at(expiry, sent + due_ms - 1), Freshness::Fresh, "{case}");
            if due_ms < dead_ms {
                assert_eq!(at(expiry, sent + due_ms), Freshness::Due, "{case}");
                assert_eq!(at(expiry, sent + dead_ms - 1), Freshness::Due, "{case}");
            }
            assert_eq!(at(expiry, sent + dead_ms), Freshness::Expired, "{case}");
            assert_eq!(at(expiry, u64::MAX), Freshness::Expired, "{case}");
        }
    }

    #[test]
    fn a_margin_longer_than_the_token_means_at_once() {
        let expiry = Expiry::new(Instant::from_millis(7), 10, 11);
        assert_eq!(at(expiry, 7), Freshness::Due);
        assert_eq!(at(expiry, 10_006), Freshness::Due);
        assert_eq!(at(expiry, 10_007), Freshness::Expired);
    }

    #[test]
    fn the_usual_margin_is_a_minute_and_at_most_half_of_the_lifetime() {
        for (lifetime_secs, due_secs) in [(300, 240), (120, 60), (119, 60), (100, 50), (1, 1)] {
            let expiry = Expiry::of_lifetime(Instant::from_millis(0), lifetime_secs);
            let due = Instant::from_millis(due_secs * 1_000);
            assert_eq!(expiry.refresh_at(), due, "{lifetime_secs} s");
        }
    }

    #[test]
    fn the_end_of_time_is_no_overflow() {
        let expiry = Expiry::new(Instant::from_millis(u64::MAX - 1), u32::MAX, 0);
        assert_eq!(expiry.expires_at(), Instant::from_millis(u64::MAX));
        assert_eq!(at(expiry, u64::MAX - 1), Freshness::Fresh);
        assert_eq!(at(expiry, u64::MAX), Freshness::Expired);
    }
}
