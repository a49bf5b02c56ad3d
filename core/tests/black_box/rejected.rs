//! The effect of a 401 from the API: one new token for all callers, and none if the API has another reason.

use redox_auth_core::{Next, Rejected};

use crate::support::driver::{Driver, oauth, token};

#[test]
fn a_rejected_token_is_dropped_and_the_next_one_fetched() {
    let mut driver = Driver::<_>::new(oauth(1));
    let first = driver.get_token("one", 300).generation;
    assert_eq!(
        driver.session.rejected(first, driver.now.instant),
        Rejected::Dropped
    );
    assert_eq!(driver.token(), None);
    assert!(matches!(driver.next(), Next::Fetch));
    driver.get_token("two", 300);
    assert_eq!(driver.token(), Some("two"));
    assert_eq!(driver.session.counters().rejections, 1);
}

#[test]
fn a_hundred_rejections_of_one_token_cost_one_request() {
    let mut driver = Driver::<_>::new(oauth(1));
    let first = driver.get_token("one", 300).generation;
    let answers: Vec<_> = (0..100)
        .map(|_| driver.session.rejected(first, driver.now.instant))
        .collect();
    assert_eq!(answers[0], Rejected::Dropped);
    assert!(
        answers[1..].iter().all(|it| *it == Rejected::Replaced),
        "{answers:?}"
    );
    let sent = driver.request();
    // Some callers report late.
    for _ in 0..100 {
        assert_eq!(
            driver.session.rejected(first, driver.now.instant),
            Rejected::Replaced
        );
    }
    driver.receive(sent.ticket, 200, &token("two", 300));
    for _ in 0..100 {
        assert_eq!(
            driver.session.rejected(first, driver.now.instant),
            Rejected::Replaced
        );
        assert_eq!(driver.token(), Some("two"));
    }
    assert_eq!(driver.session.counters().requests, 2);
}

#[test]
fn a_token_that_took_the_place_of_a_rejected_one_is_kept_for_10_s() {
    let mut driver = Driver::<_>::new(oauth(1));
    let first = driver.get_token("one", 300).generation;
    assert_eq!(
        driver.session.rejected(first, driver.now.instant),
        Rejected::Dropped
    );
    let second = driver.get_token("two", 300).generation;
    let kept_until = driver.now.instant.saturating_add_secs(10);
    assert_eq!(driver.session.keeps_rejected_until(), kept_until);
    driver.pass_millis(9_999);
    assert_eq!(
        driver.session.rejected(second, driver.now.instant),
        Rejected::Kept
    );
    assert_eq!(driver.token(), Some("two"));
    assert!(matches!(driver.next(), Next::Use { .. }));
    driver.pass_millis(1);
    assert_eq!(
        driver.session.rejected(second, driver.now.instant),
        Rejected::Dropped
    );
    assert_eq!(driver.token(), None);
}

#[test]
fn an_api_that_always_says_401_gets_a_new_token_after_10_20_40_s_and_at_last_every_5_minutes() {
    let mut driver = Driver::<_>::new(oauth(1));
    let mut current = driver.get_token("token", 3_000).generation;
    assert_eq!(
        driver.session.rejected(current, driver.now.instant),
        Rejected::Dropped
    );
    for slot_secs in [10, 20, 40, 80, 160, 300, 300, 300] {
        current = driver.get_token("token", 3_000).generation;
        let from = driver.now.instant;
        // It keeps the token at every call until the slot has passed.
        while driver.session.rejected(current, driver.now.instant) == Rejected::Kept {
            driver.pass_millis(100);
        }
        assert_eq!(driver.now.instant.secs_since(from), slot_secs);
    }
}

#[test]
fn a_rejection_long_after_another_is_the_first_again() {
    // After four rejections, a slot is 80 s. Five minutes after its end they are forgotten.
    for (quiet_secs, slot_secs) in [(299, 160), (300, 10)] {
        let mut driver = Driver::<_>::new(oauth(1));
        for _ in 0..4 {
            let current = driver.get_token("token", 3_000).generation;
            assert_eq!(
                driver.session.rejected(current, driver.now.instant),
                Rejected::Dropped
            );
            driver.pass_secs(80);
        }
        driver.pass_secs(quiet_secs);
        let current = driver.get_token("token", 3_000).generation;
        assert_eq!(
            driver.session.rejected(current, driver.now.instant),
            Rejected::Dropped
        );
        let current = driver.get_token("token", 3_000).generation;
        driver.pass_millis(slot_secs * 1_000 - 1);
        assert_eq!(
            driver.session.rejected(current, driver.now.instant),
            Rejected::Kept
        );
        driver.pass_millis(1);
        assert_eq!(
            driver.session.rejected(current, driver.now.instant),
            Rejected::Dropped
        );
    }
}

#[test]
fn a_rejection_while_the_renewal_is_under_way_leaves_it_under_way() {
    let mut driver = Driver::<_>::new(oauth(1));
    let first = driver.get_token("one", 300).generation;
    driver.pass_until_asked();
    let sent = driver.request();
    assert_eq!(
        driver.session.rejected(first, driver.now.instant),
        Rejected::Dropped
    );
    assert!(matches!(driver.next(), Next::Wait { .. }));
    assert!(driver.try_request().is_err());
    driver.receive(sent.ticket, 200, &token("two", 300));
    assert_eq!(driver.token(), Some("two"));
}

#[test]
fn a_rejection_does_not_end_a_back_off() {
    let mut driver = Driver::<_>::new(oauth(1));
    let first = driver.get_token("one", 300).generation;
    driver.pass_until_asked();
    driver.is_busy();
    let wait = driver.wait_millis();
    assert!(wait > 0);
    assert_eq!(
        driver.session.rejected(first, driver.now.instant),
        Rejected::Dropped
    );
    assert!(matches!(driver.next(), Next::Wait { .. }));
    assert_eq!(driver.wait_millis(), wait);
}

#[test]
fn a_generation_is_never_given_twice() {
    let mut driver = Driver::<_>::new(oauth(1));
    let mut seen = Vec::new();
    for _ in 0..100 {
        let generation = driver.get_token("same", 300).generation;
        assert_eq!(driver.next().token().unwrap().generation(), generation);
        assert!(!seen.contains(&generation));
        seen.push(generation);
        driver.pass_until_asked();
    }
    for old in &seen[..99] {
        assert_eq!(
            driver.session.rejected(*old, driver.now.instant),
            Rejected::Replaced
        );
    }
}
