use redox_auth_sandbox::{Destination, OAuthKey, Request, Response, Sandbox, Source};
use serde_json::json;

use crate::support::*;

/// A day in a sandbox: everything that draws from the seed, and some refusals.
fn trace(seed: u8) -> Vec<Response> {
    let mut sandbox = Sandbox::new(BASE_URL, [seed; 32]);
    let key = OAuthKey::new().client_id(CLIENT_ID).jwks(&jwks());
    sandbox.register_oauth_key(key).unwrap();
    let source = sandbox.add_source(Source::new("Clinic")).unwrap();
    let destination = sandbox
        .add_destination(Destination::new("Hospital"))
        .unwrap();
    let legacy = sandbox.register_legacy_key(&source).unwrap();
    let meta = with(&good_meta(), "Destinations", json!([{ "ID": destination }]));
    let secret = json!({ "apiKey": legacy.api_key(), "secret": legacy.expose_secret() });
    let authenticate = Request::json("/auth/authenticate", secret.to_string());

    let mut answers = Vec::new();
    for second in [NOW, NOW + 100, NOW + 200, NOW + 300] {
        let now = at(second);
        // RSA PKCS#1 v1.5 signatures are the same every time.
        let assertion = sign("RS384", &header("RS384"), &claims("same"));
        let minted = sandbox.handle(now, &token_request(&assertion));
        let legacy = sandbox.handle(now, &authenticate);
        let token = text(&body(&legacy)["accessToken"]);
        let sent = sandbox.handle(now, &message(&meta).bearer(&token));
        answers.extend([minted, legacy, sent]);
    }
    answers
}

#[test]
fn one_seed_gives_one_trace() {
    let (one, same, other) = (trace(1), trace(1), trace(2));
    assert_eq!(one.len(), 12);
    assert_eq!(one, same);
    let differ = one.iter().zip(&other).filter(|(a, b)| a != b).count();
    // All but the three refused replays.
    assert_eq!(differ, 9);
}
