use redox_auth_sandbox::http::{HeaderValue, Method};
use redox_auth_sandbox::{Destination, Environment, Request, Source};
use serde_json::{Value, json};

use crate::support::*;

#[test]
fn a_message_is_stored_with_one_log_per_destination() {
    let (mut sandbox, token) = ready();
    sandbox
        .add_destination(Destination::new("Registry").id("dest-2"))
        .unwrap();
    let meta = with(
        &good_meta(),
        "Destinations",
        json!([{ "ID": "dest-1" }, { "ID": "dest-2" }]),
    );
    let response = sandbox.handle(at(NOW), &message(&meta).bearer(&token));
    assert_eq!(response.status, 200, "{}", reason(&response));
    let mut answer = body(&response);
    let Value::Array(logs) = answer["Meta"]["Logs"].take() else {
        panic!("Logs is no array");
    };
    let ids: Vec<_> = logs.iter().map(|log| text(&log["ID"])).collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
    let expected = json!({ "Meta": {
        "DataModel": "PatientAdmin",
        "EventType": "NewPatient",
        "Test": true,
        "Source": { "ID": "source-1", "Name": "Clinic" },
        "Destinations": [
            { "ID": "dest-1", "Name": "Hospital" },
            { "ID": "dest-2", "Name": "Registry" },
        ],
        "Logs": null,
    } });
    assert_eq!(answer, expected);
    assert_eq!(sandbox.counters().messages_accepted, 1);
}

#[test]
fn each_missing_field_is_named() {
    let missing = |path: &str| format!("Missing required field: {path}");
    for (name, value, path, module) in [
        ("DataModel", json!(null), "Meta.DataModel", "DataModels"),
        ("DataModel", json!(""), "Meta.DataModel", "DataModels"),
        ("EventType", json!(null), "Meta.EventType", "DataModels"),
        ("EventType", json!(7), "Meta.EventType", "DataModels"),
        (
            "Destinations",
            json!(null),
            "Meta.Destinations",
            "Subscriptions",
        ),
        (
            "Destinations",
            json!([]),
            "Meta.Destinations",
            "Subscriptions",
        ),
        (
            "Destinations",
            json!([{}]),
            "Meta.Destinations[].ID",
            "Subscriptions",
        ),
        (
            "Destinations",
            json!(["a"]),
            "Meta.Destinations[].ID",
            "Subscriptions",
        ),
    ] {
        let errors = errors_of(&with(&good_meta(), name, value));
        let expected = json!([{
            "ID": 1, "Text": missing(path), "Type": "message", "Module": module,
        }]);
        assert_eq!(errors, expected, "{path}");
    }
    let all = errors_of(&json!({}));
    let texts: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|one| text(&one["Text"]))
        .collect();
    let expected = ["Meta.DataModel", "Meta.EventType", "Meta.Destinations"].map(missing);
    assert_eq!(texts, expected);
}

#[test]
fn a_body_without_meta_is_refused() {
    let (mut sandbox, token) = ready();
    for (body_text, expected) in [
        ("{}", "Missing required field: Meta"),
        ("[]", "Missing required field: Meta"),
        (r#"{"Meta":"a"}"#, "Missing required field: Meta"),
        ("{", "The body is not valid JSON"),
        ("", "The body is not valid JSON"),
    ] {
        let request = Request::json("/endpoint", body_text).bearer(&token);
        let response = sandbox.handle(at(NOW), &request);
        assert_eq!(response.status, 400, "{body_text}");
        let first = &body(&response)["Meta"]["Errors"][0];
        assert_eq!(first["Text"], expected, "{body_text}");
    }
    let mut untyped = message(&good_meta()).bearer(&token);
    untyped.headers.remove("content-type");
    assert_eq!(sandbox.handle(at(NOW), &untyped).status, 400);
    assert_eq!(sandbox.counters().messages_refused, 6);
}

#[test]
fn a_refusal_repeats_what_it_understood() {
    let (mut sandbox, token) = ready();
    let meta = with(&good_meta(), "Destinations", json!([{ "ID": "nowhere" }]));
    let response = sandbox.handle(at(NOW), &message(&meta).bearer(&token));
    let mut answer = body(&response);
    let errors = answer["Meta"]["Errors"].take();
    let given = json!({ "Meta": with(&meta, "Errors", json!(0)) });
    answer["Meta"]["Errors"] = json!(0);
    assert_eq!(answer, given);
    let expected = "No subscriptions. Meta.Destinations names no destination of this environment";
    assert_eq!(errors[0]["Text"], expected);
}

#[test]
fn the_source_is_needed_where_there_are_several() {
    let (mut sandbox, token) = ready();
    let named = |id: &str| with(&good_meta(), "Source", json!({ "ID": id }));
    let status = |sandbox: &mut redox_auth_sandbox::Sandbox, meta: &Value| {
        sandbox
            .handle(at(NOW), &message(meta).bearer(&token))
            .status
            .as_u16()
    };
    assert_eq!(status(&mut sandbox, &good_meta()), 200);
    assert_eq!(status(&mut sandbox, &named("source-1")), 200);
    assert_eq!(status(&mut sandbox, &named("source-2")), 400);
    assert_eq!(status(&mut sandbox, &named("")), 400);
    let number = with(&good_meta(), "Source", json!({ "ID": 1 }));
    assert_eq!(status(&mut sandbox, &number), 400);

    // A source of another environment is not in the way, and not to be used.
    let elsewhere = Source::new("Elsewhere").id("source-p");
    sandbox
        .add_source(elsewhere.environment(Environment::Production))
        .unwrap();
    assert_eq!(status(&mut sandbox, &good_meta()), 200);
    assert_eq!(status(&mut sandbox, &named("source-p")), 400);

    sandbox
        .add_source(Source::new("Second").id("source-2"))
        .unwrap();
    let refused = sandbox.handle(at(NOW), &message(&good_meta()).bearer(&token));
    assert_eq!(refused.status, 400);
    let error = &body(&refused)["Meta"]["Errors"][0];
    assert_eq!(error["Text"], "Missing required field: Meta.Source.ID");
    let answer = sandbox.handle(at(NOW), &message(&named("source-2")).bearer(&token));
    assert_eq!(body(&answer)["Meta"]["Source"]["Name"], "Second");
}

#[test]
fn a_destination_of_another_environment_is_unknown() {
    let (mut sandbox, token) = ready();
    let other = Destination::new("Real").id("dest-p");
    sandbox
        .add_destination(other.environment(Environment::Production))
        .unwrap();
    let meta = with(&good_meta(), "Destinations", json!([{ "ID": "dest-p" }]));
    let response = sandbox.handle(at(NOW), &message(&meta).bearer(&token));
    assert_eq!(response.status, 400);
}

#[test]
fn a_query_has_exactly_one_destination() {
    let (mut sandbox, token) = ready();
    let query = with(&good_meta(), "EventType", json!("PatientQuery"));
    let both = json!([{ "ID": "dest-1" }, { "ID": "dest-1" }]);
    for (destinations, status) in [(json!([{ "ID": "dest-1" }]), 200), (both, 400)] {
        let request = message(&with(&query, "Destinations", destinations)).bearer(&token);
        assert_eq!(sandbox.handle(at(NOW), &request).status, status);
    }
}

#[test]
fn a_message_needs_one_live_bearer_token() {
    let (mut sandbox, token) = ready();
    let headers = |values: &[&str]| {
        let mut request = message(&good_meta());
        for value in values {
            let value = HeaderValue::from_str(value).unwrap();
            request.headers.append("authorization", value);
        }
        request
    };
    let (good, lower) = (format!("Bearer {token}"), format!("bearer {token}"));
    for (what, values, status) in [
        ("nothing", vec![], 401),
        ("an unknown token", vec!["Bearer unknown"], 401),
        ("no token", vec!["Bearer "], 401),
        ("another scheme", vec!["Basic YTpi"], 401),
        ("the token alone", vec![token.as_str()], 401),
        ("two tokens", vec![good.as_str(), good.as_str()], 401),
        ("the token", vec![good.as_str()], 200),
        ("the scheme in lower case", vec![lower.as_str()], 200),
    ] {
        let response = sandbox.handle(at(NOW), &headers(&values));
        assert_eq!(response.status, status, "{what}");
        let challenged = header_of(&response, "www-authenticate").starts_with("Bearer");
        assert_eq!(challenged, status == 401, "{what}");
    }
    assert_eq!(sandbox.counters().unauthorized, 6);
}

#[test]
fn a_wrong_verb_is_403_and_a_wrong_path_404() {
    let mut sandbox = sandbox();
    for (method, path, status) in [
        (Method::GET, "/v2/auth/token", 403),
        (Method::PUT, "/auth/authenticate", 403),
        (Method::DELETE, "/auth/refreshToken", 403),
        (Method::GET, "/endpoint", 403),
        (Method::GET, "/", 404),
        (Method::POST, "/endpoint/", 404),
        (Method::POST, "/v2/auth/token/", 404),
        (Method::POST, "/query", 404),
        (Method::GET, "/.well-known/jwks/nobody", 404),
        (Method::POST, "/.well-known/jwks/client-1", 404),
    ] {
        let response = sandbox.handle(at(NOW), &Request::new(method.clone(), path));
        assert_eq!(response.status, status, "{method} {path}");
        assert_eq!(
            header_of(&response, "date"),
            "Thu, 01 Jan 2026 00:00:00 GMT"
        );
    }
    assert_eq!(sandbox.counters().not_found, 10);
    assert_eq!(sandbox.counters().requests, 10);
}

/// The errors that a message with this `Meta` gets.
fn errors_of(meta: &Value) -> Value {
    let (mut sandbox, token) = ready();
    let response = sandbox.handle(at(NOW), &message(meta).bearer(&token));
    assert_eq!(response.status, 400, "{meta}");
    body(&response)["Meta"]["Errors"].take()
}
