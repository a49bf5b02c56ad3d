use core::time::Duration;
use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};

use redox_auth_sandbox::{Fault, Place, RetryAfter, Times};
use serde_json::{Value, json};

use crate::canned::{Answer, Canned};
use crate::running::Running;
use crate::support::{Call, Folder, Redox, assert_hidden};

/// A server at a port, with its secret.
pub(crate) struct Port {
    pub(crate) running: Running,
    pub(crate) address: String,
    pub(crate) secret: String,
}

impl Port {
    pub(crate) fn start(redox: &Redox, options: &[&str]) -> Self {
        let call = redox.call(&["serve", "--secret-file", "secret"]);
        Self::of(redox, call.args(options))
    }

    pub(crate) fn of(redox: &Redox, call: Call) -> Self {
        let running = Running::start(call);
        let line = running.line();
        Self {
            address: line.strip_prefix("http://").unwrap().to_owned(),
            secret: redox.folder.read("secret"),
            running,
        }
    }

    pub(crate) fn get(&self, path: &str, headers: &[&str]) -> Reply {
        let stream = TcpStream::connect(&self.address).unwrap();
        ask(stream, &format!("GET {path}"), &self.address, headers)
    }

    pub(crate) fn token(&self) -> Reply {
        self.get("/token", &[&self.authorization()])
    }

    /// The header with the secret.
    pub(crate) fn authorization(&self) -> String {
        format!("Authorization: Bearer {}", self.secret)
    }

    /// Says that the API refused a token.
    pub(crate) fn report(&self, path: &str, body: &str) -> Reply {
        let stream = TcpStream::connect(&self.address).unwrap();
        let what = format!("POST {path}");
        send(stream, &what, &self.address, &[&self.authorization()], body)
    }
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub(crate) fn ask(stream: impl Read + Write, what: &str, host: &str, headers: &[&str]) -> Reply {
    send(stream, what, host, headers, "")
}

fn send(
    mut stream: impl Read + Write,
    what: &str,
    host: &str,
    headers: &[&str],
    body: &str,
) -> Reply {
    let headers: String = headers.iter().map(|it| format!("{it}\r\n")).collect();
    let host = if host.is_empty() {
        String::new()
    } else {
        format!("Host: {host}\r\n")
    };
    let len = body.len();
    let request = format!(
        "{what} HTTP/1.1\r\n{host}Connection: close\r\nContent-Length: {len}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    Reply {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    }
}

/// The error of a server that does not start.
pub(crate) fn refused(call: Call) -> String {
    let (code, said) = Running::start(call).end();
    let said = said.join("\n");
    assert_eq!(code, Some(2), "{said}");
    said
}

fn mode(folder: &Folder, name: &str) -> u32 {
    let metadata = fs::symlink_metadata(folder.path(name)).unwrap();
    metadata.permissions().mode() & 0o777
}

#[test]
fn who_brings_the_secret_gets_the_token_and_what_is_left_of_it() {
    let redox = Redox::start();
    let port = Port::start(&redox, &["--source-id", "a source"]);
    let reply = port.token();
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(
        reply.head.contains("content-type: application/json"),
        "{}",
        reply.head
    );
    assert!(
        reply.head.contains("cache-control: no-store"),
        "{}",
        reply.head
    );
    let token = reply.json();
    assert!(
        token["access_token"].as_str().unwrap().len() > 20,
        "{token}"
    );
    assert_eq!(token["token_type"], "Bearer");
    assert_eq!(token["source_id"], "a source");
    let left = token["expires_in"].as_u64().unwrap();
    assert!((200..300).contains(&left), "{left}");
    // The same again, with one request to the server.
    assert_eq!(port.token().json()["access_token"], token["access_token"]);
    assert_eq!(redox.server.counters().tokens_minted, 1);
    let (code, left) = port.running.end_by("-TERM");
    assert_eq!((code, left), (Some(0), vec![]));
}

#[test]
fn nobody_else_gets_anything_from_a_port() {
    let redox = Redox::start();
    let port = Port::start(&redox, &[]);
    let secret = format!("Authorization: Bearer {}", port.secret);
    let shorter = &secret[..secret.len() - 1];
    let number = port.address.split_once(':').unwrap().1;
    for headers in [
        &[][..],
        &["Authorization: Bearer "],
        &["Authorization: Bearer wrong"],
        &[shorter],
        &["Authorization: Basic Og=="],
        &["Authorization: x"],
    ] {
        let reply = port.get("/token", headers);
        assert_eq!(reply.status, 401, "{headers:?}");
        assert!(
            reply.head.contains("www-authenticate: bearer"),
            "{}",
            reply.head
        );
    }
    let ask_as = |host: &str, headers: &[&str]| {
        let stream = TcpStream::connect(&port.address).unwrap();
        let headers = [&[secret.as_str()], headers].concat();
        ask(stream, "GET /token", host, &headers).status
    };
    for host in [
        "rebound.example".to_owned(),
        format!("rebound.example:{number}"),
        format!("127.0.0.1.rebound.example:{number}"),
        format!("192.0.2.1:{number}"),
        "127.0.0.1".to_owned(),
        "127.0.0.1:1".to_owned(),
    ] {
        assert_eq!(ask_as(&host, &[]), 403, "{host}");
    }
    // Without one there is no telling.
    assert_eq!(ask_as("", &[]), 403);
    for origin in ["Origin: http://rebound.example", "Origin: null"] {
        assert_eq!(ask_as(&port.address, &[origin]), 403, "{origin}");
    }
    for host in [format!("localhost:{number}"), format!("[::1]:{number}")] {
        assert_eq!(ask_as(&host, &[]), 200, "{host}");
    }
    for (what, status) in [
        ("GET /health", 200),
        ("GET /", 404),
        ("GET /nothing", 404),
        ("POST /token", 405),
    ] {
        let stream = TcpStream::connect(&port.address).unwrap();
        let reply = ask(stream, what, &port.address, &[&secret]);
        assert_eq!(reply.status, status, "{what}");
    }
    let health = port.get("/health", &[]);
    assert_eq!(health.json(), json!({ "status": "ok" }));
    assert_eq!(port.get("/health", &["Origin: null"]).status, 403);
}

#[test]
fn a_secret_is_made_once_for_its_owner_and_kept() {
    let redox = Redox::start();
    let first = Port::start(&redox, &[]);
    assert_eq!(mode(&redox.folder, "secret"), 0o600);
    assert!(first.secret.len() >= 40, "{}", first.secret.len());
    let second = Port::start(&redox, &[]);
    assert_eq!(second.secret, first.secret);
    assert_eq!(second.token().status, 200);

    for secret in ["a secret of one's own\n", "fifteen-letters", ""] {
        redox.folder.write("secret", secret);
        let shown = refused(redox.call(&["serve", "--secret-file", "secret"]));
        assert!(
            shown.contains("at least 16 characters of visible ASCII"),
            "{shown}"
        );
        assert_hidden(&shown, secret);
    }
    redox.folder.write("secret", "a-secret-of-one's-own\n");
    fs::set_permissions(redox.folder.path("secret"), Permissions::from_mode(0o644)).unwrap();
    let mut third = Port::start(&redox, &[]);
    third.secret.truncate(third.secret.trim_end().len());
    assert_eq!(third.token().status, 200);
    assert!(
        third
            .running
            .said()
            .contains("others can read or change secret")
    );
}

#[test]
fn a_socket_is_its_owners_and_goes_at_the_end() {
    let redox = Redox::start();
    let start = || {
        let running = Running::start(redox.call(&["serve", "--socket", "agent.sock"]));
        assert_eq!(running.line(), "agent.sock");
        running
    };
    let path = redox.folder.path("agent.sock");
    // A socket that an earlier run left behind.
    drop(UnixListener::bind(&path).unwrap());
    let running = start();
    assert_eq!(mode(&redox.folder, "agent.sock"), 0o600);
    let ask = |what: &str, headers: &[&str]| {
        let stream = UnixStream::connect(&path).unwrap();
        ask(stream, what, "any.name", headers)
    };
    let token = ask("GET /token", &[]).json();
    assert!(token["access_token"].is_string(), "{token}");
    assert_eq!(token.get("source_id"), None);
    assert_eq!(ask("GET /health", &[]).status, 200);
    assert_eq!(ask("GET /token", &["Origin: null"]).status, 403);

    // Neither one that somebody listens at nor a file is replaced.
    redox.folder.write("file", "kept");
    for name in ["agent.sock", "file"] {
        let shown = refused(redox.call(&["serve", "--socket", name]));
        assert!(
            shown.contains(&format!("cannot listen at {name}")),
            "{shown}"
        );
    }
    assert_eq!(redox.folder.read("file"), "kept");
    let (code, left) = running.end_by("-INT");
    assert_eq!((code, left), (Some(0), vec![]));
    let mut names = redox.folder.names();
    names.sort();
    assert_eq!(names, ["file", "key.pem"]);
}

#[test]
fn a_refusal_is_handed_on_with_when_to_ask_again() {
    let redox = Redox::start();
    let mut state = redox.server.sandbox();
    let busy = Fault::TooManyRequests(RetryAfter::Secs(70));
    state.inject(Place::Token, busy, Times::UntilCleared);
    drop(state);
    let port = Port::start(&redox, &[]);
    let reply = port.token();
    assert_eq!(reply.status, 503);
    let error = reply.json()["error"].as_str().unwrap().to_owned();
    assert!(
        error.contains("the server refused with status 429"),
        "{error}"
    );
    let wait = reply.head.split_once("retry-after: ").unwrap().1;
    let secs: u64 = wait.lines().next().unwrap().parse().unwrap();
    assert!((1..=70).contains(&secs), "{secs}");
    assert!(port.running.said().contains("status 429"));
    assert_eq!(port.token().status, 503);
    assert_eq!(redox.server.counters().requests, 1);
    assert_eq!(port.running.end_by("-TERM").0, Some(0));
}

#[test]
fn what_was_got_in_between_is_handed_out_with_its_own_end() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let token = |name: &str, secs: u32| {
        let body = format!(r#"{{"access_token":"{name}","expires_in":{secs}}}"#);
        Answer::json("200 OK", &body)
    };
    let server = Canned::start(vec![token("first", 4), token("second", 300)]);
    let call = folder.call(&["serve", "--client-id", "c", "--key", "key.pem"]);
    let call = call.args(&["--token-url", &server.url(), "--socket", "s"]);
    let running = Running::start(call);
    running.line();
    let get = || {
        let stream = UnixStream::connect(folder.path("s")).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        ask(stream, "GET /token", "s", &[]).json()
    };
    let mut seen = Vec::new();
    // The test waits for each answer. The renewal needs no request.
    let last = loop {
        let token = get();
        let left = token["expires_in"].as_u64().unwrap();
        match token["access_token"].as_str().unwrap() {
            "first" => seen.push(left),
            _ => break left,
        }
    };
    assert!(seen.iter().all(|&left| left < 4), "{seen:?}");
    assert!(seen.is_sorted_by(|one, next| one >= next), "{seen:?}");
    assert!((200..300).contains(&last), "{last}");
}

#[test]
fn where_everybody_could_ask_nothing_is_served() {
    let redox = Redox::start();
    for (options, part) in [
        (&[][..], "expected --socket or --secret-file"),
        (
            &["--secret-file", "secret", "--listen", "0.0.0.0:0"],
            "expected an address of the loopback interface",
        ),
        (
            &["--secret-file", "secret", "--listen", "[::]:0"],
            "expected an address of the loopback interface",
        ),
    ] {
        let shown = refused(redox.call(&["serve"]).args(options));
        assert!(shown.contains(part), "{shown}");
    }
    let both = redox.call(&["serve", "--socket", "s", "--listen", "127.0.0.1:0"]);
    assert!(refused(both).contains("cannot be used with"));
    assert_eq!(redox.folder.names(), ["key.pem"]);
}

#[test]
fn what_happened_is_counted_for_prometheus_without_a_secret() {
    let redox = Redox::start();
    redox.folder.make_key("unknown.pem", "ES384");
    let call = redox.folder.call(&["serve", "--secret-file", "secret"]);
    let call = call.args(&["--base-url", redox.server.base_url()]);
    let call = call.args(&["--client-id", &redox.client_id]);
    // The first is refused, the second gets a token.
    let running = Running::start(call.args(&["--key", "unknown.pem", "--key", "key.pem"]));
    let port = Port {
        address: running.line().strip_prefix("http://").unwrap().to_owned(),
        secret: redox.folder.read("secret"),
        running,
    };
    let token = port.token().json();
    let reply = port.get("/metrics", &[]);
    assert_eq!(reply.status, 200);
    assert!(
        reply
            .head
            .contains("content-type: text/plain; version=0.0.4"),
        "{}",
        reply.head
    );
    for line in [
        "# HELP redox_auth_tokens_total Tokens obtained, by credential",
        "# TYPE redox_auth_tokens_total counter",
        "redox_auth_tokens_total{from=\"oauth\"} 1",
        "redox_auth_refusals_total{reason=\"key_not_found\"} 1",
        "# TYPE redox_auth_token_lives_for_seconds gauge",
        "redox_auth_token_request_seconds_count 1",
        "redox_auth_token_request_seconds_bucket{le=\"+Inf\"} 1",
    ] {
        let found = reply.body.lines().any(|found| found == line);
        assert!(found, "{line} is not in {}", reply.body);
    }
    for secret in [token["access_token"].as_str().unwrap(), &port.secret] {
        assert_hidden(&reply.body, secret);
    }
    assert_eq!(port.get("/metrics", &["Origin: null"]).status, 403);
}
