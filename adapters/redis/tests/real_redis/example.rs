//! The example `fleet_service`, in several processes.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::{env, fs};

use base64ct::{Base64, Encoding};
use redox_auth_redis::SealingKey;
use redox_auth_sandbox::{Destination, OAuthKey, Server as Sandbox, ServerOptions, Source};
use reqwest::StatusCode;
use rustix::process::{Pid, Signal, kill_process};

use crate::fleet::process::{KEY, jwks, message};
use crate::support::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_processes_of_the_example_share_a_token() {
    let mut redis = Server::start();
    let sandbox = Sandbox::start(ServerOptions::new()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let command = Example::register(&sandbox, folder.path(), &redis.url());
    let message = message(&command.destination_id);

    let (first, second) = (command.start(), command.start());
    assert_eq!(first.send(&message).await, StatusCode::OK);
    assert_eq!(second.send(&message).await, StatusCode::OK);
    assert_eq!(sandbox.counters().tokens_minted, 1);
    redis.kill();
    let third = command.start();
    for process in [&first, &second, &third] {
        assert_eq!(process.send(&message).await, StatusCode::OK);
    }
    assert_eq!(sandbox.counters().tokens_minted, 2);
    assert_eq!(sandbox.counters().messages_accepted, 5);
    assert_eq!(first.end(), "got 1 tokens itself\n");
    assert_eq!(second.end(), "got 0 tokens itself\n");
    assert_eq!(third.end(), "got 1 tokens itself\n");
}

/// How to start a process of the example: with the variables that `redox-auth sandbox` prints, and two more.
struct Example {
    variables: Vec<(&'static str, String)>,
    destination_id: String,
}

impl Example {
    /// Registers the key in the sandbox, and writes it and the sealing key into this folder.
    fn register(sandbox: &Sandbox, folder: &Path, redis_url: &str) -> Self {
        let file = |name: &str, content: &str| {
            let path = folder.join(name);
            fs::write(&path, content).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let sealing_key = SealingKey::from_bytes(&[7; 32]);
        let sealing_key = Base64::encode_string(sealing_key.expose()) + "\n";
        let key = OAuthKey::new().jwks(&jwks());
        let mut state = sandbox.sandbox();
        let source_id = state.add_source(Source::new("Clinic")).unwrap();
        let variables = vec![
            ("LISTEN", "127.0.0.1:0".to_owned()),
            ("REDIS_URL", redis_url.to_owned()),
            ("REDOX_SEALING_KEY_FILE", file("sealing.key", &sealing_key)),
            ("REDOX_BASE_URL", sandbox.base_url().to_owned()),
            ("REDOX_CLIENT_ID", state.register_oauth_key(key).unwrap()),
            ("REDOX_KEY_FILE", file("private-key.jwk", KEY)),
            ("REDOX_SOURCE_ID", source_id),
        ];
        Self {
            variables,
            destination_id: state.add_destination(Destination::new("Hospital")).unwrap(),
        }
    }

    fn start(&self) -> Process {
        let tests = env::current_exe().unwrap();
        let example = tests.ancestors().nth(2).unwrap();
        let example = example.join("examples/fleet_service");
        let mut child = Command::new(&example)
            .envs(self.variables.iter().cloned())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{}: {error}; `cargo build --examples` makes it",
                    example.display()
                )
            });
        let mut printed = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        printed.read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("listening at ");
        Process {
            url: format!("{}/messages", url.unwrap()),
            child,
            printed,
        }
    }
}

/// One of the processes.
struct Process {
    url: String,
    child: Child,
    printed: BufReader<ChildStdout>,
}

impl Process {
    async fn send(&self, message: &str) -> StatusCode {
        let request = reqwest::Client::new().post(&self.url);
        let answer = request.body(message.to_owned()).send().await;
        answer.unwrap().status()
    }

    /// Its output, after the test ended it.
    fn end(mut self) -> String {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let mut printed = String::new();
        self.printed.read_to_string(&mut printed).unwrap();
        assert!(self.child.wait().unwrap().success());
        printed
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A process that has ended is no error.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
