//! A legacy API key: its secret, its refresh token, when each is used, and the lifetime of its tokens.

use redox_auth_core::{AnswerError, Client, Next, Policy, Reason, ServedBy, Stopped, UnixTime};

use crate::support::driver::{Driver, FakeSigner, Kind, START, Sent, legacy, legacy_token, token};

const BASE: &str = "https://api.redoxengine.com";
const SECRET: &str = r#"{"apiKey":"legacy-1","secret":"s3cret"}"#;
const DAY: u64 = 86_400;

type Legacy<const N: usize> = Driver<Client<'static, FakeSigner>, [u8; N]>;

/// Checks that a request has the secret.
fn check_secret(sent: &Sent, case: &str) {
    assert_eq!(sent.url, format!("{BASE}/auth/authenticate"), "{case}");
    assert_eq!(
        (sent.method, sent.content_type),
        ("POST", Some("application/json")),
        "{case}"
    );
    assert_eq!(sent.body, SECRET, "{case}");
}

/// Checks that a request has this refresh token.
fn check_refresh(sent: &Sent, refresh_token: &str, case: &str) {
    assert_eq!(sent.url, format!("{BASE}/auth/refreshToken"), "{case}");
    assert_eq!(
        (sent.method, sent.content_type),
        ("POST", Some("application/json")),
        "{case}"
    );
    let body = format!(r#"{{"apiKey":"legacy-1","refreshToken":"{refresh_token}"}}"#);
    assert_eq!(sent.body, body, "{case}");
}

/// A session with a day's token that is due for renewal.
fn due_for_refresh<const N: usize>() -> Legacy<N> {
    let mut driver = Legacy::<N>::new(legacy());
    let expires_at = driver.server_time.saturating_add(DAY);
    assert!(
        driver
            .exchange(200, &legacy_token("one", expires_at, "refresh-1"))
            .is_token()
    );
    driver.pass_until_asked();
    driver
}

fn answer<const N: usize>(driver: &mut Legacy<N>, sent: Sent, name: &str, refresh: Option<&str>) {
    let expires_at = driver.server_time.saturating_add(DAY);
    let body = match refresh {
        Some(refresh) => legacy_token(name, expires_at, refresh),
        None => legacy_token(name, expires_at, "").replace(r#","refreshToken":"""#, ""),
    };
    let received = driver.receive(sent.ticket, 200, &body);
    assert!(received.is_token(), "{received:?}");
}

#[test]
fn the_secret_gets_the_first_token_and_the_refresh_token_every_other() {
    let mut driver = Legacy::<1024>::new(legacy());
    let sent = driver.request();
    check_secret(&sent, "first");
    answer(&mut driver, sent, "one", Some("refresh-1"));
    assert_eq!(driver.next().token().unwrap().served_by(), ServedBy::Legacy);
    for (refresh, next) in [("refresh-1", "refresh-2"), ("refresh-2", "refresh-3")] {
        driver.pass_until_asked();
        let sent = driver.request();
        check_refresh(&sent, refresh, "renewal");
        answer(&mut driver, sent, "next", Some(next));
    }
}

#[test]
fn a_refresh_token_is_kept_when_the_answer_names_no_other() {
    let mut driver = due_for_refresh::<1024>();
    for name in ["two", "three", "four"] {
        let sent = driver.request();
        check_refresh(&sent, "refresh-1", name);
        answer(&mut driver, sent, name, None);
        assert_eq!(driver.token(), Some(name));
        driver.pass_until_asked();
    }
}

#[test]
fn a_refused_refresh_token_falls_back_to_the_secret_at_once_and_is_gone() {
    for (status, body) in [
        (401, "Invalid request"),
        (400, "<html></html>"),
        (403, ""),
        (404, ""),
        (410, r#"{"error":"invalid_grant"}"#),
        (302, ""),
    ] {
        let case = format!("{status} {body:?}");
        let mut driver = due_for_refresh::<1024>();
        driver.exchange(status, body);
        assert!(matches!(driver.next(), Next::Renew { .. }), "{case}");
        let sent = driver.request();
        check_secret(&sent, &case);
        // Only once: after the next refusal the session waits.
        assert_eq!(
            driver.receive(sent.ticket, 401, ""),
            Kind::Refused(Reason::Secret)
        );
        assert!(driver.wait_millis() > 0, "{case}");
        assert_eq!(driver.token(), Some("one"), "{case}");
        driver.pass_secs(60);
        check_secret(&driver.request(), &case);
    }
}

#[test]
fn a_refresh_token_whose_use_went_wrong_is_not_used_again() {
    type Trouble = fn(&mut Legacy<1024>, Sent);
    let troubles: [(&str, Trouble); 6] = [
        ("no answer", |driver, sent| {
            driver.session.failed(sent.ticket, driver.now.instant);
        }),
        ("busy", |driver, sent| {
            driver.receive(sent.ticket, 503, "");
        }),
        ("too many", |driver, sent| {
            driver.receive(sent.ticket, 429, "");
        }),
        ("junk", |driver, sent| {
            driver.receive(sent.ticket, 200, "<html>");
        }),
        ("lost", |driver, _| driver.session.abandon()),
        ("given up", |driver, _| driver.pass_secs(60)),
    ];
    for (case, trouble) in troubles {
        let mut driver = due_for_refresh::<1024>();
        let sent = driver.request();
        check_refresh(&sent, "refresh-1", case);
        trouble(&mut driver, sent);
        driver.pass_millis(driver.wait_millis());
        let sent = driver.request();
        check_secret(&sent, case);
        // An answer without a refresh token does not restore the old one.
        answer(&mut driver, sent, "two", None);
        driver.pass_until_asked();
        check_secret(&driver.request(), case);
    }
}

#[test]
fn a_busy_server_is_not_asked_for_the_secret_at_once() {
    for status in [429, 500, 503] {
        let mut driver = due_for_refresh::<1024>();
        driver.exchange(status, "");
        let wait = driver.wait_millis();
        assert!((500..=1_000).contains(&wait), "{status}: {wait} ms");
    }
}

#[test]
fn a_refresh_token_too_long_for_the_slot_is_not_kept_and_the_secret_serves() {
    for (refresh, fits) in [("12345678", true), ("123456789", false)] {
        let mut driver = Legacy::<16>::new(legacy());
        let sent = driver.request();
        answer(&mut driver, sent, "8-bytes-", Some(refresh));
        assert_eq!(driver.token(), Some("8-bytes-"));
        driver.pass_until_asked();
        let sent = driver.request();
        if fits {
            check_refresh(&sent, refresh, refresh);
        } else {
            check_secret(&sent, refresh);
        }
    }
}

#[test]
fn a_longer_token_takes_the_place_of_the_refresh_token() {
    let mut driver = Legacy::<16>::new(legacy());
    let sent = driver.request();
    answer(&mut driver, sent, "short", Some("refresh"));
    driver.pass_until_asked();
    let sent = driver.request();
    check_refresh(&sent, "refresh", "before");
    answer(&mut driver, sent, "10-bytes--", None);
    assert_eq!(driver.token(), Some("10-bytes--"));
    driver.pass_until_asked();
    check_secret(&driver.request(), "after");
}

#[test]
fn a_token_too_long_for_the_slot_leaves_the_one_that_is_still_good() {
    let mut driver = Legacy::<16>::new(legacy());
    let sent = driver.request();
    answer(&mut driver, sent, "one", Some("refresh"));
    driver.pass_until_asked();
    let expires_at = driver.server_time.saturating_add(DAY);
    let received = driver.exchange(200, &legacy_token("seventeen-bytes--", expires_at, "r"));
    let error = AnswerError::TokenTooLong {
        found: 17,
        capacity: 16,
    };
    assert_eq!(received, Kind::Unusable(error));
    assert_eq!(driver.token(), Some("one"));
}

#[test]
fn a_days_token_lives_a_day_and_is_renewed_a_minute_and_a_half_before_at_most() {
    let mut driver = Legacy::<1024>::new(legacy());
    let sent = driver.request();
    answer(&mut driver, sent, "one", Some("refresh"));
    let wait = driver.wait_millis();
    let day = DAY * 1_000;
    // Both times lack fractions, and therefore one second is subtracted.
    assert!((day - 91_000..=day - 61_000).contains(&wait), "{wait} ms");
    driver.check_ticks_around_until("renewal");
    driver.pass_millis(day - 1_001);
    assert_eq!(driver.token(), Some("one"));
    driver.pass_millis(1);
    assert_eq!(driver.token(), None);
}

#[test]
fn a_token_of_a_slow_answer_counts_from_when_the_request_was_sent() {
    let mut driver = Legacy::<1024>::new(legacy());
    let sent = driver.request();
    driver.pass_secs(10);
    // The server may have written the `Date` ten seconds earlier, when the request was sent.
    let expires_at = driver.server_time.saturating_add(DAY);
    let body = legacy_token("one", expires_at, "refresh");
    assert!(driver.receive(sent.ticket, 200, &body).is_token());
    driver.pass_millis((DAY - 10 - 1) * 1_000 - 1);
    assert_eq!(driver.token(), Some("one"));
    driver.pass_millis(1);
    assert_eq!(driver.token(), None);
}

#[test]
fn expires_is_read_in_every_form_of_rfc_3339() {
    let forms = [
        "2027-01-16T08:00:00Z",
        "2027-01-16t08:00:00z",
        "2027-01-16T08:00:00.0Z",
        "2027-01-16T08:00:00.000Z",
        "2027-01-16T08:00:00.999Z",
        "2027-01-16T08:00:00.999999999Z",
        "2027-01-16T08:00:00+00:00",
        "2027-01-16T08:00:00-00:00",
        "2027-01-16T03:00:00-05:00",
        "2027-01-16T03:00:00.123456-05:00",
        "2027-01-16T13:45:00+05:45",
        "2027-01-17T07:59:00+23:59",
        "2027-01-15T08:01:00-23:59",
    ];
    for expires in forms {
        // A day earlier, to the second.
        assert_eq!(
            START.saturating_add(DAY),
            UnixTime::parse_rfc3339(expires).unwrap(),
            "{expires}"
        );
        let mut driver = Legacy::<1024>::new(legacy());
        let body = format!(r#"{{"accessToken":"one","expires":"{expires}"}}"#);
        let received = driver.exchange(200, &body);
        assert!(received.is_token(), "{expires}: {received:?}");
        driver.pass_secs(DAY - 2);
        assert_eq!(driver.token(), Some("one"), "{expires}");
        driver.pass_secs(1);
        assert_eq!(driver.token(), None, "{expires}");
    }
}

#[test]
fn a_token_that_is_dead_on_arrival_is_not_used() {
    for (secs, usable) in [(-1_i64, false), (0, false), (1, false), (2, true)] {
        let mut driver = Legacy::<1024>::new(legacy());
        let expires_at = UnixTime::from_secs(driver.server_time.as_secs().strict_add_signed(secs));
        let received = driver.exchange(200, &legacy_token("one", expires_at, "refresh"));
        if usable {
            assert!(received.is_token(), "{secs} s: {received:?}");
            continue;
        }
        assert_eq!(received, Kind::Unusable(AnswerError::Expired), "{secs} s");
        let Next::Stop { reason, .. } = driver.next() else {
            panic!("{secs} s: {:?}", driver.next());
        };
        assert_eq!(reason, Stopped::Answer(AnswerError::Expired), "{secs} s");
    }
}

#[test]
fn without_a_date_expires_is_compared_with_our_clock_corrected_by_what_is_known() {
    for learned in [false, true] {
        let mut driver = Legacy::<1024>::new(legacy());
        if learned {
            // The device's clock is at 1970. The session learns the server's time first.
            driver.now.unix = Some(UnixTime::from_secs(0));
            assert_eq!(driver.exchange(403, ""), Kind::Time);
        }
        driver.pass_secs(100);
        let sent = driver.request();
        let body = legacy_token("one", driver.server_time.saturating_add(DAY), "refresh");
        let received = driver.receive_with(sent.ticket, 200, &body, |it| it.date = None);
        assert!(received.is_token(), "{learned}: {received:?}");
        driver.pass_secs(DAY - 2);
        assert_eq!(driver.token(), Some("one"), "{learned}");
        driver.pass_secs(1);
        assert_eq!(driver.token(), None, "{learned}");
    }
}

#[test]
fn a_policy_of_tefca_does_not_even_ask_with_a_legacy_key() {
    let mut driver = Legacy::<1024>::new(legacy().with_policy(Policy::Tefca));
    let Next::Stop { reason, .. } = driver.next() else {
        panic!("{:?}", driver.next());
    };
    assert_eq!(reason, Stopped::NoCredential);
    assert!(driver.try_request().is_err());
}

#[test]
fn an_oauth_answer_is_no_answer_to_a_legacy_key() {
    let mut driver = Legacy::<1024>::new(legacy());
    assert!(matches!(
        driver.exchange(200, &token("one", 300)),
        Kind::Unusable(_)
    ));
    assert_eq!(driver.token(), None);
}

#[test]
fn a_clock_that_is_behind_lets_no_token_outlive_its_day() {
    // The device's clock is an hour behind, and the answer has no `Date` that reveals it.
    let mut driver = Driver::<_>::new(legacy());
    driver.server_time = START.saturating_add(3_600);
    let dies = driver.server_time.saturating_add(86_400);
    let sent = driver.request();
    let body = legacy_token("one", dies, "refresh");
    let received = driver.receive_with(sent.ticket, 200, &body, |it| it.date = None);
    assert!(received.is_token());
    driver.pass_secs(86_399);
    assert_eq!(driver.token(), Some("one"));
    driver.pass_secs(1);
    assert_eq!(driver.token(), None);
}
