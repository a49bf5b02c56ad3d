use redox_auth_sandbox::http::Method;
use redox_auth_sandbox::{Environment, OAuthKey, Refusal, Request, Response, Sandbox, Source};
use serde_json::{Value, json};

use crate::support::*;

const PATH: &str = "/platform/v1/apikeys/client-1";

/// A sandbox whose client has one key, with a token for it.
fn with_one_key() -> (Sandbox, String) {
    let mut sandbox = Sandbox::new(BASE_URL, [1; 32]);
    let key = OAuthKey::new().client_id(CLIENT_ID).jwks(&set(&["ES384"]));
    sandbox.register_oauth_key(key).unwrap();
    let token = mint(&mut sandbox, "one key");
    (sandbox, token)
}

fn set(algorithms: &[&str]) -> String {
    let keys: Vec<_> = algorithms.iter().map(|name| Key::jwk(name)).collect();
    json!({ "keys": keys }).to_string()
}

fn get(sandbox: &mut Sandbox, token: &str, path: &str) -> Response {
    sandbox.handle(at(NOW), &Request::new(Method::GET, path).bearer(token))
}

fn patch(sandbox: &mut Sandbox, token: &str, change: impl Into<Vec<u8>>) -> Response {
    let mut request = Request::json(PATH, change).bearer(token);
    request.method = Method::PATCH;
    sandbox.handle(at(NOW), &request)
}

fn patch_keys(sandbox: &mut Sandbox, token: &str, keys: &str) -> Response {
    patch(sandbox, token, format!(r#"{{"jwkSet":{keys}}}"#))
}

fn payload(response: &Response) -> Value {
    let mut body = body(response);
    assert_eq!(body["meta"]["version"], "1.0.0");
    body["payload"].take()
}

fn key_ids(api_key: &Value) -> Vec<&str> {
    let keys = api_key["jwkSet"]["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| key["kid"].as_str().unwrap())
        .collect()
}

fn try_with(sandbox: &mut Sandbox, algorithm: &str, jti: &str) -> Result<String, String> {
    try_mint(
        sandbox,
        NOW,
        &sign(algorithm, &header(algorithm), &claims(jti)),
    )
}

#[test]
fn a_key_is_rotated_without_a_moment_in_which_none_works() {
    let (mut sandbox, token) = with_one_key();
    let shown = payload(&get(&mut sandbox, &token, PATH));
    assert_eq!(key_ids(&shown["apikey"]), ["key-ES384"]);
    assert_eq!(shown["apikey"]["id"], CLIENT_ID);
    assert_eq!(
        shown["apikey"]["environment"]["environmentFlag"],
        "Development"
    );

    let both = patch_keys(&mut sandbox, &token, &set(&["ES384", "ES256"]));
    assert_eq!(both.status, 200);
    assert_eq!(
        key_ids(&payload(&both)["apikey"]),
        ["key-ES384", "key-ES256"]
    );
    for algorithm in ["ES384", "ES256"] {
        let minted = try_with(&mut sandbox, algorithm, &format!("both, {algorithm}"));
        assert!(minted.is_ok(), "{algorithm}: {minted:?}");
    }

    let new = patch_keys(&mut sandbox, &token, &set(&["ES256"]));
    assert_eq!(key_ids(&payload(&new)["apikey"]), ["key-ES256"]);
    let old = try_with(&mut sandbox, "ES384", "old");
    assert_eq!(old, refused(Refusal::KeyNotFound));
    assert!(try_with(&mut sandbox, "ES256", "new").is_ok());
    let counters = sandbox.counters();
    assert_eq!(
        (counters.platform_requests, counters.platform_refusals),
        (3, 0)
    );
}

#[test]
fn a_change_that_is_none_is_refused_and_changes_nothing() {
    let (mut sandbox, token) = with_one_key();
    let twice = set(&["ES384", "ES384"]);
    let mut private = Key::jwk("ES256");
    private["d"] = json!("AAAA");
    for (change, message) in [
        (
            format!(r#"{{"jwkSet":{twice}}}"#),
            "jwkSet: key 1 has the same kid as another key",
        ),
        (
            r#"{"jwkSet":{"keys":[]}}"#.to_owned(),
            "jwkSet: the JWK Set is empty",
        ),
        (
            json!({ "jwkSet": { "keys": [private] } }).to_string(),
            "jwkSet: key 0 is private: it has d",
        ),
        (r#"{"jwkSet":{}}"#.to_owned(), "jwkSet has no keys"),
        ("{".to_owned(), "the body must be a JSON object"),
        ("{}".to_owned(), "the body must have only the member jwkSet"),
        (
            format!(r#"{{"name":"a","jwkSet":{}}}"#, set(&["ES256"])),
            "the body must have only the member jwkSet",
        ),
    ] {
        let answer = patch(&mut sandbox, &token, change.clone());
        assert_eq!(answer.status, 400, "{change}");
        assert_eq!(payload(&answer)["message"], message, "{change}");
    }
    let mut form = Request::form(PATH, &[("jwkSet", "{}")]).bearer(&token);
    form.method = Method::PATCH;
    let answer = sandbox.handle(at(NOW), &form);
    assert_eq!(
        payload(&answer)["message"],
        "Content-Type must be application/json"
    );
    assert_eq!(sandbox.counters().platform_refusals, 8);
    let shown = payload(&get(&mut sandbox, &token, PATH));
    assert_eq!(key_ids(&shown["apikey"]), ["key-ES384"]);
}

#[test]
fn a_client_by_url_shows_it_and_keeps_it() {
    let (mut sandbox, token) = with_one_key();
    let url = "https://keys.example/jwks.json";
    let key = OAuthKey::new().client_id("by-url").jwks_url(url);
    sandbox.register_oauth_key(key).unwrap();
    let path = "/platform/v1/apikeys/by-url";
    let shown = payload(&get(&mut sandbox, &token, path));
    assert_eq!(shown["apikey"]["jwksURL"], url);
    assert!(shown["apikey"]["jwkSet"].is_null());
    let change = format!(r#"{{"jwkSet":{}}}"#, set(&["ES256"]));
    let mut request = Request::json(path, change).bearer(&token);
    request.method = Method::PATCH;
    assert_eq!(sandbox.handle(at(NOW), &request).status, 400);
}

#[test]
fn what_is_not_there_or_not_ones_own_is_refused() {
    let (mut sandbox, token) = with_one_key();
    let foreign = OAuthKey::new()
        .client_id("production")
        .jwks(&set(&["ES256"]))
        .environment(Environment::Production);
    sandbox.register_oauth_key(foreign).unwrap();
    let elsewhere = |what: &str| {
        let id = Environment::Production.id();
        format!("/platform/v1/environments/{id}/{what}")
    };
    for (path, status) in [
        ("/platform/v1/apikeys/nobody".to_owned(), 404),
        ("/platform/v1/apikeys/production".to_owned(), 403),
        (elsewhere("apikeys"), 403),
        (elsewhere("sources"), 403),
        ("/platform/v1/environments/none/sources".to_owned(), 403),
        ("/platform/v1/logs".to_owned(), 404),
        (format!("{PATH}/"), 404),
    ] {
        let answer = get(&mut sandbox, &token, &path);
        assert_eq!(answer.status, status, "{path}");
        assert!(payload(&answer)["message"].is_string(), "{path}");
    }
    let delete = Request::new(Method::DELETE, PATH).bearer(&token);
    assert_eq!(sandbox.handle(at(NOW), &delete).status, 404);
    assert_eq!(get(&mut sandbox, "unknown", PATH).status, 401);
}

#[test]
fn a_legacy_token_is_refused() {
    let (mut sandbox, _) = ready();
    let key = sandbox.register_legacy_key("source-1").unwrap();
    let fields = json!({ "apiKey": key.api_key(), "secret": key.expose_secret() });
    let request = Request::json("/auth/authenticate", fields.to_string());
    let answer = sandbox.handle(at(NOW), &request);
    let token = text(&body(&answer)["accessToken"]);
    assert_eq!(get(&mut sandbox, &token, PATH).status, 403);
}

#[test]
fn an_environment_lists_its_own_keys_and_sources() {
    let (mut sandbox, token) = ready();
    let foreign = Source::new("Real").environment(Environment::Production);
    sandbox.add_source(foreign).unwrap();
    let foreign = OAuthKey::new()
        .jwks(&set(&["ES256"]))
        .environment(Environment::Production);
    sandbox.register_oauth_key(foreign).unwrap();

    // As a client finds it that knows only its client ID.
    let shown = payload(&get(&mut sandbox, &token, PATH));
    let id = text(&shown["apikey"]["environment"]["id"]);
    let sources = get(
        &mut sandbox,
        &token,
        &format!("/platform/v1/environments/{id}/sources"),
    );
    let environment = json!({ "id": id, "environmentFlag": "Development" });
    let source = json!({ "id": "source-1", "name": "Clinic", "environment": environment });
    assert_eq!(payload(&sources), json!({ "sources": [source] }));
    let keys = get(
        &mut sandbox,
        &token,
        &format!("/platform/v1/environments/{id}/apikeys"),
    );
    assert_eq!(payload(&keys), json!({ "apikeys": [shown["apikey"]] }));
}
