//! When a session tries again after an error: never at once, and always eventually.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use redox_auth_core::{Channel, Next, Reason, Stopped};

use crate::support::driver::{Driver, Kind, START, oauth, refusal, token};
use crate::support::random::Random;
use crate::support::session::date_after;

/// Answers whose cause may disappear within a second.
const TRANSIENT: [(u16, &str); 5] = [
    (429, ""),
    (500, "oops"),
    (503, "busy"),
    (400, r#"{"error":"temporarily_unavailable"}"#),
    (200, "<html>"),
];

#[test]
fn a_server_that_is_busy_is_asked_after_1_2_4_s_and_at_last_once_a_minute() {
    for (status, body) in TRANSIENT {
        let mut driver = Driver::<_>::new(oauth(1));
        for slot_secs in [1, 2, 4, 8, 16, 32, 60, 60, 60, 60] {
            let case = format!("{status} {body:?}, slot of {slot_secs} s");
            driver.exchange(status, body);
            let (wait, slot) = (driver.wait_millis(), slot_secs * 1_000);
            assert!((slot / 2..=slot).contains(&wait), "{case}: {wait} ms");
            driver.check_ticks_around_until(&case);
            driver.pass_until_asked();
        }
    }
}

#[test]
fn a_request_without_an_answer_waits_as_one_that_was_refused() {
    let mut driver = Driver::<_>::new(oauth(1));
    for slot_secs in [1, 2, 4, 8, 16, 32, 60, 60] {
        driver.exchange_fails();
        let (wait, slot) = (driver.wait_millis(), slot_secs * 1_000);
        assert!(
            (slot / 2..=slot).contains(&wait),
            "slot of {slot_secs} s: {wait} ms"
        );
        driver.check_ticks_around_until("failed");
        driver.pass_until_asked();
    }
    assert_eq!(driver.session.counters().failures, 8);
}

#[test]
fn a_wrong_setting_is_looked_at_again_after_1_2_4_8_and_at_last_every_10_minutes() {
    let mut driver = Driver::<_>::new(oauth(1));
    for slot_secs in [60, 120, 240, 480, 600, 600, 600] {
        let case = format!("slot of {slot_secs} s");
        driver.exchange(400, &refusal("Missing client assertion"));
        let (wait, slot) = (driver.wait_millis(), slot_secs * 1_000);
        assert!(
            (slot - slot / 10..=slot).contains(&wait),
            "{case}: {wait} ms"
        );
        assert!(matches!(driver.next(), Next::Stop { .. }), "{case}");
        driver.check_ticks_around_until(&case);
        driver.pass_until_asked();
        assert!(matches!(driver.next(), Next::Fetch), "{case}");
    }
    // At most nine requests in an hour.
    assert_eq!(driver.session.counters().requests, 7);
}

#[test]
fn a_wrong_setting_that_was_put_right_heals_by_itself_and_is_forgotten() {
    let mut driver = Driver::<_>::new(oauth(1));
    for _ in 0..4 {
        driver.exchange(400, &refusal(""));
        driver.pass_until_asked();
    }
    driver.get_token("one", 300);
    assert_eq!(driver.token(), Some("one"));
    driver.pass_until_asked();
    driver.exchange(400, &refusal(""));
    driver.pass_secs(60);
    // The first slot again, although there were four before.
    assert!(matches!(driver.next(), Next::Renew { .. }));
}

#[test]
fn a_token_ends_every_back_off() {
    let mut driver = Driver::<_>::new(oauth(1));
    for _ in 0..6 {
        driver.is_busy();
        driver.pass_until_asked();
    }
    driver.get_token("one", 300);
    driver.pass_until_asked();
    driver.is_busy();
    assert!(driver.wait_millis() <= 1_000, "{} ms", driver.wait_millis());
}

#[test]
fn one_kind_of_trouble_does_not_count_for_the_other() {
    let mut driver = Driver::<_>::new(oauth(1));
    for _ in 0..6 {
        driver.is_busy();
        driver.pass_until_asked();
    }
    driver.exchange(400, &refusal(""));
    assert!(
        driver.wait_millis() <= 60_000,
        "{} ms",
        driver.wait_millis()
    );
    driver.pass_until_asked();
    driver.is_busy();
    assert!(driver.wait_millis() <= 1_000, "{} ms", driver.wait_millis());
    // The cause of the refusal still exists.
    assert!(matches!(driver.next(), Next::Stop { .. }));
}

#[test]
fn a_fleet_that_fails_together_does_not_come_back_together() {
    let fails: [fn(&mut Driver<_>, _); 2] = [
        |driver, ticket| driver.session.failed(ticket, driver.now.instant),
        |driver, ticket| {
            driver.receive(ticket, 400, &refusal(""));
        },
    ];
    for (fail, failures, shortest, longest) in [
        (fails[0], 1, 500, 1_000),
        (fails[0], 3, 2_000, 4_000),
        (fails[0], 10, 30_000, 60_000),
        (fails[1], 1, 54_000, 60_000),
        (fails[1], 10, 540_000, 600_000),
    ] {
        let mut random = Random::from_seed(0x00f1_ee70);
        let mut waits: Vec<_> = (0..1_000)
            .map(|_| {
                let mut driver = Driver::<_>::new(oauth(1));
                for _ in 0..failures {
                    driver.pass_millis(driver.wait_millis());
                    let ticket = driver.request_from_random(random.bytes());
                    fail(&mut driver, ticket);
                }
                driver.wait_millis()
            })
            .collect();
        check_spread(&mut waits, shortest, longest);
    }
}

#[test]
fn a_fleet_that_starts_together_does_not_renew_together_and_each_keeps_its_place() {
    for (expires_in, earliest, latest) in [
        (300, 210_000, 240_000),
        (3_600, 3_510_000, 3_540_000),
        (100, 40_000, 50_000),
    ] {
        let mut random = Random::from_seed(0x0f1e_e701);
        let mut waits: Vec<_> = (0..1_000)
            .map(|_| {
                let mut driver = Driver::<_>::new(oauth(1));
                let ticket = driver.request_from_random(random.bytes());
                driver.receive(ticket, 200, &token("one", expires_in));
                let wait = driver.wait_millis();
                driver.pass_until_asked();
                let ticket = driver.request_from_random(random.bytes());
                driver.receive(ticket, 200, &token("two", expires_in));
                assert_eq!(driver.wait_millis(), wait);
                wait
            })
            .collect();
        check_spread(&mut waits, earliest, latest);
    }
}

/// All values are in the range, and every tenth of the range has its share of a thousand.
fn check_spread(waits: &mut [u64], shortest: u64, longest: u64) {
    waits.sort_unstable();
    let (first, last) = (waits[0], waits[waits.len() - 1]);
    assert!(shortest <= first && last <= longest, "{first} to {last} ms");
    let tenth = (longest - shortest) / 10;
    for part in 0..10 {
        let from = shortest + part * tenth;
        let here = waits
            .iter()
            .filter(|wait| (from..from + tenth).contains(wait))
            .count();
        assert!(
            (60..=140).contains(&here),
            "{here} of 1000 from {from} ms on"
        );
    }
}

#[test]
fn retry_after_in_seconds_is_honoured_up_to_an_hour() {
    for (value, secs) in [
        ("2", 2),
        ("120", 120),
        (" 7 ", 7),
        ("3600", 3_600),
        ("3601", 3_600),
        ("86400", 3_600),
        ("99999999999999999999999", 3_600),
    ] {
        let mut driver = Driver::<_>::new(oauth(1));
        driver.exchange_with_retry_after(value);
        assert_eq!(driver.wait_millis(), secs * 1_000, "{value:?}");
        driver.check_ticks_around_until(value);
    }
}

#[test]
fn a_retry_after_that_says_nothing_leaves_the_back_off_as_it_is() {
    for value in [
        "",
        "0",
        "soon",
        "-5",
        "1.5",
        "1e3",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "\u{0}",
    ] {
        let mut driver = Driver::<_>::new(oauth(1));
        driver.exchange_with_retry_after(value);
        let wait = driver.wait_millis();
        assert!((500..=1_000).contains(&wait), "{value:?}: {wait} ms");
    }
}

#[test]
fn a_retry_after_shorter_than_the_back_off_does_not_shorten_it() {
    let mut driver = Driver::<_>::new(oauth(1));
    for _ in 0..6 {
        driver.is_busy();
        driver.pass_until_asked();
    }
    driver.exchange_with_retry_after("1");
    assert!(
        driver.wait_millis() >= 30_000,
        "{} ms",
        driver.wait_millis()
    );
}

#[test]
fn retry_after_as_a_date_counts_from_the_date_of_the_answer() {
    for (case, server_time) in [
        ("our clock is right", START),
        ("our clock is a day behind", START.saturating_add(86_400)),
        ("our clock is a day ahead", START.saturating_sub(86_400)),
    ] {
        for (secs, expected) in [(90, 90), (3_600, 3_600), (7_200, 3_600)] {
            let mut driver = Driver::<_>::new(oauth(1));
            driver.server_time = server_time;
            driver.exchange_with_retry_after(&date_after(server_time, secs));
            assert_eq!(driver.wait_millis(), expected * 1_000, "{case}, {secs} s");
        }
    }
}

#[test]
fn retry_after_as_a_date_counts_from_the_best_clock_when_the_answer_shows_none() {
    type Clock = (&'static str, bool, bool);
    let clocks: [Clock; 3] = [
        ("our own", true, false),
        ("the learned one beside none", false, true),
        ("the learned one beside a wrong one", true, true),
    ];
    for (case, own, learned) in clocks {
        let mut driver = Driver::<_>::new(oauth(1));
        if learned {
            // The device's clock, if there is one, showed 1970 when the time was requested.
            driver.now.unix = own.then_some(redox_auth_core::UnixTime::from_secs(0));
            driver.exchange(403, "");
        }
        let sent = driver.request();
        let value: &str = date_after(driver.server_time, 90).leak();
        driver.receive_with(sent.ticket, 503, "", |response| {
            response.date = None;
            response.retry_after = Some(value.as_bytes());
        });
        assert_eq!(driver.wait_millis(), 90_000, "{case}");
    }
}

#[test]
fn retry_after_is_honoured_whatever_is_transient_about_the_answer() {
    for (status, body) in TRANSIENT {
        let mut driver = Driver::<_>::new(oauth(1));
        let sent = driver.request();
        driver.receive_with(sent.ticket, status, body, |response| {
            response.retry_after = Some(b"77");
            response.channel = Channel::Unauthenticated;
        });
        assert_eq!(driver.wait_millis(), 77_000, "{status} {body:?}");
    }
}

#[test]
fn the_question_for_the_time_is_not_repeated_faster_than_any_other() {
    let mut driver = Driver::<_>::new(oauth(1));
    driver.now.unix = None;
    let no_date = |driver: &mut Driver<_>, status| {
        let sent = driver.request();
        driver.receive_with(sent.ticket, status, "", |response| response.date = None)
    };
    for slot_secs in [1, 2, 4] {
        assert_eq!(no_date(&mut driver, 503), Kind::NoTime);
        let wait = driver.wait_millis();
        assert!(
            (slot_secs * 500..=slot_secs * 1_000).contains(&wait),
            "{wait} ms"
        );
        assert!(matches!(driver.next(), Next::Wait { .. }));
        driver.pass_until_asked();
    }
    for slot_secs in [60, 120, 240] {
        assert_eq!(no_date(&mut driver, 403), Kind::NoTime);
        let wait = driver.wait_millis();
        assert!(
            (slot_secs * 900..=slot_secs * 1_000).contains(&wait),
            "{wait} ms"
        );
        let Next::Stop { reason, .. } = driver.next() else {
            panic!("{:?}", driver.next());
        };
        assert_eq!(reason, Stopped::ClockUnknown);
        driver.pass_until_asked();
    }
    // The first `Date` resolves it.
    assert_eq!(driver.exchange(403, ""), Kind::Time);
    assert!(driver.exchange(200, &token("one", 300)).is_token());
}

#[test]
fn a_refusal_that_passes_by_itself_says_so() {
    let mut driver = Driver::<_>::new(oauth(1));
    assert_eq!(driver.exchange(429, ""), Kind::Refused(Reason::TryLater));
    assert!(Reason::TryLater.hint().contains("wait"));
}
