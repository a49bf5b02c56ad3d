//! The drivers, blocking and awaited, over a connection that follows a script.

use core::cell::Cell;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::collections::VecDeque;

use embassy_futures::block_on;
use embedded_io::{ErrorKind, ErrorType, Read, Write};
use redox_auth_mllp::Sender;

use crate::support::{ack, message};

/// What a read brings.
enum Event {
    Bytes(Vec<u8>),
    Failure(ErrorKind),
    /// Nothing, for so many milliseconds.
    Silence(u64),
}

/// A connection, and the clock of the test.
struct Peer<'c> {
    events: VecDeque<Event>,
    written: Vec<u8>,
    /// The result of a write, if there is one here.
    failure: Option<ErrorKind>,
    now_ms: &'c Cell<u64>,
}

impl ErrorType for Peer<'_> {
    type Error = ErrorKind;
}

impl Read for Peer<'_> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        match self.events.pop_front() {
            None => Ok(0),
            Some(Event::Failure(kind)) => Err(kind),
            Some(Event::Silence(ms)) => {
                self.now_ms.update(|now_ms| now_ms.saturating_add(ms));
                Err(ErrorKind::TimedOut)
            }
            Some(Event::Bytes(bytes)) => {
                let len = bytes.len().min(buf.len());
                buf[..len].copy_from_slice(&bytes[..len]);
                if len < bytes.len() {
                    self.events.push_front(Event::Bytes(bytes[len..].to_vec()));
                }
                Ok(len)
            }
        }
    }
}

impl Write for Peer<'_> {
    fn write(&mut self, buf: &[u8]) -> Result<usize, ErrorKind> {
        if let Some(kind) = self.failure {
            return Err(kind);
        }
        let len = buf.len().min(33);
        self.written.extend_from_slice(&buf[..len]);
        Ok(len)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

impl embedded_io_async::Read for Peer<'_> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        if self.events.is_empty() {
            core::future::pending::<()>().await;
        }
        Read::read(self, buf)
    }
}

impl embedded_io_async::Write for Peer<'_> {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, ErrorKind> {
        Write::write(self, buf)
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

fn peer(now_ms: &Cell<u64>, events: impl IntoIterator<Item = Event>) -> Peer<'_> {
    Peer {
        events: events.into_iter().collect(),
        written: Vec::new(),
        failure: None,
        now_ms,
    }
}

#[test]
fn both_drivers_come_to_the_same_outcome() {
    let bytes = |bytes: &[u8]| Event::Bytes(bytes.to_vec());
    let failure = Event::Failure;
    let own = ack("AA", "M1", "");
    let scripts: [(&dyn Fn() -> Vec<Event>, &str); 7] = [
        (&|| vec![bytes(&own)], "ok: AA"),
        (&|| vec![bytes(&own[..30]), bytes(&own[30..])], "ok: AA"),
        (&|| vec![Event::Silence(29_999), bytes(&own)], "ok: AA"),
        (
            &|| vec![failure(ErrorKind::Interrupted), bytes(&own)],
            "ok: AA",
        ),
        (
            &|| vec![Event::Silence(29_999), Event::Silence(1), bytes(&own)],
            "unknown: no acknowledgment of this message: nothing within 30000 ms",
        ),
        (
            &|| vec![failure(ErrorKind::ConnectionReset)],
            "unknown: no acknowledgment of this message: the connection failed: ConnectionReset",
        ),
        (
            &|| {
                vec![
                    bytes(&own[..own.len() - 1]),
                    failure(ErrorKind::ConnectionReset),
                ]
            },
            "ok: AA",
        ),
    ];
    for (script, expected) in scripts {
        let now_ms = Cell::new(0);
        let (mut one, mut other) = ([0; 512], [0; 512]);
        let mut sender = Sender::new(peer(&now_ms, script()), || now_ms.get(), &mut one);
        assert_eq!(sender.send(&message("M1")[..]).to_string(), expected);
        let is_open = sender.is_open();
        now_ms.set(0);
        let mut sender = Sender::new(peer(&now_ms, script()), || now_ms.get(), &mut other);
        let outcome = block_on(sender.send_async(&message("M1")[..]));
        assert_eq!(outcome.to_string(), expected, "awaited");
        assert_eq!(sender.is_open(), is_open);
    }
}

#[test]
fn a_receiver_that_hangs_up_leaves_the_message_unknown() {
    let now_ms = Cell::new(0);
    let mut buffer = [0; 512];
    let mut sender = Sender::new(peer(&now_ms, []), || now_ms.get(), &mut buffer);
    let outcome = sender.send(&message("M1")[..]);
    assert_eq!(outcome.name(), "unknown");
    let outcome = sender.send(&message("M2")[..]);
    assert_eq!(
        outcome.to_string(),
        "not sent: the connection is closed: make another one"
    );
    assert!(!sender.is_open());
    // The same control ID as well: the acknowledgment of the first cannot come over this one.
    sender.reconnect(peer(&now_ms, [Event::Bytes(ack("AA", "M1", ""))]));
    assert!(sender.send(&message("M1")[..]).is_ok());
    assert!(sender.is_open());
}

#[test]
fn a_connection_that_takes_no_byte_has_sent_nothing() {
    let now_ms = Cell::new(0);
    let mut buffer = [0; 512];
    let mut dead = peer(&now_ms, []);
    dead.failure = Some(ErrorKind::BrokenPipe);
    let mut sender = Sender::new(dead, || now_ms.get(), &mut buffer);
    let outcome = sender.send(&message("M1")[..]);
    assert_eq!(
        outcome.to_string(),
        "not sent: the connection failed: BrokenPipe"
    );
}

#[test]
fn a_message_that_cannot_be_read_is_not_sent() {
    let now_ms = Cell::new(0);
    let mut buffer = [0; 256];
    for (before, expected) in [
        (Vec::new(), "not sent: the message could not be read: Other"),
        (
            [&message("M1")[..], b"NTE|", &[b'x'; 500]].concat(),
            "unknown: no acknowledgment of this message: sent in part, without its end: \
             it could not be read: Other",
        ),
    ] {
        let events = [Event::Bytes(before), Event::Failure(ErrorKind::Other)];
        let source = peer(
            &now_ms,
            events
                .into_iter()
                .skip_while(|event| matches!(event, Event::Bytes(bytes) if bytes.is_empty())),
        );
        let mut sender = Sender::new(peer(&now_ms, []), || now_ms.get(), &mut buffer);
        assert_eq!(sender.send(source).to_string(), expected);
    }
}

#[test]
fn a_call_that_was_dropped_half_way_is_unknown() {
    let now_ms = Cell::new(0);
    let mut buffer = [0; 512];
    let mut sender = Sender::new(peer(&now_ms, []), || now_ms.get(), &mut buffer);
    {
        let message = message("M1");
        let mut call = pin!(sender.send_async(&message[..]));
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(call.as_mut().poll(&mut context), Poll::Pending));
    }
    let outcome = sender.give_up();
    assert_eq!(
        outcome.to_string(),
        "unknown: no acknowledgment of this message: nothing within 30000 ms"
    );
    assert!(!sender.is_open());
}
