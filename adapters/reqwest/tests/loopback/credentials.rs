//! Keys that take over from each other.

use redox_auth_reqwest::{
    Algorithm, Api, AuthorizeError, Error, Key, Method, Preference, Reason, Redox, SecretRotation,
    ServedBy, WhyNotYet,
};
use redox_auth_sandbox::{OAuthKey, RefreshTokens};

use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;
use crate::support::{LEGACY_TOKEN, Sandbox, jwks, keys, settled};

#[tokio::test]
async fn a_second_key_takes_over_when_the_server_no_longer_has_the_first() {
    let sandbox = Sandbox::start().await;
    let clocks = Clocks::with(sandbox.server.clock());
    let [old, new] = ["old", "new"].map(|id| keys::key_called(id, Algorithm::Es384));
    let (old_jwks, new_jwks) = (jwks(&old), jwks(&new));
    let client = OAuthKey::new().jwks(&old_jwks);
    let client_id = sandbox.server.sandbox().register_oauth_key(client).unwrap();
    let redox = Redox::builder()
        .base_url(sandbox.server.base_url())
        .oauth_key(&client_id, old)
        .also_key(new)
        .clock(clocks.now())
        .build()
        .unwrap();
    assert_eq!(redox.token().await.unwrap().key_id(), Some("old"));
    assert!(redox.last_failure().is_none());

    sandbox
        .server
        .sandbox()
        .set_jwks(&client_id, &new_jwks)
        .unwrap();
    clocks.advance_secs(300);
    let token = redox.token().await.unwrap();
    assert_eq!(token.key_id(), Some("new"));
    assert_eq!(token.served_by(), Some(ServedBy::OAuth { key: 1 }));
    assert_eq!(sandbox.token_requests(), 3);
    let refused = redox.last_failure().unwrap();
    let refused = refused.refused().unwrap();
    assert_eq!(refused.refused.reason, Reason::KeyNotFound);
    assert_eq!(
        refused.sent.as_ref().map(|sent| sent.key_id.as_str()),
        Some("old")
    );

    // It stays with the working credential.
    clocks.advance_secs(300);
    assert_eq!(redox.token().await.unwrap().key_id(), Some("new"));
    assert_eq!(sandbox.token_requests(), 4);

    // At run time, while a token is in use.
    let third = keys::key_called("third", Algorithm::Es256);
    let third_jwks = jwks(&third);
    let before = redox.token().await.unwrap();
    redox.replace_keys([third]).unwrap();
    assert_eq!(redox.token().await.unwrap().expose(), before.expose());
    // The name of the key that got it, not of the one that now has its place.
    assert_eq!(redox.token().await.unwrap().key_id(), Some("new"));
    sandbox
        .server
        .sandbox()
        .set_jwks(&client_id, &third_jwks)
        .unwrap();
    clocks.advance_secs(300);
    assert_eq!(redox.token().await.unwrap().key_id(), Some("third"));
    assert!(redox.replace_keys([] as [Key; 0]).is_err());
}

#[tokio::test]
async fn a_refused_refresh_token_is_followed_by_the_secret_at_once() {
    for revoked in [true, false] {
        let sandbox = Sandbox::start().await;
        let clocks = Clocks::with(sandbox.server.clock());
        let key = sandbox.register_legacy();
        sandbox
            .server
            .sandbox()
            .set_refresh_tokens(RefreshTokens::Rotate);
        let redox = Redox::builder()
            .base_url(sandbox.server.base_url())
            .legacy_key(key.api_key(), key.expose_secret())
            .clock(clocks.now())
            .build()
            .unwrap();
        for _ in 0..3 {
            redox.token().await.unwrap();
            clocks.advance_secs(24 * 60 * 60);
        }
        if revoked {
            sandbox.server.sandbox().revoke_refresh_tokens();
        }
        assert_eq!(sandbox.send_message(&redox).await.status(), 200);
        let counters = sandbox.server.counters();
        let tokens = (counters.legacy_authenticates, counters.legacy_refreshes);
        assert_eq!(tokens, if revoked { (2, 2) } else { (1, 3) });
        assert_eq!(counters.legacy_refusals, u64::from(revoked));
    }
}

#[tokio::test]
async fn a_legacy_token_goes_to_no_api_that_does_not_take_it() {
    let server = Canned::always(Answer::json("200 OK", LEGACY_TOKEN));
    let legacy = Redox::builder()
        .base_url(server.url())
        .legacy_key("key-1", "secret");
    let redox = legacy.build().unwrap();
    for api in [Api::Fhir, Api::Platform, Api::Tefca] {
        let request = redox.request(Method::GET, "/x").unwrap();
        let error = redox.send(api, request).await.unwrap_err();
        let expected = Error::Authorize(AuthorizeError::LegacyToken(api));
        assert_eq!(error.to_string(), expected.to_string());
    }
    assert!(
        server
            .only_request()
            .starts_with("POST /auth/authenticate ")
    );
}

/// A client with both credentials, of which the server takes only the legacy one yet.
async fn migrating() -> (Sandbox, Clocks, Redox, String) {
    let sandbox = Sandbox::start().await;
    let clocks = Clocks::with(sandbox.server.clock());
    let (key, legacy) = (keys::es256(), sandbox.register_legacy());
    let client_id = sandbox.register(&key);
    sandbox.server.sandbox().disable_client(&client_id).unwrap();
    let redox = Redox::builder()
        .base_url(sandbox.server.base_url())
        .oauth_key(&client_id, key)
        .legacy_key(legacy.api_key(), legacy.expose_secret())
        .clock(clocks.now())
        .build()
        .unwrap();
    (sandbox, clocks, redox, client_id)
}

#[tokio::test]
async fn a_migration_has_a_token_at_every_moment_and_says_when_the_secret_may_go() {
    let (sandbox, clocks, redox, client_id) = migrating().await;
    let not_yet = |why| SecretRotation::NotYet(why);
    assert_eq!(sandbox.send_message(&redox).await.status(), 200);
    let token = redox.token().await.unwrap();
    assert_eq!(token.served_by(), Some(ServedBy::Legacy));
    assert!(redox.last_failure().unwrap().refused().is_some());
    let rotation = redox.legacy_secret_rotation();
    assert_eq!(rotation, not_yet(WhyNotYet::NotServedByOAuth));

    // Until it is registered, the client tries it now and then, and no request fails.
    for _ in 0..10 {
        clocks.advance_secs(60);
        assert_eq!(sandbox.send_message(&redox).await.status(), 200);
        settled(&redox).await;
    }
    assert!(
        (3..=8).contains(&sandbox.token_requests()),
        "{}",
        sandbox.token_requests()
    );
    sandbox.server.sandbox().enable_client(&client_id).unwrap();
    clocks.advance_secs(600);
    let token = redox.token_after(&token).await.unwrap();
    assert_eq!(token.served_by(), Some(ServedBy::OAuth { key: 0 }));
    // The source is named now: there are several, and the new key belongs to all.
    let path = "/fhir/R4/hospital/Development/Patient?family=Bixby";
    let request = redox.request(Method::GET, path).unwrap();
    assert_eq!(redox.send(Api::Fhir, request).await.unwrap().status(), 200);
    let rotation = redox.legacy_secret_rotation();
    assert_eq!(
        rotation,
        not_yet(WhyNotYet::TooFewTokens {
            found: 1,
            needed: 3
        })
    );
    for _ in 0..2 {
        clocks.advance_secs(300);
        redox.token().await.unwrap();
    }
    assert_eq!(redox.legacy_secret_rotation(), SecretRotation::Ready);

    let rotated = sandbox.rotate_legacy();
    assert_eq!(sandbox.send_message(&redox).await.status(), 200);

    // And back, with the new secret.
    redox
        .replace_legacy_secret(rotated.expose_secret())
        .unwrap();
    let token = redox.token().await.unwrap();
    redox.prefer(Preference::LegacyOnly);
    let token = redox.token_after(&token).await.unwrap();
    assert_eq!(token.served_by(), Some(ServedBy::Legacy));
    let rotation = redox.legacy_secret_rotation();
    assert_eq!(rotation, not_yet(WhyNotYet::LegacyPreferred));
}

#[tokio::test]
async fn a_preference_decides_which_credential_is_asked_at_all() {
    for (preference, served_by) in [
        (Preference::OAuthFirst, Some(ServedBy::Legacy)),
        (Preference::LegacyOnly, Some(ServedBy::Legacy)),
        (Preference::OAuthOnly, None),
    ] {
        let (sandbox, _, redox, _) = migrating().await;
        redox.prefer(preference);
        let token = redox.token().await.ok();
        assert_eq!(token.and_then(|token| token.served_by()), served_by);
        let asked = u64::from(preference != Preference::LegacyOnly);
        assert_eq!(sandbox.token_requests(), asked, "{preference:?}");
    }
}
