//! The calls of a module under way, and the times of its restarts.

use core::time::Duration;
use std::collections::BTreeSet;
use std::time::Instant;

/// The calls of a module under way, and its restarts.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// The number of each.
    under_way: BTreeSet<u64>,
    next_number: u64,
    /// A restart gave up waiting for calls below this number.
    stuck_below: u64,
    is_restarting: bool,
    /// When the last restart ended.
    restarted_at: Option<Instant>,
}

/// The options of a caller whose module fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Restart {
    /// Restart it. No call begins until the restart is over.
    Now,
    /// Restart it at this time.
    At(Instant),
    /// Wait for the restart of another caller.
    OfAnother,
    /// Call it again, because it has restarted after the failed call.
    Done,
    /// Nothing: a call that does not return prevents a restart.
    Never,
}

impl Calls {
    /// The number of a call that begins.
    pub(super) fn begin(&mut self) -> u64 {
        let number = self.next_number;
        self.next_number = number.wrapping_add(1);
        self.under_way.insert(number);
        number
    }

    pub(super) fn end(&mut self, number: u64) {
        self.under_way.remove(&number);
    }

    pub(super) fn is_idle(&self) -> bool {
        self.under_way.is_empty()
    }

    /// Whether no call may begin.
    pub(super) const fn is_restarting(&self) -> bool {
        self.is_restarting
    }

    /// The option after a failed call that began at `began`. After [`Restart::Now`], the restart is under way.
    pub(super) fn restart(&mut self, began: Instant, now: Instant) -> Restart {
        let is_stuck = |number: &u64| *number < self.stuck_below;
        if self.is_restarting {
            return Restart::OfAnother;
        }
        if self.restarted_at.is_some_and(|at| at > began) {
            return Restart::Done;
        }
        if self.under_way.first().is_some_and(is_stuck) {
            return Restart::Never;
        }
        let earliest = self.restarted_at.and_then(|at| at.checked_add(PAUSE));
        match earliest.filter(|&at| at > now) {
            Some(at) => Restart::At(at),
            None => {
                self.is_restarting = true;
                Restart::Now
            }
        }
    }

    /// The restart is over.
    pub(super) const fn restarted(&mut self, now: Instant) {
        self.is_restarting = false;
        self.restarted_at = Some(now);
    }

    /// The restart gives up, because calls under way do not return.
    pub(super) const fn give_up_restart(&mut self) {
        self.is_restarting = false;
        self.stuck_below = self.next_number;
    }
}

/// The least time between two restarts. The crate looks for a missing token that often.
const PAUSE: Duration = Duration::from_secs(2);

/// How long a restart waits for calls under way. No call begins meanwhile.
pub(super) const MAX_CALL: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(1);

    fn after(time: Instant, by: Duration) -> Instant {
        time.checked_add(by).unwrap()
    }

    #[test]
    fn a_module_restarts_once_for_all_who_failed_and_not_again_before_the_pause_is_over() {
        let mut calls = Calls::default();
        let began = Instant::now();
        let now = after(began, TICK);
        assert_eq!(calls.restart(began, now), Restart::Now);
        assert!(calls.is_restarting());
        assert_eq!(calls.restart(began, now), Restart::OfAnother);
        calls.restarted(now);
        assert!(!calls.is_restarting());
        assert_eq!(calls.restart(began, now), Restart::Done);
        // What began afterwards fails as well.
        let next = after(now, PAUSE);
        for later in [now, next.checked_sub(TICK).unwrap()] {
            assert_eq!(calls.restart(now, later), Restart::At(next));
        }
        assert!(!calls.is_restarting());
        assert_eq!(calls.restart(now, next), Restart::Now);
    }

    #[test]
    fn a_call_that_does_not_return_is_waited_for_once() {
        let mut calls = Calls::default();
        let now = Instant::now();
        let (stuck, other) = (calls.begin(), calls.begin());
        calls.end(other);
        assert_eq!(calls.restart(now, now), Restart::Now);
        assert!(!calls.is_idle());
        calls.give_up_restart();
        assert_eq!(calls.restart(now, now), Restart::Never);
        // Calls that began later may return, so they are waited for.
        let later = calls.begin();
        assert_eq!(calls.restart(now, now), Restart::Never);
        calls.end(stuck);
        assert_eq!(calls.restart(now, now), Restart::Now);
        calls.end(later);
        assert!(calls.is_idle());
    }
}
