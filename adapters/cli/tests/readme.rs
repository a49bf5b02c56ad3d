//! The README's shell examples, run as they are printed there, against the sandbox instead of Redox.
#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, and says where"
)]

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use redox_auth_sandbox::{Destination, OAuthKey, Server, ServerOptions, Source};
use serde_json::Value;

const README: &str = include_str!("../../../README.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_commands_of_the_readme_do_what_it_says() {
    // The last one is run where a command runs whose key it replaces.
    let [cargo, keys, use_them, _replace] = blocks("sh").try_into().unwrap();
    assert!(cargo.lines().all(|line| line.starts_with("cargo ")));
    let [message] = blocks("json").try_into().unwrap();
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
    let command = Path::new(env!("CARGO_BIN_EXE_redox-auth"));
    let mut path = command.parent().unwrap().as_os_str().to_owned();
    path.push(":");
    path.push(env::var_os("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-e", "-u", "-c", block]).current_dir(folder);
    shell.env_clear().env("PATH", path);
    if !base_url.is_empty() {
        shell.env("REDOX_BASE_URL", base_url);
    }
    let output = shell.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{block}\n{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The contents of the README's code blocks in this language.
fn blocks(language: &str) -> Vec<&'static str> {
    README
        .split("```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'))
        .collect()
}
