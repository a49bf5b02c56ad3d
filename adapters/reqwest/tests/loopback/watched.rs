//! What an observer sees: everything but secrets.

use std::sync::{Arc, Mutex};

use redox_auth_reqwest::{Connections, Discovery, Key, Observer, Redox, Seen, Watch};
use serde_json::{Value, json};

use crate::support::canned::{Answer, Canned};
use crate::support::{Sandbox, assert_hidden, client_of};

/// The watched exchanges, as `Debug` writes them.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    fn watch(&self) -> Watch {
        Watch::new(self.clone())
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().join("\n")
    }
}

impl Observer for Notes {
    fn see(&self, seen: &Seen<'_>) {
        self.0.lock().unwrap().push(format!("{seen:?}"));
    }

    fn wants_bodies(&self) -> bool {
        true
    }
}

/// The secrets in a request, as the server has them.
fn secrets_in(request: &str) -> Vec<String> {
    let mut secrets = Vec::new();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    for line in head.lines().skip(1) {
        let (name, value) = line.split_once(": ").unwrap();
        match name.to_ascii_lowercase().as_str() {
            "authorization" => secrets.push(value.split(' ').nth(1).unwrap().to_owned()),
            "dpop" | "cookie" | "x-api-key" => secrets.push(value.to_owned()),
            _ => {}
        }
    }
    if let Ok(body) = serde_json::from_str::<Value>(body) {
        for name in ["secret", "refreshToken"] {
            secrets.extend(body[name].as_str().map(str::to_owned));
        }
    }
    for (name, value) in body.split('&').filter_map(|field| field.split_once('=')) {
        if ["client_assertion", "assertion", "client_secret", "pin"].contains(&name) {
            secrets.push(value.to_owned());
        }
    }
    secrets
}

type MakeBuilder = fn(&Canned) -> redox_auth_reqwest::Builder;

/// A server that answers with the whole request, in a text and under names before and after that of the secret.
fn echo(index: usize, request: &str) -> Option<Answer> {
    let body = match index % 4 {
        0 => json!({ "error": "invalid_client", "error_description": request }).to_string(),
        1 => json!({ "a": { "b": [request] }, "z": request.to_uppercase() }).to_string(),
        2 => format!("<html><title>{request}</title>"),
        _ => format!("{{\"error_description\":\"{}", request.replace('"', "\\\"")),
    };
    let header = "set-cookie: session=cookie-hush\r\nx-echo: cookie-hush";
    Some(Answer::with("403 Forbidden", header, &body))
}

#[tokio::test]
async fn no_kind_of_secret_is_seen_even_where_the_server_repeats_it() {
    let cases: [(&str, MakeBuilder); 5] = [
        ("an assertion", |server| client_of(server)),
        ("fields of a form", |server| {
            let fields = r#"{"client_secret":"a+ form/secret%hush","pin":"pin-hush-1"}"#;
            client_of(server).fields(fields)
        }),
        ("a grant", |server| {
            client_of(server).grant(redox_auth_reqwest::Grant::JwtBearer)
        }),
        ("a legacy API key", |server| {
            let builder = Redox::builder().base_url(server.url());
            builder.legacy_key("key-1", "legacy-secret-hush")
        }),
        ("a proof of possession", |server| {
            client_of(server).dpop(Key::generate().unwrap())
        }),
    ];
    for (name, builder) in cases {
        let notes = Notes::default();
        let server = Canned::choosing(|_| echo);
        for _ in 0..4 {
            let redox = builder(&server).watched(notes.watch()).build().unwrap();
            redox.token().await.unwrap_err();
        }
        let requests = server.requests();
        assert!(requests.len() >= 4, "{name}");
        let seen = notes.text();
        for request in &requests {
            let secrets = secrets_in(request);
            assert!(!secrets.is_empty(), "{name}: {request}");
            let secrets: Vec<_> = secrets.iter().map(String::as_bytes).collect();
            assert_hidden(&seen, &secrets);
        }
        assert_hidden(&seen, &[b"cookie-hush", b"form/secret%hush", b"pin-hush-1"]);
        assert!(
            seen.contains("[redacted]") && seen.contains("403"),
            "{seen}"
        );
    }
}

#[tokio::test]
async fn no_token_is_seen_whatever_the_answer_looks_like() {
    for (body, is_token) in [
        (
            r#"{"access_token":"token-hush","id_token":"id-hush","refresh_token":"more-hush","expires_in":300,"tenant":"tenant-hush"}"#,
            true,
        ),
        (r#"{"access_token":"token-hush""#, false),
        ("access_token=token-hush&refresh_token=more-hush", false),
        ("token-hush", false),
    ] {
        let notes = Notes::default();
        let message = r#"{"Meta":{},"repeated":"token-hush"}"#;
        let answers = vec![
            Answer::json("200 OK", body),
            Answer::json("200 OK", message),
        ];
        let server = Canned::start(answers);
        let redox = client_of(&server).watched(notes.watch()).build().unwrap();
        let token = redox.token().await;
        assert_eq!(token.is_ok(), is_token, "{body}");
        if is_token {
            let call = redox.post("/endpoint").header("cookie", "a=cookie-hush");
            let call = call
                .header("x-api-key", "api-key-hush")
                .body("{\"password\":\"pass-hush\"}");
            call.send().await.unwrap().text().await.unwrap();
            let seen = notes.text();
            assert!(
                seen.contains("Bearer [redacted]") && seen.contains("repeated"),
                "{seen}"
            );
        }
        for secret in [
            "token-hush",
            "id-hush",
            "more-hush",
            "tenant-hush",
            "cookie-hush",
            "api-key-hush",
            "pass-hush",
        ] {
            let seen = notes.text();
            assert!(!seen.contains(secret), "{secret} of {body} is in {seen}");
        }
    }
}

#[tokio::test]
async fn a_url_is_seen_without_the_secrets_in_it() {
    let notes = Notes::default();
    let header = "location: https://user:pass-hush@login.example/a?code=code-hush&next=b";
    let server = Canned::always(Answer::with("302 Found", header, ""));
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().unwrap();
    let url = server.url().replace("http://", "http://user:word-hush@");
    let url = format!("{url}/a?access_token=token-hush&family=Bixby");
    notes.watch().send(client.get(url)).await.unwrap();
    let seen = notes.text();
    assert_hidden(
        &seen,
        &[b"word-hush", b"token-hush", b"pass-hush", b"code-hush"],
    );
    assert!(
        seen.contains("/a?access_token=[redacted]&family=Bixby"),
        "{seen}"
    );
    assert!(
        seen.contains("https://login.example/a?code=[redacted]&next=b"),
        "{seen}"
    );
}

#[tokio::test]
async fn tokens_messages_and_metadata_are_seen_and_arrive_as_they_are() {
    let sandbox = Sandbox::start().await;
    let notes = Notes::default();
    let builder = sandbox.client(Key::generate().unwrap());
    let builder = builder.source_id(&sandbox.source_id);
    let redox = builder.watched(notes.watch()).build().unwrap();
    let plain = sandbox.send_message(&redox).await;
    let url = plain.url().clone();
    let text = plain.text().await.unwrap();
    assert!(
        text.contains("\"Meta\"") && url.path() == "/endpoint",
        "{url}: {text}"
    );
    let seen = notes.text();
    for part in [
        "Request { number: 1, method: POST",
        "Assertion { number: 1, header: \"{\\\"alg\\\":\\\"ES256\\\"",
        "Answer { number: 1, status: 200",
        "Body { number: 1, text: \"{\\n  \\\"access_token\\\": \\\"[redacted]\\\"",
        "Request { number: 2, method: POST",
        "(\"authorization\", \"Bearer [redacted]\")",
        "Answer { number: 2, status: 200",
        "Body { number: 2, text:",
    ] {
        assert!(seen.contains(part), "{part} is not in {seen}");
    }

    let connections = Connections::new().watched(notes.watch());
    let discovery = Discovery::new().connections(connections);
    discovery.issuer(sandbox.server.base_url()).await.ok();
    let seen = notes.text();
    assert!(
        seen.contains("method: GET") && seen.contains("/.well-known/"),
        "{seen}"
    );
}

#[tokio::test]
async fn a_body_that_is_long_cut_off_or_missing_is_seen_as_that() {
    let long = format!("\"{}\"", "x".repeat(300 * 1024));
    let cut_off = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\":1";
    for (answer, expected) in [
        (
            Answer::json("200 OK", &long),
            format!("text: \"[{} bytes]\"", long.len()),
        ),
        (Answer::raw(cut_off), "[the rest was not read]".to_owned()),
        (Answer::raw(""), "Failure { number: 2".to_owned()),
    ] {
        let notes = Notes::default();
        let token = Answer::json(
            "200 OK",
            r#"{"access_token":"token-hush","expires_in":300}"#,
        );
        let server = Canned::start(vec![token, answer]);
        let redox = client_of(&server).watched(notes.watch()).build().unwrap();
        if let Ok(response) = redox.post("/endpoint").send().await {
            let _ = response.bytes().await;
        }
        let seen = notes.text();
        assert!(seen.contains(&expected), "{expected} is not in {seen}");
    }
}
