//! Waits that end in time when the machine has slept meanwhile.

use core::time::Duration;

use crate::clock::Clock;

/// Waits for so long, such as for the time that [`Error::NoToken`](crate::Error::NoToken) names. When the machine wakes from
/// a sleep in which that time has passed, the wait is over at most a second later: timers stand still in that sleep on some
/// systems, and this machine's clock goes on.
///
/// It needs a runtime of tokio with its timer, as [`tokio::time::sleep`] does.
pub async fn pause(time: Duration) {
    pause_by(&Clock::Machine, time).await;
}

/// The same by this clock.
pub(crate) async fn pause_by(clock: &Clock, time: Duration) {
    let since = clock.instant();
    let mut left = time;
    while !left.is_zero() {
        let slice = left.min(SLICE);
        tokio::time::sleep(slice).await;
        let passed = clock
            .instant()
            .as_millis()
            .saturating_sub(since.as_millis());
        // By the timer or by the clock: that of a test may stand still.
        let by_clock = time.saturating_sub(Duration::from_millis(passed));
        left = left.saturating_sub(slice).min(by_clock);
    }
}

/// The longest time for which nobody looks at the clock.
pub(crate) const SLICE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicU64, Ordering};
    use std::sync::Arc;

    use redox_auth_core::{Instant, Now};
    use tokio::time::{Instant as Timer, advance};

    use super::*;

    /// A clock that stands still, and what moves it.
    fn clock() -> (Clock, Arc<AtomicU64>) {
        let millis = Arc::new(AtomicU64::new(5_000));
        let read = Arc::clone(&millis);
        let clock = Clock::of(move || Now {
            instant: Instant::from_millis(read.load(Ordering::Relaxed)),
            unix: None,
        });
        (clock, millis)
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_lasts_as_long_as_it_was_asked_to() {
        for millis in [0, 1, 999, 1_000, 1_001, 20_000] {
            let (clock, _) = clock();
            let began = Timer::now();
            pause_by(&clock, Duration::from_millis(millis)).await;
            // A timer's tick for each slice.
            let most = Duration::from_millis(millis + millis / 1_000 + 2);
            let took = began.elapsed();
            assert!(
                took >= Duration::from_millis(millis) && took <= most,
                "{took:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_sleep_of_the_machine_it_ends_within_a_second() {
        for slept in [600_000, 3_600_000, 86_400_000] {
            let (clock, millis) = clock();
            let task =
                tokio::spawn(async move { pause_by(&clock, Duration::from_secs(600)).await });
            advance(Duration::from_millis(2_500)).await;
            assert!(!task.is_finished());
            // The machine sleeps: its timers stand still, its clock goes on.
            millis.fetch_add(slept, Ordering::Relaxed);
            let woke = Timer::now();
            task.await.unwrap();
            assert!(woke.elapsed() <= Duration::from_millis(1_002), "{slept}");
        }
    }
}
