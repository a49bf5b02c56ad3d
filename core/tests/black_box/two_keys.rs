//! Several keys of which the server knows one, and a wrong clock. A session finds the right combination with any words
//! of the server, and makes at most one request for each key and one for the clock.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use proptest::prelude::*;
use redox_auth_core::{Client, Next, UnixTime};

use crate::support::driver::{Driver, FakeSigner, START, oauth, refusal, token};
use crate::support::servers::REFUSALS;

/// A server with one key, which refuses with these words. It accepts no assertion whose times do not match its clock.
struct Server<'t> {
    known: &'t str,
    status: u16,
    body: &'t str,
}

impl Server<'_> {
    /// Answers until the session has a token or waits. Returns the number of requests.
    fn serve(
        &self,
        driver: &mut Driver<Client<'static, FakeSigner>>,
        mut before_answer: impl FnMut(&mut UnixTime),
    ) -> usize {
        let mut count = 0;
        while driver.next().until().is_none() {
            count += 1;
            assert!(count < 20, "it does not stop");
            let sent = driver.request();
            let iat = sent.jwt(1, "iat").as_u64().expect("a number");
            let is_good = sent.jwt(0, "kid") == self.known
                && iat.abs_diff(driver.server_time.as_secs() - 5) <= 1;
            let date = driver.server_time;
            before_answer(&mut driver.server_time);
            if is_good {
                driver.receive(sent.ticket, 200, &token("one", 300));
            } else {
                driver.receive(sent.ticket, self.status, self.body);
            }
            driver.server_time = date;
        }
        count
    }
}

/// The number of requests with two keys, of which the server knows the second, and whether they obtained a token.
fn with_two_keys(status: u16, body: &str) -> (usize, bool) {
    let mut driver = Driver::<_>::new(oauth(2));
    let known = "key-1";
    let server = Server {
        known,
        status,
        body,
    };
    let count = server.serve(&mut driver, |_| ());
    (count, driver.token() == Some("one"))
}

#[test]
fn the_second_key_is_found_with_the_second_request_for_every_refusal_of_every_server() {
    for said in &REFUSALS {
        let found = with_two_keys(said.status, said.body);
        assert_eq!(found, (2, true), "{}: {}", said.server, said.body);
    }
}

#[test]
fn the_second_key_is_found_after_a_status_alone() {
    for status in [400, 401, 403] {
        for body in ["", "no", "{}", "{", "[]", "null", "<html>Forbidden</html>"] {
            assert_eq!(with_two_keys(status, body), (2, true), "{status} {body}");
        }
    }
}

#[test]
fn a_refusal_that_is_plainly_about_the_form_costs_one_request() {
    for body in [
        refusal("x-www-form-urlencoded content-type required"),
        refusal("Missing grant_type parameter"),
        refusal("The grant_type parameter should equal 'client_credentials'"),
        refusal("Missing client assertion type"),
        refusal("Invalid client assertion type"),
        refusal("Missing client assertion"),
        refusal("JWT header kid property is required"),
        r#"{"error":"unsupported_grant_type"}"#.into(),
        r#"{"error":"unsupported_grant_type","error_description":"the key expired"}"#.into(),
    ] {
        assert_eq!(with_two_keys(400, &body), (1, false), "{body}");
    }
}

#[test]
fn a_wrong_clock_and_a_wrong_key_are_healed_one_after_the_other() {
    for said in &REFUSALS {
        for off_secs in [-86_400, -16, 16, 86_400] {
            let mut driver = Driver::<_>::new(oauth(2));
            driver.server_time = shifted(START, off_secs);
            let server = Server {
                known: "key-1",
                status: said.status,
                body: said.body,
            };
            let count = server.serve(&mut driver, |_| ());
            let case = format!("{}: {} at {off_secs} s", said.server, said.body);
            // After the clock is corrected, the first key gets another request.
            assert_eq!((count, driver.token()), (3, Some("one")), "{case}");
        }
    }
}

fn shifted(time: UnixTime, secs: i64) -> UnixTime {
    UnixTime::from_secs(time.as_secs().strict_add_signed(secs))
}

/// Any refusal: one of the standard's codes or another, with or without words, or no JSON.
fn any_words() -> impl Strategy<Value = String> {
    let code = prop_oneof![
        Just("invalid_request".to_owned()),
        Just("invalid_client".to_owned()),
        Just("invalid_grant".to_owned()),
        Just("unauthorized_client".to_owned()),
        Just("invalid_scope".to_owned()),
        "\\PC{0,20}",
    ];
    let words = prop_oneof![
        "\\PC{0,60}",
        proptest::collection::vec(
            prop_oneof![
                Just("key"),
                Just("jti"),
                Just("already"),
                Just("iat"),
                Just("expired"),
                Just("audience"),
                Just("scope"),
                Just("grant_type"),
                Just("missing"),
            ],
            0..6
        )
        .prop_map(|words| words.join(" ")),
    ];
    prop_oneof![
        (code, words)
            .prop_filter("these are for another day", |(code, _)| {
                let others = [
                    "unsupported_grant_type",
                    "temporarily_unavailable",
                    "server_error",
                ];
                !others.contains(&code.as_str())
            })
            .prop_map(|(code, words)| {
                serde_json::json!({ "error": code, "error_description": words }).to_string()
            }),
        "\\PC{0,80}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_second_key_is_found_with_the_second_request_whatever_the_words(
        status in prop_oneof![Just(400_u16), Just(401), Just(403)],
        body in any_words(),
    ) {
        prop_assert_eq!(with_two_keys(status, &body), (2, true), "{} {}", status, body);
    }

    #[test]
    fn a_server_that_knows_one_of_the_keys_gives_a_token_however_wrong_the_clock_is(
        keys in 1_usize..5,
        known in 0_usize..5,
        off_secs in -100_000_i64..100_000,
        status in prop_oneof![Just(400_u16), Just(401), Just(403)],
        body in any_words(),
    ) {
        let mut driver = Driver::<_>::new(oauth(keys));
        driver.server_time = shifted(START, off_secs);
        let known = known % keys;
        let server = Server { known: &format!("key-{known}"), status, body: &body };
        let count = server.serve(&mut driver, |_| ());
        let is_wrong = usize::from(off_secs.abs() >= 2);
        prop_assert_eq!(count, known + 1 + is_wrong);
        prop_assert_eq!(driver.token(), Some("one"));
    }

    #[test]
    fn one_slot_has_a_request_for_each_key_and_one_for_the_clock_whatever_the_dates(
        keys in 1_usize..5,
        dates in proptest::collection::vec(-100_000_i64..100_000, 20),
        status in prop_oneof![Just(400_u16), Just(401), Just(403)],
        body in any_words(),
    ) {
        let mut driver = Driver::<_>::new(oauth(keys));
        let server = Server { known: "none", status, body: &body };
        let mut dates = dates.into_iter();
        for slot in 0..3 {
            let count = server.serve(&mut driver, |time| {
                *time = shifted(START, dates.next().unwrap_or(0));
            });
            prop_assert!(count <= keys + 1, "{count} requests in slot {slot}");
            let is_stopped = matches!(driver.next(), Next::Stop { .. });
            prop_assert!(is_stopped);
            driver.pass_until_asked();
        }
    }
}
