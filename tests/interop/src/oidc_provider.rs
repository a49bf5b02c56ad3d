use core::time::Duration;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use serde_json::{Value, json};

use crate::client::Client;
use crate::command::Outcome;
use crate::tools;

/// Which audiences the server takes, and what else it wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Profile {
    /// The server's default: its issuer or its token URL.
    Default,
    /// FAPI 2.0: its issuer alone, as RFC 7523bis will have it.
    Fapi2,
    /// As the default, and tokens are bound to a key (RFC 9449), with a nonce of the server's in every proof.
    Dpop,
}

/// A running npm `oidc-provider` on a free loopback port; gone when dropped, or when this process is.
#[derive(Debug)]
pub struct OidcProvider {
    child: Child,
    // The server runs until this closes.
    _stdin: ChildStdin,
    lines: Receiver<Line>,
    issuer: String,
    token_url: String,
}

/// How the server answered one request.
#[derive(Clone, Debug)]
pub enum Event {
    /// With a token.
    Granted {
        /// The assertion as it arrived.
        assertion: String,
        /// Its JOSE header.
        header: Value,
        /// Its claims.
        claims: Value,
        /// The body of the answer.
        answer: Value,
    },
    /// With an OAuth error.
    Refused {
        /// The body of the answer.
        answer: Value,
        /// Why, in the words that the server keeps from the client.
        reason: String,
    },
}

impl OidcProvider {
    /// Starts a server that knows these clients and waits until it listens.
    #[must_use]
    pub fn start(profile: Profile, clients: &[Client]) -> Self {
        let mut script = tools::node("oidc_provider.mjs");
        script
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = script
            .spawn()
            .unwrap_or_else(|error| panic!("{script:?}: {error}; {}", tools::PREPARE));
        let (sender, lines) = channel();
        forward(child.stdout.take(), Line::Event, sender.clone());
        forward(child.stderr.take(), Line::Diagnostic, sender);
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        writeln!(stdin, "{}", settings(profile, clients)).expect("the server reads its settings");

        let mut server = Self {
            child,
            _stdin: stdin,
            lines,
            issuer: String::new(),
            token_url: String::new(),
        };
        let listening = server.next_line();
        server.issuer = member(&listening, "issuer");
        server.token_url = member(&listening, "token_url");
        server
    }

    /// The server's name for itself.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Its token endpoint.
    #[must_use]
    pub fn token_url(&self) -> &str {
        &self.token_url
    }

    /// How it answered the request of this run. It says so before it answers, so there is nothing to wait for.
    #[must_use]
    pub fn event_of(&self, outcome: &Outcome) -> Event {
        outcome.assert_answered();
        let line = self.next_line();
        let answer = line["answer"].clone();
        match line["event"].as_str() {
            Some("granted") => Event::Granted {
                assertion: member(&line, "assertion"),
                header: line["header"].clone(),
                claims: line["claims"].clone(),
                answer,
            },
            Some("refused") => Event::Refused {
                answer,
                reason: member(&line, "reason"),
            },
            _ => panic!("the server said something else: {line}"),
        }
    }

    fn next_line(&self) -> Value {
        loop {
            match self
                .lines
                .recv_timeout(PATIENCE)
                .expect("the server speaks")
            {
                Line::Event(line) => {
                    return serde_json::from_str(&line).expect("the server speaks JSON");
                }
                // Shown by the test runner only when the test fails.
                Line::Diagnostic(line) => eprintln!("oidc_provider.mjs: {line}"),
            }
        }
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        // Either fails only for a server that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Debug)]
enum Line {
    Event(String),
    Diagnostic(String),
}

fn forward<R>(pipe: Option<R>, kind: fn(String) -> Line, sender: Sender<Line>)
where
    R: Read + Send + 'static,
{
    let pipe = BufReader::new(pipe.expect("the server's output is a pipe"));
    thread::spawn(move || {
        // Ends with the pipe, or with the test that no longer listens.
        for line in pipe.lines().map_while(Result::ok) {
            if sender.send(kind(line)).is_err() {
                break;
            }
        }
    });
}

fn settings(profile: Profile, clients: &[Client]) -> Value {
    let clients: Vec<_> = clients
        .iter()
        .map(|client| json!({"client_id": client.id(), "alg": client.algorithm(), "jwks": client.jwks()}))
        .collect();
    json!({
        "fapi2": profile == Profile::Fapi2,
        "dpop": profile == Profile::Dpop,
        "clients": clients,
    })
}

fn member(line: &Value, name: &str) -> String {
    match line[name].as_str() {
        Some(text) => text.to_owned(),
        None => panic!("no {name} in {line}"),
    }
}

/// No test depends on it: it only turns a server that hangs into a failure.
const PATIENCE: Duration = Duration::from_secs(120);
