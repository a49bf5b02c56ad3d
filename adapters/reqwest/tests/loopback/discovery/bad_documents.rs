use redox_auth_reqwest::{Discovery, DiscoveryError};
use serde_json::{Value, json};

use super::{OAUTH, OPENID, document, paths};
use crate::support::canned::{Answer, Canned};

/// What becomes of an issuer's document, and nothing but documents was asked for.
async fn error_of(answer: impl FnOnce(&str) -> Answer) -> DiscoveryError {
    let server = Canned::by_path(|url| vec![(OAUTH, answer(url))]);
    let error = Discovery::new().issuer(&server.url()).await.unwrap_err();
    assert!(
        paths(&server)
            .iter()
            .all(|path| [OAUTH, OPENID].contains(&&**path))
    );
    error
}

#[tokio::test]
async fn the_error_about_a_forbidden_document_names_its_fault() {
    let evil = "https://evil.example/token";
    for (members, part) in [
        (
            json!({}),
            "the member `token_endpoint` is missing; name the token endpoint without discovery",
        ),
        (
            json!({ "token_endpoint": evil }),
            "`token_endpoint` is \"https://evil.example/token\", on the host evil.example, which was not asked; \
             if that host belongs to the server, confirm it (`Discovery::confirm_host`, --confirm-host evil.example), \
             or name the token endpoint without discovery (`Builder::token_url`, --token-url)",
        ),
        (
            json!({ "token_endpoint": 7 }),
            "expected `token_endpoint` to be a string",
        ),
        (
            json!({ "token_endpoint": ["https://a.example"] }),
            "expected `token_endpoint` to be a string",
        ),
        (
            json!({ "token_endpoint": "http://as.example/token" }),
            "found http to another host; `token_endpoint` is \"http://as.example/token\"",
        ),
        (
            json!({ "token_endpoint": "/token" }),
            "must start with https://",
        ),
        (
            json!({ "token_endpoint": "https://127.0.0.1@evil.example" }),
            "without a user name",
        ),
        (
            json!({ "issuer": null, "token_endpoint": "https://as.example/token" }),
            "the member `issuer` is missing; `token_endpoint` is \"https://as.example/token\"; name the token \
             endpoint without discovery (`Builder::token_url`, --token-url), and the audience where the server wants \
             another (`Builder::audience`, --audience)",
        ),
        (
            json!({ "issuer": "https://evil.example/\u{1b}[2J\u{202e}" }),
            "not the URL that was asked, and such a document must not be used (RFC 8414 section 3.3); \
             `issuer` is \"https://evil.example/\\u{1b}[2J\\u{202e}\"; ask for that issuer if it is the right one, or \
             name the token endpoint",
        ),
    ] {
        let error = error_of(|url| {
            let mut whole = json!({ "issuer": url });
            let Value::Object(members) = members.clone() else {
                panic!()
            };
            whole.as_object_mut().unwrap().extend(members);
            document(&whole)
        });
        let shown = error.await.to_string();
        assert!(shown.contains(part), "{shown}");
        assert!(shown.contains(OAUTH), "{shown}");
    }
    let slash = error_of(|url| document(&json!({ "issuer": format!("{url}/") }))).await;
    assert!(slash.to_string().contains("a slash at its end"), "{slash}");
    let twice = r#"{"issuer":"a","issuer":"b"}"#;
    let twice = error_of(|_| Answer::json("200 OK", twice)).await;
    assert!(
        twice.to_string().contains("one member `issuer`, found two"),
        "{twice}"
    );
    let cut_off = error_of(|_| Answer::json("200 OK", "{\"issuer\":")).await;
    assert!(
        cut_off.to_string().contains("found an early end"),
        "{cut_off}"
    );
}

#[tokio::test]
async fn of_a_long_document_no_more_than_the_limit_is_read() {
    let long = |bytes: usize| json!({ "a": "b".repeat(bytes) }).to_string();
    let error = error_of(|_| Answer::json("200 OK", &long(1_000_000))).await;
    let part = "the document may have 65536 bytes, found 1000008";
    assert!(error.to_string().contains(part), "{error}");
    let endless = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let error = error_of(|_| Answer::endless(endless, "a\r\n0123456789\r\n")).await;
    let part = "the document may have 65536 bytes, found more";
    assert!(error.to_string().contains(part), "{error}");
    let longest = error_of(|_| Answer::json("200 OK", &long(65_536 - 8))).await;
    assert!(
        longest.to_string().contains("`issuer` is missing"),
        "{longest}"
    );
    let longer = error_of(|_| Answer::json("200 OK", &long(65_536 - 7))).await;
    assert!(matches!(
        longer,
        DiscoveryError::TooLong {
            length: Some(65_537),
            ..
        }
    ));
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let other = Canned::by_path(|url| {
        let token_endpoint = format!("{url}/token");
        vec![(
            OAUTH,
            document(&json!({ "issuer": url, "token_endpoint": token_endpoint })),
        )]
    });
    let elsewhere = format!("{}{OAUTH}", other.url());
    for status in [
        "301 Moved",
        "302 Found",
        "303 Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        for (location, shown) in [
            (&*elsewhere, format!(" to {elsewhere:?}; ")),
            ("/elsewhere", "; ".to_owned()),
            ("http://as.example/", "; ".to_owned()),
        ] {
            let header = format!("location: {location}");
            let error = error_of(|_| Answer::with(status, &header, "")).await;
            let number = &status[..3];
            let part = format!("a redirect with status {number}{shown}redirects are not followed");
            assert!(error.to_string().contains(&part), "{error}");
        }
    }
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_failure_does_not_count_as_a_missing_document() {
    let busy = Answer::with("429 Too Many Requests", "retry-after: 5", "");
    for answer in [Answer::json("500 Oops", "{}"), busy, Answer::raw("")] {
        let server = Canned::by_path(|_| vec![(OAUTH, answer)]);
        let error = Discovery::new().issuer(&server.url()).await.unwrap_err();
        assert!(!error.is_absence(), "{error}");
        assert!(!paths(&server).contains(&OPENID.to_owned()), "{error}");
    }
    let error = Discovery::new()
        .fhir_server("http://as.example")
        .await
        .unwrap_err();
    assert!(matches!(error, DiscoveryError::Url(_)), "{error}");
    let error = Discovery::new()
        .issuer("https://as.example/?a=b")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("no query"), "{error}");
}
