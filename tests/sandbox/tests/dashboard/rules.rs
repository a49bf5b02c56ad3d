use redox_auth_sandbox::ServerOptions;
use serde_json::{Value, json};

use crate::support::*;

/// The rules of an exchange that have this verdict.
fn with_verdict(exchange: &Value, verdict: &str) -> Vec<String> {
    let checks = exchange["checks"].as_array().unwrap().iter();
    let own = checks.filter(|check| check["verdict"] == verdict);
    own.map(|check| check["rule"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_good_assertion_passes_every_rule() {
    let redox = Redox::start().await;
    redox.token("good").await;
    let exchange = redox.newest().await;
    assert_eq!(with_verdict(&exchange, "fail"), [""; 0], "{exchange}");
    assert_eq!(with_verdict(&exchange, "unchecked"), [""; 0], "{exchange}");
    assert!(with_verdict(&exchange, "pass").len() >= 18, "{exchange}");
    assert_eq!(exchange["assertion"]["header"], header("key-1"));
    assert_eq!(exchange["assertion"]["claims"], redox.claims("good"));
    assert_eq!(exchange["who"], CLIENT_ID);
    assert_eq!(exchange["reason"], Value::Null);
}

#[tokio::test]
async fn each_mistake_fails_its_own_rule_and_what_came_after_was_not_checked() {
    let redox = Redox::start().await;
    let later = ["registered key", "alg", "signature", "jti is new"];
    for (case, (member, value, failed, unchecked)) in [
        ("iat", json!(NOW - 311), "iat", &later[3..]),
        ("iat", json!(NOW + 11), "iat", &later[3..]),
        ("exp", json!(NOW - 10), "exp", &later[3..]),
        ("exp", json!(NOW + 301), "lifetime", &later[3..]),
        ("nbf", json!(NOW + 11), "nbf", &later[3..]),
        ("aud", json!("https://a.example"), "aud", &later[3..]),
        ("sub", json!("somebody"), "sub", &later[3..]),
        ("jti", Value::Null, "jti", &later[3..]),
        ("iss", json!("nobody"), "registered key", &later[1..]),
        ("iss", Value::Null, "iss", &later[..]),
    ]
    .into_iter()
    .enumerate()
    {
        let mut claims = redox.claims(&format!("case-{case}"));
        claims[member] = value;
        let answer = redox.ask_token(&header("key-1"), &claims).await;
        assert_eq!(answer.status, 400, "{claims}");
        let exchange = redox.newest().await;
        let found = with_verdict(&exchange, "fail");
        assert!(found.contains(&failed.to_owned()), "{claims}: {found:?}");
        assert_eq!(with_verdict(&exchange, "unchecked"), unchecked, "{claims}");
        assert!(exchange["reason"].is_string(), "{exchange}");
        let told = exchange["told"].as_str().unwrap();
        assert!(told.starts_with("invalid_request"), "{told}");
    }
}

#[tokio::test]
async fn a_header_that_is_wrong_fails_its_rule() {
    let redox = Redox::start().await;
    for (case, (member, value, failed)) in [
        ("kid", Value::Null, "kid"),
        ("kid", json!("key-2"), "registered key"),
        ("alg", json!("RS384"), "alg"),
        ("typ", json!("at+jwt"), "typ"),
        ("crit", json!(["b64"]), "crit"),
        ("jku", json!("https://example.org/jwks.json"), "jku"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut header = header("key-1");
        header[member] = value;
        let claims = redox.claims(&format!("header-{case}"));
        redox.ask_token(&header, &claims).await;
        let exchange = redox.newest().await;
        let found = with_verdict(&exchange, "fail");
        assert_eq!(found, [failed], "{header}: {exchange}");
    }
}

#[tokio::test]
async fn a_wrong_signature_and_a_second_use_are_told_from_the_answer() {
    let redox = Redox::start().await;
    let assertion = sign(&header("key-1"), &redox.claims("once"));
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let flipped = signature.chars().rev().collect::<String>();
    redox
        .send(token_request(&format!("{signed}.{flipped}")))
        .await;
    let exchange = redox.newest().await;
    assert_eq!(with_verdict(&exchange, "fail"), ["signature"], "{exchange}");
    for failed in [&[][..], &["jti is new"]] {
        redox.send(token_request(&assertion)).await;
        let exchange = redox.newest().await;
        assert_eq!(with_verdict(&exchange, "fail"), failed, "{exchange}");
    }
}

#[tokio::test]
async fn what_is_no_assertion_says_where_it_ended() {
    let redox = Redox::start().await;
    for (assertion, failed) in [("", "client_assertion"), ("a.b.c", "client_assertion")] {
        redox.send(token_request(assertion)).await;
        let exchange = redox.newest().await;
        assert_eq!(with_verdict(&exchange, "fail"), [failed], "{exchange}");
    }
    let json = redox_auth_sandbox::Request::json("/v2/auth/token", "{}");
    redox.send(json).await;
    let exchange = redox.newest().await;
    assert_eq!(rule(&exchange, "Content-Type")["verdict"], "fail");
    assert_eq!(rule(&exchange, "Content-Type")["found"], "application/json");
}

#[tokio::test]
async fn times_are_told_by_how_far_they_are() {
    let redox = Redox::start().await;
    let mut claims = redox.claims("times");
    claims["iat"] = (NOW - 400).into();
    redox.ask_token(&header("key-1"), &claims).await;
    let exchange = redox.newest().await;
    let iat = rule(&exchange, "iat");
    assert_eq!(iat["found"], format!("{}, 400 s past", NOW - 400));
    assert_eq!(
        iat["expected"],
        "whole seconds, at most 310 s past and 10 s ahead"
    );
    assert!(exchange["response"]["headers"].as_array().unwrap().len() >= 4);
}

#[tokio::test]
async fn another_server_s_objections_are_all_listed() {
    let redox = Redox::start_with(ServerOptions::new().like("nhs")).await;
    let url = redox.server.token_url();
    let path = url.split_once("//").unwrap().1.split_once('/').unwrap().1;
    let mut claims = redox.claims("nhs");
    claims["exp"] = (NOW + 3000).into();
    let mut request = token_request(&sign(&header("key-1"), &claims));
    request.path = format!("/{path}");
    redox.send(request).await;
    let exchange = redox.newest().await;
    assert_eq!(exchange["kind"], "token");
    let header = rule(&exchange, "header");
    assert_eq!(header["found"], "alg is ES384; the server accepts RS512");
    assert_eq!(rule(&exchange, "times")["verdict"], "fail", "{exchange}");
    assert_eq!(rule(&exchange, "form")["verdict"], "pass", "{exchange}");
}
