//! The state that a server keeps over a restart, and its lines about requests.

use core::time::Duration;
use std::fs;
use std::path::Path;

use redox_auth_sandbox::http::{Method, StatusCode};
use redox_auth_sandbox::{
    BODY_LIMIT, Clock, Destination, Fault, Place, Request, RetryAfter, Server, ServerOptions,
    Source, Times,
};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::server::{by_value, send};
use crate::support::*;

/// The lines that a server writes.
struct Lines(UnboundedReceiver<String>);

impl Lines {
    /// The next so many of them.
    async fn next(&mut self, count: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for _ in 0..count {
            let line = tokio::time::timeout(PATIENCE, self.0.recv()).await;
            lines.push(line.unwrap().unwrap());
        }
        lines
    }
}

fn options() -> (ServerOptions, Lines) {
    let (sender, lines) = unbounded_channel();
    let options = ServerOptions::new()
        .base_url(BASE_URL)
        .clock(Clock::frozen_at(at(NOW)))
        .log(move |line| _ = sender.send(line.to_owned()));
    (options, Lines(lines))
}

async fn start(file: &Path) -> Server {
    Server::start(options().0.state(file)).await.unwrap()
}

/// After which no line comes any more.
const PATIENCE: Duration = Duration::from_secs(60);

fn patch_keys(token: &str, keys: &str) -> Request {
    let path = format!("/platform/v1/apikeys/{CLIENT_ID}");
    let mut request = Request::json(&path, format!(r#"{{"jwkSet":{keys}}}"#)).bearer(token);
    request.method = Method::PATCH;
    request
}

#[tokio::test]
async fn a_restart_changes_no_id_no_key_and_no_port() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let first = start(&file).await;
    by_value(&first);
    let source_id = first.sandbox().add_source(Source::new("Clinic")).unwrap();
    let destination = Destination::new("Hospital").id("dest-1");
    first.sandbox().add_destination(destination).unwrap();
    let legacy = first.sandbox().register_legacy_key(&source_id).unwrap();
    let address = first.address();
    first.stop().await.unwrap();

    let second = start(&file).await;
    assert_eq!(second.address(), address);
    let minted = send(&second, token_request(&assertion("kept"))).await;
    assert_eq!(minted.status, 200, "{}", reason(&minted));
    let token = text(&body(&minted)["access_token"]);
    let sent = send(&second, message(&good_meta()).bearer(&token)).await;
    assert_eq!(sent.status, 200, "{}", reason(&sent));
    let legacy = json!({ "apiKey": legacy.api_key(), "secret": legacy.expose_secret() });
    let legacy = Request::json("/auth/authenticate", legacy.to_string());
    assert_eq!(send(&second, legacy).await.status, 200);

    // A change is in the file before it is answered: nothing is lost when the process ends without a word.
    let one_key = json!({ "keys": [Key::jwk("ES256")] }).to_string();
    assert_eq!(
        send(&second, patch_keys(&token, &one_key)).await.status,
        200
    );
    let kept = fs::read_to_string(&file).unwrap();
    assert!(
        kept.contains("key-ES256") && !kept.contains("key-ES384"),
        "{kept}"
    );
    assert!(!kept.contains(&token), "tokens are not kept: {kept}");
}

#[tokio::test]
async fn a_file_in_use_and_a_port_in_use_are_errors_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let first = start(&file).await;
    let options = || ServerOptions::new().state(&file);
    let error = Server::start(options()).await.unwrap_err().to_string();
    assert!(
        error.contains("state.json is in use by another sandbox"),
        "{error}"
    );
    first.save().unwrap();
    let port = first.address().port();
    first.stop().await.unwrap();
    let _other = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .unwrap();
    let error = Server::start(options()).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    let text = format!("cannot listen on 127.0.0.1:{port}: ");
    assert!(error.to_string().starts_with(&text), "{error}");
    // Another one can be chosen, and is kept from then on.
    let free = "127.0.0.1:0".parse().unwrap();
    let moved = Server::start(options().address(free)).await.unwrap();
    let address = moved.address();
    assert_ne!(address.port(), port);
    moved.stop().await.unwrap();
    let again = Server::start(options()).await.unwrap();
    assert_eq!(again.address(), address);
}

#[tokio::test]
async fn each_request_is_one_line_with_the_true_reason_and_no_secret() {
    let (options, mut lines) = options();
    let server = Server::start(options).await.unwrap();
    by_value(&server);
    let source = Source::new("Clinic").id("source-1");
    server.sandbox().add_source(source).unwrap();
    let destination = Destination::new("Hospital").id("dest-1");
    server.sandbox().add_destination(destination).unwrap();

    let compact = assertion("line");
    let minted = send(&server, token_request(&compact)).await;
    let token = text(&body(&minted)["access_token"]);
    send(&server, token_request(&compact)).await;
    send(&server, message(&good_meta()).bearer(&token)).await;
    let elsewhere = with(&good_meta(), "Destinations", json!([{ "ID": "dest-2" }]));
    let elsewhere = with(&elsewhere, "EventType", json!(null));
    send(&server, message(&elsewhere).bearer(&token)).await;
    let path = format!("/{token}/{compact}?q={token}");
    send(&server, Request::new(Method::GET, &path)).await;
    let long = format!("/{}", "a/".repeat(500));
    send(&server, Request::new(Method::GET, &long)).await;
    let fault = Fault::Unavailable(StatusCode::SERVICE_UNAVAILABLE, RetryAfter::Secs(3));
    server.sandbox().inject(Place::Token, fault, Times::Next(1));
    send(&server, token_request(&assertion("fault"))).await;

    let lines = lines.next(7).await;
    let expected = [
        "POST /v2/auth/token 200",
        "POST /v2/auth/token 400: ",
        "POST /endpoint 200",
        "POST /endpoint 400: Missing required field: Meta.EventType; No subscriptions. Meta.Destinations names no \
         destination of this environment; there is dest-1",
        "GET /[redacted]/[redacted] 404: the path is unknown",
        "GET /a/a/a/",
        "POST /v2/auth/token 503",
    ];
    for (line, start) in lines.iter().zip(expected) {
        assert!(line.starts_with(start), "{start}: {line}");
        assert!(line.len() < 300, "{line}");
    }
    assert!(lines[1].contains("jti"), "{}", lines[1]);
    assert!(lines[6].contains("(fault 503"), "{}", lines[6]);
    let all = lines.join("\n");
    for secret in [&token, &compact] {
        assert!(!all.contains(secret.get(..16).unwrap()), "{all}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_or_breaks_off_has_its_line() {
    let (options, mut lines) = options();
    let server = Server::start(options).await.unwrap();
    let whole = Request::json("/endpoint", vec![b' '; BODY_LIMIT]);
    assert_eq!(send(&server, whole).await.status, 401);
    // A client that reads nothing before it has written everything gets the answer, too.
    let mut long = TcpStream::connect(server.address()).await.unwrap();
    let len = BODY_LIMIT + BODY_LIMIT / 4;
    let head = format!("POST /endpoint HTTP/1.1\r\nHost: a\r\nContent-Length: {len}\r\n\r\n");
    long.write_all(head.as_bytes()).await.unwrap();
    long.write_all(&vec![b' '; len]).await.unwrap();
    let mut status = [0; 12];
    long.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 413");
    let mut left = TcpStream::connect(server.address()).await.unwrap();
    let half = "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf";
    left.write_all(half.as_bytes()).await.unwrap();
    drop(left);
    let lines = lines.next(3).await;
    assert!(lines[0].starts_with("POST /endpoint 401: "), "{lines:#?}");
    assert_eq!(
        lines[1..],
        [
            "POST /endpoint 413: the body is longer than 40 MB",
            "POST /upload: the client left before the end of its body",
        ]
    );
}

#[tokio::test]
async fn a_state_that_cannot_be_written_is_reported_and_the_answer_goes_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("below/state.json");
    fs::create_dir(folder.path().join("below")).unwrap();
    let (options, mut lines) = options();
    let server = Server::start(options.state(&file)).await.unwrap();
    by_value(&server);
    let minted = send(&server, token_request(&assertion("unwritten"))).await;
    let token = text(&body(&minted)["access_token"]);
    fs::remove_dir_all(folder.path().join("below")).unwrap();
    let one_key = json!({ "keys": [Key::jwk("ES256")] }).to_string();
    assert_eq!(
        send(&server, patch_keys(&token, &one_key)).await.status,
        200
    );
    let lines = lines.next(3).await.join("\n");
    assert!(lines.contains("state.json cannot be written: "), "{lines}");
    assert!(server.stop().await.is_err());
}
