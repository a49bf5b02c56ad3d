//! The legacy API key: the bodies of its requests, and its answers.

use crate::support::random::Random;
use jiff::Timestamp;
use proptest::prelude::*;
use redox_auth_core::ParseErrorKind::{
    self, Duplicate, Empty, Html, Missing, NotAnObject, NotUtf8, Syntax, Time, TooDeep, Truncated,
    UnusableToken, WrongType,
};
use redox_auth_core::{
    LegacyKey, LegacyTokenReply, LegacyTokenResponse, ParseError, Reason, WriteError,
};
use serde_json::{Value, json};

const API_KEY: &str = "4e79a4b5-6f3d-4bb1-9b4b-e28b7d0d4c6e";

/// The answer on Redox's page, with one more member.
const VALID: &str = concat!(
    r#"{"accessToken":"4b1b6f54-1c9d-4b1e-8a0f-0d8f5f0a3c11","expires":"2015-03-25T20:52:35.000Z","#,
    r#""refreshToken":"d5c7a1ef-1a67-4d55-a29a-2f5d4f0a2d22","more":[1,{"a":null}]}"#
);

/// The token, expiry and refresh token, owned.
type Response = (String, u64, Option<String>);

fn parse(body: &[u8]) -> Result<Response, ParseError> {
    let mut body = body.to_vec();
    LegacyTokenResponse::parse(&mut body).map(|response| {
        (
            response.access_token.expose().to_owned(),
            response.expires_at.as_secs(),
            response.expose_refresh_token().map(String::from),
        )
    })
}

fn error(body: impl AsRef<[u8]>) -> ParseErrorKind {
    let body = body.as_ref();
    match parse(body) {
        Err(error) => error.kind,
        Ok(response) => panic!("{}: {response:?}", String::from_utf8_lossy(body)),
    }
}

#[test]
fn the_bodies_are_json_with_these_members_in_this_order() {
    let (key, mut buffer) = (LegacyKey::new(API_KEY, "a \"secret\" \\ é"), [0; 256]);
    assert_eq!(
        key.write_authenticate(&mut buffer),
        Ok(r#"{"apiKey":"4e79a4b5-6f3d-4bb1-9b4b-e28b7d0d4c6e","secret":"a \"secret\" \\ é"}"#)
    );
    assert_eq!(
        key.write_refresh("refresh\u{1}", &mut buffer),
        Ok(r#"{"apiKey":"4e79a4b5-6f3d-4bb1-9b4b-e28b7d0d4c6e","refreshToken":"refresh\u0001"}"#)
    );
    assert_eq!(LegacyKey::CONTENT_TYPE, "application/json");
}

#[test]
fn any_text_in_them_is_read_back_as_it_was() {
    let mut random = Random::from_seed(0x001e_9ac7);
    let mut buffer = vec![0; 1 << 16];
    for _ in 0..2_000 {
        let [api_key, secret, token] = [random.text(), random.text(), random.text()];
        let key = LegacyKey::new(&api_key, &secret);
        let body = key.write_authenticate(&mut buffer).unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body, json!({ "apiKey": api_key, "secret": secret }));
        let body = key.write_refresh(&token, &mut buffer).unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body, json!({ "apiKey": api_key, "refreshToken": token }));
    }
}

#[test]
fn every_shorter_buffer_is_refused_with_the_exact_need() {
    let (key, mut buffer) = (LegacyKey::new(API_KEY, "secret"), [0; 256]);
    let authenticate = key.write_authenticate(&mut buffer).unwrap().len();
    let refresh = key.write_refresh("token", &mut buffer).unwrap().len();
    for short in 0..authenticate {
        let needed = authenticate;
        let got = key.write_authenticate(&mut buffer[..short]);
        assert_eq!(got, Err(WriteError::BufferTooSmall { needed }));
    }
    for short in 0..refresh {
        let needed = refresh;
        let got = key.write_refresh("token", &mut buffer[..short]);
        assert_eq!(got, Err(WriteError::BufferTooSmall { needed }));
    }
    assert!(key.write_authenticate(&mut buffer[..authenticate]).is_ok());
    assert!(key.write_refresh("token", &mut buffer[..refresh]).is_ok());
}

#[test]
fn nothing_in_them_may_be_empty() {
    let mut buffer = [0; 256];
    for (api_key, secret, name) in [("", "secret", "apiKey"), (API_KEY, "", "secret")] {
        let got = LegacyKey::new(api_key, secret).write_authenticate(&mut buffer);
        assert_eq!(got, Err(WriteError::EmptyClaim(name)));
    }
    let got = LegacyKey::new(API_KEY, "secret").write_refresh("", &mut buffer);
    assert_eq!(got, Err(WriteError::EmptyClaim("refreshToken")));
}

#[test]
fn an_answer_is_read_with_and_without_a_refresh_token() {
    let (token, expires, refresh) = parse(VALID.as_bytes()).unwrap();
    assert_eq!(token, "4b1b6f54-1c9d-4b1e-8a0f-0d8f5f0a3c11");
    assert_eq!(expires, 1_427_316_755);
    assert_eq!(
        refresh.as_deref(),
        Some("d5c7a1ef-1a67-4d55-a29a-2f5d4f0a2d22")
    );
    for refresh in ["", r#","refreshToken":null"#] {
        let body = format!(
            r#"{{"expires":"\u0032015-03-25T20:52:35Z","accessToken":"\u0061\/b"{refresh}}}"#
        );
        assert_eq!(
            parse(body.as_bytes()),
            Ok(("a/b".into(), 1_427_316_755, None))
        );
    }
}

#[test]
fn any_other_answer_is_an_error_that_names_what_was_found() {
    const TOKEN: &str = "accessToken";
    let wrong = |member| WrongType {
        member,
        expected: "a string",
    };
    for (body, expected) in [
        (&b""[..], Empty),
        (b" \n", Empty),
        (b"Invalid request", NotAnObject),
        (b"<html></html>", Html),
        (b"[]", NotAnObject),
        (b"{\"accessToken\":\"\xff\"}", NotUtf8),
        (b"{\"accessToken\":\"a\"", Truncated),
        (b"{\"accessToken\":\"a\",}", Syntax),
        (b"{}", Missing(TOKEN)),
        (
            br#"{"access_token":"a","expires":"2015-03-25T20:52:35Z"}"#,
            Missing(TOKEN),
        ),
        (br#"{"accessToken":"a"}"#, Missing("expires")),
        (
            br#"{"accessToken":null,"expires":"2015-03-25T20:52:35Z"}"#,
            wrong(TOKEN),
        ),
        (br#"{"accessToken":"a","expires":null}"#, wrong("expires")),
        (
            br#"{"accessToken":"a","expires":1427316755}"#,
            wrong("expires"),
        ),
        (
            br#"{"accessToken":"a","expires":"Wed, 25 Mar 2015 20:52:35 GMT"}"#,
            Time("expires"),
        ),
        (
            br#"{"accessToken":"a","expires":"2015-03-25T20:52:35Z","refreshToken":1}"#,
            wrong("refreshToken"),
        ),
        (
            br#"{"accessToken":"","expires":"2015-03-25T20:52:35Z"}"#,
            UnusableToken(TOKEN),
        ),
        (
            br#"{"accessToken":"a b","expires":"2015-03-25T20:52:35Z"}"#,
            UnusableToken(TOKEN),
        ),
        (
            br#"{"accessToken":"a\r\nb","expires":"2015-03-25T20:52:35Z"}"#,
            UnusableToken(TOKEN),
        ),
        (
            br#"{"accessToken":"a\u0000","expires":"2015-03-25T20:52:35Z"}"#,
            UnusableToken(TOKEN),
        ),
        (
            br#"{"accessToken":"a","expires":"2015-03-25T20:52:35Z","refreshToken":""}"#,
            UnusableToken("refreshToken"),
        ),
        (
            br#"{"accessToken":"a","accessToken":"a","expires":"2015-03-25T20:52:35Z"}"#,
            Duplicate(TOKEN),
        ),
        (
            br#"{"accessToken":"a","\u0065xpires":"b","expires":"2015-03-25T20:52:35Z"}"#,
            Duplicate("expires"),
        ),
    ] {
        assert_eq!(error(body), expected, "{}", String::from_utf8_lossy(body));
    }
    assert_eq!(error("[".repeat(100_000)), NotAnObject);
    assert_eq!(error(format!("{{\"a\":{}", "[".repeat(100_000))), TooDeep);
}

#[test]
fn the_status_decides_between_a_token_and_a_refusal() {
    for status in [200, 201, 299] {
        let mut body = VALID.as_bytes().to_vec();
        let reply = LegacyTokenReply::parse(status, &mut body);
        assert!(matches!(reply, Ok(LegacyTokenReply::Token(_))), "{status}");
        let reply = LegacyTokenReply::parse(status, &mut []);
        assert_eq!(reply.unwrap_err().kind, Empty, "{status}");
    }
    for (status, reason, hint) in [
        (401, Reason::Secret, "the API key and its secret"),
        (403, Reason::Secret, "the API key and its secret"),
        (301, Reason::WrongEndpoint, "check its URL"),
        (404, Reason::WrongEndpoint, "check its URL"),
        (429, Reason::TryLater, "try again"),
        (500, Reason::TryLater, "try again"),
        (503, Reason::TryLater, "try again"),
        (400, Reason::Unknown, "does not say"),
        (0, Reason::Unknown, "does not say"),
    ] {
        for body in [
            VALID,
            "Invalid request",
            "<html></html>",
            "",
            "{\"error\":1}",
        ] {
            let mut body = body.as_bytes().to_vec();
            let reply = LegacyTokenReply::parse(status, &mut body);
            let Ok(LegacyTokenReply::Refusal(refusal)) = reply else {
                panic!("{status}: {reply:?}");
            };
            let refused = refusal.refused;
            assert_eq!((refused.status, refused.code), (status, None));
            assert_eq!(refused.reason, reason, "{status}");
            assert!(refused.to_string().contains(hint), "{status}: {refused}");
        }
    }
}

#[test]
fn an_answer_cut_off_anywhere_is_an_error() {
    for end in 0..VALID.len() {
        let expected = if end == 0 { Empty } else { Truncated };
        assert_eq!(error(&VALID[..end]), expected, "after {end} bytes");
    }
}

#[test]
fn a_flipped_bit_gives_an_answer_or_an_error() {
    for at in 0..VALID.len() {
        for bit in 0..8 {
            let mut body = VALID.as_bytes().to_vec();
            body[at] ^= 1 << bit;
            if let Ok((token, _, refresh)) = parse(&body) {
                let tokens = token + &refresh.unwrap_or_default();
                assert!(tokens.bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_serde_json_wrote_is_read_back(
        token in "[!-~]{1,60}",
        expires in 0_i64..253_402_207_200,
        refresh in prop::option::of("[!-~]{1,60}"),
        others in prop::collection::btree_map("[a-z\"\\\\\u{1}é👍]{0,9}", ".*", 0..5),
    ) {
        let mut body = json!(others);
        body["accessToken"] = json!(token);
        let time = Timestamp::from_second(expires).unwrap();
        body["expires"] = json!(time.to_string());
        let expires = u64::try_from(expires).unwrap();
        body["refreshToken"] = json!(refresh);
        prop_assert_eq!(parse(body.to_string().as_bytes()), Ok((token, expires, refresh)));
    }

    #[test]
    fn any_bytes_are_an_answer_or_an_error(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&body);
    }
}
