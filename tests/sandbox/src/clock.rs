use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// The sandbox's clock: the machine's clock plus an offset, or frozen. Tests move it while the sandbox runs.
///
/// Clones are handles to one clock. Times are whole milliseconds, as Redox writes them.
///
/// ```
/// use core::time::Duration;
/// use redox_auth_sandbox::{Clock, jiff::Timestamp};
///
/// let clock = Clock::frozen_at(Timestamp::from_second(1_700_000_000)?);
/// clock.advance(Duration::from_secs(300));
/// assert_eq!(clock.now().as_second(), 1_700_000_300);
/// # Ok::<(), redox_auth_sandbox::jiff::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Clock {
    reading: Arc<Mutex<Reading>>,
}

#[derive(Clone, Copy, Debug)]
enum Reading {
    Running { ahead: SignedDuration },
    Frozen { at: Timestamp },
}

impl Clock {
    /// A clock that runs with the machine's.
    #[must_use]
    pub fn system() -> Self {
        Self::with(Reading::Running {
            ahead: SignedDuration::ZERO,
        })
    }

    /// A clock that stands still until a test moves it.
    #[must_use]
    pub fn frozen_at(at: Timestamp) -> Self {
        Self::with(Reading::Frozen { at })
    }

    /// The time, cut to the millisecond.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let now = match *self.lock() {
            Reading::Running { ahead } => plus(Timestamp::now(), ahead),
            Reading::Frozen { at } => at,
        };
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Moves the clock ahead, running or frozen.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        let mut reading = self.lock();
        *reading = match *reading {
            Reading::Running { ahead } => Reading::Running {
                ahead: ahead.saturating_add(by),
            },
            Reading::Frozen { at } => Reading::Frozen { at: plus(at, by) },
        };
    }

    /// Sets the time, also backwards; a running clock runs on from there.
    pub fn set(&self, to: Timestamp) {
        let mut reading = self.lock();
        *reading = match *reading {
            Reading::Running { .. } => Reading::Running {
                ahead: to.duration_since(Timestamp::now()),
            },
            Reading::Frozen { .. } => Reading::Frozen { at: to },
        };
    }

    /// Stops the clock at the time it shows.
    pub fn freeze(&self) {
        let at = self.now();
        *self.lock() = Reading::Frozen { at };
    }

    /// Lets a frozen clock run on from the time it shows.
    pub fn resume(&self) {
        let ahead = self.now().duration_since(Timestamp::now());
        *self.lock() = Reading::Running { ahead };
    }

    /// Whether it stands still.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        matches!(*self.lock(), Reading::Frozen { .. })
    }

    fn with(reading: Reading) -> Self {
        Self {
            reading: Arc::new(Mutex::new(reading)),
        }
    }

    /// Threads replace a reading as a whole, therefore the reading is valid after a panic of another thread.
    fn lock(&self) -> MutexGuard<'_, Reading> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

/// Saturates at the ends of time; jiff fails only for calendar units, which a duration has not.
pub(crate) fn plus(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let clock = Clock::frozen_at(Timestamp::UNIX_EPOCH);
        clock.advance(Duration::from_millis(1500));
        assert_eq!(clock.now().as_millisecond(), 1500);
        clock.set(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now().as_second(), Timestamp::MAX.as_second());
    }

    #[test]
    fn a_running_clock_keeps_its_offset_across_freeze_and_resume() {
        let clock = Clock::system();
        let hour = SignedDuration::from_hours(1);
        let start = Timestamp::now();
        clock.advance(Duration::from_secs(3600));
        clock.freeze();
        let frozen = clock.now();
        assert!(frozen.duration_since(start) >= hour - SignedDuration::from_millis(1));
        clock.resume();
        assert!(clock.now() >= frozen - SignedDuration::from_millis(1));
    }

    #[test]
    fn handles_share_one_clock() {
        let clock = Clock::frozen_at(Timestamp::UNIX_EPOCH);
        clock.clone().advance(Duration::from_secs(1));
        assert_eq!(clock.now().as_second(), 1);
    }
}
