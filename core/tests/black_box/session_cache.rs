//! A `Date` that came through a cache.

use proptest::prelude::*;
use redox_auth_core::{Client, Next, Reason, RestoreError, Stopped, UnixTime};

use crate::support::driver::{Driver, FakeSigner, Kind, START, oauth, refusal, token};
use crate::support::record::{rebooted, record_of, restore, with_oauth_token};

#[test]
fn the_time_is_learned_through_a_cache_that_kept_the_answer_for_two_minutes_at_most() {
    for (age, cache_control, expected_secs) in [
        ("0", "", Some(0)),
        ("7", "", Some(7)),
        (" 7\t", "", Some(7)),
        ("120", "", Some(120)),
        ("121", "", None),
        ("1099511627776", "", None),
        ("99999999999999999999999999", "", None),
        // The first of several counts (RFC 9111 §5.1).
        ("5, 100000", "", Some(5)),
        ("100000, 5", "", None),
        ("5,5", "", Some(5)),
        ("", "", None),
        (",", "", None),
        ("-1", "", None),
        ("1.5", "", None),
        ("5 s", "", None),
        ("soon", "", None),
        ("\u{663}", "", None),
        // An answer that is not stored has no age.
        ("100000", "no-store", Some(0)),
        ("soon", "private,NO-STORE , max-age=0", Some(0)),
        ("7", "no-store", Some(0)),
        ("100000", "no-cache", None),
        ("100000", "no-store=1", None),
        ("100000", "xno-store", None),
        ("7", "max-age=60", Some(7)),
    ] {
        let mut driver = Driver::<_>::new(oauth(1));
        driver.now.unix = None;
        let received = ask_for_time(&mut driver, age, cache_control);
        let expected = match expected_secs {
            Some(_) => Kind::Time,
            None => Kind::NoTime,
        };
        assert_eq!(received, expected, "{age:?} {cache_control:?}");
        let found = driver.session.unix_time(driver.now);
        let expected = expected_secs.map(|secs| START.saturating_add(secs));
        assert_eq!(found, expected, "{age:?} {cache_control:?}");
    }
}

#[test]
fn a_device_without_a_clock_gets_its_token_behind_a_cache_that_marks_every_answer() {
    let mut driver = Driver::<_>::new(oauth(1));
    driver.now.unix = None;
    assert_eq!(ask_for_time(&mut driver, "0", ""), Kind::Time);
    let sent = driver.request();
    assert_eq!(sent.jwt(1, "iat"), START.as_secs() - 5);
    let received = driver.receive_with(sent.ticket, 200, &token("one", 300), |it| {
        it.age = Some(b"0");
    });
    assert!(received.is_token());
}

#[test]
fn an_age_on_the_answer_to_a_post_means_nothing() {
    for age in ["0", "7", "1099511627776", "1, 2", "soon", "", "-1", "86400"] {
        let mut driver = Driver::<_>::new(oauth(1));
        driver.server_time = START.saturating_sub(16);
        let sent = driver.request();
        let refused = driver.receive_with(sent.ticket, 400, &refusal(""), |response| {
            response.age = Some(age.as_bytes());
        });
        assert_eq!(refused, Kind::Refused(Reason::Blank), "{age:?}");
        let sent = driver.request();
        let expected = driver.server_time.as_secs() - 5;
        assert_eq!(sent.jwt(1, "iat"), expected, "{age:?}");
    }
}

#[test]
fn a_cache_whose_date_lies_is_corrected_by_the_first_refusal() {
    for (case, lie_secs, age) in [
        ("it counts too much", 0, "120"),
        ("it shows another day", 86_400, "0"),
        ("both", 86_400, "60"),
    ] {
        let mut driver = Driver::<_>::new(oauth(1));
        driver.now.unix = None;
        driver.server_time = START.saturating_add(lie_secs);
        assert_eq!(ask_for_time(&mut driver, age, ""), Kind::Time, "{case}");
        driver.server_time = START;
        assert_eq!(
            driver.exchange(400, &refusal("")),
            Kind::Refused(Reason::Blank),
            "{case}"
        );
        let sent = driver.request();
        assert_eq!(sent.jwt(1, "iat"), START.as_secs() - 5, "{case}");
    }
}

#[test]
fn an_old_date_with_a_young_age_stays_bounded_by_the_release() {
    let mut driver = Driver::<_>::new(oauth(1));
    driver.now.unix = None;
    driver.server_time = UnixTime::from_secs(784_111_777);
    assert_eq!(ask_for_time(&mut driver, "60", ""), Kind::NoTime);
    let Next::Stop { reason, .. } = driver.next() else {
        panic!("{:?}", driver.next());
    };
    assert_eq!(reason, Stopped::ClockUnknown);
}

#[test]
fn an_age_makes_the_time_uncertain_by_its_own_fraction_of_a_second() {
    let before = with_oauth_token(oauth(1));
    let record = record_of(&before);
    for (age, expected) in [
        (None, Ok(())),
        (Some(&b"0"[..]), Err(RestoreError::Expired)),
    ] {
        // The last second at which the record is valid, see `token_record_clock`.
        let mut device = rebooted::<1024>(&before, oauth(1), 298);
        device.now.unix = None;
        let sent = device.request();
        let received = device.receive_with(sent.ticket, 403, "", |it| it.age = age);
        assert_eq!(received, Kind::Time);
        assert_eq!(restore(&mut device, &record), expected, "{age:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_headers_say_the_time_is_the_date_or_at_most_two_minutes_later(
        age in "[0-9]{0,24}|[ -~]{0,12}",
        cache_control in "(no-store|max-age=[0-9]{1,3}|[ -~]{0,9})(, ?(no-store|private))?",
        off_secs in 0_u64..100_000,
    ) {
        let mut driver = Driver::<_>::new(oauth(1));
        driver.now.unix = None;
        driver.server_time = START.saturating_add(off_secs);
        let _ = ask_for_time(&mut driver, &age, &cache_control);
        if let Some(time) = driver.session.unix_time(driver.now) {
            let later = time.as_secs().checked_sub(driver.server_time.as_secs());
            prop_assert!(later.is_some_and(|secs| secs <= 120), "{:?}", later);
        }
    }
}

/// Answers the request for the time through a cache.
fn ask_for_time(
    driver: &mut Driver<Client<'static, FakeSigner>>,
    age: &str,
    cache_control: &str,
) -> Kind {
    let sent = driver.request();
    assert_eq!(sent.method, "GET");
    driver.receive_with(sent.ticket, 405, "", |response| {
        response.age = Some(age.as_bytes().to_vec().leak());
        response.cache_control = Some(cache_control.as_bytes().to_vec().leak());
    })
}
