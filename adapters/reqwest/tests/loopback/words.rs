//! The texts about unexpected answers: the server's own words, and no secret.

use core::time::Duration;

use redox_auth_reqwest::{Error, Redox, RefusedAnswer, Region};

use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;
use crate::support::{CLIENT_ID, LEGACY_TOKEN, assert_hidden, client_of, everything, keys};

fn refused(outcome: Result<impl Sized, Error>) -> RefusedAnswer {
    let Err(error) = outcome else {
        panic!("no refusal");
    };
    let refused = error.refused();
    refused.unwrap_or_else(|| panic!("{error}")).clone()
}

#[tokio::test]
async fn a_legacy_keys_refusal_is_in_redoxs_own_words_and_never_says_the_secret_back() {
    let told = |words: &str| format!("the server refused with status 403: \"{words}\"; ");
    for (said, shown) in [
        (
            "This source is not authorized.",
            "This source is not authorized.",
        ),
        (
            r#"no: {"apiKey":"key-1","secret":"hush-hush"}"#,
            r#"no: {"apiKey":"key-1","secret":"[redacted]"}"#,
        ),
        ("hush-hush", "[redacted]"),
    ] {
        let server = Canned::always(Answer::with(
            "403 Forbidden",
            "content-type: text/html; charset=utf-8",
            said,
        ));
        let redox = Redox::builder()
            .base_url(server.url())
            .legacy_key("key-1", "hush-hush")
            .build()
            .unwrap();
        let answer = refused(redox.token().await);
        assert!(answer.to_string().starts_with(&told(shown)), "{answer}");
        assert!(!format!("{answer:?}").contains("hush-hush"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_refresh_token_that_a_server_says_back_is_not_shown() {
    let server = Canned::start(vec![
        Answer::json(
            "200 OK",
            LEGACY_TOKEN.replace("\"two\"", "\"fresh-one\"").as_str(),
        ),
        Answer::with("503 Busy", "retry-after: 0", "busy with fresh-one"),
    ]);
    let clocks = Clocks::alone();
    let redox = Redox::builder()
        .base_url(server.url())
        .legacy_key("key-1", "hush-hush")
        .clock(clocks.now())
        .build()
        .unwrap();
    redox.token().await.unwrap();
    clocks.advance(Duration::from_secs(86_400));
    let answer = refused(redox.token().await);
    assert_eq!(answer.words(), Some(r#""busy with [redacted]""#));
}

#[tokio::test]
async fn hints_that_only_redox_documents_are_for_redox_alone() {
    let blank = r#"{"error":"invalid_request","error_description":""}"#;
    let server = Canned::always(Answer::json("400 Bad Request", blank));
    let elsewhere = refused(client_of(&server).build().unwrap().token().await);
    assert!(!elsewhere.hint().contains("Redox"), "{elsewhere}");
    for thing in ["algorithm", "audience", "scope", "`kid`", "clock"] {
        assert!(elsewhere.hint().contains(thing), "{thing}: {elsewhere}");
    }
    // With another token endpoint and no base URL the server is not Redox, and tokens do not go to Redox.
    let by_token_url = Redox::builder()
        .token_url(server.url())
        .oauth_key(CLIENT_ID, keys::es256())
        .build()
        .unwrap();
    let answer = refused(by_token_url.token().await);
    assert!(!answer.hint().contains("Redox"), "{answer}");
    let host = server.url().replace("http://", "");
    let error = by_token_url
        .get("https://api.redoxengine.com/endpoint")
        .send()
        .await
        .unwrap_err();
    assert!(!error.to_string().contains(&host), "{error}");
    assert!(
        matches!(error, Error::Path(_) | Error::Authorize(_)),
        "{error:?}"
    );
    let at_redox = client_of(&server)
        .base_url(Region::Us.base_url())
        .token_url(server.url())
        .build()
        .unwrap();
    let at_redox = refused(at_redox.token().await);
    assert!(
        at_redox.hint().starts_with("Redox gave no reason"),
        "{at_redox}"
    );
    assert!(at_redox.to_string().contains(at_redox.hint()), "{at_redox}");
}

#[tokio::test]
async fn a_token_of_another_type_is_named_by_its_type() {
    for (found, shown, end) in [
        ("DPoP", "DPoP", " without a DPoP key"),
        ("mac", "mac", ""),
        ("\u{202e}PoP", "\\u{202e}PoP", ""),
        (&"x".repeat(1_000), &format!("{}…", "x".repeat(40)), ""),
    ] {
        let body = format!(r#"{{"token_type":"{found}","access_token":"never-shown"}}"#);
        let server = Canned::always(Answer::json("200 OK", &body));
        let error = client_of(&server).build().unwrap().token().await;
        let Err(error) = error else {
            panic!("a token of the type {found}");
        };
        assert_hidden(&everything(&error), &[b"never-shown"]);
        let expected = format!(
            "the token endpoint sent a token of the type \"{shown}\": only tokens of the type Bearer can be used{end}"
        );
        assert!(error.to_string().starts_with(&expected), "{error}");
        let exchanged = client_of(&server).build().unwrap().exchange("a.b.c").await;
        assert_eq!(exchanged.err().map(|it| it.to_string()), Some(expected));
    }
}

#[tokio::test]
async fn scopes_that_the_server_left_out_are_named() {
    for (asked, granted, missing) in [
        ("a b", r#""a b""#, None),
        ("a b", r#""b c a""#, None),
        ("a b c", r#""b""#, Some("a c")),
        ("a", r#""""#, Some("a")),
        ("a", r#""ab""#, Some("a")),
        // Without `scope` in the answer, the scope is the requested one (RFC 6749 §5.1).
        ("a", "null", None),
        ("", r#""a""#, None),
    ] {
        let body = format!(r#"{{"access_token":"t","expires_in":300,"scope":{granted}}}"#);
        let server = Canned::always(Answer::json("200 OK", &body));
        let redox = client_of(&server).scope(asked).build().unwrap();
        let token = redox.token().await.unwrap();
        assert_eq!(token.scope_not_granted(), missing, "{asked}: {granted}");
        let exchanged = redox.exchange("a.b.c").await.unwrap();
        assert_eq!(exchanged.scope_not_granted(), missing, "{asked}: {granted}");
    }
}
