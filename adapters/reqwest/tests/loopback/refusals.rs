use redox_auth_reqwest::{Algorithm, Error, Key, Reason, Redox, RefusedAnswer, UnixTime};
use redox_auth_sandbox::{Counters, Refusal};
use serde_json::{Value, json};

use crate::support::keys;
use crate::support::{CLIENT_ID, Sandbox, everything, sign};

/// What a refused exchange says.
fn refused(outcome: Result<impl Sized, Error>, case: &str) -> RefusedAnswer {
    let Err(error) = outcome else {
        panic!("{case}: no refusal");
    };
    let shown = everything(&error);
    assert!(shown.contains("the server refused with status"), "{case}");
    let refused = error.refused();
    refused.unwrap_or_else(|| panic!("{case}: {error}")).clone()
}

/// Checks Redox's documented words and what they were taken for.
fn check(answer: &RefusedAnswer, refusal: Refusal, reason: Reason, case: &str) {
    assert_eq!(answer.refused.status, 400, "{case}");
    assert_eq!(answer.error.as_deref(), Some("invalid_request"), "{case}");
    let words = refusal.description();
    assert_eq!(
        answer.description.as_deref(),
        Some(words.as_str()),
        "{case}"
    );
    assert_eq!(
        answer.uri.as_deref(),
        Some(redox_auth_sandbox::ERROR_URI),
        "{case}"
    );
    assert_eq!(answer.refused.reason, reason, "{case}");
    let shown = answer.to_string();
    assert!(
        shown.contains(&words) && shown.contains(reason.hint()),
        "{case}: {shown}"
    );
}

#[tokio::test]
async fn a_wrong_client_id_key_or_setting_is_named() {
    let sandbox = Sandbox::start().await;
    let pem = keys::pem("PRIVATE KEY", &keys::pkcs8(Algorithm::Es384));
    let key = || Key::parse(pem.as_bytes()).unwrap();
    let client_id = sandbox.register(&key());
    let with = |client_id: &str, key: Key| {
        Redox::builder()
            .base_url(sandbox.server.base_url())
            .oauth_key(client_id, key)
    };
    let other_key = keys::key_called(key().key_id(), Algorithm::Es384);
    let other_algorithm = keys::key_called(key().key_id(), Algorithm::Es256);
    type Count = fn(&Counters) -> u64;
    let cases: [(&str, _, Refusal, Reason, Count); 5] = [
        (
            "another client ID",
            with(CLIENT_ID, key()),
            Refusal::KeyNotFound,
            Reason::KeyNotFound,
            |counters| counters.keys_not_found,
        ),
        (
            "another key ID",
            with(
                &client_id,
                Key::parse_with_key_id("other", pem.as_bytes()).unwrap(),
            ),
            Refusal::KeyNotFound,
            Reason::KeyNotFound,
            |counters| counters.keys_not_found,
        ),
        (
            "another key under this ID",
            with(&client_id, other_key),
            Refusal::BadSignature,
            Reason::Blank,
            |counters| counters.bad_signatures,
        ),
        (
            "a key for another algorithm under this ID",
            with(&client_id, other_algorithm),
            Refusal::WrongAlgorithm,
            Reason::Blank,
            |counters| counters.wrong_algorithms,
        ),
        (
            "another audience",
            with(&client_id, key()).audience("https://api.redoxengine.com/v2/auth/token"),
            Refusal::Unexpected("aud"),
            Reason::Claim("aud"),
            |counters| counters.unexpected_claims,
        ),
    ];
    for (case, client, refusal, reason, count) in cases {
        let before = count(&sandbox.server.counters());
        let redox = client.build().unwrap();
        let answer = refused(redox.token().await, case);
        check(&answer, refusal, reason, case);
        let counted = count(&sandbox.server.counters()).saturating_sub(before);
        assert_eq!(counted, 1, "{case}");
        // What to compare with the server's settings.
        let shown = answer.to_string();
        let sent = answer.sent.unwrap();
        for name in [sent.client_id, sent.key_id, sent.audience] {
            assert!(shown.contains(&name), "{case}: {shown}");
        }
    }
}

#[tokio::test]
async fn an_assertion_from_elsewhere_that_is_wrong_is_refused_in_the_servers_words() {
    let sandbox = Sandbox::start().await;
    sandbox.server.clock().freeze();
    let now = sandbox.now().as_secs();
    let key = keys::es256();
    let client_id = sandbox.register(&key);
    let redox = Redox::builder()
        .base_url(sandbox.server.base_url())
        .no_key()
        .build()
        .unwrap();
    let header = json!({ "alg": "ES256", "typ": "JWT", "kid": key.key_id() });
    let claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": redox.token_url().to_string(),
        "iat": now,
        "exp": now.saturating_add(300),
        "jti": "first",
    });
    let ahead = |secs: u64| json!(now.saturating_add(secs));
    let ago = |secs: u64| json!(now.saturating_sub(secs));
    let claim = |name: &str, value: Value| (header.clone(), with(&claims, name, value));
    let head = |name: &str, value: Value| (with(&header, name, value), claims.clone());
    let times = |iat: Value, exp: Value| {
        let claims = with(&with(&claims, "iat", iat), "exp", exp);
        (header.clone(), claims)
    };
    for (case, (header, claims), refusal, reason) in [
        (
            "no kid",
            head("kid", Value::Null),
            Refusal::MissingKeyId,
            Reason::Request,
        ),
        (
            "no iss",
            claim("iss", Value::Null),
            Refusal::Unexpected("iss"),
            Reason::Claim("iss"),
        ),
        (
            "another sub",
            claim("sub", json!("x")),
            Refusal::Unexpected("sub"),
            Reason::Claim("sub"),
        ),
        (
            "no aud",
            claim("aud", Value::Null),
            Refusal::Unexpected("aud"),
            Reason::Claim("aud"),
        ),
        (
            "no jti",
            claim("jti", Value::Null),
            Refusal::Unexpected("jti"),
            Reason::Claim("jti"),
        ),
        (
            "no iat",
            claim("iat", Value::Null),
            Refusal::Unexpected("iat"),
            Reason::Clock,
        ),
        (
            "no exp",
            claim("exp", Value::Null),
            Refusal::Unexpected("exp"),
            Reason::Clock,
        ),
        (
            "another typ",
            head("typ", json!("client-authentication+jwt")),
            Refusal::Unexpected("typ"),
            Reason::Claim("typ"),
        ),
        (
            "another jku",
            head("jku", json!("https://evil.example")),
            Refusal::Unexpected("jku"),
            Reason::Claim("(another)"),
        ),
        (
            "crit",
            head("crit", json!(["b64"])),
            Refusal::CriticalHeader,
            Reason::Blank,
        ),
        (
            "alg none",
            head("alg", json!("none")),
            Refusal::WrongAlgorithm,
            Reason::Blank,
        ),
        (
            "old",
            times(ago(311), ago(11)),
            Refusal::IssuedTooLongAgo,
            Reason::Blank,
        ),
        (
            "early",
            times(ahead(11), ahead(60)),
            Refusal::IssuedInFuture,
            Reason::Blank,
        ),
        (
            "expired",
            times(ago(60), ago(10)),
            Refusal::Expired,
            Reason::Blank,
        ),
        (
            "long",
            times(ago(0), ahead(301)),
            Refusal::LivesTooLong,
            Reason::Blank,
        ),
        (
            "nbf ahead",
            claim("nbf", ahead(11)),
            Refusal::NotYetValid,
            Reason::Blank,
        ),
    ] {
        let assertion = sign(&key, &header, &claims);
        let answer = refused(redox.exchange(&assertion).await, case);
        check(&answer, refusal, reason, case);
        // The assertion came from elsewhere, so nothing is known of it.
        assert!(answer.sent.is_none(), "{case}");
    }
    let garbage = refused(redox.exchange("garbage").await, "garbage");
    check(
        &garbage,
        Refusal::MalformedAssertion,
        Reason::Blank,
        "garbage",
    );

    // Each of them was wrong in one point only: the unchanged assertion is accepted, once.
    let good = sign(&key, &header, &claims);
    assert!(redox.exchange(&good).await.is_ok());
    let replayed = refused(redox.exchange(&good).await, "a second time");
    check(
        &replayed,
        Refusal::ReplayedAssertion,
        Reason::Blank,
        "a second time",
    );
    assert_eq!(sandbox.server.counters().jti_replays, 1);
}

#[tokio::test]
async fn an_assertion_is_taken_to_the_edge_of_the_servers_window_and_not_beyond() {
    let sandbox = Sandbox::start().await;
    sandbox.server.clock().freeze();
    let redox = sandbox.client(keys::es256()).build().unwrap();
    let now = sandbox.now().as_secs();
    // `iat` is back-dated by 5 s and may lie 310 s back or 10 s ahead; `exp` is 300 s after it and may lie 10 s back.
    for (at, good) in [
        (now.saturating_sub(305), false),
        (now.saturating_sub(304), true),
        (now.saturating_add(15), true),
        (now.saturating_add(16), false),
    ] {
        let assertion = redox.assertion(UnixTime::from_secs(at)).unwrap();
        assert_eq!(
            redox.exchange(&assertion).await.is_ok(),
            good,
            "{at} at {now}"
        );
    }
}

#[tokio::test]
async fn a_legacy_key_with_a_wrong_secret_is_refused_with_a_hint() {
    let sandbox = Sandbox::start().await;
    let key = sandbox.register_legacy();
    let redox = Redox::builder()
        .base_url(sandbox.server.base_url())
        .legacy_key(key.api_key(), "wrong")
        .build()
        .unwrap();
    let answer = refused(redox.token().await, "a wrong secret");
    assert_eq!(answer.refused.status, 401);
    assert_eq!(answer.refused.reason, Reason::Secret);
    assert!(
        answer.to_string().contains(Reason::Secret.hint()),
        "{answer}"
    );
    // The same words, without another request.
    let again = refused(redox.token().await, "a wrong secret, again");
    assert_eq!(again.to_string(), answer.to_string());
    assert_eq!(sandbox.server.counters().legacy_refusals, 1);

    // After a correction of the settings the client does not wait.
    redox.replace_legacy_secret(key.expose_secret()).unwrap();
    assert!(redox.token().await.is_ok());
}

/// The same with one member replaced, or gone for null.
fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    let members = object.as_object_mut().unwrap();
    match value {
        Value::Null => drop(members.remove(name)),
        value => drop(members.insert(name.to_owned(), value)),
    }
    object
}
