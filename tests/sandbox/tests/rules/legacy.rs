use redox_auth_sandbox::jiff::{SignedDuration, Timestamp};
use redox_auth_sandbox::{Destination, Environment, Request, Response, Sandbox, Source};
use serde_json::{Value, json};

use crate::support::*;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// A sandbox with a legacy key, and the answer to its first authentication at [`NOW`].
fn authenticated() -> (Sandbox, String, Value) {
    let (mut sandbox, _) = ready();
    sandbox
        .add_source(Source::new("Other").id("source-2"))
        .unwrap();
    let key = sandbox.register_legacy_key("source-1").unwrap();
    assert_eq!(key.api_key(), "source-1");
    let secret = key.expose_secret().to_owned();
    let response = authenticate(&mut sandbox, at(NOW), "source-1", &secret);
    assert_eq!(response.status, 200, "{}", reason(&response));
    (sandbox, secret, body(&response))
}

fn authenticate(sandbox: &mut Sandbox, now: Timestamp, api_key: &str, secret: &str) -> Response {
    let fields = json!({ "apiKey": api_key, "secret": secret });
    sandbox.handle(
        now,
        &Request::json("/auth/authenticate", fields.to_string()),
    )
}

fn refresh(sandbox: &mut Sandbox, now: Timestamp, token: &str) -> Response {
    let fields = json!({ "apiKey": "source-1", "refreshToken": token });
    sandbox.handle(
        now,
        &Request::json("/auth/refreshToken", fields.to_string()),
    )
}

fn after(millis: i64) -> Timestamp {
    let later = at(NOW).checked_add(SignedDuration::from_millis(millis));
    later.unwrap()
}

#[test]
fn a_secret_gets_the_documented_answer() {
    let (sandbox, _, answer) = authenticated();
    assert_eq!(answer["expires"], "2026-01-02T00:00:00.000Z");
    // As long as the recorded answers of Redox.
    assert_eq!(answer.to_string().len(), 145);
    assert_eq!(answer.as_object().unwrap().len(), 3);
    assert_eq!(sandbox.counters().legacy_authenticates, 1);
}

#[test]
fn expires_keeps_its_milliseconds() {
    let (mut sandbox, secret, _) = authenticated();
    let response = authenticate(&mut sandbox, after(7), "source-1", &secret);
    assert_eq!(body(&response)["expires"], "2026-01-02T00:00:00.007Z");
    let caching = header_of(&response, "cache-control");
    assert_eq!(caching, "private, no-cache, no-store, must-revalidate");
    assert_eq!(header_of(&response, "expires"), "-1");
}

#[test]
fn an_access_token_lives_24_hours_to_the_millisecond() {
    let (mut sandbox, _, answer) = authenticated();
    let post = message(&good_meta()).bearer(&text(&answer["accessToken"]));
    for (millis, status) in [
        (0, 200),
        (DAY_MS - 1000, 200),
        (DAY_MS - 1, 200),
        (DAY_MS, 401),
        (DAY_MS + 1000, 401),
    ] {
        let response = sandbox.handle(after(millis), &post);
        assert_eq!(response.status, status, "{millis} ms after the token");
    }
}

#[test]
fn a_refresh_gives_a_new_access_token_and_the_same_refresh_token() {
    let (mut sandbox, _, first) = authenticated();
    let refresh_token = text(&first["refreshToken"]);
    let response = refresh(&mut sandbox, after(DAY_MS), &refresh_token);
    assert_eq!(response.status, 200, "{}", reason(&response));
    let second = body(&response);
    assert_ne!(second["accessToken"], first["accessToken"]);
    assert_eq!(second["refreshToken"], first["refreshToken"]);
    assert_eq!(second["expires"], "2026-01-03T00:00:00.000Z");
    let post = message(&good_meta()).bearer(&text(&second["accessToken"]));
    assert_eq!(sandbox.handle(after(DAY_MS), &post).status, 200);
    assert_eq!(sandbox.counters().legacy_refreshes, 1);
}

#[test]
fn wrong_credentials_are_refused_in_text_that_says_it_is_html() {
    let (mut sandbox, secret, first) = authenticated();
    let refresh_token = text(&first["refreshToken"]);
    sandbox.register_legacy_key("source-2").unwrap();
    let other = json!({ "apiKey": "source-2", "refreshToken": refresh_token });
    let responses = [
        authenticate(&mut sandbox, at(NOW), "source-1", "wrong"),
        authenticate(&mut sandbox, at(NOW), "source-2", &secret),
        authenticate(&mut sandbox, at(NOW), "nobody", &secret),
        refresh(&mut sandbox, at(NOW), "wrong"),
        refresh(&mut sandbox, at(NOW), &text(&first["accessToken"])),
        sandbox.handle(
            at(NOW),
            &Request::json("/auth/refreshToken", other.to_string()),
        ),
    ];
    for (index, response) in responses.iter().enumerate() {
        assert_eq!(response.status, 401, "case {index}");
        assert_eq!(response.body, b"Invalid request", "case {index}");
        let content_type = header_of(response, "content-type");
        assert_eq!(content_type, "text/html; charset=utf-8", "case {index}");
    }
    assert_eq!(sandbox.counters().legacy_refusals, 6);
}

#[test]
fn a_body_that_is_not_the_documented_json_is_refused() {
    let (mut sandbox, secret, _) = authenticated();
    let form = [("apiKey", "source-1"), ("secret", secret.as_str())];
    let twice = format!(r#"{{"apiKey":"source-1","apiKey":"source-1","secret":"{secret}"}}"#);
    for (what, request) in [
        ("a form", Request::form("/auth/authenticate", &form)),
        ("no JSON", Request::json("/auth/authenticate", "{")),
        ("an array", Request::json("/auth/authenticate", "[]")),
        (
            "no secret",
            Request::json("/auth/authenticate", r#"{"apiKey":"source-1"}"#),
        ),
        ("a field twice", Request::json("/auth/authenticate", twice)),
        (
            "no token",
            Request::json("/auth/refreshToken", r#"{"apiKey":"source-1"}"#),
        ),
    ] {
        assert_eq!(sandbox.handle(at(NOW), &request).status, 400, "{what}");
    }
}

#[test]
fn revoking_takes_back_refresh_tokens_but_not_the_secret() {
    let (mut sandbox, secret, first) = authenticated();
    sandbox.revoke_all_tokens();
    let refresh_token = text(&first["refreshToken"]);
    assert_eq!(refresh(&mut sandbox, at(NOW), &refresh_token).status, 401);
    let post = message(&good_meta()).bearer(&text(&first["accessToken"]));
    assert_eq!(sandbox.handle(at(NOW), &post).status, 401);
    assert_eq!(
        authenticate(&mut sandbox, at(NOW), "source-1", &secret).status,
        200
    );
}

#[test]
fn a_legacy_token_is_bound_to_its_source() {
    let (mut sandbox, _, answer) = authenticated();
    let token = text(&answer["accessToken"]);
    for (source, status) in [
        (json!(null), 200),
        (json!({ "ID": "source-1" }), 200),
        (json!({ "ID": "source-2" }), 400),
    ] {
        let meta = with(&good_meta(), "Source", source.clone());
        let response = sandbox.handle(at(NOW), &message(&meta).bearer(&token));
        assert_eq!(response.status, status, "{source}");
        if status == 200 {
            assert_eq!(body(&response)["Meta"]["Source"]["ID"], "source-1");
        }
    }
}

#[test]
fn a_legacy_token_belongs_to_the_environment_of_its_source() {
    let (mut sandbox, _) = ready();
    let staging = Environment::Staging;
    let source = Source::new("Staged").id("source-s").environment(staging);
    let destination = Destination::new("There").id("dest-s").environment(staging);
    sandbox.add_source(source).unwrap();
    sandbox.add_destination(destination).unwrap();
    let key = sandbox.register_legacy_key("source-s").unwrap();
    let answer = authenticate(&mut sandbox, at(NOW), "source-s", key.expose_secret());
    let token = text(&body(&answer)["accessToken"]);
    for (destination, status) in [("dest-s", 200), ("dest-1", 400)] {
        let list = json!([{ "ID": destination }]);
        let request = message(&with(&good_meta(), "Destinations", list)).bearer(&token);
        assert_eq!(
            sandbox.handle(at(NOW), &request).status,
            status,
            "{destination}"
        );
    }
}
