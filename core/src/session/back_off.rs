use super::next::Stopped;
use crate::chance::scatter;
use crate::retry_after::RETRY_AFTER_MAX_SECS;
use crate::time::Instant;

/// The time from which a credential may be tried again after a failure.
#[derive(Clone, Copy, Debug)]
pub(super) struct BackOff {
    failures: u8,
    /// The kind of the counted failures.
    trouble: Trouble,
    until: Instant,
    /// The reason why the operator has to act, if waiting alone does not help.
    stopped: Option<Stopped>,
}

impl BackOff {
    pub(super) const NONE: Self = Self {
        failures: 0,
        trouble: Trouble::Passing,
        until: Instant::from_millis(0),
        stopped: None,
    };

    /// The time from which the next attempt may begin.
    pub(super) const fn until(&self) -> Instant {
        self.until
    }

    pub(super) const fn stopped(&self) -> Option<Stopped> {
        self.stopped
    }

    /// The server is busy or unreachable. Waits 1 s, 2 s, 4 s and so on up to a minute, half of it at random, and at
    /// least `retry_after_secs` if the server named them.
    pub(super) fn try_later(&mut self, now: Instant, seed: u32, retry_after_secs: Option<u32>) {
        // Keeps `stopped`, because the cause may still exist.
        self.count(Trouble::Passing);
        let slot_ms = self.slot_ms(TRANSIENT_FIRST_MS, TRANSIENT_MAX_MS);
        let half = slot_ms / 2;
        let wait_ms = half.saturating_add(self.chance(seed, half));
        let named_secs = retry_after_secs.unwrap_or(0).min(RETRY_AFTER_MAX_SECS);
        let wait_ms = wait_ms.max(named_secs.saturating_mul(1_000));
        self.until = now.saturating_add_millis(wait_ms.into());
    }

    /// Waits for `secs` from `now`, or longer if a longer wait is set. Counts no failure.
    pub(super) fn postpone(&mut self, now: Instant, secs: u32) {
        let secs = secs.min(RETRY_AFTER_MAX_SECS);
        self.until = self.until.max(now.saturating_add_secs(secs));
    }

    /// Waiting alone does not help until someone changes a setting. Waits a minute, two, four, up to ten.
    pub(super) fn stop(&mut self, now: Instant, seed: u32, reason: Stopped) {
        self.count(Trouble::Lasting);
        self.stopped = Some(reason);
        let slot_ms = self.slot_ms(STOPPED_FIRST_MS, STOPPED_MAX_MS);
        let tenth = self.chance(seed, slot_ms / 10);
        self.until = now.saturating_add_millis(slot_ms.saturating_sub(tenth).into());
    }

    /// Counts a failure. Failures of another kind are not added to it.
    fn count(&mut self, trouble: Trouble) {
        if self.trouble != trouble {
            self.failures = 0;
        }
        self.trouble = trouble;
        self.failures = self.failures.saturating_add(1);
    }

    /// The length of the slot after the last failure.
    fn slot_ms(&self, first_ms: u32, max_ms: u32) -> u32 {
        let doublings = u32::from(self.failures.saturating_sub(1).min(16));
        first_ms.saturating_mul(1 << doublings).min(max_ms)
    }

    /// A number from 0 to `max`. It differs between instances and failures, and is the same for the same two.
    fn chance(&self, seed: u32, max: u32) -> u32 {
        scatter(seed, u32::from(self.failures), max)
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Trouble {
    Passing,
    Lasting,
}

const TRANSIENT_FIRST_MS: u32 = 1_000;
const TRANSIENT_MAX_MS: u32 = 60_000;
const STOPPED_FIRST_MS: u32 = 60_000;
const STOPPED_MAX_MS: u32 = 600_000;
