use core::time::Duration;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use serde_json::Value;

use crate::tools;

/// A script that is an authorization server for as long as its standard input stays open; gone when dropped, or when
/// this process is.
#[derive(Debug)]
pub(crate) struct Server {
    script: Child,
    // Taken when it shall end.
    stdin: Option<ChildStdin>,
    lines: Receiver<Line>,
    issuer: String,
    token_url: String,
    listening: Value,
}

impl Server {
    /// Starts the script with these settings and waits until it listens.
    pub(crate) fn start(mut command: Command, settings: &Value) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut script = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}; {}", tools::PREPARE));
        let (sender, lines) = channel();
        forward(script.stdout.take(), Line::Event, sender.clone());
        forward(script.stderr.take(), Line::Diagnostic, sender);
        let mut stdin = script.stdin.take().expect("standard input is a pipe");
        writeln!(stdin, "{settings}").expect("the server reads its settings");

        let mut server = Self {
            script,
            stdin: Some(stdin),
            lines,
            issuer: String::new(),
            token_url: String::new(),
            listening: Value::Null,
        };
        let listening = server.next_line();
        server.issuer = member(&listening, "issuer");
        server.token_url = member(&listening, "token_url");
        server.listening = listening;
        server
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(crate) fn token_url(&self) -> &str {
        &self.token_url
    }

    /// Its whole output when it began to listen.
    pub(crate) fn listening(&self) -> &Value {
        &self.listening
    }

    /// The next of its events.
    pub(crate) fn next_line(&self) -> Value {
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
                Line::Diagnostic(line) => eprintln!("the server: {line}"),
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After SIGTERM it ends its child processes. After SIGKILL it could not.
        drop(self.stdin.take());
        // Fails only for a server that is gone already.
        let _ = self.script.wait();
        if thread::panicking() {
            for line in self.lines.try_iter() {
                eprintln!("the server: {line:?}");
            }
        }
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

/// The text of this name in what a server said.
pub(crate) fn member(line: &Value, name: &str) -> String {
    match line[name].as_str() {
        Some(text) => text.to_owned(),
        None => panic!("no {name} in {line}"),
    }
}

/// No test depends on it: it only turns a server that hangs into a failure.
const PATIENCE: Duration = Duration::from_secs(120);
