//! Whose acknowledgment counts.

use redox_auth_mllp::{Cause, Code, Exchange, Limits, Outcome};

use crate::support::{ack, bring, message, send, shown};

/// The outcome of the message `M1` when these bytes arrive and the connection ends, for every split.
fn after(bytes: &[u8]) -> String {
    let one = |step| {
        let mut buffer = [0; 512];
        let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
        send(&mut exchange, &message("M1"), usize::MAX, 0);
        bring(&mut exchange, bytes, step, 0);
        exchange.received(0, 0);
        shown(&exchange)
    };
    let whole = one(usize::MAX);
    for step in [1, 2, 3, 5, 8, 13, 64] {
        assert_eq!(
            one(step),
            whole,
            "{} in steps of {step}",
            bytes.escape_ascii()
        );
    }
    whole
}

#[test]
fn the_six_codes_are_ok_or_refused() {
    for (code, expected) in [
        ("AA", "ok: AA"),
        ("CA", "ok: CA"),
        ("AE", "refused: AE: no such patient"),
        ("AR", "refused: AR: no such patient"),
        ("CE", "refused: CE: no such patient"),
        ("CR", "refused: CR: no such patient"),
    ] {
        assert_eq!(after(&ack(code, "M1", "no such patient")), expected);
    }
}

#[test]
fn acknowledgments_are_read_with_every_end_of_segments_and_frames() {
    for (body, end) in [
        ("MSH|^~\\&|\rMSA|AA|M1", "\x1c\r"),
        ("MSH|^~\\&|\nMSA|AA|M1\n", "\x1c\r"),
        ("MSH|^~\\&|\r\nMSA|AA|M1\r\n", "\x1c\r\n"),
        ("MSH|^~\\&|\rMSA|AA|M1\r", "\x1c"),
    ] {
        let frame = format!("\x0b{body}{end}");
        assert_eq!(
            after(frame.as_bytes()),
            "ok: AA",
            "{}",
            frame.escape_debug()
        );
    }
}

#[test]
fn only_an_acknowledgment_with_our_control_id_counts() {
    let closed = "unknown: no acknowledgment of this message: the receiver closed the connection";
    let own = ack("AA", "M1", "");
    for (first, rest) in [
        (
            ack("AA", "M2", ""),
            "; acknowledgments of other messages: 1",
        ),
        (ack("AA", "", ""), "; acknowledgments of other messages: 1"),
        (ack("AA", "M", ""), "; acknowledgments of other messages: 1"),
        (
            ack("AA", "M11", ""),
            "; acknowledgments of other messages: 1",
        ),
        (
            ack("AA", "m1", ""),
            "; acknowledgments of other messages: 1",
        ),
        (
            ack("AA", " M1", ""),
            "; acknowledgments of other messages: 1",
        ),
        (
            ack("AE", "M2", "wrong"),
            "; the receiver sent AE for no message that was sent: wrong",
        ),
        (
            ack("AR", "", ""),
            "; the receiver sent AR for no message that was sent",
        ),
        (ack("XX", "M1", ""), "; frames that acknowledge nothing: 1"),
        (
            b"\x0bMSH|^~\\&|||||||ADT^A01|M1\r\x1c\r".to_vec(),
            "; frames that acknowledge nothing: 1",
        ),
        (
            b"\x0b\x1c\r".to_vec(),
            "; frames that acknowledge nothing: 1",
        ),
        (
            own[..own.len() - 9].to_vec(),
            "; frames that acknowledge nothing: 1",
        ),
    ] {
        assert_eq!(after(&first), [closed, rest].concat());
        // Our own behind it counts.
        if first.ends_with(b"\r") {
            assert_eq!(after(&[first, own.clone()].concat()), "ok: AA");
        }
    }
    assert_eq!(after(b""), closed);
    assert_eq!(after(b"\r\n"), closed);
}

#[test]
fn a_stale_acknowledgment_is_never_the_next_messages() {
    let mut buffer = [0; 512];
    let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
    // Like some receivers: it acknowledges every message so far again, and half of an acknowledgment arrives early.
    for number in 1..=30 {
        send(
            &mut exchange,
            &message(&format!("M{number}")),
            usize::MAX,
            0,
        );
        let mut bytes = Vec::new();
        for earlier in 1..number {
            bytes.extend_from_slice(&ack("AE", &format!("M{earlier}"), "again"));
        }
        bring(&mut exchange, &bytes, usize::MAX, 0);
        assert!(exchange.outcome().is_none());
        let own = ack("AA", &format!("M{number}"), "");
        let next = ack("AE", "X", "");
        bring(
            &mut exchange,
            &[&own, &own[..], &next[..20]].concat(),
            usize::MAX,
            0,
        );
        assert_eq!(shown(&exchange), "ok: AA", "{number}");
        send(
            &mut exchange,
            &message(&format!("N{number}")),
            usize::MAX,
            0,
        );
        // What began before the message was sent is of no message.
        bring(&mut exchange, &next[20..], usize::MAX, 0);
        bring(
            &mut exchange,
            &ack("AR", &format!("N{number}"), ""),
            usize::MAX,
            0,
        );
        assert_eq!(shown(&exchange), "refused: AR", "{number}");
    }
}

#[test]
fn a_control_id_is_used_once_on_a_connection() {
    let mut buffer = [0; 512];
    let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
    send(&mut exchange, &message("M1"), usize::MAX, 0);
    bring(&mut exchange, &ack("AE", "M1", ""), usize::MAX, 0);
    assert!(send(&mut exchange, &message("M1"), usize::MAX, 0).is_empty());
    assert!(shown(&exchange).starts_with("not sent: the control ID in MSH-10 was used before"));
    // A message that was not sent does not count, and the connection stays.
    let wrong = [&message("M2")[..], b"no segment\r"].concat();
    assert!(send(&mut exchange, &wrong, usize::MAX, 0).is_empty());
    send(&mut exchange, &message("M2"), usize::MAX, 0);
    bring(&mut exchange, &ack("AA", "M2", ""), usize::MAX, 0);
    assert_eq!(shown(&exchange), "ok: AA");
}

#[test]
fn an_acknowledgment_longer_than_the_buffer_counts_and_its_rest_is_dropped() {
    let sizes = [256, 300, 512, 4096].into_iter();
    for (size, step) in sizes.flat_map(|size| [1, 7, 100, usize::MAX].map(|step| (size, step))) {
        let mut buffer = vec![0; size];
        let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
        send(&mut exchange, &message("M1"), usize::MAX, 0);
        let errors = "ERR|||207^Application error|E\r".repeat(1_000);
        let frame = format!("\x0bMSH|^~\\&|\rMSA|AE|M1|wrong\r{errors}\x1c\r");
        bring(&mut exchange, frame.as_bytes(), step, 0);
        assert_eq!(
            shown(&exchange),
            "refused: AE: wrong",
            "in {size} bytes, {step} at a time"
        );
        assert!(exchange.is_open());
    }
}

#[test]
fn a_control_id_that_was_cut_off_by_the_buffer_is_not_ours() {
    // At some of these lengths the buffer keeps just `MSA|AA|M1` of `MSA|AA|M123`, or less.
    for len in 100..250 {
        let filler = "x".repeat(len);
        let after = |id: &str, step| {
            let mut buffer = [0; 256];
            let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
            send(&mut exchange, &message("M1"), usize::MAX, 0);
            let frame = format!("\x0bMSH|^~\\&|{filler}\rMSA|AA|{id}\rERR|{filler}\r\x1c\r");
            bring(&mut exchange, frame.as_bytes(), step, 0);
            shown(&exchange)
        };
        let own = if len < 173 { "ok: AA" } else { "under way" };
        for step in [1, 2, 7, 100, usize::MAX] {
            assert_eq!(after("M123", step), "under way", "{len}, {step} at a time");
            assert_eq!(after("M1", step), own, "{len}, {step} at a time");
        }
    }
}

#[test]
fn the_words_of_a_refusal_for_nobody_are_kept() {
    let mut buffer = [0; 512];
    let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
    send(&mut exchange, &message("M1"), usize::MAX, 0);
    bring(&mut exchange, &ack("AE", "random", &"x".repeat(120)), 9, 0);
    bring(&mut exchange, &ack("AA", "M0", ""), 9, 0);
    exchange.give_up();
    let Some(Outcome::Unknown(unknown)) = exchange.outcome() else {
        panic!("{exchange:?}");
    };
    assert_eq!(unknown.cause, Cause::TimedOut { limit_ms: 30_000 });
    assert_eq!((unknown.others, unknown.unreadable), (1, 0));
    let (code, text) = unknown.refusal.unwrap();
    assert_eq!((code, text.as_bytes()), (Code::Ae, &[b'x'; 96][..]));
}
