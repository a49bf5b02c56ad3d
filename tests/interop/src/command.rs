use core::fmt;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::tools;

/// What one run of `redox-auth` left behind.
#[must_use]
pub struct Outcome {
    exit_code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Outcome {
    /// The printed result, of a run that must have succeeded.
    #[must_use]
    pub fn result(&self) -> &str {
        assert_eq!(self.exit_code, Some(0), "should have succeeded: {self:?}");
        self.stdout.trim_end()
    }

    /// What the person was told, in a run in which the server must have said no. Such a run prints no result.
    #[must_use]
    pub fn refusal(&self) -> &str {
        assert_eq!(
            self.exit_code,
            Some(1),
            "should have been refused: {self:?}"
        );
        assert_eq!(self.stdout, "", "a refused run has no result: {self:?}");
        &self.stderr
    }

    /// What was printed, in a run of which nobody knows whether the server did what it asked for.
    #[must_use]
    pub fn unknown(&self) -> &str {
        assert_eq!(self.exit_code, Some(3), "should be unknown: {self:?}");
        &self.stdout
    }

    /// How it ended.
    #[must_use]
    pub const fn exit_code(&self) -> Option<i32> {
        self.exit_code
    }

    /// The outcomes that were printed, a line of JSON each.
    ///
    /// # Panics
    /// Where standard output is something else.
    #[must_use]
    pub fn outcomes(&self) -> Vec<Value> {
        let lines = self.stdout.lines().map(serde_json::from_str);
        lines.map(|line| line.expect("a line of JSON")).collect()
    }

    /// Fails for a run that never got an answer from the server, granted or refused.
    pub(crate) fn assert_answered(&self) {
        let answered = matches!(self.exit_code, Some(0 | 1));
        assert!(answered, "should have reached the server: {self:?}");
    }

    /// Everything on standard error, whatever the end.
    #[must_use]
    pub fn stderr(&self) -> &str {
        &self.stderr
    }
}

/// Without the result, which may be a secret.
impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("exit_code", &self.exit_code)
            .field("stdout_bytes", &self.stdout.len())
            .field("stderr", &self.stderr)
            .finish()
    }
}

/// Runs the command with nothing on standard input.
pub fn redox_auth(arguments: &[&str]) -> Outcome {
    redox_auth_reading("", arguments)
}

/// Runs the command with `input` on standard input.
///
/// The environment is empty but for `RUST_LOG=trace`: no variable of whoever runs the tests counts, and if the command
/// ever logs, its chattiest log is what the tests look at.
pub fn redox_auth_reading(input: &str, arguments: &[&str]) -> Outcome {
    let mut child = Command::new(tools::redox_auth_binary())
        .args(arguments)
        .env_clear()
        .env("RUST_LOG", "trace")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    // A command that does not care for its input may be gone already; its outcome says the rest.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("the command ends");
    Outcome {
        exit_code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
    }
}
