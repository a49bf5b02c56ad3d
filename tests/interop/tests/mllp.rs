//! `send --mllp` against servers of others, each with its own idea of an acknowledgment.

#![expect(
    clippy::unwrap_used,
    reason = "a test: a panic is a failure with a place"
)]

use std::fs;

use redox_auth_interop::{MllpServer, Outcome, redox_auth};
use serde_json::Value;
use tempfile::TempDir;

/// Five messages in one file, by the command with these options.
fn send(server: &MllpServer, options: &[&str]) -> Outcome {
    send_messages(
        server,
        options,
        (1..=5).map(|number| message(number, "Bixby")),
    )
}

fn send_messages(
    server: &MllpServer,
    options: &[&str],
    messages: impl Iterator<Item = String>,
) -> Outcome {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("batch.hl7");
    fs::write(&file, messages.collect::<String>()).unwrap();
    let command = ["send", "--mllp", server.address(), file.to_str().unwrap()];
    redox_auth(&[&command, options].concat())
}

fn message(number: u32, name: &str) -> String {
    format!(
        "MSH|^~\\&|ADT1|MCM|LAB|MCM|20261130101500||ADT^A01|MSG{number:05}|P|2.5.1\n\
         EVN|A01|20261130101500\n\
         PID|1||123456^^^MCM||{name}^Timothy||20080106|M\n\
         PV1|1|I\n"
    )
}

fn outcomes(lines: &str) -> Vec<(String, String)> {
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    lines
        .lines()
        .map(|line| {
            let line = serde_json::from_str(line).unwrap();
            (text(&line, "control_id"), text(&line, "outcome"))
        })
        .collect()
}

#[test]
fn servers_that_keep_the_connection_get_five_messages_over_it() {
    for server in [
        MllpServer::hl7(),
        MllpServer::of_npm("simple-hl7"),
        // It acknowledges every earlier message again with each.
        MllpServer::of_npm("node-hl7-server"),
        MllpServer::of_npm("@medplum/hl7"),
    ] {
        let outcome = send(&server, &[]);
        let found = outcomes(outcome.result());
        assert_eq!(found.len(), 5, "{server:?}");
        for (number, (control_id, outcome)) in (1..).zip(&found) {
            assert_eq!(*control_id, format!("MSG{number:05}"), "{server:?}");
            assert_eq!(outcome, "ok", "{server:?}");
        }
        assert_eq!(server.next_message(), "MSG00001", "{server:?}");
    }
}

#[test]
fn a_server_that_closes_after_each_acknowledgment_gets_a_connection_for_each() {
    let server = MllpServer::hl7apy();
    let outcome = send(&server, &["--reconnect"]);
    let found = outcomes(outcome.result());
    assert!(
        found.iter().all(|(_, outcome)| outcome == "ok") && found.len() == 5,
        "{found:?}"
    );
    for number in 1..=5 {
        assert_eq!(server.next_message(), format!("MSG{number:05}"));
    }
    // Without the option the end of the connection may be seen in time, or cost a message its acknowledgment.
    let outcome = send(&server, &[]);
    let found = outcome.outcomes();
    let (last, before) = found.split_last().unwrap();
    assert!(!before.is_empty(), "{outcome:?}");
    for line in before {
        assert_eq!(line["outcome"], "ok", "{line}");
        assert_eq!(line["control_id"], server.next_message());
    }
    let expected = if last["outcome"] == "unknown" {
        Some(3)
    } else {
        assert_eq!(last["outcome"], "ok", "{last}");
        assert_eq!(last["control_id"], "MSG00005");
        Some(0)
    };
    assert_eq!(outcome.exit_code(), expected, "{outcome:?}");
}

#[test]
fn a_server_that_is_silent_about_a_name_beyond_ascii_is_explained() {
    let server = MllpServer::hl7();
    let options = ["--ack-timeout", "2"];
    let outcome = send_messages(&server, &options, [message(1, "M\u{dc}LLER")].into_iter());
    let (stdout, stderr) = (outcome.unknown(), outcome.stderr());
    assert!(
        stdout.contains("MSH-18") && stdout.contains("ASCII"),
        "{stdout}{stderr}"
    );
}
