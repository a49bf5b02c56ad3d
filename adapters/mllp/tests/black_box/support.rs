//! Messages, acknowledgments, and what drives an exchange by hand.

use redox_auth_mllp::{Exchange, Step};

/// A message of two segments.
pub(crate) fn message(id: &str) -> Vec<u8> {
    format!("MSH|^~\\&|A|B|C|D|20261130||ADT^A01|{id}|P|2.5.1\rEVN|A01|20261130\r").into_bytes()
}

/// An acknowledgment in its frame.
pub(crate) fn ack(code: &str, id: &str, text: &str) -> Vec<u8> {
    format!("\x0bMSH|^~\\&|C|D|A|B|20261130||ACK^A01|77|P|2.5.1\rMSA|{code}|{id}|{text}\r\x1c\r")
        .into_bytes()
}

/// Sends all of a message, `step` bytes of it at a time, and returns what was written.
pub(crate) fn send(
    exchange: &mut Exchange<'_>,
    message: &[u8],
    step: usize,
    now_ms: u64,
) -> Vec<u8> {
    let (mut rest, mut written) = (message, Vec::new());
    exchange.begin(now_ms);
    loop {
        match exchange.step() {
            Step::Fill(room) => {
                assert!(!room.is_empty(), "there is room");
                let len = rest.len().min(room.len()).min(step);
                room[..len].copy_from_slice(&rest[..len]);
                rest = &rest[len..];
                exchange.filled(len, now_ms);
            }
            Step::Write(bytes) => {
                assert!(!bytes.is_empty(), "there is something to write");
                let len = bytes.len().min(step);
                written.extend_from_slice(&bytes[..len]);
                exchange.written(len, now_ms);
            }
            Step::Flush => exchange.flushed(now_ms),
            Step::Read(_) | Step::Done => return written,
        }
    }
}

/// Brings bytes, at most `step` at a time, as long as the exchange reads.
pub(crate) fn bring(exchange: &mut Exchange<'_>, mut bytes: &[u8], step: usize, now_ms: u64) {
    while let (Step::Read(room), false) = (exchange.step(), bytes.is_empty()) {
        assert!(!room.is_empty(), "there is room");
        let len = bytes.len().min(room.len()).min(step);
        room[..len].copy_from_slice(&bytes[..len]);
        bytes = &bytes[len..];
        exchange.received(len, now_ms);
    }
}

/// The outcome as a log shows it; `under way` when there is none.
pub(crate) fn shown(exchange: &Exchange<'_>) -> String {
    let outcome = exchange.outcome();
    outcome.map_or_else(|| "under way".to_owned(), |outcome| outcome.to_string())
}
