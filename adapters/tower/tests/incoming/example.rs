//! The example `service`, as a process of its own, between a sandbox here and those that it serves.

use core::time::Duration;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::{env, fs};

use http::StatusCode;
use redox_auth_reqwest::{Key, write_jwk_set};
use redox_auth_sandbox::{Customer, Destination, OAuthKey, Server, ServerOptions, Source, Verb};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::TOKEN;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_example_receives_and_sends_until_shutdown() {
    let sandbox = Server::start(ServerOptions::new()).await.unwrap();
    let mut service = Service::start(&sandbox);
    let health = reqwest::get(service.url("/health")).await.unwrap();
    assert_eq!(health.status(), 200);

    let redox = Customer::new(&service.url("/redox"), TOKEN).unwrap();
    for verb in [Verb::Post, Verb::Get] {
        let challenge = sandbox.challenge(&redox, verb).await.unwrap();
        assert!(challenge.is_verified(), "{verb:?}");
    }
    let status = sandbox.deliver(&redox, "{}").await.unwrap();
    assert_eq!(status, StatusCode::OK);
    let stranger = Customer::new(&service.url("/redox"), "guess").unwrap();
    let status = sandbox.deliver(&stranger, "{}").await.unwrap();
    assert_eq!(status, StatusCode::UNAUTHORIZED);

    let patients = service.url("/patients");
    let patient = async || {
        let request = reqwest::Client::new().post(&patients);
        let request = request
            .header("content-type", "application/json")
            .body(PATIENT);
        request.send().await.unwrap().status()
    };
    assert_eq!(patient().await, StatusCode::CREATED);
    assert_eq!(sandbox.counters().messages_accepted, 1);
    // A token that dies before its time is replaced, and nobody notices.
    sandbox.sandbox().revoke_all_tokens();
    assert_eq!(patient().await, StatusCode::CREATED);
    assert_eq!(sandbox.counters().tokens_minted, 2);

    // The test ends it in the middle of a request.
    let mut request = TcpStream::connect(&service.address).await.unwrap();
    let head = format!(
        "POST /patients HTTP/1.1\r\nhost: service\r\ncontent-type: application/json\r\n\
         expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        PATIENT.len()
    );
    request.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 25];
    request.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    kill_process(Pid::from_child(&service.child), Signal::TERM).unwrap();
    let refuses = async { while TcpStream::connect(&service.address).await.is_ok() {} };
    let refuses = tokio::time::timeout(PATIENCE, refuses).await;
    refuses.expect("it takes connections after it was told to end");
    request.write_all(PATIENT.as_bytes()).await.unwrap();
    let mut answer = String::new();
    request.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    assert_eq!(sandbox.counters().messages_accepted, 3);

    assert!(service.child.wait().unwrap().success());
    let mut printed = String::new();
    service.printed.read_to_string(&mut printed).unwrap();
    assert_eq!(printed, "a message of 2 bytes\nended\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_example_does_not_start_with_an_unknown_key() {
    let sandbox = Server::start(ServerOptions::new()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(&sandbox, &folder);
    command.env("REDOX_CLIENT_ID", "nobody");
    let output = command.output().unwrap();
    assert!(!output.status.success() && output.stdout.is_empty());
    assert_eq!(sandbox.counters().keys_not_found, 1);
}

/// The example while it runs.
struct Service {
    child: Child,
    printed: BufReader<ChildStdout>,
    address: String,
    _folder: TempDir,
}

impl Service {
    fn start(sandbox: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = command(sandbox, &folder);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut printed = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        printed.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening at http://");
        Self {
            child,
            printed,
            address: address.unwrap().to_owned(),
            _folder: folder,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // A process that has ended is no error.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The example with the variables that `redox-auth sandbox` prints, and a key in this folder.
fn command(sandbox: &Server, folder: &TempDir) -> Command {
    let key = Key::parse(KEY.as_bytes()).unwrap();
    let key_file = folder.path().join("private-key.jwk");
    fs::write(&key_file, KEY).unwrap();
    let public = [(key.key_id(), key.public_key().unwrap())];
    let mut jwks = [0; 1_024];
    let key = OAuthKey::new().jwks(write_jwk_set(&public, &mut jwks).unwrap());
    let mut state = sandbox.sandbox();
    // With two sources, a message must name its own.
    state.add_source(Source::new("Another clinic")).unwrap();

    let tests = env::current_exe().unwrap();
    let example = tests.ancestors().nth(2).unwrap().join("examples/service");
    let built = example.exists();
    assert!(
        built,
        "`cargo build --examples --features incoming` makes it"
    );
    let mut command = Command::new(example);
    command
        .env("LISTEN", "127.0.0.1:0")
        .env("REDOX_VERIFICATION_TOKEN", TOKEN)
        .env("REDOX_BASE_URL", sandbox.base_url())
        .env("REDOX_CLIENT_ID", state.register_oauth_key(key).unwrap())
        .env("REDOX_KEY_FILE", key_file)
        .env(
            "REDOX_SOURCE_ID",
            state.add_source(Source::new("Clinic")).unwrap(),
        )
        .env(
            "REDOX_DESTINATION_ID",
            state.add_destination(Destination::new("Hospital")).unwrap(),
        );
    command
}

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(30);

const PATIENT: &str = r#"{"Demographics":{"FirstName":"Timothy","LastName":"Bixby"}}"#;

/// RFC 7515, appendix A.3.
const KEY: &str = r#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
