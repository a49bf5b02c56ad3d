//! The shell examples of the README and of `GUIDE.md`, run as they are printed there, against the sandbox instead of Redox.
#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, and says where"
)]

use std::env;
use std::fs;
#[cfg(unix)]
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Command;
#[cfg(unix)]
use std::process::{Child, Stdio};

use redox_auth_sandbox::{Destination, OAuthKey, Server, ServerOptions, Source};
use serde_json::Value;

const README: &str = include_str!("../../../README.md");
const GUIDE: &str = include_str!("../GUIDE.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_commands_of_the_guide_send_a_message() {
    // The blocks after these two are for other servers. The parser of the command checks them.
    let [keys, use_them, ..] = blocks_in(GUIDE, "sh")[..] else {
        panic!("{GUIDE}");
    };
    let [message] = blocks_in(GUIDE, "json").try_into().unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("message.json"), message).unwrap();

    run(keys, folder.path(), "");
    let jwks = fs::read_to_string(folder.path().join("jwks.json")).unwrap();
    let server = Server::start(ServerOptions::new()).await.unwrap();
    register(&server, &jwks, use_them, message);

    let printed = run(use_them, folder.path(), server.base_url());
    assert!(printed.contains("\"Logs\""), "{printed}");
    assert!(printed.contains("ES384"), "{printed}");
    assert_eq!(server.counters().messages_accepted, 1);
}

#[test]
#[cfg(unix)]
fn three_commands_lead_from_nothing_to_an_accepted_message() {
    let [cargo, section] = blocks_in(README, "sh").try_into().unwrap();
    assert!(cargo.lines().all(|line| line.starts_with("cargo ")));
    let commands: Vec<_> = section.lines().collect();
    assert!(commands.len() <= 3, "{commands:#?}");
    let [install, start, send] = commands.try_into().unwrap();
    // The command that was built is the one that this installs.
    let package = install
        .strip_prefix("cargo install --locked --path ")
        .unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let package = root.join(package).canonicalize().unwrap();
    assert_eq!(
        package,
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .canonicalize()
            .unwrap()
    );

    let home = tempfile::tempdir().unwrap();
    // In the place of the shell, so that it ends with it.
    let mut running = shell(&format!("exec {start}"), home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(running.stderr.take().unwrap());
    let _end = End(running);
    // The command prints the next step, which is the one in the README.
    let mut said = said.lines().map(Result::unwrap);
    let next = said.find_map(|line| Some(line.split_once("in another terminal: ")?.1.to_owned()));
    let home_path = home.path().to_str().unwrap();
    assert_eq!(next.unwrap(), send.replace('~', home_path));
    let sent = shell(send, home.path()).output().unwrap();
    assert!(sent.status.success(), "{sent:?}");
    assert!(
        String::from_utf8_lossy(&sent.stdout).contains("\"Logs\""),
        "{sent:?}"
    );
    assert!(said.any(|line| line.ends_with("POST /endpoint 200")));

    // The sandbox accepts the message in the guide as well.
    let [message] = blocks_in(GUIDE, "json").try_into().unwrap();
    fs::write(home.path().join("message.json"), message).unwrap();
    let send = "redox-auth --profile sandbox send message.json";
    let sent = shell(send, home.path()).output().unwrap();
    assert!(sent.status.success(), "{sent:?}");
}

/// A process that ends with the test.
#[cfg(unix)]
struct End(Child);

#[cfg(unix)]
impl Drop for End {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Registers the key, and the names that the examples use.
fn register(server: &Server, jwks: &str, commands: &str, message: &str) {
    let client_id = commands
        .lines()
        .find_map(|line| line.strip_prefix("export REDOX_CLIENT_ID="))
        .unwrap();
    let message: Value = serde_json::from_str(message).unwrap();
    let destination = message.pointer("/Meta/Destinations/0/ID").unwrap();
    let mut sandbox = server.sandbox();
    sandbox.add_source(Source::new("Clinic")).unwrap();
    sandbox
        .add_destination(Destination::new("Hospital").id(destination.as_str().unwrap()))
        .unwrap();
    sandbox
        .register_oauth_key(OAuthKey::new().client_id(client_id).jwks(jwks))
        .unwrap();
}

/// Runs a block in a shell that finds the command, and returns what it printed.
fn run(block: &str, folder: &Path, base_url: &str) -> String {
    let mut shell = shell(block, folder);
    if !base_url.is_empty() {
        shell.env("REDOX_BASE_URL", base_url);
    }
    let output = shell.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{block}\n{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// A shell that finds the command, in a home directory of its own.
fn shell(block: &str, home: &Path) -> Command {
    let command = Path::new(env!("CARGO_BIN_EXE_redox-auth"));
    let mut path = command.parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(env::var_os("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-e", "-u", "-c", block]).current_dir(home);
    shell.env_clear().env("PATH", path).env("HOME", home);
    shell
}

/// The contents of the code blocks in this language.
fn blocks_in<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    text.split("```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'))
        .collect()
}
