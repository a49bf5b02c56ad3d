//! Bodies that no token endpoint should send, and any valid body: each gives a token or a typed error, never a panic.

use crate::support::replies::{Token, VALID, error, parse, token};
use proptest::prelude::*;
use redox_auth_core::ParseErrorKind::{
    Empty, Html, NotAnObject, NotUtf8, Syntax, TooDeep, Truncated,
};
use serde_json::{Value, json};

#[test]
fn what_is_no_json_object_is_named() {
    for (body, expected) in [
        (&b""[..], Empty),
        (b" \r\n\t ", Empty),
        (
            b"<!DOCTYPE html><html>Sign in to the hotel's network</html>",
            Html,
        ),
        (b"\n <html>", Html),
        (b"Invalid request", NotAnObject),
        (b"null", NotAnObject),
        (b"\"token\"", NotAnObject),
        (b"[{\"access_token\":\"t\"}]", NotAnObject),
        (b"\xef\xbb\xbf{\"access_token\":\"t\"}", NotAnObject),
        (b"{\"access_token\":\"\xff\"}", NotUtf8),
        (b"{\"access_token\":\"t\"} trailing", Syntax),
        (b"{\"access_token\":\"t\"}{}", Syntax),
        (b"{'access_token':'t'}", Syntax),
        (b"{\"access_token\":\"a\nb\"}", Syntax),
        (b"{\"access_token\":\"\\ud83d\"}", Syntax),
        (b"{\"access_token\":\"\\udc4d\\ud83d\"}", Syntax),
        (b"{\"access_token\":\"t\",}", Syntax),
        (b"{\"access_token\":\"t\" /* */}", Syntax),
    ] {
        assert_eq!(error(body), expected, "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn large_and_deep_bodies_are_read_without_a_heap_or_a_stack() {
    let filler = vec![json!({"a": [1, "b", null], "c": "\u{1}\"\\"}); 40_000];
    let body = json!({ "filler": filler, "access_token": "t" }).to_string();
    assert!(body.len() > 1_000_000);
    assert_eq!(token(&body).token, "t");

    let arrays = "[".repeat(100_000);
    assert_eq!(error(&arrays), NotAnObject);
    assert_eq!(error(format!("{{\"a\":{arrays}")), TooDeep);
    let closed = format!(
        "{{\"access_token\":\"t\",\"a\":{arrays}{}}}",
        "]".repeat(100_000)
    );
    assert_eq!(error(closed), TooDeep);
    assert_eq!(error("{\"a\":".repeat(100_000)), TooDeep);
    assert_eq!(error(format!("{{\"access_token\":{arrays}")), TooDeep);
}

#[test]
fn a_body_cut_off_anywhere_is_an_error() {
    for end in 0..VALID.len() {
        let expected = if end == 0 { Empty } else { Truncated };
        assert_eq!(error(&VALID[..end]), expected, "after {end} bytes");
    }
}

#[test]
fn a_flipped_bit_gives_a_token_or_an_error_and_never_an_unusable_token() {
    let mut tokens = 0;
    for at in 0..VALID.len() {
        for bit in 0..8 {
            let mut body = VALID.as_bytes().to_vec();
            body[at] ^= 1 << bit;
            match parse(200, &body) {
                Ok(Some(token)) => {
                    assert!(token.token.bytes().all(|byte| byte.is_ascii_graphic()));
                    tokens += 1;
                }
                Ok(None) => panic!("bit {bit} of byte {at} makes a refusal"),
                Err(error) => assert!(error.at <= body.len(), "bit {bit} of byte {at}"),
            }
        }
    }
    assert!(tokens > 0);
}

/// Any JSON, not too deep.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".*", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_serde_json_wrote_is_read_back(
        token in "[!-~]{1,80}",
        expires_in in prop::option::of(1_u32..),
        scope in prop::option::of(".*"),
        others in prop::collection::btree_map("[a-z\"\\\\\u{1}é👍]{0,9}", value(), 0..8),
        pretty in any::<bool>(),
    ) {
        let mut body = json!(others);
        body["access_token"] = json!(token);
        body["token_type"] = json!("Bearer");
        body["expires_in"] = json!(expires_in);
        body["scope"] = json!(scope);
        let written = if pretty {
            serde_json::to_string_pretty(&body).unwrap()
        } else {
            body.to_string()
        };
        let lifetime_secs = expires_in.unwrap_or(300);
        let expected = Token { token, expires_in_secs: expires_in, lifetime_secs, scope };
        prop_assert_eq!(parse(200, written.as_bytes()), Ok(Some(expected)));
    }

    #[test]
    fn any_bytes_are_a_token_or_an_error_or_a_refusal(
        status in any::<u16>(),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let _ = parse(status, &body);
    }

    #[test]
    fn what_serde_json_refuses_is_refused(body in r#"\{"access_token":"[a-z\\"u0-9]{1,9}"[,:0-9.eE+\-\[\]{}"a-z ]{0,9}\}"#) {
        let theirs = serde_json::from_str::<Value>(&body);
        if parse(200, body.as_bytes()).is_ok() {
            prop_assert!(theirs.is_ok(), "{}", body);
        }
    }
}
