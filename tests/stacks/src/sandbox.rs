use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use base64ct::{Base64, Encoding as _};

/// The command `redox-auth sandbox`, until this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    child: Child,
    variables: HashMap<String, String>,
}

impl Sandbox {
    /// Starts it with these arguments, and waits until it says how to reach it.
    ///
    /// # Panics
    /// When it does not start. `REDOX_AUTH` has the path of the command; without it, it is the one that was built last.
    #[must_use]
    pub fn start(arguments: &[&str]) -> Self {
        let built = || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../target/debug/redox-auth"
            ))
        };
        let command = env::var_os("REDOX_AUTH").map_or_else(built, PathBuf::from);
        let mut child = Command::new(&command)
            .arg("sandbox")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{}: {error}; `cargo build -p redox-auth-cli` builds it",
                    command.display()
                )
            });
        let last = if arguments.contains(&"--tls") {
            "SSL_CERT_FILE"
        } else {
            "REDOX_DESTINATION_ID"
        };
        let stdout = child.stdout.take().expect("it was asked for");
        let mut variables = HashMap::new();
        for line in BufReader::new(stdout).lines() {
            let line = line.expect("the sandbox writes text");
            let variable = line
                .strip_prefix("export ")
                .and_then(|rest| rest.split_once('='));
            let (name, value) = variable.expect("the sandbox prints variables");
            variables.insert(name.into(), value.trim_matches('\'').into());
            if name == last {
                return Self { child, variables };
            }
        }
        panic!("the sandbox ended before it was ready");
    }

    /// The variable of this name.
    ///
    /// # Panics
    /// When the sandbox printed none.
    #[must_use]
    pub fn variable(&self, name: &str) -> &str {
        let variable = self.variables.get(name);
        variable.unwrap_or_else(|| panic!("the sandbox printed no {name}"))
    }

    /// Where it is.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.variable("REDOX_BASE_URL")
    }

    /// Its TCP port.
    ///
    /// # Panics
    /// When its URL has none.
    #[must_use]
    pub fn port(&self) -> u16 {
        let port = self
            .base_url()
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        port.expect("the sandbox has a port of its own")
    }

    /// The private key that it registered, in PEM.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn private_key(&self) -> Vec<u8> {
        fs::read(self.variable("REDOX_KEY_FILE")).expect("the sandbox wrote it")
    }

    /// The certificate of the authority that it made for itself, in DER.
    ///
    /// # Panics
    /// When there is none: without `--tls`.
    #[must_use]
    pub fn authority(&self) -> Vec<u8> {
        let pem = fs::read_to_string(self.variable("SSL_CERT_FILE")).expect("the sandbox wrote it");
        let base64: String = pem
            .lines()
            .filter(|line| !line.starts_with("---"))
            .collect();
        Base64::decode_vec(&base64).expect("the sandbox writes PEM")
    }

    /// A message from its source to its destination.
    #[must_use]
    pub fn message(&self) -> String {
        format!(
            r#"{{"Meta":{{"DataModel":"PatientAdmin","EventType":"NewPatient","Source":{{"ID":"{}"}},"Destinations":[{{"ID":"{}"}}]}}}}"#,
            self.variable("REDOX_SOURCE_ID"),
            self.variable("REDOX_DESTINATION_ID"),
        )
    }
}

impl Drop for Sandbox {
    /// Lets it remove its files.
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let ended = Command::new("kill").args(["-TERM", &id]).status();
        if !ended.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
