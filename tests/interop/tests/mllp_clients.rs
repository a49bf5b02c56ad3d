//! The sandbox's port for MLLP against clients of others, and our messages against Redox's own parser.

#![expect(
    clippy::unwrap_used,
    reason = "a test: a panic is a failure with a place"
)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use redox_auth_interop::{MllpClient, acknowledgments, read_by_redox, redox_auth};
use redox_auth_sandbox::MllpServer;
use serde_json::Value;
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_others_get_an_acknowledgment_for_each_of_their_messages() {
    let server = MllpServer::start("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let port = server.address().port();
    let messages: Vec<_> = (1..=3).map(|number| message(number, "\r")).collect();
    for client in [
        MllpClient::Hl7,
        MllpClient::OfNpm("node-hl7-client"),
        MllpClient::OfNpm("@medplum/hl7"),
    ] {
        let messages = messages.clone();
        let task = tokio::task::spawn_blocking(move || {
            acknowledgments(client, ("127.0.0.1", port), &messages)
        });
        let found = task.await.unwrap();
        assert_eq!(found.len(), 3, "{client:?}");
        for (number, found) in (1..).zip(&found) {
            let expected = format!("MSA|AA|MSG{number:05}");
            assert!(found.contains(&expected), "{client:?}: {found:?}");
        }
    }
}

#[test]
fn redox_s_own_parser_reads_every_segment_whatever_ends_the_lines_of_the_file() {
    // Its parser ends no segment at CR where CR LF stands anywhere: such a file has one LF at its end.
    let ends = ["\r", "\n", "\r\n"];
    let files = ends.map(|end| ["", "\n", "\r\n"].map(|last| message(1, end) + last));
    let messages: Vec<_> = files.iter().flatten().map(|file| sent(file)).collect();
    let read = read_by_redox(&messages);
    for (file, read) in files.iter().flatten().zip(read.as_array().unwrap()) {
        // The order of the members depends on a feature of serde_json, which another crate may switch on.
        let mut segments: Vec<_> = read.as_object().unwrap().keys().collect();
        segments.sort();
        assert_eq!(segments, ["EVN", "MSH", "PID", "PV1"], "{file:?}: {read}");
        assert_eq!(
            read["PID"]["5"][0]["1"]["1"],
            Value::from("Bixby"),
            "{read}"
        );
    }
    assert_eq!(read.as_array().unwrap().len(), 9);
}

/// The message of a file as the command sends it, without its frame.
fn sent(file: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let receiver = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut frame, mut byte) = (Vec::new(), [0]);
        while !frame.ends_with(b"\x1c\r") {
            stream.read_exact(&mut byte).unwrap();
            frame.push(byte[0]);
        }
        let answer = "\x0bMSH|^~\\&|||||||ACK|1|P|2.3\rMSA|AA|MSG00001\r\x1c\r";
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(frame).unwrap()
    });
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("adt.hl7");
    fs::write(&path, file).unwrap();
    let outcome = redox_auth(&["send", "--mllp", &address, path.to_str().unwrap()]);
    assert!(
        outcome.result().contains(r#""outcome":"ok""#),
        "{outcome:?}"
    );
    let frame = receiver.join().unwrap();
    let body = frame
        .strip_prefix('\x0b')
        .and_then(|it| it.strip_suffix("\x1c\r"));
    body.unwrap().to_owned()
}

fn message(number: u32, end: &str) -> String {
    [
        &format!("MSH|^~\\&|ADT1|MCM|LAB|MCM|20261130101500||ADT^A01|MSG{number:05}|P|2.3"),
        "EVN|A01|20261130101500",
        "PID|1||123456^^^MCM||Bixby^Timothy||20080106|M",
        "PV1|1|I",
        "",
    ]
    .join(end)
}
