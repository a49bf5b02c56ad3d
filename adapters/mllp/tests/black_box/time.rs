//! Deadlines, one tick each side.

use embedded_io::ErrorKind;
use redox_auth_mllp::{Exchange, Limits, Outcome, Step};

use crate::support::{ack, bring, message, send, shown};

const LIMITS: Limits = Limits {
    wait_ms: 1_000,
    end_ms: 50,
    ack_bytes: 10_000,
};

#[test]
fn the_wait_is_counted_from_the_last_byte_of_the_message() {
    let mut buffer = [0; 512];
    let mut exchange = Exchange::new(&mut buffer, LIMITS);
    assert_eq!(exchange.deadline_ms(), u64::MAX);
    send(&mut exchange, &message("M1"), usize::MAX, 5_000);
    assert_eq!(exchange.deadline_ms(), 6_000);
    exchange.tick(5_999);
    assert!(exchange.outcome().is_none());
    // Others' acknowledgments do not make it longer.
    bring(&mut exchange, &ack("AA", "M0", ""), usize::MAX, 5_999);
    assert_eq!(exchange.deadline_ms(), 6_000);
    exchange.tick(6_000);
    assert_eq!(
        shown(&exchange),
        "unknown: no acknowledgment of this message: nothing within 1000 ms; \
         acknowledgments of other messages: 1"
    );
    assert!(!exchange.is_open());
    assert_eq!(exchange.deadline_ms(), u64::MAX);
}

#[test]
fn after_a_time_out_nothing_is_sent_over_the_same_connection() {
    let mut buffer = [0; 512];
    let mut exchange = Exchange::new(&mut buffer, LIMITS);
    send(&mut exchange, &message("M1"), usize::MAX, 0);
    exchange.tick(1_000);
    // The late one comes, and there is no next message that it could be taken for.
    bring(&mut exchange, &ack("AA", "M1", ""), usize::MAX, 1_001);
    assert!(matches!(exchange.outcome(), Some(Outcome::Unknown(_))));
    assert!(send(&mut exchange, &message("M2"), usize::MAX, 1_002).is_empty());
    assert_eq!(
        shown(&exchange),
        "not sent: the connection is closed: make another one"
    );
}

#[test]
fn an_acknowledgment_that_comes_with_the_deadline_counts() {
    let mut buffer = [0; 512];
    let mut exchange = Exchange::new(&mut buffer, LIMITS);
    send(&mut exchange, &message("M1"), usize::MAX, 0);
    bring(&mut exchange, &ack("AA", "M1", ""), usize::MAX, 1_000);
    assert_eq!(shown(&exchange), "ok: AA");
}

#[test]
fn an_end_without_its_cr_is_believed_after_a_moment_of_silence() {
    let mut buffer = [0; 512];
    let mut exchange = Exchange::new(&mut buffer, LIMITS);
    send(&mut exchange, &message("M1"), usize::MAX, 0);
    let frame = ack("AA", "M1", "");
    bring(&mut exchange, &frame[..frame.len() - 1], 5, 100);
    assert_eq!(exchange.deadline_ms(), 150);
    exchange.tick(149);
    assert!(exchange.outcome().is_none());
    exchange.tick(150);
    assert_eq!(shown(&exchange), "ok: AA");
    // The CR that comes later is no harm to the next.
    send(&mut exchange, &message("M2"), usize::MAX, 200);
    bring(&mut exchange, b"\r", 1, 200);
    bring(&mut exchange, &ack("AE", "M2", ""), 1, 200);
    assert_eq!(shown(&exchange), "refused: AE");
}

#[test]
fn a_connection_that_takes_no_more_bytes_is_given_up() {
    let mut buffer = [0; 256];
    let mut exchange = Exchange::new(&mut buffer, LIMITS);
    for (is_begun, expected) in [
        (false, "not sent: the connection failed: TimedOut"),
        (
            true,
            "unknown: no acknowledgment of this message: nothing within 1000 ms",
        ),
    ] {
        let mut buffer = [0; 256];
        let mut exchange = Exchange::new(&mut buffer, LIMITS);
        exchange.begin(0);
        while let Step::Fill(room) = exchange.step() {
            let message = message("M1");
            let len = message.len().min(room.len());
            room[..len].copy_from_slice(&message[..len]);
            exchange.filled(len, 10);
            exchange.filled(0, 10);
        }
        if is_begun {
            exchange.written(1, 20);
        }
        let deadline_ms = if is_begun { 1_020 } else { 1_010 };
        assert_eq!(exchange.deadline_ms(), deadline_ms);
        exchange.tick(deadline_ms - 1);
        assert!(exchange.outcome().is_none());
        exchange.tick(deadline_ms);
        assert_eq!(shown(&exchange), expected);
        assert!(!exchange.is_open());
    }
    exchange.give_up();
    assert!(exchange.outcome().is_none(), "there is no message");
}

#[test]
fn a_message_begun_while_another_is_under_way_is_not_sent() {
    let mut buffer = [0; 512];
    let mut exchange = Exchange::new(&mut buffer, LIMITS);
    send(&mut exchange, &message("M1"), usize::MAX, 0);
    assert!(send(&mut exchange, &message("M2"), usize::MAX, 0).is_empty());
    assert_eq!(
        shown(&exchange),
        "not sent: the connection is closed: make another one"
    );
}

#[test]
fn a_read_time_out_that_is_too_short_is_named_with_the_length_it_must_have() {
    let mut buffer = [0; 256];
    for (now_ms, kind, expected) in [
        (
            5_007,
            ErrorKind::Other,
            "a read failed after 5000 ms: Other; if that is the read time-out of the connection, set it to at least 30000 ms",
        ),
        (
            5_007,
            ErrorKind::ConnectionReset,
            "the connection failed: ConnectionReset",
        ),
        (30_007, ErrorKind::Other, "nothing within 30000 ms"),
    ] {
        let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
        send(&mut exchange, &message("M1"), 64, 7);
        exchange.failed(kind, now_ms);
        let expected = format!("unknown: no acknowledgment of this message: {expected}");
        assert_eq!(shown(&exchange), expected, "at {now_ms} ms");
        assert!(!exchange.is_open());
    }
}
