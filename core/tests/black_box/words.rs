//! The text shown to a person for a refusal: the server's own words, and no secret.

use std::sync::LazyLock;

use proptest::prelude::*;
use redox_auth_core::{
    Algorithm, Es256Key, JwtId, LegacyTokenReply, OAuthKey, Refusal, TokenReply, UnixTime,
};
use serde_json::json;

use crate::support::keys::EcKey;
use crate::support::servers::REFUSALS;

/// Parses a refusal of a token endpoint, and passes it to `at`.
fn look<T>(status: u16, body: impl AsRef<[u8]>, at: impl FnOnce(Refusal<'_>) -> T) -> T {
    let mut body = body.as_ref().to_vec();
    match TokenReply::parse(status, &mut body) {
        Ok(TokenReply::Refusal(refusal)) => at(refusal),
        other => panic!("{other:?}"),
    }
}

fn shown(body: impl AsRef<[u8]>) -> String {
    look(400, body, |refusal| refusal.words(&[]).to_string())
}

#[test]
fn the_words_of_every_server_are_shown_as_they_came() {
    for said in &REFUSALS {
        let words = look(said.status, said.body, |it| it.words(&[]).to_string());
        assert_eq!(words, said.shown, "{}", said.server);
    }
    // An answer that is unrelated to the client.
    let words = look(500, "Unable to retrieve device data", |it| {
        it.words(&[]).to_string()
    });
    assert_eq!(words, r#""Unable to retrieve device data""#, "PRODA");
}

#[test]
fn a_legacy_keys_refusal_is_shown_in_redoxs_own_words() {
    for (status, body, expected) in [
        (401, "Invalid request", r#""Invalid request""#),
        (401, "Invalid source secret", r#""Invalid source secret""#),
        (
            403,
            "This source is not authorized.",
            r#""This source is not authorized.""#,
        ),
        (400, r#"{"error":"no such key"}"#, r#""no such key""#),
        (503, "", ""),
    ] {
        let mut bytes = body.as_bytes().to_vec();
        let Ok(LegacyTokenReply::Refusal(refusal)) = LegacyTokenReply::parse(status, &mut bytes)
        else {
            panic!("{status} {body}");
        };
        assert_eq!(refusal.words(&[]).to_string(), expected, "{body}");
    }
}

#[test]
fn texts_are_found_where_servers_put_them() {
    for (body, expected) in [
        (r#"{"error":{"code":401,"message":"no"}}"#, r#""no""#),
        (
            r#"{"errors":["one",{"detail":"two"},{"message":"three"},4]}"#,
            r#""one": "two": "three""#,
        ),
        (r#"{"errors":{"detail":"inside"}}"#, r#""inside""#),
        (
            r#"{"issue":[{"diagnostics":"a"},{"diagnostics":"b"}]}"#,
            r#""a": "b""#,
        ),
        (r#"{"detail":"d","message":"m"}"#, r#""m": "d""#),
        (r#"{"error":"a","error_description":"  "}"#, r#""a""#),
        (
            r#"{"error_uri":"https://as.example"}"#,
            "see https://as.example",
        ),
        // Necessary encodings stay unchanged.
        (
            r#"{"error":"a","error_uri":"https://as.example/%c3%a9%0a%1B%zz%4"}"#,
            r#""a"; see https://as.example/%c3%a9%0a%1B%zz%4"#,
        ),
        // Without a known text: the start of the body.
        (r#"{"code":7}"#, r#""{"code":7}""#),
        (r#"{"message":7}"#, r#""{"message":7}""#),
        (r#"["no"]"#, r#""["no"]""#),
        (
            r#"{"message":"a","message":"b"}"#,
            r#""{"message":"a","message":"b"}""#,
        ),
        (
            "<html>\r\n  <body>401\tAuthorization  Required</body>\n</html>\n",
            r#""<html> <body>401 Authorization Required</body> </html>""#,
        ),
        // A web page: its title.
        (
            "<!DOCTYPE html>\r\n<html><head><TITLE lang=en>\n502 Bad\n Gateway </Title></head><body>nginx",
            r#"the web page "502 Bad Gateway""#,
        ),
        (
            "\u{feff}<title>ERROR: \u{1b}[2J</title>",
            r#"the web page "ERROR: \u{1b}[2J""#,
        ),
        ("<p><titles>a</titles>", r#""<p><titles>a</titles>""#),
        ("<p><title>  </title>", r#""<p><title> </title>""#),
        ("<p><title>cut off", r#""<p><title>cut off""#),
        ("a <title>no page</title>", r#""a <title>no page</title>""#),
        (r"DOMAIN\user said 'no'", r#""DOMAIN\user said 'no'""#),
        ("", ""),
        (" \r\n\t", ""),
    ] {
        assert_eq!(shown(body), expected, "{body}");
        let is_empty = look(400, body, |refusal| refusal.words(&[]).is_empty());
        assert_eq!(is_empty, expected.is_empty(), "{body}");
    }
    assert_eq!(
        shown(b"Acc\xe8s refus\xe9"),
        "\"Acc\u{fffd}s refus\u{fffd}\""
    );
    let many: Vec<_> = (0..100)
        .map(|it| json!({ "detail": it.to_string() }))
        .collect();
    let many = shown(json!({ "errors": many }).to_string());
    assert!(many.ends_with(r#""6": "7""#), "{many}");
}

#[test]
fn each_text_can_be_had_alone() {
    let body = concat!(
        r#"{"error":"invalid_client","error_description":"it\u0027s \"no\" \ud83d\udc4d","#,
        r#""error_uri":"https:\/\/as.example\/%3A"}"#
    );
    look(400, body, |refusal| {
        let words = refusal.words(&[]);
        let texts = [words.error(), words.description(), words.uri()];
        let texts = texts.map(|text| text.map(|it| it.to_string()).unwrap_or_default());
        let expected = ["invalid_client", "it's \"no\" 👍", "https://as.example/%3A"];
        assert_eq!(texts, expected);
    });
    look(400, "no", |refusal| {
        let words = refusal.words(&[]);
        assert!(words.error().is_none() && words.description().is_none() && words.uri().is_none());
    });
}

#[test]
fn nothing_that_a_terminal_obeys_is_shown() {
    for body in [
        json!({"error": "\u{1b}[31mred\u{7} \u{202e}back\u{2028}\u{0}"}).to_string(),
        "\u{1b}[31mred\u{7} \u{202e}back\u{2028}\u{0}".to_owned(),
    ] {
        let expected = r#""\u{1b}[31mred\u{7} \u{202e}back\u{2028}\u{0}""#;
        assert_eq!(shown(&body), expected, "{body:?}");
    }
    // Line ends become spaces.
    let body = json!({"error": "a\n\n\tb", "error_description": "\r\nc"}).to_string();
    assert_eq!(shown(body), r#""a b": "c""#);
}

#[test]
fn what_is_shown_is_bounded() {
    let long = "word ".repeat(10_000);
    let begins = |max: usize| format!("\"{}…\"", long.chars().take(max).collect::<String>());
    let text = json!({"error": "a", "error_description": long}).to_string();
    assert_eq!(
        shown(text),
        format!("\"a\": {}", begins(499).replace(" …", "…"))
    );
    assert_eq!(shown(&long), begins(199).replace(" …", "…"));
    let exact = "word ".repeat(40);
    assert_eq!(shown(exact.trim()), format!("\"{}\"", exact.trim()));
}

#[test]
fn what_looks_like_a_secret_is_not_shown() {
    let assertion = ASSERTION.as_str();
    let cut_off = assertion.get(..100).unwrap();
    let opaque = "0123456789abcdef".repeat(4);
    for (said, expected) in [
        (
            format!("Bearer {assertion} is wrong"),
            "Bearer [redacted] is wrong",
        ),
        (
            format!("client_assertion={assertion}"),
            "client_assertion=[redacted]",
        ),
        (format!("<{cut_off}>"), "<[redacted]>"),
        (format!("token '{opaque}'"), "token '[redacted]'"),
        ("eyJhbGciOiJFUzI1NiJ9".into(), "[redacted]"),
        // Found through its name, however short it is.
        (
            r#"{"access_token":"a+/b=","expires_in":300}"#.into(),
            r#"{"access_token":"[redacted]","expires_in":300}"#,
        ),
        (
            r#"{"data": { "refreshToken" : "ab" } }"#.into(),
            r#"{"data": { "refreshToken" : "[redacted]" } }"#,
        ),
        (
            "sent: grant_type=x&client_secret=/s3&scope=y".into(),
            "sent: grant_type=x&client_secret=[redacted]&scope=y",
        ),
        (r#"{"token":"","a":"b"}"#.into(), r#"{"token":"","a":"b"}"#),
        ("invalid token: expired".into(), "invalid token: expired"),
        (
            r#"Unexpected "client_assertion" value"#.into(),
            r#"Unexpected "client_assertion" value"#,
        ),
        (
            r#"error="invalid_token", error_description="expired""#.into(),
            r#"error="invalid_token", error_description="expired""#,
        ),
        // Data that helps the server's support stays visible.
        (
            "id 2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11".into(),
            "id 2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11",
        ),
        (
            "org.springframework.security.authentication.BadCredentialsException".into(),
            "org.springframework.security.authentication.BadCredentialsException",
        ),
        ("eyJ".into(), "eyJ"),
    ] {
        assert_eq!(shown(&said), format!("\"{expected}\""), "{said}");
        for name in ["error", "error_description", "message"] {
            let body = json!({ name: said }).to_string();
            assert_eq!(shown(body), format!("\"{expected}\""), "{name}");
        }
        let body = json!({"error": "no", "error_uri": said}).to_string();
        assert_eq!(shown(body), format!("\"no\"; see {expected}"), "{said}");
    }
}

#[test]
fn a_secret_that_is_named_is_not_shown_however_short_it_is() {
    let body = r#"no: {"apiKey":"a","secret":"s3cret"}, xs3crets3cret, s3cre"#;
    for body in [body.to_owned(), json!({ "message": body }).to_string()] {
        let words = look(401, &body, |refusal| {
            refusal.words(&["", "s3cret", "refresh"]).to_string()
        });
        let expected =
            r#""no: {"apiKey":"a","secret":"[redacted]"}, x[redacted][redacted], s3cre""#;
        assert_eq!(words, expected);
    }
    let body = r#"{"error":"s3cret","error_description":"s3cret","error_uri":"s3cret"}"#;
    look(401, body, |refusal| {
        let words = refusal.words(&["s3cret"]);
        for text in [words.error(), words.description(), words.uri()] {
            assert_eq!(text.unwrap().to_string(), "[redacted]");
        }
        assert!(!format!("{refusal:?} {words:?}").contains("s3cret"));
    });
}

#[test]
fn debug_of_a_refusal_shows_nothing_of_its_body() {
    let debug = look(401, r#"{"error":"s3cret"}"#, |it| format!("{it:?} {it:#?}"));
    assert!(!debug.contains("s3cret"), "{debug}");
}

/// An assertion as this crate signs it.
static ASSERTION: LazyLock<String> = LazyLock::new(|| {
    let key = EcKey::published(Algorithm::Es256).pkcs8();
    let key = Es256Key::parse(&key).unwrap();
    let jwt_id = JwtId::from_random([7; 16]);
    let now = UnixTime::from_secs(1_800_000_000);
    let mut out = [0; 2_048];
    OAuthKey::new("client-1", "key-1", &key)
        .assertion("https://as.example/token", &jwt_id, now)
        .write(&mut out)
        .unwrap()
        .to_owned()
});

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_part_of_an_assertion_is_shown_wherever_a_server_repeats_it(
        before in "[^A-Za-z0-9_.-]{0,300}",
        after in "[^A-Za-z0-9_.-]{0,20}",
        name in prop_oneof![Just(""), Just("error"), Just("error_description"), Just("error_uri"), Just("message")],
    ) {
        let assertion = ASSERTION.as_str();
        let said = format!("{before}{assertion}{after}");
        let body = if name.is_empty() { said } else { json!({ name: said }).to_string() };
        let shown = shown(&body);
        for part in assertion.as_bytes().windows(16) {
            let part = str::from_utf8(part).unwrap();
            prop_assert!(!shown.contains(part), "{} in {}", part, shown);
        }
    }

    #[test]
    fn any_body_is_shown_in_one_bounded_line(body in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let shown = shown(&body);
        prop_assert!(!shown.contains(char::is_control), "{shown:?}");
        // Escapes take up to ten characters.
        prop_assert!(shown.chars().count() <= 2_010);
    }
}
