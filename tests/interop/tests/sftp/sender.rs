use std::fs;
use std::path::PathBuf;

use redox_auth_interop::{Outcome, SftpServer, redox_auth};
use tempfile::TempDir;

/// A folder with files to send, and the command that sends them.
pub(crate) struct Sender(TempDir);

impl Sender {
    pub(crate) fn new() -> Self {
        let sender = Self(tempfile::tempdir().unwrap());
        sender.write("password", format!("{}\n", SftpServer::PASSWORD));
        sender
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The arguments of `command` for this server, which trust this host key.
    pub(crate) fn arguments(&self, command: &str, server: &SftpServer, key: &str) -> Vec<String> {
        let to = [command, "--sftp", &server.address(), "--host-key", key];
        let mut arguments: Vec<_> = to.into_iter().map(str::to_owned).collect();
        arguments.extend(["--sftp-password-file".to_owned(), self.path("password")]);
        arguments
    }

    /// Sends these files, with these options.
    pub(crate) fn send(
        &self,
        server: &SftpServer,
        key: &str,
        options: &[&str],
        files: &[&str],
    ) -> Outcome {
        let mut arguments = self.arguments("send", server, key);
        arguments.extend(options.iter().copied().map(str::to_owned));
        arguments.extend(files.iter().map(|file| self.path(file)));
        run(&arguments)
    }

    pub(crate) fn doctor(&self, server: &SftpServer, key: &str) -> Outcome {
        run(&self.arguments("doctor", server, key))
    }
}

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    redox_auth(&arguments)
}

/// The only outcome, and the error with it if there is one.
pub(crate) fn outcome(run: &Outcome) -> (String, String) {
    let outcomes = run.outcomes();
    let [outcome] = outcomes.as_slice() else {
        panic!("not one outcome: {outcomes:?}, {run:?}");
    };
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    (text(&outcome["outcome"]), text(&outcome["errors"][0]))
}
