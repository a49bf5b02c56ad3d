//! The answers of `serve` to a program when there is no token, and the program's report of a refused token.

use std::net::TcpStream;

use redox_auth_sandbox::{Fault, Place, RetryAfter, Times};
use serde_json::{Value, json};

use crate::running::Running;
use crate::serve::{Port, Reply, ask};
use crate::serve_profiles::with_profiles;
use crate::support::{Redox, assert_hidden};

/// The four members that each error has, in this order, after the sentence for a person.
fn names(reply: &Reply) -> [Value; 4] {
    let members = reply.json();
    let members = members.as_object().unwrap();
    let names: Vec<_> = members.keys().map(String::as_str).collect();
    assert_eq!(names, ["error", "kind", "status", "reason", "retry_in"]);
    assert!(members["error"].as_str().unwrap().len() > 20, "{members:?}");
    let is_json = reply.head.contains("content-type: application/json");
    assert!(is_json, "{}", reply.head);
    ["kind", "status", "reason", "retry_in"].map(|name| members[name].clone())
}

fn retry_after(reply: &Reply) -> Option<u64> {
    let value = reply.head.split_once("retry-after: ")?.1.lines().next()?;
    Some(value.parse().unwrap())
}

#[test]
fn a_refusal_of_the_server_has_its_status_its_reason_and_when_to_ask_again() {
    let redox = Redox::start();
    let busy = Fault::TooManyRequests(RetryAfter::Secs(70));
    let mut state = redox.server.sandbox();
    state.inject(Place::Token, busy, Times::UntilCleared);
    drop(state);
    let port = Port::start(&redox, &[]);
    let reply = port.token();
    let [kind, status, reason, retry_in] = names(&reply);
    assert_eq!(
        (reply.status, kind, status, reason),
        (503, json!("refused"), json!(429), json!("try_later"))
    );
    let retry_in = retry_in.as_u64().unwrap();
    assert!((60..=70).contains(&retry_in), "{retry_in}");
    assert_eq!(retry_after(&reply), Some(retry_in));

    // Those who need no secret get the names without the sentence.
    let reply = port.get("/ready", &[]);
    assert_eq!(reply.status, 503);
    let members = reply.json();
    assert_eq!(members.get("error"), None, "{members}");
    assert_eq!(members["status"], 429);
    assert_eq!(members["reason"], "try_later");
}

#[test]
fn a_server_that_is_not_there_is_no_answer_without_a_status() {
    let redox = Redox::start();
    let call = redox.folder.call(&["serve", "--secret-file", "secret"]);
    // No server listens there.
    let call = call.args(&["--token-url", "http://127.0.0.1:9/token"]);
    let port = Port::of(&redox, call.args(&["--client-id", "c", "--key", "key.pem"]));
    let reply = port.token();
    let [kind, status, reason, retry_in] = names(&reply);
    assert_eq!(
        (reply.status, kind, status, reason),
        (503, json!("no_answer"), Value::Null, json!("connect"))
    );
    assert!(retry_in.is_u64(), "{retry_in}");
}

#[test]
fn a_wrong_request_is_told_what_is_wrong_with_it() {
    let redox = Redox::start();
    let port = Port::start(&redox, &[]);
    let secret = port.authorization();
    for (what, headers, status, expected) in [
        ("GET /token", &[][..], 401, "secret"),
        ("GET /token", &[&secret, "Origin: null"], 403, "origin"),
        ("GET /token?profile=x", &[&secret], 404, "profile"),
        ("GET /token?profil=x", &[&secret], 400, "query"),
        ("GET /tokens", &[&secret], 404, "path"),
        ("POST /token", &[&secret], 405, "method"),
        ("GET /token/refused", &[&secret], 405, "method"),
        ("POST /token/refused", &[], 401, "secret"),
        ("GET /ready?profile=x", &[], 401, "secret"),
    ] {
        let stream = TcpStream::connect(&port.address).unwrap();
        let reply = ask(stream, what, &port.address, headers);
        let case = format!("{what} {headers:?}");
        assert_eq!(reply.status, status, "{case}");
        let found = names(&reply);
        let expected = [json!("request"), Value::Null, json!(expected), Value::Null];
        assert_eq!(found, expected, "{case}");
    }
}

#[test]
fn each_profile_says_for_itself_why_it_has_no_token() {
    let redox = with_profiles();
    let options = ["--config", "config.toml", "--profiles"];
    let port = Port::start(
        &redox,
        &[&options[..], &["staging,unknown,broken"]].concat(),
    );
    let [kind, status, reason, _] = names(&port.token_of("unknown"));
    assert_eq!(
        (kind, status, reason),
        (json!("refused"), json!(400), json!("key_not_found"))
    );
    let [kind, status, reason, retry_in] = names(&port.token_of("broken"));
    assert_eq!(
        [kind, status, reason, retry_in],
        [
            json!("configuration"),
            Value::Null,
            json!("profile"),
            Value::Null
        ]
    );
    let ready = |profile: &str| {
        let path = format!("/ready?profile={profile}");
        port.get(&path, &[&port.authorization()]).status
    };
    let found = ["staging", "unknown", "broken"].map(ready);
    assert_eq!(found, [200, 503, 500]);
    assert_eq!(port.get("/ready", &[]).status, 200);
}

#[test]
fn it_is_ready_when_there_is_a_token() {
    let redox = Redox::start();
    let options = ["--log", "info"];
    let port = Port::start(&redox, &options);
    assert_eq!(port.token().status, 200);
    let reply = port.get("/ready", &[]);
    assert_eq!(
        (reply.status, reply.json()),
        (200, json!({ "ready": true }))
    );
    assert_eq!(port.get("/ready", &["Origin: null"]).status, 403);

    let check = |args: &[&str]| redox.folder.call(&["serve", "--check"]).args(args).run();
    let done = check(&["--listen", &port.address]);
    assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    let failed = check(&["--socket", "no-such-socket"]).failed(3);
    assert!(failed.contains("no `serve` answers there"), "{failed}");
    let failed = check(&[]).failed(2);
    assert!(failed.contains("expected --socket or --listen"), "{failed}");
    let failed = check(&["--socket", "s", "--client-id", "c"]).failed(2);
    assert!(failed.contains("asks another process"), "{failed}");
}

#[test]
fn a_check_of_one_that_has_no_token_fails_with_the_reason() {
    let redox = Redox::start();
    redox.folder.make_key("unknown.pem", "ES384");
    let call = redox.folder.call(&["serve", "--socket", "s"]);
    let call = call.args(&["--base-url", redox.server.base_url()]);
    let call = call.args(&["--client-id", &redox.client_id, "--key", "unknown.pem"]);
    let running = Running::start(call);
    running.line();
    assert!(running.said().contains("status 400"));
    let check = redox.folder.call(&["serve", "--check", "--socket", "s"]);
    let failed = check.run().failed(3);
    assert!(failed.contains("not ready: key_not_found"), "{failed}");
}

#[test]
fn a_token_that_the_api_refused_is_not_handed_out_again() {
    let redox = Redox::start();
    let port = Port::start(&redox, &[]);
    let first = port.token().json()["access_token"].clone();
    redox.server.sandbox().revoke_all_tokens();
    let report = json!({ "access_token": first }).to_string();
    assert_eq!(port.report("/token/refused", &report).status, 204);
    let second = port.token().json()["access_token"].clone();
    assert_ne!(second, first);
    // Others hear of it later: the next token is none of theirs.
    for _ in 0..20 {
        assert_eq!(port.report("/token/refused", &report).status, 204);
    }
    assert_eq!(port.token().json()["access_token"], second);
    assert_eq!(redox.server.counters().tokens_minted, 2);

    // An API that refuses whatever it gets costs no token after the second.
    let report = json!({ "access_token": second }).to_string();
    for _ in 0..20 {
        let reply = port.report("/token/refused", &report);
        let [kind, status, reason, retry_in] = names(&reply);
        assert_eq!(
            (reply.status, kind, status, reason),
            (429, json!("request"), Value::Null, json!("too_often"))
        );
        let retry_in = retry_in.as_u64().unwrap();
        assert!((1..=10).contains(&retry_in), "{retry_in}");
        assert_eq!(retry_after(&reply), Some(retry_in));
        assert_hidden(&reply.body, second.as_str().unwrap());
        assert_eq!(port.token().json()["access_token"], second);
    }
    assert_eq!(redox.server.counters().tokens_minted, 2);
}

#[test]
fn a_profile_is_told_alone_that_its_token_was_refused() {
    let redox = with_profiles();
    let options = [
        "--config",
        "config.toml",
        "--profiles",
        "staging,production",
    ];
    let port = Port::start(&redox, &options);
    let token_of = |profile: &str| port.token_of(profile).json()["access_token"].clone();
    let (own, before) = (
        port.token().json()["access_token"].clone(),
        token_of("staging"),
    );
    let report = json!({ "access_token": before }).to_string();
    // The client of this one has not even been made.
    let path = "/token/refused?profile=production";
    assert_eq!(port.report(path, &report).status, 204);
    assert_eq!(port.report("/token/refused", &report).status, 204);
    assert_eq!(token_of("staging"), before);
    let path = "/token/refused?profile=staging";
    assert_eq!(port.report(path, &report).status, 204);
    assert_ne!(token_of("staging"), before);
    assert_eq!(port.token().json()["access_token"], own);
}

#[test]
fn a_report_that_is_none_changes_nothing_and_is_not_shown() {
    let redox = Redox::start();
    let port = Port::start(&redox, &[]);
    let token = port.token().json()["access_token"].clone();
    let token = token.as_str().unwrap();
    for (body, status) in [
        (token.to_owned(), 400),
        (format!("{{\"access_token\":\"{token}\""), 400),
        (format!("{{\"token\":\"{token}\"}}"), 400),
        (format!("{{\"access_token\":[\"{token}\"]}}"), 400),
        (String::new(), 400),
        ("x".repeat(300 * 1024), 413),
    ] {
        let reply = port.report("/token/refused", &body);
        let [kind, _, reason, _] = names(&reply);
        assert_eq!(
            (reply.status, kind, reason),
            (status, json!("request"), json!("body"))
        );
        assert_hidden(&reply.body, token);
    }
    assert_eq!(port.token().json()["access_token"], token);
    assert_eq!(redox.server.counters().tokens_minted, 1);
}
