//! Messages that cannot be sent, and receivers that speak something else.

use redox_auth_mllp::{Exchange, Limits};

use crate::support::{ack, bring, message, send, shown};

#[test]
fn a_wrong_message_is_not_sent_and_the_connection_stays() {
    let long = format!("MSH|^~\\&|{}|\r", "x".repeat(300));
    for (wrong, expected) in [
        ("", "the message is empty"),
        (
            "{\"Meta\":{}}",
            "a message must begin with MSH: this is JSON",
        ),
        (
            "<ClinicalDocument>",
            "a message must begin with MSH: this is XML",
        ),
        (
            "ISA*00*",
            "a message must begin with MSH: this is an X12 interchange (ISA)",
        ),
        (
            "id,name\r\n1,x",
            "a message must begin with MSH: this is something else",
        ),
        (
            "FHS|^~\\&|\rMSH|",
            "a message must begin with MSH: this is a batch (FHS or BHS), whose messages are sent one by one",
        ),
        (
            "MSH|^^\\&|A|B|C|D|2026||ADT|M1|P|2.3\r",
            "the delimiters in MSH-1 and MSH-2 must differ: `^` stands there twice",
        ),
        (
            "MSH|^~\\&|A|B|C|D|2026||ADT||P|2.3\r",
            "MSH-10 is empty: give every message a control ID, or no acknowledgment can be told to be its own",
        ),
        (
            &long,
            "the segment MSH does not end within 252 bytes: use a larger buffer",
        ),
        (
            "MSH|^~\\&|A|B|C|D|2026||ADT|M1|P|2.3\rPID|\x0b",
            "the message has a byte VT (0x0B) behind 40 bytes, which no frame can hold: escape it",
        ),
        (
            "MSH|^~\\&|A|B|C|D|2026||ADT|M1|P|2.3\r\x1c\r",
            "the message has a byte FS (0x1C) behind 36 bytes, which no frame can hold: escape it",
        ),
        (
            "MSH|^~\\&|A|B|C|D|2026||ADT|M1|P|2.3\rNTE|1||one\ntwo lines\r",
            "segment 3 does not begin with a name such as PID and the field separator, behind 50 bytes: \
             escape a line end inside a field (\\.br\\ or \\X0A\\)",
        ),
    ] {
        for step in [1, 7, usize::MAX] {
            let mut buffer = [0; 256];
            let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
            assert!(send(&mut exchange, wrong.as_bytes(), step, 0).is_empty());
            assert_eq!(shown(&exchange), format!("not sent: {expected}"));
            assert!(exchange.is_open());
            send(&mut exchange, &message("M1"), step, 0);
            bring(&mut exchange, &ack("AA", "M1", ""), step, 0);
            assert_eq!(shown(&exchange), "ok: AA");
        }
    }
}

#[test]
fn a_message_that_turns_out_wrong_half_way_is_unknown_and_its_frame_has_no_end() {
    let mut buffer = [0; 256];
    let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
    let wrong = [&message("M1")[..], b"NTE|", &[b'x'; 1_000], b"\x1c\r"].concat();
    let written = send(&mut exchange, &wrong, usize::MAX, 0);
    assert!(written.len() > 500 && !written.contains(&0x1c));
    let at = wrong.len() - 2;
    assert_eq!(
        shown(&exchange),
        format!(
            "unknown: no acknowledgment of this message: sent in part, without its end: \
             the message has a byte FS (0x1C) behind {at} bytes, which no frame can hold: escape it"
        )
    );
    assert!(!exchange.is_open());
    assert!(send(&mut exchange, &message("M2"), usize::MAX, 0).is_empty());
    assert_eq!(
        shown(&exchange),
        "not sent: the connection is closed: make another one"
    );
}

#[test]
fn a_receiver_that_speaks_something_else_or_never_ends_is_given_up() {
    let limits = Limits {
        ack_bytes: 1_000,
        ..Limits::DEFAULT
    };
    let page = b"HTTP/1.1 400 Bad Request\r\n\r\n".repeat(40);
    let endless = [
        &b"\x0bMSH|^~\\&|\rMSA|AA|M1\r"[..],
        &b"ERR|||207\r".repeat(200),
    ]
    .concat();
    for (bytes, expected) in [
        (
            &page,
            "more than 1000 bytes without a VT (0x0B), which begins every frame: is this a port of MLLP?",
        ),
        (
            &endless,
            "the frame has no end within 1000 bytes, the most that are allowed",
        ),
    ] {
        for step in [1, 100, usize::MAX] {
            let mut buffer = [0; 512];
            let mut exchange = Exchange::new(&mut buffer, limits);
            send(&mut exchange, &message("M1"), usize::MAX, 0);
            bring(&mut exchange, bytes, step, 0);
            let unknown = "unknown: no acknowledgment of this message: ";
            assert_eq!(shown(&exchange), [unknown, expected].concat());
            assert!(!exchange.is_open());
        }
    }
}

#[test]
fn a_hundred_megabytes_of_acknowledgment_end_at_the_limit() {
    let mut buffer = [0; 4096];
    let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
    send(&mut exchange, &message("M1"), usize::MAX, 0);
    bring(&mut exchange, b"\x0bMSH|^~\\&|\rMSA|AA|M1|", usize::MAX, 0);
    let kilobyte = [b'x'; 1024];
    let kilobytes = (0..100 * 1024).take_while(|_| {
        bring(&mut exchange, &kilobyte, usize::MAX, 0);
        exchange.outcome().is_none()
    });
    assert_eq!(kilobytes.count(), 1023);
    assert!(shown(&exchange).contains("the frame has no end within 1048576 bytes"));
}

#[test]
fn a_buffer_that_is_too_short_is_told_the_need() {
    for size in [0, 1, 64, 255] {
        let mut buffer = vec![0; size];
        let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
        assert!(send(&mut exchange, &message("M1"), usize::MAX, 0).is_empty());
        assert_eq!(
            shown(&exchange),
            "not sent: buffer too small: need 256 bytes"
        );
    }
}

#[test]
fn a_text_beyond_ascii_without_msh_18_is_named_when_nobody_answers() {
    for (charset, name, is_named) in [
        ("", "MÜLLER", true),
        ("UNICODE UTF-8", "MÜLLER", false),
        ("", "MUELLER", false),
    ] {
        let mut buffer = [0; 512];
        let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
        let message =
            format!("MSH|^~\\&|A|B|C|D|2026||ADT^A01|M1|P|2.5.1||||||{charset}\rPID|1||||{name}\r");
        send(&mut exchange, message.as_bytes(), usize::MAX, 0);
        exchange.give_up();
        let text = shown(&exchange);
        assert!(
            text.starts_with("unknown: no acknowledgment of this message: nothing within 30000 ms")
        );
        assert_eq!(
            text.contains("MSH-18") && text.contains("ASCII"),
            is_named,
            "{text}"
        );
    }
}
