use redox_auth_mllp::{Exchange, Limits, Outcome, Step};

/// What a receiver sends in answer to one message, as it comes over the wire.
///
/// # Panics
/// When it reads differently in parts than as a whole, or when an acknowledgment counts that is not this message's.
pub fn mllp_answer(input: &[u8]) {
    let whole = read(input, usize::MAX);
    for step in [1, 2, 3, 7, 64] {
        assert_eq!(read(input, step), whole, "in steps of {step}");
    }
}

/// What becomes of the message when this comes in parts of `step` bytes, and then the connection ends.
fn read(mut input: &[u8], step: usize) -> String {
    let mut buffer = [0; Exchange::MIN_BUFFER];
    let mut exchange = Exchange::new(&mut buffer, LIMITS);
    exchange.begin(0);
    let mut message = MESSAGE;
    loop {
        match exchange.step() {
            Step::Fill(room) => {
                let len = put(room, &mut message, usize::MAX);
                exchange.filled(len, 0);
            }
            Step::Write(bytes) => {
                let len = bytes.len();
                exchange.written(len, 0);
            }
            Step::Flush => exchange.flushed(0),
            Step::Read(room) => {
                assert!(!room.is_empty(), "there is room");
                let len = put(room, &mut input, step);
                exchange.received(len, 0);
            }
            Step::Done => break,
        }
    }
    let outcome = exchange.outcome().expect("there was a message");
    if let Outcome::Ok(ack) | Outcome::Refused(ack) = outcome {
        assert_eq!(ack.control_id(), b"M1");
    }
    outcome.to_string()
}

/// Moves at most `step` bytes from the beginning of `from`, and returns how many.
fn put(room: &mut [u8], from: &mut &[u8], step: usize) -> usize {
    let len = from.len().min(room.len()).min(step);
    let (part, rest) = from.split_at(len);
    room.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
    *from = rest;
    len
}

const MESSAGE: &[u8] = b"MSH|^~\\&|||||||ADT^A01|M1|P|2.3\r";

const LIMITS: Limits = Limits {
    ack_bytes: 400,
    ..Limits::DEFAULT
};
