//! A sandbox, a client of it, and a program of others in front of it.

use core::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _};
use std::process::{Child, Command, Stdio};

use redox_auth_interop::{Program, free_port, redox_auth_binary};
use redox_auth_sandbox::{Destination, OAuthKey, Server, ServerOptions, Source};
use serde_json::{Value, json};
use tempfile::{TempDir, tempfile};

pub(crate) struct Clinic {
    pub(crate) folder: TempDir,
    pub(crate) sandbox: Server,
    /// Where the program in front of the sandbox has to listen.
    pub(crate) port: u16,
    pub(crate) client_id: String,
    message: Value,
}

impl Clinic {
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let port = free_port();
        let options = ServerOptions::new().base_url(&format!("http://127.0.0.1:{port}"));
        let sandbox = Server::start(options).await.unwrap();
        let made = Command::new(redox_auth_binary())
            .args(["key", "new", "--alg", "ES384", "--out", "key.pem"])
            .current_dir(&folder)
            .output()
            .unwrap();
        let jwks = String::from_utf8(made.stdout).unwrap();
        let (client_id, source, destination) = {
            let mut state = sandbox.sandbox();
            (
                state
                    .register_oauth_key(OAuthKey::new().jwks(jwks.trim()))
                    .unwrap(),
                state.add_source(Source::new("Clinic")).unwrap(),
                state.add_destination(Destination::new("Lab")).unwrap(),
            )
        };
        let meta = json!({
            "DataModel": "PatientAdmin",
            "EventType": "NewPatient",
            "Source": { "ID": source },
            "Destinations": [{ "ID": destination }],
        });
        let this = Self {
            folder,
            sandbox,
            port,
            client_id,
            message: json!({ "Meta": meta }),
        };
        this.write("message.json", &this.message.to_string());
        this
    }

    /// The port of the sandbox.
    pub(crate) fn upstream(&self) -> u16 {
        self.sandbox.address().port()
    }

    /// Writes this file into the folder.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// Starts nginx with this text in its `http` block, and one worker.
    pub(crate) fn nginx(&self, http: &str) -> Program {
        let here = self.folder.path().display();
        let config = format!(
            "daemon off; pid {here}/pid; worker_processes 1; error_log stderr notice;\n\
             worker_rlimit_nofile 4096; events {{ worker_connections 4000; }}\n\
             http {{ client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;\n\
             fastcgi_temp_path {here}/fastcgi; uwsgi_temp_path {here}/uwsgi; scgi_temp_path {here}/scgi;\n\
             {http} }}\n"
        );
        self.write("nginx.conf", &config);
        let nginx = format!("nginx -e stderr -p {here} -c nginx.conf");
        Program::start(&nginx, "start worker process ")
    }

    /// Writes so many messages into `all.ndjson`.
    pub(crate) fn write_messages(&self, number: usize) {
        let mut all = String::new();
        for _ in 0..number {
            writeln!(all, "{}", self.message).unwrap();
        }
        self.write("all.ndjson", &all);
    }

    /// Starts the command with these arguments, as a client of the program in front.
    pub(crate) fn begin(&self, arguments: &[&str]) -> Running {
        // A pipe would be full before somebody reads it.
        let (stdout, stderr) = (tempfile().unwrap(), tempfile().unwrap());
        let child = Command::new(redox_auth_binary())
            .args(arguments)
            .args(["--key", "key.pem", "--client-id", &self.client_id])
            .args(["--base-url", &format!("http://127.0.0.1:{}", self.port)])
            .env_clear()
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(stdout.try_clone().unwrap())
            .stderr(stderr.try_clone().unwrap())
            .spawn()
            .unwrap();
        Running {
            child,
            stdout,
            stderr,
        }
    }

    /// The same, to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.begin(arguments).end()
    }
}

/// A run of the command.
pub(crate) struct Running {
    child: Child,
    stdout: File,
    stderr: File,
}

impl Running {
    pub(crate) fn end(mut self) -> Ended {
        let code = self.child.wait().unwrap().code();
        let [stdout, stderr] = [self.stdout, self.stderr].map(|mut file| {
            let mut text = String::new();
            file.rewind().unwrap();
            file.read_to_string(&mut text).unwrap();
            text
        });
        Ended {
            code,
            stdout,
            stderr,
        }
    }
}

/// What a run of the command left.
#[derive(Debug)]
pub(crate) struct Ended {
    code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Fails unless the run ended with this code and told each of these parts.
    pub(crate) fn assert(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        for part in parts {
            assert!(self.stderr.contains(part), "{part}: {self:?}");
        }
    }

    /// How many of several messages had this outcome.
    pub(crate) fn outcomes(&self, outcome: &str) -> usize {
        let outcome = format!(r#""outcome":"{outcome}""#);
        self.stdout.matches(&outcome).count()
    }
}
