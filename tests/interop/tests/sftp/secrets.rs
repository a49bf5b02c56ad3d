use std::fs;
use std::process::{Command, Stdio};

use redox_auth_interop::{SftpServer, redox_auth_binary};

use crate::sender::Sender;

#[test]
fn the_password_is_in_no_argument_no_variable_no_log_and_no_results() {
    let server = SftpServer::openssh(&["UsePAM no"]);
    let sender = Sender::new();
    sender.write("large.csv", vec![7; 8 << 20]);
    let mut arguments = sender.arguments("send", &server, &server.host_key("ed25519"));
    arguments.extend(["--results".to_owned(), sender.path("results")]);
    arguments.push(sender.path("large.csv"));
    let mut child = Command::new(redox_auth_binary())
        .args(&arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut has_seen_ssh = false;
    while child.try_wait().unwrap().is_none() {
        has_seen_ssh |= look_at_all_processes();
    }
    assert!(has_seen_ssh, "`ssh` was not seen while it ran");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let results = sender.read("results");
    assert!(results.contains(r#""outcome":"ok""#), "{results}");
    for shown in [
        &output.stdout,
        &output.stderr,
        results.as_bytes(),
        server.log().as_bytes(),
    ] {
        assert!(!has_password(shown), "{}", String::from_utf8_lossy(shown));
    }
}

/// Whether one of them is the `ssh` of the command.
fn look_at_all_processes() -> bool {
    let mut has_seen_ssh = false;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        // It may be gone by now.
        let read = |name: &str| fs::read(entry.path().join(name)).unwrap_or_default();
        let (arguments, variables) = (read("cmdline"), read("environ"));
        assert!(
            !has_password(&arguments),
            "an argument of {:?}",
            entry.path()
        );
        assert!(
            !has_password(&variables),
            "a variable of {:?}",
            entry.path()
        );
        has_seen_ssh |= arguments.starts_with(b"ssh\0") && has(&variables, b"SSH_ASKPASS=");
    }
    has_seen_ssh
}

fn has_password(text: &[u8]) -> bool {
    has(text, SftpServer::PASSWORD.as_bytes())
}

fn has(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
