//! A folder to run the command in, and a sandbox to run it against.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use redox_auth_sandbox::http::Method;
use redox_auth_sandbox::{Destination, OAuthKey, Request, Server, ServerOptions, Source};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A folder that is the command's whole world: working directory, home and place for temporary files.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file that only its owner can read, as one with a secret should be.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(self.path(name)).unwrap();
        file.write_all(content.as_ref()).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    /// The command with these arguments and without the environment of the test run.
    pub(crate) fn call(&self, args: &[&str]) -> Call {
        self.call_by(env!("CARGO_BIN_EXE_redox-auth"), args)
    }

    /// The same of another program, which starts the command.
    pub(crate) fn call_by(&self, program: &str, args: &[&str]) -> Call {
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(&self.0)
            .env_clear()
            .env("HOME", self.0.path())
            .env("TMPDIR", self.0.path());
        Call {
            command,
            input: Vec::new(),
        }
    }

    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        self.call(args).run()
    }

    /// Makes a key of this name and returns its JWK Set.
    pub(crate) fn make_key(&self, name: &str, algorithm: &str) -> String {
        self.run(&["key", "new", "--alg", algorithm, "--out", name])
            .result()
    }
}

/// The command about to be run.
pub(crate) struct Call {
    pub(crate) command: Command,
    input: Vec<u8>,
}

impl Call {
    pub(crate) fn args(mut self, args: &[&str]) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.command.env(name, value.as_ref());
        self
    }

    /// Its standard input.
    pub(crate) fn input(mut self, input: impl AsRef<[u8]>) -> Self {
        self.input = input.as_ref().to_owned();
        self
    }

    pub(crate) fn run(mut self) -> Outcome {
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read its input may end before the test has written it.
        match child.stdin.take().unwrap().write_all(&self.input) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => panic!("{error}"),
            _ => {}
        }
        let output = child.wait_with_output().unwrap();
        Outcome {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The exit code and the output of the command.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Checks that it did what it was asked and said nothing beside; returns the result.
    pub(crate) fn done(self) -> String {
        assert_eq!(self.stderr, "", "{self:#?}");
        self.result()
    }

    /// Checks that it sent everything, and said nothing beside its tally; returns the result.
    pub(crate) fn sent(self, tally: &str) -> String {
        assert_eq!(self.stderr, format!("redox-auth: {tally}\n"), "{self:#?}");
        self.result()
    }

    /// Checks that it did what it was asked, whatever it said about it; returns the result.
    pub(crate) fn result(self) -> String {
        assert_eq!(self.code, Some(0), "{self:#?}");
        let result = self.stdout.strip_suffix('\n');
        result
            .unwrap_or_else(|| panic!("no last line break: {self:#?}"))
            .to_owned()
    }

    /// Checks that it failed like this, and printed no result; returns the message.
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!(
            (self.code, self.stdout.as_str()),
            (Some(code), ""),
            "{self:#?}"
        );
        assert!(self.stderr.starts_with("redox-auth: "), "{self:#?}");
        self.stderr
    }
}

/// A sandbox with a source, a destination and a client, whose key lies in a folder.
pub(crate) struct Redox {
    pub(crate) folder: Folder,
    pub(crate) server: Server,
    pub(crate) client_id: String,
    pub(crate) source_id: String,
    pub(crate) destination_id: String,
    /// Runs the server, beside the test.
    _runtime: Runtime,
}

impl Redox {
    /// With a key for ES384 in `key.pem`.
    pub(crate) fn start() -> Self {
        let folder = Folder::new();
        let jwks = folder.make_key("key.pem", "ES384");
        Self::with(folder, &jwks)
    }

    /// With the key of this JWK Set.
    pub(crate) fn with(folder: Folder, jwks: &str) -> Self {
        Self::on(folder, jwks, ServerOptions::new())
    }

    /// On a server of this kind; the file `ca.pem` has its authority, if it has one.
    pub(crate) fn on(folder: Folder, jwks: &str, options: ServerOptions) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(Server::start(options)).unwrap();
        if let Some(authority) = server.ca_certificate() {
            folder.write("ca.pem", authority.pem());
        }
        let (client_id, source_id, destination_id) = {
            let mut state = server.sandbox();
            (
                state
                    .register_oauth_key(OAuthKey::new().jwks(jwks))
                    .unwrap(),
                state.add_source(Source::new("Clinic")).unwrap(),
                state.add_destination(Destination::new("Hospital")).unwrap(),
            )
        };
        Self {
            folder,
            server,
            client_id,
            source_id,
            destination_id,
            _runtime: runtime,
        }
    }

    /// The command with the options that lead to the sandbox.
    pub(crate) fn call(&self, args: &[&str]) -> Call {
        let options = [
            "--base-url",
            self.server.base_url(),
            "--client-id",
            &self.client_id,
        ];
        self.folder
            .call(args)
            .args(&options)
            .args(&["--key", "key.pem"])
    }

    /// The public keys that are registered for the client, as the server has them.
    pub(crate) fn registered_keys(&self) -> String {
        let path = format!("/.well-known/jwks/{}", self.client_id);
        let now = self.server.clock().now();
        let request = Request::new(Method::GET, &path);
        let answer = self.server.sandbox().handle(now, &request);
        assert_eq!(answer.status, 200);
        String::from_utf8(answer.body).unwrap()
    }

    /// A message from the source to the destination.
    pub(crate) fn message(&self) -> Value {
        json!({
            "Meta": {
                "DataModel": "PatientAdmin",
                "EventType": "NewPatient",
                "Source": { "ID": self.source_id },
                "Destinations": [{ "ID": self.destination_id }],
            },
        })
    }
}

/// Fails if `shown` has a piece of this secret in it. The frame of a PEM is none.
pub(crate) fn assert_hidden(shown: &str, secret: &str) {
    for line in secret.lines().filter(|line| !line.starts_with("-----")) {
        for piece in line.as_bytes().windows(12) {
            let piece = str::from_utf8(piece).unwrap();
            assert!(!shown.contains(piece), "{piece} is in {shown}");
        }
    }
}
