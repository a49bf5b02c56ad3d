use core::error::Error;
use std::io;
use std::net::TcpListener;

use redox_auth_sandbox::{Counters, Fault, Place, RetryAfter, Server, Times};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::ChildStdout;

/// A port for the emulator to forward to the board.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// An argument of the emulator: that of its network forwards the port to the board's own.
pub(crate) fn forwarded(argument: &str, port: Option<u16>) -> String {
    match port {
        Some(port) if argument.starts_with("user,") => {
            format!("{argument},hostfwd=tcp:127.0.0.1:{port}-10.0.2.15:2575")
        }
        _ => argument.to_owned(),
    }
}

/// Two messages get through, and the third that reaches the API does not.
pub(crate) fn lay_down(server: &Server) -> Result<(), Box<dyn Error>> {
    let busy = Fault::Unavailable("503".parse()?, RetryAfter::Absent);
    let mut sandbox = server.sandbox();
    sandbox.spare(Place::Api, 2);
    sandbox.inject(Place::Api, busy, Times::Next(1));
    Ok(())
}

/// Sends messages to the board and looks at the acknowledgment of each; gives back what the board printed.
pub(crate) async fn play(output: ChildStdout, port: u16) -> Result<String, Box<dyn Error>> {
    let mut lines = BufReader::new(output).lines();
    let mut printed = String::new();
    let mut is_ready = false;
    while let Some(line) = lines.next_line().await? {
        printed.push_str(&format!("{line}\n"));
        if line.starts_with("takes MLLP") {
            is_ready = true;
            break;
        }
    }
    if !is_ready {
        return Err(format!("the board takes no messages: {printed}").into());
    }
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    for (message, expected) in MESSAGES {
        // In two segments, and not at the end of a line.
        let frame = format!("\x0b{message}\x1c\r").into_bytes();
        let (first, second) = frame.split_at(frame.len() / 2);
        for part in [first, second] {
            stream.write_all(part).await?;
            stream.flush().await?;
        }
        let mut answer = Vec::new();
        while !answer.ends_with(b"\x1c\r") {
            answer.push(stream.read_u8().await?);
        }
        let answer = String::from_utf8(answer)?;
        let found = answer.split('\r').find(|it| it.starts_with("MSA"));
        if found != Some(expected) {
            return Err(format!("expected {expected}, the board answered {answer:?}").into());
        }
    }
    drop(stream);
    while let Some(line) = lines.next_line().await? {
        printed.push_str(&format!("{line}\n"));
    }
    Ok(printed)
}

/// Whether the server has exactly the messages that were acknowledged with AA, with the right content.
pub(crate) fn judge(server: Counters, printed: &str) -> Result<(), String> {
    for patient in PATIENTS {
        if !printed.contains(patient) {
            return Err(format!("the board wrote no {patient}"));
        }
    }
    let accepted = MESSAGES.iter().filter(|(_, ack)| ack.contains("AA"));
    let expected = u64::try_from(accepted.count()).unwrap_or(0);
    for (what, count, expected) in [
        ("accepted messages", server.messages_accepted, expected),
        ("refused messages", server.messages_refused, 0),
        ("tokens", server.tokens_minted, 1),
        ("faults", server.faults, 1),
    ] {
        if count != expected {
            return Err(format!(
                "{what}: expected {expected}, the server counted {count}"
            ));
        }
    }
    Ok(())
}

/// The outcomes of the messages that the board sends.
const PATIENTS: [&str; 3] = [
    r#"{"ID":"123456","IDType":"MR"}],"Demographics":{"LastName":"Bixby","FirstName":"Timothy","DOB":"2008-01-06","Sex":"Male"}"#,
    r#"{"ID":"77","IDType":"MR"}],"Demographics":{"LastName":"O/Neil \"Zoë\"","FirstName":"名","DOB":"1960-02-29","Sex":"Female"}"#,
    r#"{"ID":"1","IDType":"MR"}],"Demographics":{"LastName":"A","FirstName":"B","DOB":"2008-01-06","Sex":"Other"}"#,
];

/// Messages, and how each is acknowledged.
const MESSAGES: [(&str, &str); 7] = [
    (
        "MSH|^~\\&|ADT1|MCM|GATEWAY|MCM|20261130101500||ADT^A01|MSG1|T|2.5.1\rEVN|A01\r\
         PID|1||123456^^^MCM^MR||Bixby^Timothy||20080106|M\rPV1|1|I\r",
        "MSA|AA|MSG1",
    ),
    // With a delimiter in a name, a quotation mark, another script, and other delimiters.
    (
        "MSH*:;!/*ADT1*MCM*GATEWAY*MCM*20261130101500**ADT:A03*MSG2*T*2.5.1\n\
         PID*1**77:::MCM;88**O!T!Neil \"Zo\u{eb}\":\u{540d}**19600229120000*F\n",
        "MSA*AA*MSG2",
    ),
    (
        "MSH|^~\\&|ADT1|MCM|GATEWAY|MCM|20261130101500||ORU^R01|MSG3|T|2.5.1\rPID|1||1\r",
        "MSA|AE|MSG3|expected ADT of A01, A03 or A08 in MSH-9",
    ),
    (
        "MSH|^~\\&|ADT1|MCM|GATEWAY|MCM|20261130101500||ADT^A01|MSG4|T|2.5.1\rPID|1||^^^MCM\r",
        "MSA|AE|MSG4|expected an identifier of the patient in PID-3",
    ),
    (
        "MSH|^~\\&|ADT1|MCM|GATEWAY|MCM|20261130101500||ADT^A01|MSG5|T|2.5.1\rPID|1||1||A\\H\\B\r",
        "MSA|AE|MSG5|expected texts in UTF-8, with no escape sequence but those of delimiters",
    ),
    (
        "MSH|^~\\&|ADT1|MCM|GATEWAY|MCM|20261130101500||ADT^A08|MSG6|T|2.5.1\rPID|1||1||A^B||20080106|X\r",
        "MSA|AE|MSG6|Redox answered 503",
    ),
    (
        "MSH|^~\\&|ADT1|MCM|GATEWAY|MCM|20261130101500||ADT^A08|MSG7|T|2.5.1\rPID|1||1||A^B||20080106|X\r",
        "MSA|AA|MSG7",
    ),
];
