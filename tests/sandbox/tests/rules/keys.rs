use redox_auth_sandbox::{JwksError, OAuthKey, Refusal, RegisterError, Request, Sandbox, Source};
use serde_json::{Value, json};

use crate::support::*;

const URL: &str = "https://keys.example/jwks.json";

#[test]
fn a_jwk_set_is_registered_only_if_every_key_is_sound() {
    let (ec, rsa) = (Key::jwk("ES384"), Key::jwk("RS384"));
    let set = |keys: Value| json!({ "keys": keys }).to_string();
    let one = |jwk: Value| set(json!([jwk]));
    let null = || json!(null);
    let (short_x, short_n) = (encode([1; 47]), encode([0xff; 128]));
    let (off_curve, zero_n) = (encode([1; 48]), encode([0; 256]));
    let missing = |member| JwksError::MissingMember { key: 0, member };
    let wrong = |member| JwksError::WrongMember { key: 0, member };
    let private = |member| JwksError::PrivateMember { key: 0, member };
    let weak = |bits| JwksError::WeakRsaKey { key: 0, bits };
    for (what, jwks, expected) in [
        ("no JSON", "{".to_owned(), JwksError::NotJson),
        ("HTML", "<html></html>".to_owned(), JwksError::NotJson),
        ("no array", set(json!({})), JwksError::NotAKeySet),
        ("an array alone", "[]".to_owned(), JwksError::NotAKeySet),
        ("an array of text", set(json!(["a"])), JwksError::NotAKeySet),
        ("no key", set(json!([])), JwksError::NoKeys),
        ("no kid", one(with(&ec, "kid", null())), missing("kid")),
        (
            "an empty kid",
            one(with(&ec, "kid", json!(""))),
            wrong("kid"),
        ),
        ("no kty", one(with(&ec, "kty", null())), missing("kty")),
        (
            "a number as kty",
            one(with(&ec, "kty", json!(1))),
            wrong("kty"),
        ),
        ("no crv", one(with(&ec, "crv", null())), missing("crv")),
        ("no y", one(with(&ec, "y", null())), missing("y")),
        ("a short x", one(with(&ec, "x", json!(short_x))), wrong("x")),
        (
            "a point beside the curve",
            one(with(&ec, "x", json!(off_curve))),
            wrong("x"),
        ),
        ("padding", one(with(&ec, "x", json!("AA=="))), wrong("x")),
        ("no n", one(with(&rsa, "n", null())), missing("n")),
        (
            "RSA key of 1024 bits",
            one(with(&rsa, "n", json!(short_n))),
            weak(1024),
        ),
        (
            "a modulus of zeros",
            one(with(&rsa, "n", json!(zero_n))),
            weak(2040),
        ),
        (
            "a private EC key",
            one(with(&ec, "d", json!("AA"))),
            private("d"),
        ),
        (
            "a secret",
            one(json!({"kid": "a", "kty": "oct", "k": "AA"})),
            private("k"),
        ),
        (
            "a kid twice",
            set(json!([ec, ec])),
            JwksError::DuplicateKeyId { key: 1 },
        ),
    ] {
        let mut sandbox = Sandbox::new(BASE_URL, [1; 32]);
        let key = OAuthKey::new().client_id(CLIENT_ID).jwks(&jwks);
        let got = sandbox.register_oauth_key(key);
        assert_eq!(got, Err(RegisterError::Jwks(expected)), "{what}");
        let got = try_mint(&mut sandbox, NOW, &assertion("nobody"));
        assert_eq!(got, refused(Refusal::KeyNotFound), "{what}");
    }
}

#[test]
fn what_cannot_be_registered_is_refused() {
    let mut sandbox = sandbox();
    let jwks = jwks();
    let key = |id: &str| OAuthKey::new().client_id(id);
    let taken = key(CLIENT_ID).jwks(&jwks);
    assert_eq!(sandbox.register_oauth_key(taken), Err(RegisterError::Taken));
    assert_eq!(
        sandbox.register_oauth_key(key("a")),
        Err(RegisterError::NoKeys)
    );
    let http = key("a").jwks(&jwks).jwks_url("http://keys.example/");
    assert_eq!(
        sandbox.register_oauth_key(http),
        Err(RegisterError::UrlNotAllowed)
    );
    let source = Source::new("Clinic").id("source-1");
    assert_eq!(
        sandbox.add_source(source.clone()),
        Ok("source-1".to_owned())
    );
    assert_eq!(sandbox.add_source(source), Err(RegisterError::Taken));
    let nowhere = sandbox.register_legacy_key("source-2").unwrap_err();
    assert_eq!(nowhere, RegisterError::UnknownSource);
    sandbox.register_legacy_key("source-1").unwrap();
    let second = sandbox.register_legacy_key("source-1").unwrap_err();
    assert_eq!(second, RegisterError::Taken);
}

#[test]
fn a_client_id_that_nobody_chose_is_a_uuid() {
    let mut sandbox = Sandbox::new(BASE_URL, [1; 32]);
    let id = sandbox.register_oauth_key(OAuthKey::new().jwks(&jwks()));
    assert_eq!(
        id.unwrap().split('-').map(str::len).collect::<Vec<_>>(),
        [8, 4, 4, 4, 12]
    );
}

#[test]
fn a_set_by_url_is_asked_for_with_every_token_request_and_only_then() {
    let sandbox = by_url(&OAuthKey::new());
    let request = token_request(&assertion("wanted"));
    let wanted = sandbox.jwks_wanted(&request).unwrap();
    assert_eq!(
        (wanted.client_id.as_str(), wanted.url.as_str()),
        (CLIENT_ID, URL)
    );
    for other in [
        token_request("no assertion"),
        token_request(&sign(
            "ES384",
            &header("ES384"),
            &with(&claims("x"), "iss", json!("x")),
        )),
        Request::json("/endpoint", request.body.clone()),
    ] {
        assert_eq!(sandbox.jwks_wanted(&other), None, "{other:?}");
    }
    let by_value = crate::support::sandbox();
    assert_eq!(by_value.jwks_wanted(&request), None);
}

#[test]
fn a_fetched_set_counts_until_the_next_one() {
    let mut sandbox = by_url(&OAuthKey::new());
    let not_found = refused(Refusal::KeyNotFound);
    assert_eq!(try_mint(&mut sandbox, NOW, &assertion("1")), not_found);
    sandbox.jwks_fetched(CLIENT_ID, Some(&jwks())).unwrap();
    assert!(try_mint(&mut sandbox, NOW, &assertion("2")).is_ok());
    let rotated = Key::jwk("RS384").to_string();
    sandbox.jwks_fetched(CLIENT_ID, Some(&rotated)).unwrap();
    assert_eq!(try_mint(&mut sandbox, NOW, &assertion("3")), not_found);
    sandbox.jwks_fetched(CLIENT_ID, Some(&jwks())).unwrap();
    sandbox.jwks_fetched(CLIENT_ID, None).unwrap();
    assert_eq!(try_mint(&mut sandbox, NOW, &assertion("4")), not_found);
    sandbox.jwks_fetched(CLIENT_ID, Some(&jwks())).unwrap();
    let html = sandbox.jwks_fetched(CLIENT_ID, Some("<html>"));
    assert_eq!(html, Err(JwksError::NotJson));
    assert_eq!(try_mint(&mut sandbox, NOW, &assertion("5")), not_found);
    let counters = sandbox.counters();
    assert_eq!(
        (counters.jwks_fetches, counters.jwks_fetch_failures),
        (4, 2)
    );
}

#[test]
fn of_a_set_and_a_url_only_the_url_counts() {
    let mut sandbox = by_url(&OAuthKey::new().jwks(&jwks()));
    let got = try_mint(&mut sandbox, NOW, &assertion("1"));
    assert_eq!(got, refused(Refusal::KeyNotFound));
}

#[test]
fn a_set_by_value_is_not_replaced_by_a_fetched_one() {
    let mut sandbox = sandbox();
    sandbox.jwks_fetched(CLIENT_ID, None).unwrap();
    sandbox.jwks_fetched("nobody", None).unwrap();
    assert!(try_mint(&mut sandbox, NOW, &assertion("1")).is_ok());
    assert_eq!(sandbox.counters().jwks_fetch_failures, 0);
}

#[test]
fn a_jku_has_to_be_the_registered_url() {
    let mut sandbox = by_url(&OAuthKey::new());
    sandbox.jwks_fetched(CLIENT_ID, Some(&jwks())).unwrap();
    for (jku, expected) in [
        (json!(URL), Ok(())),
        (json!("https://keys.example/other"), Err(())),
        (json!(1), Err(())),
    ] {
        let header = with(&header("ES384"), "jku", jku.clone());
        let claims = claims(&jku.to_string());
        let got = try_mint(&mut sandbox, NOW, &sign("ES384", &header, &claims));
        assert_eq!(got.map(drop).map_err(drop), expected, "{jku}");
    }
}

fn by_url(key: &OAuthKey) -> Sandbox {
    let mut sandbox = Sandbox::new(BASE_URL, [1; 32]);
    let key = key.clone().client_id(CLIENT_ID).jwks_url(URL);
    sandbox.register_oauth_key(key).unwrap();
    sandbox
}
