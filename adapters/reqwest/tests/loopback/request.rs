use core::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redox_auth_reqwest::{Api, JwtType, Method, Redox, UnixTime};
use serde_json::json;

use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;
use crate::support::keys::{self, ALGORITHMS};
use crate::support::{CLIENT_ID, LEGACY_TOKEN, client_of, decode, good_token};

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

/// The assertion in a recorded token request.
fn assertion_in(request: &str) -> &str {
    let (_, assertion) = request.split_once("client_assertion=").unwrap();
    assertion.split('&').next().unwrap()
}

#[test]
fn an_assertion_names_client_audience_and_time() {
    for algorithm in ALGORITHMS {
        let key = keys::key_called("key \"1\"\n2", algorithm);
        let redox = Redox::builder().oauth_key(CLIENT_ID, key).build().unwrap();
        let (header, claims) = decode(&redox.assertion(NOW).unwrap());
        assert_eq!(
            header,
            json!({ "alg": algorithm.as_str(), "typ": "JWT", "kid": "key \"1\"\n2" })
        );
        let jti = claims["jti"].as_str().unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(jti).map(|bits| bits.len()), Ok(16));
        assert_eq!(
            claims,
            json!({
                "iss": CLIENT_ID,
                "sub": CLIENT_ID,
                "aud": "https://api.redoxengine.com/v2/auth/token",
                "iat": 1_799_999_995,
                "exp": 1_800_000_295,
                "jti": jti,
            })
        );
    }
}

#[tokio::test]
async fn audience_and_typ_are_as_the_caller_says() {
    let server = Canned::always(good_token());
    let redox = client_of(&server)
        .token_url(format!("{}/oauth/token", server.url()))
        .audience("https://as.example/issuer?tenant=1")
        .typ(JwtType::ClientAuthentication)
        .build()
        .unwrap();
    redox.token().await.unwrap();
    let request = server.only_request();
    assert!(request.starts_with("POST /oauth/token HTTP/1.1\r\n"));
    for assertion in [assertion_in(&request), &redox.assertion(NOW).unwrap()] {
        let (header, claims) = decode(assertion);
        assert_eq!(header["typ"], "client-authentication+jwt");
        assert_eq!(claims["aud"], "https://as.example/issuer?tenant=1");
    }
}

#[tokio::test]
async fn without_a_say_the_audience_is_the_url_that_is_posted_to() {
    let server = Canned::always(good_token());
    for (base_url, token_url, audience) in [
        (
            server.url(),
            None,
            format!("{}/v2/auth/token", server.url()),
        ),
        (
            format!("{}/redox/", server.url()),
            None,
            format!("{}/redox/v2/auth/token", server.url()),
        ),
        (
            server.url(),
            Some(format!("{}/oauth/token", server.url())),
            format!("{}/oauth/token", server.url()),
        ),
    ] {
        let mut builder = client_of(&server).base_url(base_url);
        if let Some(token_url) = token_url {
            builder = builder.token_url(token_url);
        }
        let redox = builder.build().unwrap();
        assert_eq!(redox.token_url().to_string(), audience);
        redox.token().await.unwrap();
        let request = server.requests().pop().unwrap();
        let path = audience.strip_prefix(&server.url()).unwrap();
        assert!(request.starts_with(&format!("POST {path} HTTP/1.1\r\n")));
        assert_eq!(decode(assertion_in(&request)).1["aud"], audience);
    }
}

#[tokio::test]
async fn a_token_request_is_a_form_and_authenticates_in_one_way_only() {
    let server = Canned::always(good_token());
    let redox = client_of(&server).scope("a b").build().unwrap();
    redox.token().await.unwrap();
    let request = server.only_request();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(head.contains("\r\ncontent-type: application/x-www-form-urlencoded"));
    assert!(head.contains("\r\naccept: application/json\r\n"));
    assert!(head.contains("\r\nuser-agent: redox-auth/"));
    for name in ["authorization", "cookie", "referer"] {
        assert!(!head.contains(&format!("\r\n{name}:")), "{head}");
    }
    let names: Vec<_> = body
        .split('&')
        .map(|field| field.split_once('=').unwrap())
        .filter(|(name, _)| *name != "client_assertion")
        .collect();
    assert_eq!(
        names,
        [
            ("grant_type", "client_credentials"),
            ("scope", "a+b"),
            (
                "client_assertion_type",
                "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
            ),
        ]
    );
}

#[tokio::test]
async fn an_assertion_from_elsewhere_cannot_add_a_field_to_the_form() {
    let server = Canned::always(good_token());
    let redox = Redox::builder().base_url(server.url()).no_key();
    let redox = redox.build().unwrap();
    redox.exchange("a.b.c&scope=all\r\n+%26").await.unwrap();
    let request = server.only_request();
    assert!(
        request.ends_with("client_assertion=a.b.c%26scope%3Dall%0D%0A%2B%2526"),
        "{request}"
    );
    assert!(redox.exchange("").await.is_err());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn every_token_request_has_a_new_jti_even_after_a_refusal() {
    let refusal = Answer::json("400 Bad Request", r#"{"error":"invalid_request"}"#);
    let server = Canned::start(vec![refusal, good_token()]);
    let clocks = Clocks::alone();
    let redox = client_of(&server).clock(clocks.now()).build().unwrap();
    assert!(redox.token().await.is_err());
    for _ in 0..2 {
        clocks.advance_secs(300);
        redox.token().await.unwrap();
    }
    let mut ids: Vec<String> = server
        .requests()
        .iter()
        .map(|request| decode(assertion_in(request)).1["jti"].to_string())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn a_legacy_key_sends_the_documented_json() {
    let server = Canned::always(Answer::json("200 OK", LEGACY_TOKEN));
    let clocks = Clocks::alone();
    let redox = Redox::builder()
        .base_url(server.url())
        .legacy_key("key-1", "it's \"secret\"")
        .clock(clocks.now());
    let redox = redox.build().unwrap();
    let token = redox.token().await.unwrap();
    assert_eq!(token.expose(), "one");
    // Whatever the answer says, no legacy token lives longer.
    let day = Duration::from_secs(24 * 60 * 60);
    assert_eq!(token.expires_in(), Some(day));
    // By then it is dead, unless the wall clock is put back, for an answer that is that of before.
    let century: u32 = 100 * 366 * 24 * 60 * 60;
    clocks.advance_secs(century.into());
    clocks.set_ahead(Some(-i64::from(century)));
    redox.token().await.unwrap();
    let expected = [
        (
            "/auth/authenticate",
            r#"{"apiKey":"key-1","secret":"it's \"secret\""}"#,
        ),
        (
            "/auth/refreshToken",
            r#"{"apiKey":"key-1","refreshToken":"two"}"#,
        ),
    ];
    for (request, (path, body)) in server.requests().iter().zip(expected) {
        assert!(request.starts_with(&format!("POST {path} HTTP/1.1\r\n")));
        assert!(
            request
                .to_lowercase()
                .contains("\r\ncontent-type: application/json\r\n")
        );
        assert!(request.ends_with(&format!("\r\n\r\n{body}")), "{request}");
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_request_to_the_api_carries_token_and_source() {
    let server = Canned::start(vec![good_token(), Answer::json("200 OK", "{}")]);
    let redox = client_of(&server).source_id("source-1").build().unwrap();
    let request = redox.request(Method::POST, "/endpoint?a=b").unwrap();
    redox
        .send(Api::DataModel, request.body("{}"))
        .await
        .unwrap();
    let requests = server.requests();
    assert!(!requests[0].contains("source-1"), "{}", requests[0]);
    assert!(requests[1].starts_with("POST /endpoint?a=b HTTP/1.1\r\n"));
    let head = requests[1].to_lowercase();
    assert!(
        head.contains("\r\nauthorization: bearer granted\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nredox-source-id: source-1\r\n"), "{head}");
}
