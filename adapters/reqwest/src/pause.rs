//! Waits that end in time even if the machine sleeps meanwhile.

use core::time::Duration;

use crate::clock::Clock;

/// Waits for this time, such as the time that [`Error::NoToken`](crate::Error::NoToken) names. If the machine sleeps through
/// the end of that time, the wait ends at most a second after it wakes: on some systems timers stop during sleep, but this
/// machine's clock continues.
///
/// It needs a runtime of tokio with its timer, as [`tokio::time::sleep`] does.
pub async fn pause(time: Duration) {
    pause_by(&Clock::Machine, time).await;
}

/// The same wait on this clock.
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
        // By the timer or by the clock, because a test's clock may stand still.
        let by_clock = time.saturating_sub(Duration::from_millis(passed));
        left = left.saturating_sub(slice).min(by_clock);
    }
}

/// The longest time between two looks at the clock.
pub(crate) const SLICE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicU64, Ordering};
    use std::sync::Arc;

    use redox_auth_core::{Instant, Now};
    use tokio::time::{Instant as Timer, advance};

    use super::*;

    /// A clock that stands still, and its controls.
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
            // The machine sleeps: its timers stand still, its clock continues.
            millis.fetch_add(slept, Ordering::Relaxed);
            let woke = Timer::now();
            task.await.unwrap();
            assert!(woke.elapsed() <= Duration::from_millis(1_002), "{slept}");
        }
    }
}
