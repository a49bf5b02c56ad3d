use redox_auth_core::{Channel, Next, Now, RELEASED_AT, Reason, Stopped, UnixTime};

use crate::support::driver::{Driver, Kind, START, legacy, legacy_token, oauth, refusal, token};

#[test]
fn without_a_clock_the_time_is_asked_for_first_and_nothing_is_signed() {
    for own in [
        None,
        Some(UnixTime::from_secs(0)),
        Some(RELEASED_AT.saturating_sub(1)),
    ] {
        let mut driver = Driver::<_>::new(oauth(1));
        driver.now.unix = own;
        let sent = driver.request();
        assert_eq!((sent.method, sent.body.as_str()), ("GET", ""), "{own:?}");
        assert_eq!(sent.url, "https://api.redoxengine.com/v2/auth/token");
        assert_eq!(sent.content_type, None);
        // The answer has a `Date`, whatever its status is.
        assert_eq!(driver.receive(sent.ticket, 403, "Forbidden"), Kind::Time);
        assert_eq!(driver.session.unix_time(driver.now), Some(START));

        driver.pass_secs(100);
        let sent = driver.request();
        assert_eq!(sent.jwt(1, "iat"), START.as_secs() + 95, "{own:?}");
        assert!(
            driver
                .receive(sent.ticket, 200, &token("one", 300))
                .is_token()
        );
    }
}

#[test]
fn a_clock_that_shows_the_day_of_the_release_is_believed() {
    let mut driver = Driver::<_>::new(oauth(1));
    driver.now.unix = Some(RELEASED_AT);
    assert_eq!(driver.request().method, "POST");
}

#[test]
fn a_date_that_a_stranger_may_have_written_is_not_believed() {
    type Change = fn(&mut redox_auth_core::Response<'_>);
    let changes: [(&str, Change); 5] = [
        ("unauthenticated", |it| {
            it.channel = Channel::Unauthenticated;
        }),
        ("from a cache that kept it for long", |it| {
            it.age = Some(b"121");
        }),
        ("absent", |it| it.date = None),
        ("none", |it| it.date = Some(b"yesterday")),
        ("long past", |it| {
            it.date = Some(b"Thu, 01 Jan 1970 00:00:00 GMT");
        }),
    ];
    for (case, change) in changes {
        let mut driver = Driver::<_>::new(oauth(1));
        driver.now.unix = None;
        let sent = driver.request();
        let received = driver.receive_with(sent.ticket, 403, "", change);
        assert_eq!(received, Kind::NoTime, "{case}");
        assert_eq!(driver.session.unix_time(driver.now), None, "{case}");
        let Next::Stop { reason, .. } = driver.next() else {
            panic!("{case}: {:?}", driver.next());
        };
        assert_eq!(reason, Stopped::ClockUnknown, "{case}");
    }
}

#[test]
fn a_wrong_clock_is_healed_by_one_refusal() {
    for (case, server_time) in [
        ("a day ahead", START.saturating_sub(86_400)),
        ("a day behind", START.saturating_add(86_400)),
        ("16 s ahead", START.saturating_sub(16)),
        ("5 minutes behind", START.saturating_add(300)),
        ("3 s ahead, to a strict server", START.saturating_sub(3)),
    ] {
        let mut driver = Driver::<_>::new(oauth(1));
        driver.server_time = server_time;
        let refused = driver.exchange(400, &refusal(""));
        assert_eq!(refused, Kind::Refused(Reason::Blank), "{case}");
        // At once, and dated with the server's clock.
        let sent = driver.request();
        let iat = driver.server_time.as_secs() - 5;
        assert_eq!(sent.jwt(1, "iat"), iat, "{case}");
        assert!(
            driver
                .receive(sent.ticket, 200, &token("one", 300))
                .is_token(),
            "{case}"
        );

        // From now on, jumps of the device's clock do not matter.
        driver.now.unix = Some(START.saturating_add(10_000_000));
        driver.pass_secs(250);
        let sent = driver.request();
        assert_eq!(sent.jwt(1, "iat"), iat + 250, "{case}");
    }
}

#[test]
fn a_refusal_that_the_clock_does_not_explain_leaves_the_clock_alone() {
    for (case, off_secs, description) in [
        ("no difference", 0, ""),
        ("a fraction of a second", 1, ""),
        (
            "in the window, and another reason",
            9,
            "Missing client assertion",
        ),
    ] {
        let mut driver = Driver::<_>::new(oauth(1));
        driver.server_time = START.saturating_sub(off_secs);
        driver.exchange(400, &refusal(description));
        assert!(!driver.session.has_learned_time(), "{case}");
        assert!(matches!(driver.next(), Next::Stop { .. }), "{case}");
    }
}

#[test]
fn the_clock_is_corrected_once_and_taken_back_if_that_did_not_help() {
    let mut driver = Driver::<_>::new(oauth(1));
    // A machine on the path shows its own, wrong time.
    driver.server_time = START.saturating_sub(3_600);
    driver.exchange(400, &refusal(""));
    assert!(driver.session.has_learned_time());
    driver.exchange(400, &refusal(""));
    assert!(matches!(driver.next(), Next::Stop { .. }));
    assert!(!driver.session.has_learned_time());
    assert_eq!(driver.session.unix_time(driver.now), Some(START));
}

#[test]
fn a_date_that_contradicts_the_one_before_is_believed_after_the_pause() {
    let mut driver = Driver::<_>::new(oauth(1));
    // A machine on the path showed its own time, and then the server showed another.
    driver.server_time = START.saturating_add(3_600);
    driver.exchange(400, &refusal(""));
    driver.server_time = START.saturating_sub(3_600);
    driver.exchange(400, &refusal(""));
    assert!(matches!(driver.next(), Next::Stop { .. }));
    driver.pass_until_asked();
    let sent = driver.request();
    let expected = driver.server_time.as_secs() - 5;
    assert_eq!(sent.jwt(1, "iat"), expected);
}

#[test]
fn a_date_counts_from_the_middle_of_sending_and_receiving_and_not_after_20_s() {
    let mut driver = Driver::<_>::new(oauth(1));
    driver.now.unix = None;
    let sent = driver.request();
    driver.pass_secs(10);
    driver.server_time = START.saturating_add(5);
    driver.receive(sent.ticket, 403, "");
    let expected = START.saturating_add(10);
    assert_eq!(driver.session.unix_time(driver.now), Some(expected));

    let mut driver = Driver::<_>::new(oauth(1));
    driver.now.unix = None;
    let sent = driver.request();
    driver.pass_millis(20_001);
    assert_eq!(driver.receive(sent.ticket, 403, ""), Kind::NoTime);
}

#[test]
fn a_learned_time_follows_the_server_and_not_our_own_drift() {
    let mut driver = Driver::<_>::new(oauth(1));
    driver.now.unix = None;
    driver.exchange(403, "");
    for _ in 0..100 {
        let Now { instant, .. } = driver.now;
        assert!(driver.exchange(200, &token("one", 300)).is_token());
        driver.pass_until_asked();
        // The server's clock runs faster, by one in a hundred.
        let passed = driver.now.instant.secs_since(instant);
        driver.server_time = driver.server_time.saturating_add(passed / 100);
        let own = driver.session.unix_time(driver.now).unwrap().as_secs();
        let behind = driver.server_time.as_secs() - own;
        assert!(behind <= 4, "{behind} s behind");
    }
}

#[test]
fn a_legacy_token_dies_by_the_clock_of_the_server_that_made_it() {
    // The device's clock is a day ahead: the token would have expired on arrival.
    let mut driver = Driver::<_>::new(legacy());
    driver.server_time = START.saturating_sub(86_400);
    let dies = driver.server_time.saturating_add(3_600);
    assert!(
        driver
            .exchange(200, &legacy_token("one", dies, "refresh"))
            .is_token()
    );
    driver.pass_secs(3_598);
    assert_eq!(driver.token(), Some("one"));
    driver.pass_secs(1);
    assert_eq!(driver.token(), None);
}
