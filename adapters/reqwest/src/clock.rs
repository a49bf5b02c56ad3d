use core::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use redox_auth_core::{Instant, Now, UnixTime};

/// The source of the time: the machine's clocks, or in a test the clock of the test.
pub(crate) enum Clock {
    Machine,
    Of(Box<dyn Fn() -> Now + Send + Sync>),
}

impl Clock {
    pub(crate) fn of(now: impl Fn() -> Now + Send + Sync + 'static) -> Self {
        Self::Of(Box::new(now))
    }

    /// Whether it is this machine's clock, and not the clock of a test.
    pub(crate) const fn is_machines(&self) -> bool {
        matches!(self, Self::Machine)
    }

    pub(crate) fn now(&self) -> Now {
        match self {
            Self::Machine => machine_now(),
            Self::Of(now) => now(),
        }
    }

    /// One of the two clocks alone, which takes half as long.
    pub(crate) fn instant(&self) -> Instant {
        match self {
            Self::Machine => machine_instant(),
            Self::Of(now) => now().instant,
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

fn machine_now() -> Now {
    // Before 1970 is as good as no clock.
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    Now {
        instant: machine_instant(),
        unix: since_1970.map(|since| UnixTime::from_secs(since.as_secs())),
    }
}

/// The time since the machine started, its sleep included, because a token expires in that time as well.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn machine_instant() -> Instant {
    use rustix::time::{ClockId, clock_gettime};

    #[cfg(not(target_vendor = "apple"))]
    const COUNTS_SLEEP: ClockId = ClockId::Boottime;
    #[cfg(target_vendor = "apple")]
    const COUNTS_SLEEP: ClockId = ClockId::Monotonic;

    let now = clock_gettime(COUNTS_SLEEP);
    let part = |number: i64| u64::try_from(number).unwrap_or(0);
    let millis = part(now.tv_sec).saturating_mul(1_000);
    Instant::from_millis(millis.saturating_add(part(now.tv_nsec) / 1_000_000))
}

/// The time since the first call. On Windows sleep counts. On other systems the API answers 401 after a sleep, and the
/// client obtains another token.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn machine_instant() -> Instant {
    use std::sync::OnceLock;

    static START: OnceLock<std::time::Instant> = OnceLock::new();

    let elapsed = START.get_or_init(std::time::Instant::now).elapsed();
    Instant::from_millis(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn the_machines_clocks_run_forwards() {
        let clock = Clock::Machine;
        let first = clock.now();
        while clock.now().instant == first.instant {}
        let later = clock.now();
        assert!(later.instant > first.instant);
        assert!(later.unix >= first.unix && first.unix.is_some());
    }
}
