//! The answers of a token endpoint: a token, or an error that names its cause.

use crate::support::replies::{Token, VALID, error, parse, token};
use redox_auth_core::ParseErrorKind::{
    self, Duplicate, Lifetime, Missing, Syntax, TokenType, UnusableToken, WrongType,
};
use redox_auth_core::{TokenReply, scopes_not_granted};
use serde_json::json;

#[test]
fn a_token_is_read_with_all_that_comes_along() {
    assert_eq!(
        token(VALID),
        Token {
            token: "eyJhbGciOi.J9._-~+/=".into(),
            expires_in_secs: Some(300),
            lifetime_secs: 300,
            scope: Some("fhir:é 👍".into()),
        }
    );
}

#[test]
fn the_lifetime_is_read_however_it_is_written() {
    for (written, expected) in [
        ("300", Ok(Some(300))),
        ("\"300\"", Ok(Some(300))),
        ("300.0", Ok(Some(300))),
        ("3e2", Ok(Some(300))),
        ("\"3\\u0030\\u0030\"", Ok(Some(300))),
        ("300.999", Ok(Some(300))),
        ("1", Ok(Some(1))),
        ("null", Ok(None)),
        ("4294967295", Ok(Some(u32::MAX))),
        ("4294967296", Ok(Some(u32::MAX))),
        ("18446744073709551616", Ok(Some(u32::MAX))),
        ("1e400", Ok(Some(u32::MAX))),
        ("1e99999999999999999999", Ok(Some(u32::MAX))),
        ("0", Err(Lifetime)),
        ("0.9", Err(Lifetime)),
        ("1e-400", Err(Lifetime)),
        ("0e400", Err(Lifetime)),
        ("-0", Err(Lifetime)),
        ("-1", Err(Lifetime)),
        ("-1e400", Err(Lifetime)),
        ("\"\"", Err(Lifetime)),
        ("\"abc\"", Err(Lifetime)),
        ("\"300s\"", Err(Lifetime)),
        ("\" 300\"", Err(Lifetime)),
        ("\"-300\"", Err(Lifetime)),
        ("\"0x12c\"", Err(Lifetime)),
        ("\"٣٠٠\"", Err(Lifetime)),
        ("[]", Err(NOT_A_NUMBER)),
        ("[300]", Err(NOT_A_NUMBER)),
        ("{}", Err(NOT_A_NUMBER)),
        ("true", Err(NOT_A_NUMBER)),
        ("0300", Err(Syntax)),
        ("+300", Err(Syntax)),
        ("Infinity", Err(Syntax)),
        ("NaN", Err(Syntax)),
        ("", Err(Syntax)),
    ] {
        let body = format!(r#"{{"access_token":"t","expires_in":{written}}}"#);
        let got = parse(200, body.as_bytes());
        let got = got
            .map(|token| token.unwrap().expires_in_secs)
            .map_err(|error| error.kind);
        assert_eq!(got, expected, "expires_in: {written}");
    }
    let absent = token(r#"{"access_token":"t"}"#);
    assert_eq!((absent.expires_in_secs, absent.lifetime_secs), (None, 300));
}

#[test]
fn the_token_type_is_bearer_in_any_case_or_left_out() {
    for (written, expected) in [
        ("\"Bearer\"", None),
        ("\"bearer\"", None),
        ("\"BEARER\"", None),
        ("\"bEaReR\"", None),
        ("\"\\u0042earer\"", None),
        ("null", None),
        ("\"DPoP\"", Some(TokenType)),
        ("\"mac\"", Some(TokenType)),
        ("\"\"", Some(TokenType)),
        ("\"Bearer \"", Some(TokenType)),
        ("1", Some(NOT_A_TYPE)),
        ("[\"Bearer\"]", Some(NOT_A_TYPE)),
    ] {
        let body = format!(r#"{{"access_token":"t","token_type":{written}}}"#);
        let got = parse(200, body.as_bytes()).err().map(|error| error.kind);
        assert_eq!(got, expected, "token_type: {written}");
    }
}

#[test]
fn a_token_that_would_break_out_of_its_header_is_refused() {
    for written in [
        "",
        " ",
        "a b",
        "a\\r\\nX-Evil: 1",
        "a\\n",
        "a\\u0000",
        "a\\t",
        "a\\u007f",
        "é",
        "a👍",
        "\\ud83d\\udc4d",
        "\\u00e9",
    ] {
        let body = format!(r#"{{"access_token":"{written}"}}"#);
        assert_eq!(error(&body), UnusableToken("access_token"), "{written:?}");
    }
    let printable: String = ('!'..='~').collect();
    assert_eq!(
        token(&json!({ "access_token": printable }).to_string()).token,
        printable
    );
    let long = "a".repeat(100_000);
    assert_eq!(
        token(&json!({ "access_token": long }).to_string()).token,
        long
    );
}

#[test]
fn members_are_known_by_their_name_and_only_at_the_top() {
    let body =
        r#"{"a":{"access_token":"inner"},"\u0061ccess\u005ftoken":"outer","Access_Token":"x"}"#;
    assert_eq!(token(body).token, "outer");
    assert_eq!(
        error(r#"{"data":{"access_token":"t"}}"#),
        Missing("access_token")
    );
    assert_eq!(error("{}"), Missing("access_token"));
    for written in ["null", "1", "true", "[\"t\"]", "{}"] {
        let body = format!(r#"{{"access_token":{written}}}"#);
        let expected = WrongType {
            member: "access_token",
            expected: "a string",
        };
        assert_eq!(error(&body), expected, "{body}");
    }
}

#[test]
fn a_name_that_comes_twice_is_refused_where_it_is_known() {
    for body in [
        r#"{"access_token":"a","access_token":"b"}"#,
        r#"{"access_token":"a","access_token":"a"}"#,
        r#"{"access_token":"a","\u0061ccess_token":"b"}"#,
    ] {
        assert_eq!(error(body), Duplicate("access_token"), "{body}");
    }
    let body = r#"{"access_token":"a","expires_in":1,"expires_in":2}"#;
    assert_eq!(error(body), Duplicate("expires_in"));
    assert_eq!(
        token(r#"{"access_token":"a","other":1,"other":2}"#).token,
        "a"
    );
}

#[test]
fn only_a_status_of_success_brings_a_token() {
    for status in [200, 201, 299] {
        assert!(
            parse(status, VALID.as_bytes()).unwrap().is_some(),
            "{status}"
        );
    }
    for status in [0, 100, 199, 300, 302, 400, 401, 500, 503, u16::MAX] {
        assert_eq!(parse(status, VALID.as_bytes()), Ok(None), "{status}");
    }
}

#[test]
fn a_token_beside_an_error_counts_when_the_status_is_success() {
    let body = br#"{"access_token":"t","error":"invalid_request"}"#;
    assert_eq!(parse(200, body).unwrap().unwrap().token, "t");
    assert_eq!(parse(400, body), Ok(None));
    let body = br#"{"access_token":"t","error":null}"#;
    assert_eq!(parse(200, body).unwrap().unwrap().token, "t");
}

#[test]
fn errors_say_what_was_expected_what_was_found_and_where() {
    for (body, expected) in [
        ("", "expected a JSON object, found nothing, at byte 0"),
        (" <p>", "expected a JSON object, found HTML, at byte 1"),
        (
            "[]",
            "expected a JSON object, found something else, at byte 0",
        ),
        ("{", "expected a JSON object, found an early end, at byte 1"),
        ("{x", "expected JSON, found a syntax error, at byte 1"),
        (
            "{}",
            "expected the member `access_token`, found none, at byte 0",
        ),
        (
            r#"{"access_token":1}"#,
            "expected `access_token` to be a string, found another type, at byte 16",
        ),
        (
            r#"{"scope":"","scope":""}"#,
            "expected one member `scope`, found two, at byte 12",
        ),
        (
            r#"{"access_token":"t","expires_in":-1}"#,
            "expected `expires_in` to be a positive number of seconds, found another value, at byte 33",
        ),
        (
            r#"{"access_token":"a secret"}"#,
            "expected `access_token` to be printable ASCII without spaces, found another character or nothing, \
             at byte 16",
        ),
        (
            r#"{"access_token":"t","token_type":"DPoP"}"#,
            "expected `token_type` to be Bearer, found another, at byte 33",
        ),
    ] {
        let error = parse(200, body.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), expected, "{body}");
    }
    let deep = format!("{{\"a\":{}", "[".repeat(100));
    assert_eq!(
        parse(200, deep.as_bytes()).unwrap_err().to_string(),
        "expected JSON nested at most 64 deep, found more, at byte 69"
    );
    assert_eq!(
        parse(200, b"{\"\xff").unwrap_err().to_string(),
        "expected JSON in UTF-8, found other bytes, at byte 2"
    );
}

#[test]
fn a_token_type_that_is_not_bearer_can_be_named_from_the_body() {
    for (written, shown) in [
        (r#""DPoP""#, Some("DPoP")),
        (r#""N_A""#, Some("N_A")),
        (r#""""#, Some("")),
        (r#""a\u001b""#, None),
    ] {
        let body = format!(r#"{{"access_token":"t","token_type":{written}}}"#);
        let mut parsed = body.clone().into_bytes();
        let error = TokenReply::parse(200, &mut parsed).unwrap_err();
        assert_eq!(error.kind, TokenType, "{written}");
        let found = error.token_type(&parsed).map(|it| it.to_string());
        match shown {
            Some(_) => assert_eq!(found.as_deref(), shown, "{written}"),
            // Its escapes were decoded in place. No terminal obeys the remaining characters.
            None => assert!(!found.unwrap_or_default().contains(char::is_control)),
        }
    }
    let long = format!(r#"{{"token_type":"{}"}}"#, "x".repeat(1_000));
    let error = TokenReply::parse(200, &mut long.clone().into_bytes()).unwrap_err();
    let found = error.token_type(long.as_bytes()).unwrap().to_string();
    assert_eq!(found, format!("{}…", "x".repeat(40)));

    let missing = TokenReply::parse(200, &mut b"{}".to_vec()).unwrap_err();
    assert!(missing.token_type(b"{}").is_none());
    assert!(error.token_type(b"").is_none());
}

#[test]
fn what_is_missing_of_a_scope_is_told_name_by_name() {
    for (asked, granted, missing) in [
        ("a b", "b a", vec![]),
        ("a b c", "b", vec!["a", "c"]),
        (" a  b ", "a", vec!["b"]),
        ("a", "ab", vec!["a"]),
        ("a", "", vec!["a"]),
        ("", "a", vec![]),
    ] {
        let found: Vec<_> = scopes_not_granted(asked, granted).collect();
        assert_eq!(found, missing, "{asked:?}, {granted:?}");
    }
}

const NOT_A_NUMBER: ParseErrorKind = WrongType {
    member: "expires_in",
    expected: "a number",
};

const NOT_A_TYPE: ParseErrorKind = WrongType {
    member: "token_type",
    expected: "a string",
};
