//! The command while it runs.

use core::time::Duration;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

use crate::support::Call;

/// A command that runs until the test ends it.
pub(crate) struct Running {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Running {
    pub(crate) fn start(call: Call) -> Self {
        Self::start_at(call, Stdio::null())
    }

    /// With this standard input.
    pub(crate) fn start_at(mut call: Call, input: impl Into<Stdio>) -> Self {
        let mut child = call
            .command
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            stdout: lines(child.stdout.take().unwrap()),
            stderr: lines(child.stderr.take().unwrap()),
            child,
        }
    }

    /// The next line of a result.
    pub(crate) fn line(&self) -> String {
        self.stdout.recv_timeout(PATIENCE).unwrap()
    }

    /// The next line on standard error.
    pub(crate) fn said(&self) -> String {
        self.stderr.recv_timeout(PATIENCE).unwrap()
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> String {
        self.child.id().to_string()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let kill = Command::new("kill").args([signal, &self.id()]).status();
        let kill = kill.unwrap();
        assert!(kill.success());
    }

    /// Sends a signal and waits for the end: the exit code, and the lines that nobody had read.
    pub(crate) fn end_by(self, signal: &str) -> (Option<i32>, Vec<String>) {
        self.signal(signal);
        self.end()
    }

    /// Waits for the end: the exit code, and the lines that nobody had read.
    pub(crate) fn end(mut self) -> (Option<i32>, Vec<String>) {
        let mut left = Vec::new();
        for lines in [&self.stdout, &self.stderr] {
            loop {
                match lines.recv_timeout(PATIENCE) {
                    Ok(line) => left.push(line),
                    // Both end when the process does.
                    Err(RecvTimeoutError::Disconnected) => break,
                    Err(RecvTimeoutError::Timeout) => panic!("it does not end: {left:#?}"),
                }
            }
        }
        (self.child.wait().unwrap().code(), left)
    }
}

impl Drop for Running {
    /// A test that fails leaves no process behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads lines beside the test, which so can give up waiting for one.
fn lines(source: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(source).lines() {
            let _ = sender.send(line.unwrap());
        }
    });
    receiver
}

/// After which what was to come will not come any more.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
