use redox_auth_sandbox::http::Method;
use redox_auth_sandbox::{
    JwksError, LiveTokens, OAuthKey, RefreshTokens, Refusal, RegisterError, Request, Response,
    Sandbox, Source,
};
use serde_json::{Value, json};

use crate::support::*;

/// A key set with one key of the three.
fn only(algorithm: &str) -> String {
    json!({ "keys": [Key::jwk(algorithm)] }).to_string()
}

fn assertion_by(algorithm: &str, jti: &str) -> String {
    sign(algorithm, &header(algorithm), &claims(jti))
}

fn is_taken(sandbox: &mut Sandbox, token: &str) -> bool {
    let post = message(&good_meta()).bearer(token);
    let status = sandbox.handle(at(NOW), &post).status;
    assert_eq!(status == 200, sandbox.is_live(at(NOW), token), "{status}");
    status == 200
}

fn authenticate(sandbox: &mut Sandbox, api_key: &str, secret: &str) -> Response {
    let fields = json!({ "apiKey": api_key, "secret": secret }).to_string();
    sandbox.handle(at(NOW), &Request::json("/auth/authenticate", fields))
}

fn refresh(sandbox: &mut Sandbox, refresh_token: &Value) -> Response {
    let fields = json!({ "apiKey": "source-1", "refreshToken": refresh_token }).to_string();
    sandbox.handle(at(NOW), &Request::json("/auth/refreshToken", fields))
}

/// A sandbox with a legacy key, its secret, and the answer to it.
fn legacy() -> (Sandbox, String, Value) {
    let (mut sandbox, _) = ready();
    let key = sandbox.register_legacy_key("source-1").unwrap();
    let secret = key.expose_secret().to_owned();
    let answer = authenticate(&mut sandbox, "source-1", &secret);
    (sandbox, secret, body(&answer))
}

#[test]
fn new_public_keys_take_the_place_of_the_old_at_once() {
    let (mut sandbox, token) = ready();
    sandbox.set_jwks(CLIENT_ID, &only("ES256")).unwrap();
    let old = try_mint(&mut sandbox, NOW, &assertion_by("ES384", "old"));
    assert_eq!(old, refused(Refusal::KeyNotFound));
    let new = try_mint(&mut sandbox, NOW, &assertion_by("ES256", "new"));
    assert!(new.is_ok(), "{new:?}");
    assert!(is_taken(&mut sandbox, &token), "the token of the old key");
}

#[test]
fn public_keys_that_are_none_change_nothing() {
    let (mut sandbox, _) = ready();
    let error = sandbox.set_jwks(CLIENT_ID, "{").unwrap_err();
    assert_eq!(error, RegisterError::Jwks(JwksError::NotJson));
    let error = sandbox.set_jwks("nobody", &only("ES256")).unwrap_err();
    assert_eq!(error, RegisterError::UnknownClient);
    mint(&mut sandbox, "still there");
}

#[test]
fn a_client_by_url_is_one_by_value_from_then_on() {
    let mut sandbox = Sandbox::new(BASE_URL, [1; 32]);
    let key = OAuthKey::new()
        .client_id(CLIENT_ID)
        .jwks_url("https://keys.example/jwks.json");
    sandbox.register_oauth_key(key).unwrap();
    sandbox.set_jwks(CLIENT_ID, &only("ES384")).unwrap();
    let request = token_request(&assertion("by value"));
    assert_eq!(sandbox.jwks_wanted(&request), None);
    assert_eq!(sandbox.handle(at(NOW), &request).status, 200);
}

#[test]
fn a_disabled_client_is_answered_as_an_unknown_one_until_it_is_enabled() {
    let (mut sandbox, token) = ready();
    sandbox.disable_client(CLIENT_ID).unwrap();
    let got = try_mint(&mut sandbox, NOW, &assertion("disabled"));
    assert_eq!(got, refused(Refusal::KeyNotFound));
    assert!(is_taken(&mut sandbox, &token), "the token from before");
    sandbox.enable_client(CLIENT_ID).unwrap();
    mint(&mut sandbox, "enabled");
    for unknown in [
        sandbox.disable_client("nobody"),
        sandbox.enable_client("nobody"),
    ] {
        assert_eq!(unknown, Err(RegisterError::UnknownClient));
    }
}

#[test]
fn no_keys_are_fetched_for_a_disabled_client() {
    let mut sandbox = Sandbox::new(BASE_URL, [1; 32]);
    let key = OAuthKey::new()
        .client_id(CLIENT_ID)
        .jwks_url("https://keys.example/jwks.json");
    sandbox.register_oauth_key(key).unwrap();
    let request = token_request(&assertion("by URL"));
    assert!(sandbox.jwks_wanted(&request).is_some());
    sandbox.disable_client(CLIENT_ID).unwrap();
    assert_eq!(sandbox.jwks_wanted(&request), None);
}

#[test]
fn a_new_secret_kills_the_old_one_and_tokens_only_if_told() {
    for (live, lives_on) in [(LiveTokens::Keep, true), (LiveTokens::Revoke, false)] {
        let (mut sandbox, old, answer) = legacy();
        let oauth = mint(&mut sandbox, "beside it");
        sandbox
            .add_source(Source::new("Other").id("source-2"))
            .unwrap();
        let other = sandbox.register_legacy_key("source-2").unwrap();
        let other = authenticate(&mut sandbox, "source-2", other.expose_secret());
        let other = text(&body(&other)["accessToken"]);

        let new = sandbox.rotate_legacy_secret("source-1", live).unwrap();
        assert_eq!(new.api_key(), "source-1");
        assert_eq!(authenticate(&mut sandbox, "source-1", &old).status, 401);
        let token = text(&answer["accessToken"]);
        assert_eq!(is_taken(&mut sandbox, &token), lives_on, "{live:?}");
        let refreshed = refresh(&mut sandbox, &answer["refreshToken"]).status;
        assert_eq!(refreshed == 200, lives_on, "{live:?}");
        let by_new = authenticate(&mut sandbox, "source-1", new.expose_secret());
        assert_eq!(by_new.status, 200, "{live:?}");
        for (what, token) in [("an OAuth token", oauth), ("another source's", other)] {
            assert!(sandbox.is_live(at(NOW), &token), "{what}, {live:?}");
        }
    }
}

#[test]
fn a_token_that_was_revoked_before_dies_with_its_secret() {
    for (live, can_be_restored) in [(LiveTokens::Keep, true), (LiveTokens::Revoke, false)] {
        let (mut sandbox, _, answer) = legacy();
        let token = text(&answer["accessToken"]);
        let oauth = mint(&mut sandbox, "beside it");
        for token in [&token, &oauth] {
            assert!(sandbox.revoke_token(token), "{live:?}");
        }
        sandbox.rotate_legacy_secret("source-1", live).unwrap();
        assert_eq!(sandbox.restore_token(&token), can_be_restored, "{live:?}");
        assert_eq!(is_taken(&mut sandbox, &token), can_be_restored, "{live:?}");
        assert!(sandbox.restore_token(&oauth), "an OAuth token, {live:?}");
    }
}

#[test]
fn only_a_legacy_key_has_a_secret_to_rotate() {
    let (mut sandbox, _) = ready();
    for unknown in ["source-1", CLIENT_ID, "nobody"] {
        let error = sandbox.rotate_legacy_secret(unknown, LiveTokens::Keep);
        let error = error.unwrap_err();
        assert_eq!(error, RegisterError::UnknownLegacyKey, "{unknown}");
    }
}

#[test]
fn one_token_is_taken_back_alone() {
    let (mut sandbox, first) = ready();
    let second = mint(&mut sandbox, "second");
    assert!(sandbox.revoke_token(&first));
    assert!(!sandbox.revoke_token(&first), "it is gone already");
    assert!(!is_taken(&mut sandbox, &first));
    assert!(is_taken(&mut sandbox, &second));
}

#[test]
fn a_token_that_was_taken_back_alone_can_be_restored() {
    let (mut sandbox, token) = ready();
    assert!(!sandbox.restore_token(&token), "it was not revoked");
    assert!(sandbox.revoke_token(&token));
    assert!(sandbox.restore_token(&token));
    assert!(is_taken(&mut sandbox, &token));
    assert!(
        !sandbox.is_live(at(NOW + 300), &token),
        "its end is as before"
    );
    sandbox.revoke_token(&token);
    sandbox.revoke_all_tokens();
    assert!(
        !sandbox.restore_token(&token),
        "all are taken back for good"
    );
}

#[test]
fn a_key_is_added_withdrawn_and_restored() {
    let (mut sandbox, _) = ready();
    sandbox.set_jwks(CLIENT_ID, &only("ES256")).unwrap();
    sandbox.add_keys(CLIENT_ID, &only("ES384")).unwrap();
    let jwks = Request::new(Method::GET, &format!("/.well-known/jwks/{CLIENT_ID}"));
    let shown = |sandbox: &mut Sandbox| {
        let keys = body(&sandbox.handle(at(NOW), &jwks))["keys"].clone();
        let keys = keys.as_array().unwrap().iter();
        keys.map(|key| text(&key["kid"])).collect::<Vec<_>>()
    };
    assert_eq!(shown(&mut sandbox), [kid("ES256"), kid("ES384")]);
    for algorithm in ["ES256", "ES384"] {
        sandbox.withdraw_key(CLIENT_ID, &kid(algorithm)).unwrap();
        let jti = format!("withdrawn {algorithm}");
        let refusal = try_mint(&mut sandbox, NOW, &assertion_by(algorithm, &jti));
        assert_eq!(refusal, refused(Refusal::KeyNotFound));
    }
    assert!(
        shown(&mut sandbox).is_empty(),
        "the last one can be withdrawn"
    );
    sandbox.restore_key(CLIENT_ID, &kid("ES384")).unwrap();
    assert_eq!(shown(&mut sandbox), [kid("ES384")]);
    let token = try_mint(&mut sandbox, NOW, &assertion_by("ES384", "restored"));
    assert!(token.is_ok(), "{token:?}");
    sandbox.set_jwks(CLIENT_ID, &only("ES512")).unwrap();
    for (result, error) in [
        (
            sandbox.restore_key(CLIENT_ID, &kid("ES256")),
            RegisterError::UnknownKey,
        ),
        (
            sandbox.withdraw_key(CLIENT_ID, "no key"),
            RegisterError::UnknownKey,
        ),
        (
            sandbox.withdraw_key("nobody", "no key"),
            RegisterError::UnknownClient,
        ),
        (
            sandbox.add_keys(CLIENT_ID, &only("ES512")),
            RegisterError::Jwks(JwksError::DuplicateKeyId { key: 0 }),
        ),
    ] {
        assert_eq!(result, Err(error));
    }
}

#[test]
fn refresh_tokens_are_taken_back_without_their_access_tokens() {
    let (mut sandbox, secret, answer) = legacy();
    sandbox.revoke_refresh_tokens();
    assert_eq!(refresh(&mut sandbox, &answer["refreshToken"]).status, 401);
    assert!(is_taken(&mut sandbox, &text(&answer["accessToken"])));
    let again = authenticate(&mut sandbox, "source-1", &secret);
    assert_eq!(again.status, 200);
}

#[test]
fn a_refresh_token_that_rotates_is_good_once() {
    let (mut sandbox, _, first) = legacy();
    sandbox.set_refresh_tokens(RefreshTokens::Rotate);
    let second = body(&refresh(&mut sandbox, &first["refreshToken"]));
    assert_ne!(second["refreshToken"], first["refreshToken"]);
    assert_eq!(refresh(&mut sandbox, &first["refreshToken"]).status, 401);
    assert_eq!(refresh(&mut sandbox, &second["refreshToken"]).status, 200);
    for answer in [first, second] {
        assert!(is_taken(&mut sandbox, &text(&answer["accessToken"])));
    }
}
