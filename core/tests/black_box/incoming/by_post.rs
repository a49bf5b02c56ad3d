//! A challenge by `POST`, and messages that are no challenge.

use super::{CHALLENGE, NO_HEADERS, PROOF, TOKEN, WRONG, post, token};
use proptest::prelude::*;
use redox_auth_core::IncomingError::{Body, NoToken, WrongToken};
use redox_auth_core::TokenPlace::{self, Authorization, Header};
use redox_auth_core::{
    Challenge, Incoming, IncomingError, IncomingHeaders, ParseError, ParseErrorKind,
    VerificationToken,
};
use serde_json::json;

fn body_error(got: Result<Option<String>, IncomingError>) -> ParseErrorKind {
    match got {
        Err(Body(ParseError { kind, .. })) => kind,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_challenge_by_post_is_answered_with_its_own_text() {
    let body = json!({ "verification-token": TOKEN, "challenge": CHALLENGE }).to_string();
    let mut bytes = body.clone().into_bytes();
    let incoming = token().receive_post(NO_HEADERS, &mut bytes).unwrap();
    let Incoming::Challenge(challenge) = incoming else {
        panic!("{incoming:?}");
    };
    assert_eq!(challenge.text(), CHALLENGE);
    assert_eq!(Challenge::CONTENT_TYPE, "text/plain");

    let expected = Ok(Some(CHALLENGE.into()));
    assert_eq!(post(PROOF, &body), expected);
    for body in [
        format!(r#"{{"challenge":"{CHALLENGE}"}}"#),
        format!(r#"{{"challenge":"{CHALLENGE}","verification-token":null,"more":[{{}}]}}"#),
    ] {
        assert_eq!(post(PROOF, &body), expected, "{body}");
        assert_eq!(post(NO_HEADERS, &body), Err(NoToken), "{body}");
    }
}

#[test]
fn a_wrong_token_in_the_body_is_refused_whatever_the_headers_say() {
    for wrong in WRONG {
        let body = json!({ "verification-token": wrong, "challenge": CHALLENGE }).to_string();
        for headers in [NO_HEADERS, PROOF] {
            let got = post(headers, &body);
            assert_eq!(got, Err(WrongToken(TokenPlace::Body)), "{wrong:?}");
        }
        let body = json!({ "verification-token": TOKEN, "challenge": CHALLENGE }).to_string();
        let headers = IncomingHeaders {
            authorization: Some(wrong.as_bytes()),
            ..PROOF
        };
        assert_eq!(
            post(headers, body),
            Err(WrongToken(Authorization)),
            "{wrong:?}"
        );
    }
}

#[test]
fn escapes_in_a_challenge_are_read() {
    let escaped = TOKEN.replace('/', "\\/").replace('2', "\\u0032");
    for (written, text) in [
        (r"\u0061b", "ab"),
        (r#"\"\\\/"#, "\"\\/"),
        (r"\u00e9 \ud83d\udc4d", "é 👍"),
        ("é 👍", "é 👍"),
    ] {
        let body = format!(
            r#" {{ "\u0063hallenge" : "{written}" , "verification\u002dtoken" : "{escaped}" }} "#
        );
        assert_eq!(post(NO_HEADERS, &body), Ok(Some(text.into())), "{body}");
    }
}

#[test]
fn a_message_is_no_challenge_and_needs_the_token_in_a_header() {
    for body in [
        r#"{"Meta":{"DataModel":"PatientAdmin","EventType":"NewPatient"},"challenge":"for us"}"#,
        r#"{"resourceType":"Bundle","challenge":"for us","verification-token":"any"}"#,
        r#"{"challenge":{"verification-token":"any"}}"#,
        r#"{"challenge":null}"#,
        r#"{"data":{"challenge":"a"}}"#,
        r#"{"verification-token":"2b7e-1516 28ae+d2/a6="}"#,
        r#"{"Meta":{},"Meta":{}}"#,
        r#"["challenge"]"#,
        r#"{"challenge":"a""#,
        "MSH|^~\\&|\r",
        "<Bundle/>",
        "",
    ] {
        assert_eq!(post(PROOF, body), Ok(None), "{body}");
        assert_eq!(post(NO_HEADERS, body), Err(NoToken), "{body}");
        let headers = IncomingHeaders {
            verification_token: Some(b"wrong"),
            ..NO_HEADERS
        };
        assert_eq!(post(headers, body), Err(WrongToken(Header)), "{body}");
    }
    assert_eq!(post(PROOF, b"\xff\xfe"), Ok(None));
    assert_eq!(post(PROOF, "{\"a\":".repeat(100_000)), Ok(None));
}

#[test]
fn a_challenge_with_a_member_twice_or_of_another_type_is_named() {
    for headers in [NO_HEADERS, PROOF] {
        for (body, expected) in [
            (
                r#"{"challenge":"a","challenge":"a"}"#,
                ParseErrorKind::Duplicate("challenge"),
            ),
            (
                r#"{"verification-token":"a","\u0076erification-token":"a","challenge":"a"}"#,
                ParseErrorKind::Duplicate("verification-token"),
            ),
            (
                r#"{"verification-token":1,"challenge":"a"}"#,
                ParseErrorKind::WrongType {
                    member: "verification-token",
                    expected: "a string",
                },
            ),
        ] {
            assert_eq!(body_error(post(headers, body)), expected, "{body}");
        }
    }
}

#[test]
fn a_challenge_cut_off_or_with_a_flipped_bit_is_never_taken_without_its_token() {
    let valid = json!({ "verification-token": TOKEN, "challenge": CHALLENGE }).to_string();
    for end in 0..valid.len() {
        assert_eq!(post(NO_HEADERS, &valid[..end]), Err(NoToken), "{end} bytes");
    }
    for at in 0..valid.len() {
        for bit in 0..8 {
            let mut body = valid.clone().into_bytes();
            body[at] ^= 1 << bit;
            if let Ok(challenge) = post(NO_HEADERS, &body) {
                let changed = challenge.unwrap();
                assert_ne!(changed, CHALLENGE, "bit {bit} of byte {at}");
                assert!(!changed.contains(char::is_control));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_serde_json_wrote_is_read_back_as_a_challenge(
        secret in "[!-~]([ -~]{0,30}[!-~])?",
        challenge in "\\PC{1,40}",
        others in prop::collection::btree_map("[a-z\"\\\\\u{1}é👍]{0,9}", ".*", 0..4),
    ) {
        prop_assume!(!others.contains_key("challenge"));
        let mut body = json!(others);
        body["verification-token"] = json!(secret);
        body["challenge"] = json!(challenge);
        let mut body = body.to_string().into_bytes();
        let token = VerificationToken::new(&secret).unwrap();
        match token.receive_post(NO_HEADERS, &mut body) {
            Ok(Incoming::Challenge(got)) => prop_assert_eq!(got.text(), challenge),
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
