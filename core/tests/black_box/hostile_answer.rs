//! Invalid answers, passed to a session: each gives a token or a typed error, and the session continues.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use redox_auth_core::{Channel, Client, Next};
use serde_json::{Map, Value, json};

use crate::support::driver::{
    Driver, FakeSigner, Kind, http_date, legacy, legacy_token, oauth, token,
};

type Attacked = Driver<Client<'static, FakeSigner>>;

/// A session that holds the token `old` and is due to renew it, and a valid answer for the end.
fn due(is_legacy: bool) -> Attacked {
    let mut driver = Attacked::new(if is_legacy { legacy() } else { oauth(1) });
    let body = good(&driver, is_legacy, "old");
    assert!(driver.exchange(200, &body).is_token());
    driver.pass_until_asked();
    driver
}

fn good(driver: &Attacked, is_legacy: bool, name: &str) -> String {
    if is_legacy {
        legacy_token(name, driver.server_time.saturating_add(300), "refresh")
    } else {
        token(name, 300)
    }
}

/// Passes one answer and checks the invariants. Returns the kind of the answer.
fn attack(is_legacy: bool, status: u16, body: &[u8]) -> Kind {
    let mut driver = due(is_legacy);
    let shown = format!(
        "{status} {}",
        String::from_utf8_lossy(&body[..body.len().min(200)])
    );
    let sent = driver.request();
    let copy: &mut [u8] = body.to_vec().leak();
    let received = driver.receive_with(sent.ticket, status, "", |response| response.body = copy);
    if received.is_token() {
        assert!((200..300).contains(&status), "{shown}");
        let theirs: Value = serde_json::from_slice(body).expect(&shown);
        let name = if is_legacy {
            "accessToken"
        } else {
            "access_token"
        };
        assert_eq!(driver.token(), theirs[name].as_str(), "{shown}");
        assert!(
            driver
                .token()
                .unwrap()
                .bytes()
                .all(|byte| byte.is_ascii_graphic()),
            "{shown}"
        );
    } else {
        assert_eq!(
            driver.token(),
            Some("old"),
            "{shown}: the old one is still good"
        );
        let again_at_once = matches!(driver.next(), Next::Renew { .. });
        // Only a refused refresh token has an immediate alternative.
        assert!(
            !again_at_once || (is_legacy && matches!(received, Kind::Refused(_))),
            "{shown}"
        );
    }
    // After any of these answers, the session accepts the next valid one.
    driver.pass_until_due();
    let body = good(&driver, is_legacy, "new");
    assert!(driver.exchange(200, &body).is_token(), "{shown}");
    assert_eq!(driver.token(), Some("new"), "{shown}");
    received
}

impl Attacked {
    fn pass_until_due(&mut self) {
        while self.next().until().is_some() {
            self.pass_until_asked();
        }
    }
}

/// JSON texts for one member: wrong types, empty, too long, with escapes, and invalid JSON.
fn values() -> Vec<String> {
    let mut values: Vec<String> = [
        "null",
        "true",
        "false",
        "0",
        "-1",
        "300",
        "1.5",
        "1e300",
        "-0",
        "[]",
        "{}",
        "[1,[2]]",
        r#"{"a":{"b":[]}}"#,
        r#""""#,
        r#"" ""#,
        r#""a b""#,
        r#""Bearer""#,
        r#""bearer""#,
        r#""300""#,
        r#""\u0061\u0062c""#,
        r#""\ud83d\ude00""#,
        r#""\ud83d""#,
        r#""\u00""#,
        r#""\x41""#,
        r#""\n""#,
        r#""a\r\nX-Evil: 1""#,
        r#""\u0000""#,
        r#""\"""#,
        r#""\\""#,
        r#""\/""#,
        "\"\u{1}\"",
        "\"é\"",
        "\"tab\there\"",
        "'a'",
        "NaN",
        "Infinity",
        "undefined",
        "",
        "\"",
        "[",
        "{",
        "nul",
        "1.",
        "01",
        r#""2027-01-15T08:00:00.000Z""#,
        r#""2099-01-15T08:00:00.000Z""#,
        r#""1969-12-31T23:59:59Z""#,
        r#""2027-13-45T99:99:99Z""#,
        r#""9999-12-31T23:59:59Z""#,
        r#""invalid_client""#,
    ]
    .map(String::from)
    .to_vec();
    values.push(format!("\"{}\"", "a".repeat(1_024)));
    values.push(format!("\"{}\"", "a".repeat(1_025)));
    values.push(format!("\"{}\"", "a".repeat(70_000)));
    values.push(format!("\"{}\"", "\\u0061".repeat(2_000)));
    values.push("9".repeat(300));
    values.push("[".repeat(5_000));
    values.push(format!("{}{}", "[".repeat(60), "]".repeat(60)));
    values
}

/// Object texts with one member changed to each of those values, doubled, or absent.
fn bodies(members: &[(&str, String)]) -> Vec<String> {
    let mut bodies = Vec::new();
    let write = |members: &[(&str, String)]| {
        let members: Vec<_> = members
            .iter()
            .map(|(name, value)| format!("{}:{value}", json!(name)))
            .collect();
        format!("{{{}}}", members.join(","))
    };
    for at in 0..members.len() {
        let mut changed = members.to_vec();
        let (name, value) = changed.remove(at);
        bodies.push(write(&changed));
        for other in values() {
            changed.insert(at, (name, other.clone()));
            bodies.push(write(&changed));
            // Doubled, with the right value first, then last.
            changed.insert(at, (name, value.clone()));
            bodies.push(write(&changed));
            changed.swap(at, at + 1);
            bodies.push(write(&changed));
            changed.drain(at..at + 2);
        }
        // The name with an escape is the same name.
        let escaped = format!(
            "{{\"\\u{:04x}{}\":{value}}}",
            u32::from(name.as_bytes()[0]),
            &name[1..]
        );
        let rest = write(&changed);
        bodies.push(format!("{},{}", &rest[..rest.len() - 1], &escaped[1..]));
    }
    bodies
}

fn texts(members: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    members
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

#[test]
fn every_member_of_a_token_may_be_anything() {
    let members = texts(&[
        ("access_token", r#""fine""#),
        ("token_type", r#""Bearer""#),
        ("expires_in", "300"),
        ("scope", r#""fhir""#),
        ("unknown", "1"),
    ]);
    let mut tokens = 0;
    for body in bodies(&members) {
        tokens += u32::from(attack(false, 200, body.as_bytes()).is_token());
    }
    assert!(tokens > 50, "{tokens} of them are good");
}

#[test]
fn every_member_of_a_refusal_may_be_anything() {
    let members = texts(&[
        ("error", r#""invalid_request""#),
        ("error_description", r#""Missing client assertion""#),
        ("error_uri", r#""https://docs.redoxengine.com/""#),
    ]);
    for body in bodies(&members) {
        for status in [200, 400, 503] {
            let received = attack(false, status, body.as_bytes());
            assert!(!received.is_token(), "{status} {body}");
            if status != 200 {
                assert!(
                    matches!(received, Kind::Refused(_)),
                    "{status} {body}: {received:?}"
                );
            }
        }
    }
}

#[test]
fn every_member_of_a_legacy_token_may_be_anything() {
    let members = texts(&[
        ("accessToken", r#""fine""#),
        ("expires", r#""2099-01-15T08:00:00.000Z""#),
        ("refreshToken", r#""refresh-2""#),
    ]);
    let mut tokens = 0;
    for body in bodies(&members) {
        tokens += u32::from(attack(true, 200, body.as_bytes()).is_token());
    }
    assert!(tokens > 20, "{tokens} of them are good");
}

#[test]
fn only_a_status_of_success_brings_a_token() {
    for status in (0..=1_000).chain([65_535]) {
        for is_legacy in [false, true] {
            let body = good(&due(is_legacy), is_legacy, "fine");
            let is_token = attack(is_legacy, status, body.as_bytes()).is_token();
            assert_eq!(is_token, (200..300).contains(&status), "{status}");
        }
    }
}

#[test]
fn bytes_that_are_no_text_and_bodies_without_an_end_are_errors() {
    let huge = format!(r#"{{"a":"{}"#, "x".repeat(1_000_000)).into_bytes();
    for body in [
        &b"\xff\xfe"[..],
        b"{\"access_token\":\"\xff\"}",
        b"\0",
        b"\xef\xbb\xbf{}",
        &huge,
    ] {
        for is_legacy in [false, true] {
            for status in [200, 400, 500] {
                assert!(!attack(is_legacy, status, body).is_token());
            }
        }
    }
    let mut cut_off = Map::new();
    cut_off.insert("access_token".into(), json!("fine"));
    let whole = Value::Object(cut_off).to_string();
    for end in 0..whole.len() {
        assert!(
            !attack(false, 200, &whole.as_bytes()[..end]).is_token(),
            "after {end} bytes"
        );
    }
}

#[test]
fn every_header_may_be_anything() {
    let long = "9".repeat(100_000);
    let right = http_date(due(false).server_time);
    for value in [
        &b""[..],
        b" ",
        b"\0",
        b"\xff\xff",
        b"-1",
        b"1e9",
        b"18446744073709551616",
        b"Thu, 01 Jan 1970 00:00:00 GMT",
        b"Fri, 31 Dec 9999 23:59:59 GMT",
        b"Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Evil: 1",
        b"Sunday, 06-Nov-94 08:49:37 GMT",
        b"99 Xyz 0000",
        long.as_bytes(),
        right.as_bytes(),
    ] {
        let value: &'static [u8] = value.to_vec().leak();
        for status in [200, 400, 401, 429, 503] {
            for channel in [Channel::Authenticated, Channel::Unauthenticated] {
                for header in 0..3 {
                    let mut driver = due(false);
                    let sent = driver.request();
                    let body = if status == 200 {
                        token("fine", 300)
                    } else {
                        String::new()
                    };
                    let received = driver.receive_with(sent.ticket, status, &body, |response| {
                        response.channel = channel;
                        match header {
                            0 => response.date = Some(value),
                            1 => response.age = Some(value),
                            _ => response.retry_after = Some(value),
                        }
                    });
                    let shown = format!("{status} {header} {}", value.escape_ascii());
                    assert_eq!(received.is_token(), status == 200, "{shown}");
                    assert!(driver.wait_millis() <= 3_600_000, "{shown}");
                    driver.pass_until_due();
                    driver.get_token("new", 300);
                }
            }
        }
    }
}
