use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;

use crate::running::{PATIENCE, Running};
use crate::send_many::results;
use crate::send_mllp::message;
use crate::support::Folder;

/// Each fault with the outcome of `send --mllp`.
const FAULTS: [(&str, &str, i32); 10] = [
    ("late=20ms", "ok", 0),
    ("ae", "refused", 1),
    ("ar", "refused", 1),
    ("stale", "ok", 0),
    ("split", "ok", 0),
    ("no-cr", "ok", 0),
    ("lf", "ok", 0),
    ("other-id", "unknown", 3),
    ("hang-up", "unknown", 3),
    ("silent", "unknown", 3),
];

#[test]
fn every_fault_of_the_sandbox_has_its_outcome() {
    let folder = Folder::new();
    folder.write("one.hl7", message("M1"));
    let mut call = folder.call(&["sandbox", "--mllp", "127.0.0.1:0"]);
    for (fault, _, _) in FAULTS {
        let order = format!("mllp:{fault}:times=1");
        call = call.args(&["--fault", &order]);
    }
    let sandbox = Running::start(call.args(&["--fault", "mllp:idle=1ms"]));
    let address = address_of(&sandbox);
    let send = ["send", "--mllp", &address, "--ack-timeout", "1", "one.hl7"];
    let mut calls = FAULTS.to_vec();
    // No more faults but the one that is none for a single message.
    calls.push(("idle", "ok", 0));
    for (fault, expected, code) in calls {
        let outcome = folder.run(&send);
        let found = results(&outcome);
        assert_eq!(found[0]["outcome"], expected, "{fault}: {outcome:#?}");
        assert_eq!(outcome.code, Some(code), "{fault}: {outcome:#?}");
    }
}

#[test]
fn frames_are_acknowledged_however_they_are_split() {
    let folder = Folder::new();
    let sandbox = Running::start(folder.call(&["sandbox", "--mllp", "127.0.0.1:0"]));
    let address = address_of(&sandbox);
    let frame = |id: &str| format!("\u{b}{}\u{1c}\r", message(id)).into_bytes();
    let two = [frame("M1"), frame("M2")].concat();
    let whole = frame("M3");
    let bytes: Vec<_> = whole.chunks(1).collect();
    let (before, cr) = whole.split_at(whole.len() - 1);
    let (before_fs, end) = whole.split_at(whole.len() - 2);
    for (segments, ids) in [
        (&[&two[..]][..], &["M1", "M2"][..]),
        (&bytes, &["M3"]),
        (&[before, cr], &["M3"]),
        (&[before_fs, &end[..1], &end[1..]], &["M3"]),
        // Two frames in segments that end in the midst of them.
        (&[&two[..10], &two[10..70], &two[70..]], &["M1", "M2"]),
    ] {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        for segment in segments {
            stream.write_all(segment).unwrap();
        }
        let mut answers = BufReader::new(stream);
        for id in ids {
            let mut answer = Vec::new();
            answers.read_until(0x1c, &mut answer).unwrap();
            let answer = String::from_utf8(answer).unwrap();
            let expected = format!("\rMSA|AA|{id}\r\u{1c}");
            assert!(answer.ends_with(&expected), "{answer:?}");
        }
    }
}

#[test]
fn a_frame_that_never_ends_ends_the_connection() {
    let folder = Folder::new();
    let sandbox = Running::start(folder.call(&["sandbox", "--mllp", "127.0.0.1:0"]));
    let mut stream = TcpStream::connect(address_of(&sandbox)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let start = format!("\u{b}{}", message("M1"));
    let mut is_taken = stream.write_all(start.as_bytes());
    for _ in 0..31 {
        is_taken = is_taken.and_then(|()| stream.write_all(&[b'x'; 1_000_000]));
    }
    // The end of the connection, or a reset because of what nobody has read.
    let ended = stream.read(&mut [0]);
    assert!(
        matches!(&ended, Ok(0))
            || ended.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset),
        "{is_taken:?}"
    );
}

/// The address that receives messages.
fn address_of(sandbox: &Running) -> String {
    loop {
        let line = sandbox.line();
        if let Some(address) = line.strip_prefix("export REDOX_MLLP='") {
            break address.trim_end_matches('\'').to_owned();
        }
    }
}

#[test]
fn a_fault_of_mllp_needs_the_port_for_it() {
    let folder = Folder::new();
    let error = folder.run(&["sandbox", "--fault", "mllp:ae"]).failed(2);
    assert!(
        error.contains("--fault mllp:… needs --mllp ADDR"),
        "{error}"
    );
}
