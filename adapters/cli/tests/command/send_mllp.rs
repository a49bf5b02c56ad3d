use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::json;

use crate::running::{PATIENCE, Running};
use crate::send_many::{count, results};
use crate::support::{Folder, Outcome};

/// What a receiver does with a message.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    /// Acknowledges it with this code and text.
    Say(&'static str, &'static str),
    /// Acknowledges another one first.
    Stale,
    /// Acknowledges another one.
    OtherId,
    /// Acknowledges it byte by byte.
    Split,
    /// Acknowledges it in two parts, of which the second is the CR behind FS.
    SplitFs,
    /// Acknowledges it with segments that end in LF.
    Lf,
    /// Begins to acknowledge it, with 100 MB that never end.
    Endless,
    /// Closes the connection.
    HangUp,
    /// Closes the connection once it has acknowledged the message.
    SayAndHangUp,
    /// Says nothing, and acknowledges it before the next one over the same connection.
    Silence,
}

/// An MLLP receiver that follows a script and then answers AA. It keeps every frame with the sender's address.
pub(crate) struct Server {
    address: String,
    frames: Receiver<(String, Vec<u8>)>,
}

impl Server {
    pub(crate) fn start(script: &'static [Then]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, frames) = channel();
        let mut script = script.iter().copied();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let from = stream.peer_addr().unwrap().ip().to_string();
                serve(stream, &mut script, |frame| {
                    sender.send((from.clone(), frame)).unwrap();
                });
            }
        });
        Self { address, frames }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The control IDs that came so far.
    fn ids(&self) -> Vec<String> {
        self.frames
            .try_iter()
            .map(|(_, frame)| id(&frame))
            .collect()
    }

    /// Runs `send --mllp` to it.
    fn send(&self, folder: &Folder, args: &[&str]) -> Outcome {
        let call = folder.call(&["send", "--mllp", &self.address]);
        call.args(args).run()
    }
}

fn serve(
    mut stream: TcpStream,
    script: &mut impl Iterator<Item = Then>,
    mut seen: impl FnMut(Vec<u8>),
) {
    let mut held = Vec::new();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut frame = Vec::new();
    while matches!(reader.read_until(b'\r', &mut frame), Ok(1..)) {
        if !frame.ends_with(b"\x1c\r") {
            continue;
        }
        let id = id(&frame);
        seen(core::mem::take(&mut frame));
        let mut answer = core::mem::take(&mut held);
        match script.next().unwrap_or(Then::Say("AA", "")) {
            Then::Say(code, text) => answer.extend(ack(code, &id, text)),
            Then::Stale => {
                answer.extend(ack("AE", "earlier", "stale"));
                answer.extend(ack("AA", &id, ""));
            }
            Then::OtherId => answer.extend(ack("AA", "other", "")),
            Then::Split => {
                for byte in ack("AA", &id, "") {
                    stream.write_all(&[byte]).unwrap();
                }
            }
            Then::SplitFs => {
                let whole = ack("AA", &id, "");
                let (last, before) = whole.split_last().unwrap();
                stream.write_all(before).unwrap();
                answer.push(*last);
            }
            Then::Lf => {
                let frame = ack("AA", &id, "");
                let body = frame.strip_suffix(b"\x1c\r").unwrap();
                let lines = String::from_utf8(body.to_vec()).unwrap();
                answer.extend(lines.replace('\r', "\n").into_bytes());
                answer.extend(b"\x1c\r");
            }
            Then::Endless => {
                let begun = ack("AA", &id, "");
                let mut is_taken = stream.write_all(begun.strip_suffix(b"\r\x1c\r").unwrap());
                for _ in 0..100 {
                    is_taken = is_taken.and_then(|()| stream.write_all(&[b'x'; 1_000_000]));
                }
                // Nobody reads so much.
                assert!(is_taken.is_err());
                return;
            }
            Then::HangUp => return,
            Then::SayAndHangUp => {
                answer.extend(ack("AA", &id, ""));
                stream.write_all(&answer).unwrap();
                return;
            }
            Then::Silence => {
                held = ack("AA", &id, "");
                continue;
            }
        }
        if stream.write_all(&answer).is_err() {
            return;
        }
    }
}

pub(crate) fn id(frame: &[u8]) -> String {
    let id = frame.split(|byte| *byte == b'|').nth(9).unwrap();
    String::from_utf8(id.to_vec()).unwrap()
}

pub(crate) fn ack(code: &str, id: &str, text: &str) -> Vec<u8> {
    format!("\x0bMSH|^~\\&|||||||ACK|1|P|2.3\rMSA|{code}|{id}|{text}\r\x1c\r").into_bytes()
}

pub(crate) fn message(id: &str) -> String {
    format!("MSH|^~\\&|A|B|C|D|20261130||ADT^A01|{id}|P|2.3\rEVN|A01\r")
}

#[test]
fn all_messages_of_a_file_are_sent_in_order_and_each_has_its_result() {
    let folder = Folder::new();
    let all: String = (1..=4)
        .map(|number| message(&format!("M{number}")))
        .collect();
    let batch = format!("FHS|^~\\&|\rBHS|^~\\&|\r{all}BTS|4\rFTS|1\r").replace('\r', "\n");
    folder.write("batch.hl7", batch);
    folder.write("one.hl7", message("M5").trim_end());
    let server = Server::start(&[
        Then::Say("AA", ""),
        Then::Say("AR", "no such patient"),
        Then::Stale,
        Then::Say("CA", ""),
    ]);
    let outcome = server.send(&folder, &["batch.hl7", "one.hl7"]);
    assert_eq!(
        results(&outcome),
        [
            json!({"file": "batch.hl7", "line": 3, "outcome": "ok", "ack": "AA", "control_id": "M1"}),
            json!({
                "file": "batch.hl7", "line": 5, "outcome": "refused", "ack": "AR", "control_id": "M2",
                "errors": ["no such patient"],
            }),
            json!({"file": "batch.hl7", "line": 7, "outcome": "ok", "ack": "AA", "control_id": "M3"}),
            json!({"file": "batch.hl7", "line": 9, "outcome": "ok", "ack": "CA", "control_id": "M4"}),
            json!({"file": "one.hl7", "line": 1, "outcome": "ok", "ack": "AA", "control_id": "M5"}),
        ]
    );
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    let frames = server.frames.try_iter().collect::<Vec<_>>();
    for (number, (_, frame)) in (1..).zip(&frames) {
        let expected = format!("\x0b{}\x1c\r", message(&format!("M{number}")));
        assert_eq!(
            frame.escape_ascii().to_string(),
            expected.as_bytes().escape_ascii().to_string()
        );
    }
    assert_eq!(frames.len(), 5);
}

#[test]
fn every_acknowledgment_has_its_exit_code() {
    let folder = Folder::new();
    folder.write("one.hl7", message("M1"));
    let say = Then::Say;
    let patient = "no such patient";
    for (then, expected, error, code) in [
        (say("AA", ""), "ok", "", 0),
        (Then::Split, "ok", "", 0),
        (Then::SplitFs, "ok", "", 0),
        (Then::Stale, "ok", "", 0),
        (say("CA", ""), "ok", "", 0),
        (Then::Lf, "ok", "", 0),
        (say("AE", patient), "refused", patient, 1),
        (say("AR", patient), "refused", patient, 1),
        (say("CE", patient), "refused", patient, 1),
        (say("CR", patient), "refused", patient, 1),
        (
            Then::OtherId,
            "unknown",
            "nothing within 1000 ms; acknowledgments of other messages: 1",
            3,
        ),
        (
            Then::HangUp,
            "unknown",
            "the receiver closed the connection",
            3,
        ),
        (Then::Silence, "unknown", "nothing within 1000 ms", 3),
        (
            Then::Endless,
            "unknown",
            "the frame has no end within 1048576 bytes",
            3,
        ),
    ] {
        let server = Server::start(Box::leak(Box::new([then])));
        let outcome = server.send(&folder, &["one.hl7", "--ack-timeout", "1s"]);
        let found = results(&outcome);
        assert_eq!(found[0]["outcome"], expected, "{outcome:#?}");
        let found = found[0]["errors"][0].as_str().unwrap_or_default();
        assert!(found.contains(error), "{outcome:#?}");
        assert_eq!(outcome.code, Some(code), "{outcome:#?}");
        assert_eq!(server.ids(), ["M1"]);
    }
}

#[test]
fn a_message_that_no_frame_can_hold_is_named_and_nothing_of_it_is_sent() {
    let folder = Folder::new();
    let server = Server::start(&[]);
    let header = message("M1");
    for (content, expected) in [
        (
            format!("{header}NTE|1||\u{b}\r"),
            "the message has a byte VT (0x0B) behind ",
        ),
        (
            format!("{header}NTE|1||\u{1c}\r"),
            "the message has a byte FS (0x1C) behind ",
        ),
        (
            header.replace("^~\\&", "^^\\&"),
            "the delimiters in MSH-1 and MSH-2 must differ: `^` stands there twice",
        ),
        (header.replace("M1", ""), "MSH-10 is empty: "),
        (
            header.replace("MSH", "PID"),
            "a message must begin with MSH: ",
        ),
    ] {
        folder.write("one.hl7", &content);
        let outcome = server.send(&folder, &["one.hl7"]);
        let found = results(&outcome);
        assert_eq!(found[0]["outcome"], "not_sent", "{content:?}");
        let error = found[0]["errors"][0].as_str().unwrap();
        assert!(error.starts_with(expected), "{content:?}: {error}");
        assert_eq!((found.len(), outcome.code), (1, Some(2)), "{content:?}");
    }
    assert!(server.ids().is_empty());
}

/// The most memory of a command that has sent a message with this many lines, and waits for the acknowledgment of the next
/// one.
#[cfg(target_os = "linux")]
fn peak_kilobytes(lines: usize) -> u64 {
    let folder = Folder::new();
    let line = format!("NTE|1||{}\r", "x".repeat(992));
    folder.write(
        "all.hl7",
        message("M1") + &line.repeat(lines) + &message("M2"),
    );
    let server = Server::start(&[Then::Say("AA", ""), Then::Silence]);
    let sending = Running::start(folder.call(&["send", "--mllp", &server.address, "all.hl7"]));
    let first = server.frames.recv_timeout(PATIENCE).unwrap().1;
    assert!(first.len() > lines.saturating_mul(line.len()));
    server.frames.recv_timeout(PATIENCE).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", sending.id())).unwrap();
    let peak = status.split("VmHWM:").nth(1).unwrap();
    peak.split_whitespace().next().unwrap().parse().unwrap()
}

/// 30 MB is the most that Redox takes.
#[cfg(target_os = "linux")]
#[test]
fn a_message_of_30_mb_takes_no_more_memory_than_a_short_one() {
    let (short, long) = (peak_kilobytes(1), peak_kilobytes(30_000));
    assert!(long < short + 1_024, "{short} kB, and {long} kB");
    assert!(long < 65_536, "{long} kB");
}

#[test]
fn messages_come_from_standard_input() {
    let server = Server::start(&[]);
    let folder = Folder::new();
    let call = folder.call(&["send", "--mllp", &server.address, "-"]);
    let outcome = call.input(message("M1") + &message("M2")).run();
    assert_eq!(results(&outcome).len(), 2);
    outcome.sent("2 ok");
    assert_eq!(server.ids(), ["M1", "M2"]);
}

#[test]
fn nothing_overtakes_a_message_whose_outcome_is_unknown() {
    let folder = Folder::new();
    folder.write("all.hl7", message("M1") + &message("M2") + &message("M3"));
    let server = Server::start(&[Then::Say("AA", ""), Then::HangUp]);
    let outcome = server.send(&folder, &["all.hl7"]);
    let found = results(&outcome);
    assert_eq!(found.len(), 2, "{outcome:#?}");
    assert_eq!(found[1]["outcome"], "unknown");
    assert_eq!(
        found[1]["errors"],
        json!(["no acknowledgment of this message: the receiver closed the connection"])
    );
    assert_eq!(outcome.code, Some(3));
    assert!(
        outcome.stderr.contains("--keep-going continues"),
        "{outcome:#?}"
    );
    assert_eq!(server.ids(), ["M1", "M2"]);

    let server = Server::start(&[Then::Say("AA", ""), Then::HangUp]);
    let outcome = server.send(&folder, &["all.hl7", "--keep-going"]);
    let verdicts: Vec<_> = results(&outcome)
        .iter()
        .map(|it| it["outcome"].clone())
        .collect();
    assert_eq!(verdicts, ["ok", "unknown", "ok"]);
    assert_eq!(outcome.code, Some(3));
}

#[test]
fn a_late_acknowledgment_is_not_that_of_the_next_message() {
    let folder = Folder::new();
    folder.write("all.hl7", message("M1") + &message("M2"));
    // The late one would come before that of the second, over the same connection.
    let server = Server::start(&[Then::Silence, Then::Say("AE", "wrong")]);
    let outcome = server.send(&folder, &["all.hl7", "--keep-going", "--ack-timeout", "1"]);
    let found = results(&outcome);
    assert_eq!(found[0]["outcome"], "unknown");
    assert_eq!(
        found[0]["errors"],
        json!(["no acknowledgment of this message: nothing within 1000 ms"])
    );
    assert_eq!(
        (&found[1]["outcome"], &found[1]["ack"]),
        (&json!("refused"), &json!("AE"))
    );
}

#[test]
fn a_server_that_closes_after_each_acknowledgment_gets_a_connection_for_each() {
    let folder = Folder::new();
    folder.write(
        "all.hl7",
        (1..=5)
            .map(|it| message(&format!("M{it}")))
            .collect::<String>(),
    );
    let server = Server::start(&[Then::SayAndHangUp; 5]);
    server
        .send(&folder, &["all.hl7", "--reconnect"])
        .sent("5 ok");
    assert_eq!(server.ids().len(), 5);
}

#[test]
fn a_wrong_message_is_named_and_the_others_are_sent() {
    let folder = Folder::new();
    let torn = message("M2") + "NTE|1||one\ntwo lines\r";
    folder.write(
        "all.hl7",
        message("M1") + &torn + &message("M1") + &message("M3"),
    );
    folder.write("adt.json", "{\"Meta\":{}}");
    let server = Server::start(&[]);
    let outcome = server.send(&folder, &["all.hl7", "adt.json", "none.hl7"]);
    let found = results(&outcome);
    let errors: Vec<_> = found
        .iter()
        .map(|it| it["errors"][0].as_str().unwrap_or_default())
        .collect();
    assert_eq!(errors[0], "");
    assert!(
        errors[1].starts_with("segment 4 does not begin with a name"),
        "{errors:#?}"
    );
    assert_eq!(
        errors[2],
        "the message in line 1 of all.hl7 has the same control ID in MSH-10, M1: give each message its own"
    );
    assert_eq!(errors[3], "");
    assert_eq!(
        errors[4],
        "a message must begin with MSH: this is JSON; the Data Model API accepts messages in JSON: send it without --mllp"
    );
    assert!(errors[5].starts_with("cannot read it: "), "{errors:#?}");
    assert_eq!(outcome.code, Some(2));
    assert_eq!(server.ids(), ["M1", "M3"]);
}

#[test]
fn a_file_of_another_kind_is_named_with_the_way_that_takes_it() {
    let folder = Folder::new();
    let server = Server::start(&[]);
    let hl7: Vec<_> = message("M1")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (content, expected) in [
        (
            &b"{\"Meta\":{}}\n{\"Meta\":{}}\n"[..],
            "a JSON object on each line; ",
        ),
        (
            b"{\"resourceType\":\"Patient\"}",
            "FHIR in JSON; the FHIR API accepts it",
        ),
        (
            b"<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>",
            "a C-CDA document; MLLP carries only HL7 v2: send it with --upload, without --mllp",
        ),
        (b"ISA*00*          *00*~", "X12; MLLP carries only HL7 v2"),
        (b"id,name\r\n1,x\r\n", "CSV; MLLP carries only HL7 v2"),
        (
            b"PID|1||1234\r",
            "segments of HL7 v2 without MSH; put a segment MSH before them",
        ),
        (&hl7, "text in UTF-16; convert it first, for example: iconv"),
        (
            b"\x1f\x8b\x08",
            "a file compressed by gzip; unpack it first, for example: gzip -dc FILE | redox-auth send --mllp HOST:PORT -",
        ),
        (b"", "an empty file; check the program that writes it"),
    ] {
        folder.write("file", content);
        let outcome = server.send(&folder, &["file"]);
        let found = results(&outcome);
        let error = found[0]["errors"][0].as_str().unwrap();
        let expected = format!("a message must begin with MSH: this is {expected}");
        assert!(error.starts_with(&expected), "{error}");
        assert_eq!((outcome.code, found.len()), (Some(2), 1), "{outcome:#?}");
    }
    assert!(server.ids().is_empty());
}

#[test]
fn the_same_command_resumes_by_its_results_and_stops_at_the_unknown_message_again() {
    let folder = Folder::new();
    folder.write("all.hl7", message("M1") + &message("M2") + &message("M3"));
    let args = ["all.hl7", "--results", "results.ndjson"];
    for (also, sent) in [
        ("--repeat-unknown", &["M1", "M2", "M2", "M3"][..]),
        ("--keep-going", &["M1", "M2", "M3"]),
    ] {
        let server = Server::start(&[Then::Say("AA", ""), Then::HangUp]);
        folder.write("results.ndjson", "");
        for verdicts in [&["ok", "unknown"][..], &["unknown"]] {
            let stopped = server.send(&folder, &args);
            let found = results(&stopped);
            let found: Vec<_> = found.iter().map(|it| &it["outcome"]).collect();
            assert_eq!(found, verdicts, "{stopped:#?}");
            assert_eq!(stopped.code, Some(3), "{stopped:#?}");
            let way = "the same command with --repeat-unknown";
            assert!(stopped.stderr.contains(way), "{stopped:#?}");
            assert!(stopped.stderr.contains("--keep-going"), "{stopped:#?}");
        }
        let last = server.send(&folder, &[&args[..], &[also]].concat());
        let unknown = count(&results(&last), "unknown");
        assert_eq!(unknown, usize::from(also == "--keep-going"), "{last:#?}");
        assert_eq!(server.ids(), sent, "{also}");
    }
}

#[test]
fn messages_come_from_the_address_that_was_given() {
    let folder = Folder::new();
    folder.write("one.hl7", message("M1"));
    let server = Server::start(&[]);
    server
        .send(&folder, &["one.hl7", "--source", "127.0.0.2"])
        .sent("1 ok");
    assert_eq!(server.frames.recv().unwrap().0, "127.0.0.2");
    let outcome = server.send(&folder, &["one.hl7", "--source", "192.0.2.1"]);
    assert_eq!(outcome.code, Some(3));
    assert!(
        outcome
            .stderr
            .contains("this machine does not have that address"),
        "{outcome:#?}"
    );
}

#[test]
fn a_closed_port_is_named() {
    let folder = Folder::new();
    folder.write("all.hl7", message("M1") + &message("M2"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let outcome = folder.run(&["send", "--mllp", &address, "all.hl7"]);
    let found = results(&outcome);
    assert_eq!(found.len(), 1, "{outcome:#?}");
    assert_eq!(found[0]["outcome"], "not_sent");
    assert_eq!(outcome.code, Some(3));
    assert!(
        outcome.stderr.contains("refused. The route works"),
        "{outcome:#?}"
    );
}

#[test]
fn options_that_mllp_has_no_use_for_are_refused() {
    let folder = Folder::new();
    folder.write("one.hl7", message("M1"));
    let send = |args: &[&str]| folder.call(&["send", "one.hl7"]).args(args).run();
    let mllp = ["--mllp", "127.0.0.1:1"];
    let error = send(&[&mllp[..], &["--client-id", "x"]].concat()).failed(2);
    assert!(
        error.contains("--client-id: messages over MLLP and files over SFTP need no token"),
        "{error}"
    );
    for args in [
        &["--mllp", "127.0.0.1"][..],
        &["--mllp", "127.0.0.1:0"],
        &["--mllp", ":1"],
        &["--mllp", "::1:9960"],
        &["--mllp", "127.0.0.1:1", "--jobs", "2"],
        &["--mllp", "127.0.0.1:1", "--rate", "5"],
        &["--mllp", "127.0.0.1:1", "--upload"],
        &["--mllp", "127.0.0.1:1", "--ack-timeout", "0s"],
        &["--mllp", "127.0.0.1:1", "--ack-timeout", "1h"],
        &["--keep-going"],
    ] {
        let outcome = send(args);
        assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    }
}
