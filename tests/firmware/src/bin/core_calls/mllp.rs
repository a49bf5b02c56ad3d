use core::hint::black_box;

use board::{ok, show, text};
use redox_auth_mllp::{
    Ack, Code, Exchange, Header, Limits, Outcome, Part, Reader, Reply, Segments, Step,
};

/// A message that is refused, through a buffer that is shorter than it.
pub(crate) fn exchange() -> Option<()> {
    let mut buffer = [0; 256];
    let mut exchange = Exchange::new(black_box(&mut buffer), black_box(Limits::DEFAULT));
    let mut message = black_box(MESSAGE);
    let mut answer = black_box(ANSWER);
    exchange.begin(black_box(0));
    loop {
        match exchange.step() {
            Step::Fill(room) => {
                let len = put(room, &mut message);
                exchange.filled(len, black_box(1));
            }
            Step::Write(bytes) => {
                let len = black_box(bytes).len();
                exchange.written(len, black_box(2));
            }
            Step::Flush => exchange.flushed(black_box(3)),
            Step::Read(room) => {
                let len = put(room, &mut answer);
                exchange.received(len, black_box(4));
            }
            Step::Done => break,
        }
        exchange.tick(black_box(5));
        black_box(exchange.deadline_ms());
    }
    let outcome = exchange.outcome()?;
    show(&outcome)?;
    let Outcome::Refused(ack) = outcome else {
        return None;
    };
    show(&ack.text())?;
    (ack.control_id() == b"MSG1" && exchange.is_open()).then_some(())
}

/// One that gets no answer.
pub(crate) fn silence() -> Option<()> {
    let mut buffer = [0; 256];
    let mut exchange = Exchange::new(black_box(&mut buffer), Limits::DEFAULT);
    exchange.begin(black_box(0));
    while let Step::Fill(room) = exchange.step() {
        let len = put(room, &mut black_box(MESSAGE));
        exchange.filled(len, black_box(0));
    }
    exchange.written(black_box(100), black_box(1));
    exchange.failed(black_box(embedded_io::ErrorKind::Other), black_box(2));
    show(&exchange.outcome()?)?;
    exchange.begin(black_box(3));
    show(&exchange.outcome()?)?;
    exchange.source_failed(black_box(embedded_io::ErrorKind::Other));
    exchange.give_up();
    (!exchange.is_open()).then_some(())
}

/// What a receiver does.
pub(crate) fn receiving() -> Option<()> {
    let mut reader = Reader::new(black_box(1_000));
    let mut input = black_box(ANSWER);
    let mut frames = 0;
    while let Some(part) = reader.read(&mut input) {
        match part {
            Part::Body(body) => _ = ok(Ack::parse(black_box(body)))?,
            Part::End => frames += 1,
            Part::Broken(error) => show(&error)?,
            Part::Start => (),
        }
    }
    black_box(reader.close());
    let header = ok(Header::parse(black_box(MESSAGE)))?;
    let mut out = [0; 256];
    let reply = Reply::new(&header, black_box(Code::Ar)).text(text("not now"));
    ok(reply.write(text("20261130"), text("1"), black_box(&mut out)))?;
    let mut segments = Segments::new(black_box(b'|'));
    let mut line = *b"PID|1\n";
    ok(segments.take(black_box(&mut line)))?;
    ok(segments.end())?;
    let mut wrong = *b"NTE|\x1c";
    show(&segments.take(black_box(&mut wrong)).err()?)?;
    (frames == 1).then_some(())
}

/// Moves as much as there is room for, and returns how much.
fn put(room: &mut [u8], bytes: &mut &[u8]) -> usize {
    let len = bytes.len().min(room.len());
    let (part, rest) = bytes.split_at_checked(len).unwrap_or((bytes, &[]));
    room.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
    *bytes = rest;
    len
}

const MESSAGE: &[u8] = b"MSH|^~\\&|ADT1|MCM|LAB|MCM|20261130||ADT^A01|MSG1|P|2.5.1\r\n\
    PID|1||123456^^^MCM||Bixby^Timothy||20080106|M|||4762 Hickory Street^^Monroe^WI^53566\n\
    PV1|1|I|2000^2012^01||||004777^Attend^Aaron^A|||SUR||||ADM|A0\n";
const ANSWER: &[u8] = b"\x0bMSH|^~\\&|LAB|MCM|ADT1|MCM|20261130||ACK^A01|1|P|2.5.1\r\
    MSA|AE|MSG1|no such patient\rERR|||204^Unknown key identifier|E\r\x1c\r";
