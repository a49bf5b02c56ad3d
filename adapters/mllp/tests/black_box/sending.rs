//! What is written of a message.

use redox_auth_mllp::{Exchange, Limits, Outcome};

use crate::support::{ack, bring, message, send, shown};

#[test]
fn a_message_is_framed_alike_however_it_is_filled_in_and_written() {
    let message = b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|M1|P|2.5.1\r\nPID|1||9^^^X\n\nZZ1|a\tb";
    let expected =
        b"\x0bMSH|^~\\&|A|B|C|D|2026||ADT^A01|M1|P|2.5.1\rPID|1||9^^^X\rZZ1|a\tb\r\x1c\r";
    for step in 1..message.len() {
        let mut buffer = [0; 256];
        let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
        let written = send(&mut exchange, message, step, 0);
        assert_eq!(written, expected, "in steps of {step}");
        bring(&mut exchange, &ack("AA", "M1", ""), step, 0);
        assert!(matches!(exchange.outcome(), Some(Outcome::Ok(_))));
    }
}

#[test]
fn a_message_is_written_at_once_when_it_fits() {
    let mut buffer = [0; 4096];
    let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
    exchange.begin(0);
    let mut writes = 0;
    let mut rest = &message("M1")[..];
    loop {
        match exchange.step() {
            redox_auth_mllp::Step::Fill(room) => {
                let len = rest.len().min(room.len());
                room[..len].copy_from_slice(&rest[..len]);
                rest = &rest[len..];
                exchange.filled(len, 0);
            }
            redox_auth_mllp::Step::Write(bytes) => {
                let len = bytes.len();
                assert!(bytes.starts_with(b"\x0bMSH") && bytes.ends_with(b"\r\x1c\r"));
                writes += 1;
                exchange.written(len, 0);
            }
            redox_auth_mllp::Step::Flush => exchange.flushed(0),
            _ => break,
        }
    }
    assert_eq!(writes, 1, "some receivers do not take FS and CR apart");
}

#[test]
fn thirty_megabytes_go_through_the_smallest_buffer_and_through_4_kib() {
    let segment = [b"OBX|1|ED|", &[b'x'; 991][..]].concat();
    for size in [Exchange::MIN_BUFFER, 4096] {
        let mut buffer = vec![0; size];
        let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
        let mut long = message("M1");
        while long.len() < 30 * 1024 * 1024 {
            long.extend_from_slice(&segment);
            long.push(b'\r');
        }
        let written = send(&mut exchange, &long, usize::MAX, 0);
        assert_eq!(written.len(), long.len() + 3);
        assert!(written[1..].starts_with(&long) && written.ends_with(b"\r\x1c\r"));
        bring(&mut exchange, &ack("AA", "M1", ""), usize::MAX, 0);
        assert_eq!(shown(&exchange), "ok: AA");
    }
}

#[test]
fn messages_follow_each_other_over_one_connection() {
    let mut buffer = [0; 300];
    let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
    for number in 0..100 {
        let id = format!("M{number}");
        send(&mut exchange, &message(&id), usize::MAX, 0);
        let code = if number % 3 == 0 { "CR" } else { "CA" };
        bring(&mut exchange, &ack(code, &id, "x"), 7, 0);
        let expected = if number % 3 == 0 {
            "refused: CR: x"
        } else {
            "ok: CA"
        };
        assert_eq!(shown(&exchange), expected);
        assert!(exchange.is_open());
    }
}
