use redox_auth_sandbox::http::HeaderValue;
use redox_auth_sandbox::{OAuthKey, Refusal, Request};
use serde_json::json;

use crate::support::*;

#[test]
fn every_refusal_of_the_form_has_its_documented_text() {
    let compact = assertion("form");
    let grant = ("grant_type", "client_credentials");
    let kind = ("client_assertion_type", ASSERTION_TYPE);
    let proof = ("client_assertion", compact.as_str());
    let form = |fields: &[(&str, &str)]| Request::form("/v2/auth/token", fields);
    let good = form(&[grant, kind, proof]);
    let json = Request::json("/v2/auth/token", good.body.clone());
    let mut untyped = good.clone();
    untyped.headers.clear();
    let mut basic = good;
    let value = HeaderValue::from_static("Basic Y2xpZW50OnNlY3JldA==");
    basic.headers.insert("authorization", value);
    let empty_grant = form(&[("grant_type", ""), kind, proof]);
    let other_grant = form(&[("grant_type", "password"), kind, proof]);
    let other_kind = form(&[grant, ("client_assertion_type", "jwt-bearer"), proof]);
    let other_client = form(&[grant, kind, proof, ("client_id", "client-2")]);
    let secret = form(&[grant, kind, proof, ("client_secret", "s")]);
    let twice = form(&[grant, kind, proof, grant]);
    check([
        ("JSON", json, Refusal::ContentType),
        ("no content type", untyped, Refusal::ContentType),
        ("an empty form", form(&[]), Refusal::MissingGrantType),
        ("an empty grant", empty_grant, Refusal::MissingGrantType),
        ("another grant", other_grant, Refusal::WrongGrantType),
        (
            "no type",
            form(&[grant, proof]),
            Refusal::MissingAssertionType,
        ),
        ("another type", other_kind, Refusal::WrongAssertionType),
        (
            "no assertion",
            form(&[grant, kind]),
            Refusal::MissingAssertion,
        ),
        ("a parameter twice", twice, Refusal::DuplicateParameter),
        (
            "another client_id",
            other_client,
            Refusal::SecondAuthentication,
        ),
        ("a client_secret", secret, Refusal::SecondAuthentication),
        ("basic authentication", basic, Refusal::SecondAuthentication),
    ]);
}

#[test]
fn every_refusal_of_the_header_has_its_documented_text() {
    let changed = |(name, value, refusal)| {
        let header = with(&header("ES384"), name, value);
        let compact = sign("ES384", &header, &claims("header"));
        (name, token_request(&compact), refusal)
    };
    check(
        [
            ("kid", json!(null), Refusal::MissingKeyId),
            ("kid", json!(""), Refusal::MissingKeyId),
            ("kid", json!(1), Refusal::MissingKeyId),
            ("kid", json!("key-2"), Refusal::KeyNotFound),
            ("crit", json!(["b64"]), Refusal::CriticalHeader),
            ("alg", json!(null), Refusal::WrongAlgorithm),
            ("alg", json!("none"), Refusal::WrongAlgorithm),
            ("alg", json!("HS384"), Refusal::WrongAlgorithm),
            ("alg", json!("RS384"), Refusal::WrongAlgorithm),
            ("typ", json!("at+jwt"), Refusal::Unexpected("typ")),
            ("typ", json!(1), Refusal::Unexpected("typ")),
            (
                "jku",
                json!("https://keys.example"),
                Refusal::Unexpected("jku"),
            ),
        ]
        .map(changed),
    );
}

#[test]
fn every_refusal_of_the_claims_has_its_documented_text() {
    let changed = |(name, value, refusal)| {
        let claims = with(&claims("claims"), name, value);
        let compact = sign("ES384", &header("ES384"), &claims);
        (name, token_request(&compact), refusal)
    };
    let slash = format!("{TOKEN_URL}/");
    check(
        [
            ("iss", json!(null), Refusal::Unexpected("iss")),
            ("iss", json!(["client-1"]), Refusal::Unexpected("iss")),
            ("iss", json!("client-2"), Refusal::KeyNotFound),
            ("sub", json!(null), Refusal::Unexpected("sub")),
            ("sub", json!("client-2"), Refusal::Unexpected("sub")),
            ("aud", json!(null), Refusal::Unexpected("aud")),
            ("aud", json!(BASE_URL), Refusal::Unexpected("aud")),
            ("aud", json!(slash), Refusal::Unexpected("aud")),
            ("aud", json!([TOKEN_URL, "x"]), Refusal::Unexpected("aud")),
            ("aud", json!([]), Refusal::Unexpected("aud")),
            ("iat", json!(null), Refusal::Unexpected("iat")),
            (
                "iat",
                json!("2026-01-01T00:00:00Z"),
                Refusal::Unexpected("iat"),
            ),
            ("iat", json!(1.5), Refusal::Unexpected("iat")),
            ("exp", json!(null), Refusal::Unexpected("exp")),
            ("exp", json!("1767225900"), Refusal::Unexpected("exp")),
            ("nbf", json!("now"), Refusal::Unexpected("nbf")),
            ("jti", json!(null), Refusal::Unexpected("jti")),
            ("jti", json!(""), Refusal::Unexpected("jti")),
            ("jti", json!(7), Refusal::Unexpected("jti")),
            ("iat", json!(NOW - 311), Refusal::IssuedTooLongAgo),
            ("iat", json!(i64::MIN), Refusal::IssuedTooLongAgo),
            ("iat", json!(NOW + 11), Refusal::IssuedInFuture),
            ("iat", json!(i64::MAX), Refusal::IssuedInFuture),
            ("iat", json!(u64::MAX), Refusal::Unexpected("iat")),
            ("exp", json!(NOW - 10), Refusal::Expired),
            ("exp", json!(i64::MIN), Refusal::Expired),
            ("exp", json!(NOW + 301), Refusal::LivesTooLong),
            ("exp", json!(i64::MAX), Refusal::LivesTooLong),
            ("nbf", json!(NOW + 11), Refusal::NotYetValid),
        ]
        .map(changed),
    );
}

#[test]
fn every_refusal_of_the_form_of_an_assertion_has_its_documented_text() {
    let claims = claims("form").to_string();
    let header = header("ES384").to_string();
    let twins = r#"{"alg":"ES384","kid":"key-ES384","kid":"key-ES384"}"#;
    let twins = sign_text("ES384", twins, &claims);
    let array = sign_text("ES384", &header, r#"["iss","sub"]"#);
    let text = sign_text("ES384", &header, "iss=client-1");
    let mut forged = sign_text("ES384", &header, &claims);
    forged.replace_range(forged.len() - 4.., "AAAA");
    check(
        [
            ("two parts", "a.b", Refusal::MalformedAssertion),
            ("four parts", "e30.e30.AA.AA", Refusal::MalformedAssertion),
            ("padding", "e30=.e30.AA", Refusal::MalformedAssertion),
            ("a header twice", &twins, Refusal::MalformedAssertion),
            ("claims in an array", &array, Refusal::MalformedAssertion),
            ("claims in a form", &text, Refusal::MalformedAssertion),
            ("a forged signature", &forged, Refusal::BadSignature),
        ]
        .map(|(what, compact, refusal)| (what, token_request(compact), refusal)),
    );
}

/// The server refuses each request for this reason, with the documented body.
fn check<const N: usize>(cases: [(&str, Request, Refusal); N]) {
    let mut sandbox = sandbox();
    for (what, request, refusal) in &cases {
        let response = sandbox.handle(at(NOW), request);
        assert_eq!(response.status, 400, "{what}: {refusal}");
        assert_eq!(reason(&response), refusal.reason(), "{what}: {refusal}");
        let expected = json!({
            "error": "invalid_request",
            "error_description": documented(*refusal),
            "error_uri": "https://docs.redoxengine.com/permalink/7sEi7MTFssZ1JuHpUYLeYJ",
        });
        assert_eq!(body(&response), expected, "{what}: {refusal}");
        let caching = header_of(&response, "cache-control");
        assert_eq!(caching, "no-store", "{what}: {refusal}");
    }
    let counters = sandbox.counters();
    let kinds = [
        counters.malformed_token_requests,
        counters.keys_not_found,
        counters.unexpected_claims,
        counters.wrong_algorithms,
        counters.bad_signatures,
        counters.outside_time_window,
        counters.jti_replays,
    ];
    let refusals = u64::try_from(N).unwrap();
    assert_eq!(counters.token_requests, refusals);
    assert_eq!(counters.token_refusals, refusals);
    assert_eq!(kinds.iter().sum::<u64>(), refusals);
    assert_eq!(counters.tokens_minted, 0);
}

/// The texts of Redox's page "Troubleshoot OAuth API key errors", written out a second time.
fn documented(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::ContentType => "x-www-form-urlencoded content-type required",
        Refusal::MissingGrantType => "Missing grant_type parameter",
        Refusal::WrongGrantType => "The grant_type parameter should equal 'client_credentials'",
        Refusal::MissingAssertionType => "Missing client assertion type",
        Refusal::WrongAssertionType => "Invalid client assertion type",
        Refusal::MissingAssertion => "Missing client assertion",
        Refusal::MissingKeyId => "JWT header kid property is required",
        Refusal::KeyNotFound => {
            "Public key not found, check client_id, kid and Redox dashboard settings"
        }
        Refusal::Unexpected("iss") => "Unexpected iss claim value",
        Refusal::Unexpected("sub") => "Unexpected sub claim value",
        Refusal::Unexpected("aud") => "Unexpected aud claim value",
        Refusal::Unexpected("iat") => "Unexpected iat claim value",
        Refusal::Unexpected("exp") => "Unexpected exp claim value",
        Refusal::Unexpected("nbf") => "Unexpected nbf claim value",
        Refusal::Unexpected("jti") => "Unexpected jti claim value",
        Refusal::Unexpected("typ") => "Unexpected typ claim value",
        Refusal::Unexpected("jku") => "Unexpected jku claim value",
        _ => "",
    }
}

#[test]
fn a_good_assertion_gets_a_token_in_the_documented_shape() {
    let mut sandbox = sandbox();
    let response = sandbox.handle(at(NOW), &token_request(&assertion("good")));
    assert_eq!(response.status, 200, "{}", reason(&response));
    assert_eq!(
        header_of(&response, "content-type"),
        "application/json; charset=utf-8"
    );
    assert_eq!(header_of(&response, "cache-control"), "no-store");
    assert_eq!(header_of(&response, "pragma"), "no-cache");
    assert_eq!(
        header_of(&response, "date"),
        "Thu, 01 Jan 2026 00:00:00 GMT"
    );
    let body = body(&response);
    let token = text(&body["access_token"]);
    let expected = json!({ "access_token": token, "token_type": "Bearer", "expires_in": 300 });
    assert_eq!(body, expected);
    assert_eq!(token.len(), 43);
    assert_eq!(sandbox.counters().tokens_minted, 1);
}

#[test]
fn what_redox_leaves_open_to_the_client_is_taken() {
    let mut sandbox = sandbox();
    let (header, claims) = (header("ES384"), claims("x"));
    for (what, header, claims) in [
        ("no typ", with(&header, "typ", json!(null)), claims.clone()),
        (
            "typ in lower case",
            with(&header, "typ", json!("jwt")),
            claims.clone(),
        ),
        (
            "aud in an array",
            header.clone(),
            with(&claims, "aud", json!([TOKEN_URL])),
        ),
        (
            "claims of its own",
            header.clone(),
            with(&claims, "scope", json!("a")),
        ),
    ] {
        let claims = with(&claims, "jti", json!(what));
        let got = try_mint(&mut sandbox, NOW, &sign("ES384", &header, &claims));
        assert!(got.is_ok(), "{what}: {got:?}");
    }
}

#[test]
fn the_scope_is_returned_only_if_asked_for() {
    let mut sandbox = sandbox();
    let request = Request::form(
        "/v2/auth/token",
        &[
            ("scope", "fhir:development"),
            ("client_id", CLIENT_ID),
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &assertion("scope")),
        ],
    );
    let response = sandbox.handle(at(NOW), &request);
    assert_eq!(response.status, 200, "{}", reason(&response));
    assert_eq!(body(&response)["scope"], "fhir:development");
}

#[test]
fn a_jti_is_taken_once_from_each_client() {
    let mut sandbox = sandbox();
    let other = OAuthKey::new().client_id("client-2").jwks(&jwks());
    sandbox.register_oauth_key(other).unwrap();
    let first = assertion("once");
    assert!(try_mint(&mut sandbox, NOW, &first).is_ok());
    assert_eq!(
        try_mint(&mut sandbox, NOW, &first),
        refused(Refusal::ReplayedAssertion)
    );
    let replayed = sandbox.handle(at(NOW), &token_request(&first));
    assert_eq!(body(&replayed)["error_description"], "");
    // Signed anew, or by another key of the client, it is still the same jti.
    let again = sign("ES256", &header("ES256"), &claims("once"));
    assert_eq!(
        try_mint(&mut sandbox, NOW, &again),
        refused(Refusal::ReplayedAssertion)
    );
    assert_eq!(sandbox.counters().jti_replays, 3);
    let mut claims = claims("once");
    claims["iss"] = json!("client-2");
    claims["sub"] = json!("client-2");
    assert!(try_mint(&mut sandbox, NOW, &sign("ES384", &header("ES384"), &claims)).is_ok());
}

#[test]
fn a_replay_is_noticed_as_long_as_the_assertion_could_pass() {
    let mut sandbox = sandbox();
    let mut claims = claims("late");
    claims["iat"] = json!(NOW + 10);
    claims["exp"] = json!(NOW + 310);
    let first = sign("ES384", &header("ES384"), &claims);
    assert!(try_mint(&mut sandbox, NOW, &first).is_ok());
    let last = NOW + 319;
    assert_eq!(
        try_mint(&mut sandbox, last, &first),
        refused(Refusal::ReplayedAssertion)
    );
    assert_eq!(
        try_mint(&mut sandbox, last + 1, &first),
        refused(Refusal::Expired)
    );
}

#[test]
fn a_refused_assertion_does_not_use_up_its_jti() {
    let mut sandbox = sandbox();
    let claims = claims("kept");
    let late = sign(
        "ES384",
        &header("ES384"),
        &with(&claims, "exp", json!(NOW + 301)),
    );
    assert_eq!(
        try_mint(&mut sandbox, NOW, &late),
        refused(Refusal::LivesTooLong)
    );
    assert!(try_mint(&mut sandbox, NOW, &assertion("kept")).is_ok());
}
