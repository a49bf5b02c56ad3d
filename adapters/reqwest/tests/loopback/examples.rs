//! The examples, as processes of their own, against a sandbox here.

use std::path::Path;
use std::process::{Command, Output};
use std::{env, fs};

use redox_auth_reqwest::{Algorithm, Key};

use crate::support::{Sandbox, keys};

#[tokio::test]
async fn the_batch_sender_prints_the_outcome_of_each_line() {
    let sandbox = Sandbox::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut lines = vec![message(&sandbox.destination_id); 40];
    lines[7] = "Timothy".to_owned();
    lines[8] = r#"{"Patient":"Timothy"}"#.to_owned();
    lines[9] = message("nobody");
    let file = folder.path().join("messages.ndjson");
    fs::write(&file, lines.join("\n")).unwrap();
    let output = run(
        &sandbox,
        folder.path(),
        "batch_sender",
        &[file.to_str().unwrap()],
    )
    .await;

    let printed = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    for number in 1..=40 {
        let becomes = match number {
            8 => "not sent: no usable message: expected a JSON object",
            9 => "not sent: `Meta` is missing",
            10 => "not sent: the API refused it with status 400: No subscriptions.",
            _ => "200 OK",
        };
        let line = format!("line {number}: {becomes}");
        let of_line = |it: &&str| it.starts_with(&format!("line {number}: "));
        let found: Vec<_> = printed.lines().filter(of_line).collect();
        assert!(
            matches!(found[..], [one] if one.starts_with(&line)),
            "{printed}"
        );
    }
    assert_eq!(said, "3 lines were not sent\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(!printed.contains("Timothy"), "{printed}");
    let counters = sandbox.server.counters();
    assert_eq!(
        (counters.messages_accepted, counters.tokens_minted),
        (37, 1)
    );
}

#[tokio::test]
async fn the_batch_sender_that_cannot_begin_says_why() {
    let sandbox = Sandbox::start().await;
    let folder = tempfile::tempdir().unwrap();
    for (arguments, why) in [
        (&[][..], "expected the name of a file\n"),
        (&["nowhere"], "nowhere: "),
    ] {
        let output = run(&sandbox, folder.path(), "batch_sender", arguments).await;
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with(why), "{said}");
        assert_eq!(output.status.code(), Some(2));
    }
}

#[cfg(feature = "blocking")]
#[tokio::test]
async fn the_blocking_program_prints_where_redox_keeps_its_records() {
    let sandbox = Sandbox::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("message.json");
    for (destination, records) in [(sandbox.destination_id.as_str(), 1), ("nobody", 0)] {
        fs::write(&file, message(destination)).unwrap();
        let arguments = [file.to_str().unwrap()];
        let output = run(&sandbox, folder.path(), "blocking", &arguments).await;
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.success(), records == 1, "{said}");
        assert_eq!(said.contains("No subscriptions"), records == 0, "{said}");
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(printed.lines().count(), records, "{printed}");
    }
}

/// A message to this destination.
fn message(destination: &str) -> String {
    format!(
        r#"{{"Meta":{{"DataModel":"PatientAdmin","EventType":"NewPatient","Destinations":[{{"ID":"{destination}"}}]}},"Patient":"Timothy"}}"#
    )
}

/// Runs an example with the variables that `redox-auth sandbox` prints, and a new key in this folder.
async fn run(sandbox: &Sandbox, folder: &Path, name: &str, arguments: &[&str]) -> Output {
    let pkcs8 = keys::pkcs8(Algorithm::Es384);
    let key_file = folder.join("private-key.pem");
    fs::write(&key_file, keys::pem("PRIVATE KEY", &pkcs8)).unwrap();
    let tests = env::current_exe().unwrap();
    let example = tests
        .ancestors()
        .nth(2)
        .unwrap()
        .join("examples")
        .join(name);
    let mut command = Command::new(&example);
    command
        .args(arguments)
        .current_dir(folder)
        .env("REDOX_BASE_URL", sandbox.server.base_url())
        .env(
            "REDOX_CLIENT_ID",
            sandbox.register(&Key::parse(&pkcs8).unwrap()),
        )
        .env("REDOX_KEY_FILE", key_file)
        .env("REDOX_SOURCE_ID", &sandbox.source_id)
        .env("REDOX_DESTINATION_ID", &sandbox.destination_id);
    let running = tokio::task::spawn_blocking(move || command.output());
    running.await.unwrap().unwrap_or_else(|error| {
        panic!(
            "{}: {error}; `cargo build --examples` makes it",
            example.display()
        )
    })
}
