use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::tools;

/// The acknowledgments that a client of others gets for these messages, which it sends one at a time to this host and port.
///
/// # Panics
/// Where it fails.
#[must_use]
pub fn acknowledgments(
    client: MllpClient,
    (host, port): (&str, u16),
    messages: &[String],
) -> Vec<String> {
    match client {
        MllpClient::Hl7 => messages
            .iter()
            .map(|it| mllp_send((host, port), it))
            .collect(),
        MllpClient::OfNpm(package) => {
            let question =
                json!({"which": package, "host": host, "port": port, "messages": messages});
            let answer = tools::ask(tools::node("mllp_clients.mjs"), &question);
            let acknowledgments = answer["acknowledgments"].as_array();
            let acknowledgments = acknowledgments.expect("it prints what came").iter();
            acknowledgments
                .map(|it| it.as_str().expect("a text").to_owned())
                .collect()
        }
    }
}

/// A client of MLLP of others.
#[derive(Clone, Copy, Debug)]
pub enum MllpClient {
    /// The command `mllp_send` of PyPI's `hl7`.
    Hl7,
    /// That of one of the npm packages `node-hl7-client` and `@medplum/hl7`.
    OfNpm(&'static str),
}

fn mllp_send((host, port): (&str, u16), message: &str) -> String {
    let mut command = Command::new(tools::python_folder().join("mllp_send"));
    command.args([
        "--loose",
        "--file",
        "/dev/stdin",
        "--port",
        &port.to_string(),
        host,
    ]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    stdin
        .write_all(message.as_bytes())
        .expect("it reads its input");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{command:?} failed");
    String::from_utf8(output.stdout).expect("standard output is UTF-8")
}

/// What Redox's own parser makes of each message.
///
/// # Panics
/// Where it makes nothing of it.
#[must_use]
pub fn read_by_redox(messages: &[String]) -> Value {
    tools::ask(tools::node("redox_hl7.mjs"), &json!(messages))
}
