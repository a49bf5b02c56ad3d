//! Machines that do not know what time it is.

use redox_auth_reqwest::Error;
use redox_auth_sandbox::{Fault, Times};

use crate::support::Sandbox;

#[tokio::test]
async fn a_wrong_clock_is_healed_in_two_requests_and_stays_so() {
    let day = 24 * 60 * 60;
    for ahead in [-day, -400, 60, day, 400 * day] {
        let (sandbox, clocks, redox) = Sandbox::with_client().await;
        clocks.set_ahead(Some(ahead));
        assert!(redox.token().await.is_ok(), "{ahead} s ahead");
        let counters = sandbox.server.counters();
        let outside = counters.outside_time_window;
        // Or the clock shows a time so long ago that it was not even believed for the first.
        assert_eq!(
            (counters.requests, outside <= 1),
            (2, true),
            "{ahead} s ahead"
        );
        assert_eq!(redox.counters().clock_corrections, 1, "{ahead} s ahead");
        let now = sandbox.server.clock().now().as_second();
        let known = redox.server_time().map(|time| time.as_secs());
        assert_eq!(known, u64::try_from(now).ok(), "{ahead} s ahead");
        clocks.advance_secs(300);
        assert!(redox.token().await.is_ok(), "{ahead} s ahead");
        assert_eq!(sandbox.server.counters().requests, 3, "{ahead} s ahead");
        assert_eq!(sandbox.server.counters().tokens_minted, 2);
    }
}

#[tokio::test]
async fn a_machine_without_a_clock_asks_for_the_time_before_it_signs() {
    let (sandbox, clocks, redox) = Sandbox::with_client().await;
    clocks.set_ahead(None);
    assert_eq!(redox.server_time(), None);
    assert!(redox.token().await.is_ok());
    let counters = sandbox.server.counters();
    assert_eq!((counters.token_refusals, counters.tokens_minted), (0, 1));
    assert_eq!(counters.requests, 2);
}

#[tokio::test]
async fn without_a_clock_and_without_a_date_nothing_is_signed() {
    for fault in [Fault::GarbledDate, Fault::Aged(121)] {
        let (sandbox, clocks, redox) = Sandbox::with_client().await;
        clocks.set_ahead(None);
        sandbox.fail_at_tokens(&fault, Times::UntilCleared);
        let error = redox.token().await.unwrap_err();
        assert!(matches!(error.cause(), Error::NoTime { .. }), "{fault:?}");
        assert!(error.to_string().contains("clock"), "{fault:?}: {error}");
        assert_eq!(sandbox.token_requests(), 0, "{fault:?}");
        assert_eq!(sandbox.server.counters().requests, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn behind_a_cache_that_marks_every_answer_clocks_heal_as_they_do_without_it() {
    for (age, ahead) in [
        (0, None),
        (7, None),
        (120, None),
        (0, Some(60)),
        (u32::MAX, Some(60)),
        (0, Some(-86_400)),
    ] {
        let (sandbox, clocks, redox) = Sandbox::with_client().await;
        clocks.set_ahead(ahead);
        sandbox.fail_at_tokens(&Fault::Aged(age), Times::UntilCleared);
        assert!(redox.token().await.is_ok(), "{age} {ahead:?}");
        assert_eq!(sandbox.server.counters().requests, 2, "{age} {ahead:?}");
        let now = sandbox.server.clock().now().as_second();
        let known = redox.server_time().map(|time| time.as_secs());
        assert_eq!(known, u64::try_from(now).ok(), "{age} {ahead:?}");
    }
}
