//! A million acknowledgments, split and damaged.

use redox_auth_mllp::{Exchange, Limits, Outcome};

use crate::support::{message, send};

/// How many cases run.
const CASES: u64 = 1_000_000;

/// The messages whose acknowledgments come, with what their texts are made of. The IDs have no letter in common, so that no
/// damage makes the one of the other.
const ONE: (&str, u8) = ("AB12CD34", b'1');
const TWO: (&str, u8) = ("ZY98XW76", b'2');

/// The numbers of `SplitMix64`: the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap();
        usize::try_from(self.next().checked_rem(limit).unwrap()).unwrap()
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// An acknowledgment in one of the forms that receivers write.
fn put_ack(bytes: &mut Vec<u8>, numbers: &mut Numbers, (id, text): (&str, u8)) {
    let end = *numbers.of(&["\r", "\n", "\r\n"]);
    bytes.extend_from_slice(b"\x0bMSH|^~\\&|C|D|A|B|2026||ACK^A01|7|P|2.5.1");
    bytes.extend_from_slice(end.as_bytes());
    bytes.extend_from_slice(b"MSA|");
    bytes.extend_from_slice(numbers.of(&["AA", "AE", "AR", "CA"]).as_bytes());
    bytes.push(b'|');
    bytes.extend_from_slice(id.as_bytes());
    bytes.push(b'|');
    bytes.extend_from_slice(&[text; 8]);
    if numbers.below(2) == 0 {
        bytes.extend_from_slice(end.as_bytes());
    }
    bytes.push(0x1c);
    bytes.extend_from_slice(numbers.of(&["\r", "\r", "\r\n", "\r\r\n"]).as_bytes());
}

/// Damages up to three places.
fn damage(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    for _ in 0..numbers.below(4) {
        if bytes.len() < 4 {
            return;
        }
        let at = numbers.below(bytes.len());
        let bits = numbers.next().to_le_bytes()[0];
        let special = *numbers.of(&[0x0b, 0x1c, b'\r', b'\n', b'|', 0, bits]);
        match numbers.below(5) {
            0 => bytes[at] = special,
            1 => bytes.insert(at, special),
            2 => _ = bytes.remove(at),
            3 => bytes[at] ^= 1 << (bits & 7),
            _ => bytes.truncate(at.max(1)),
        }
    }
}

/// The outcome of an exchange.
#[derive(Debug, Eq, PartialEq)]
struct Reading {
    outcome: &'static str,
    text: [u8; 12],
    others: u32,
    unreadable: u32,
    refused: bool,
}

/// Brings the bytes to an exchange that waits for this message, in parts as long as `split` says, and then the end of the
/// connection.
fn read(id: &str, bytes: &[u8], mut split: impl FnMut() -> usize) -> Reading {
    let mut buffer = [0; 256];
    let limits = Limits {
        ack_bytes: 150,
        ..Limits::DEFAULT
    };
    let mut exchange = Exchange::new(&mut buffer, limits);
    send(&mut exchange, &message(id), usize::MAX, 0);
    let mut rest = bytes;
    while let (redox_auth_mllp::Step::Read(room), false) = (exchange.step(), rest.is_empty()) {
        let len = split().min(rest.len()).min(room.len());
        room[..len].copy_from_slice(&rest[..len]);
        rest = &rest[len..];
        exchange.received(len, 0);
    }
    exchange.received(0, 0);
    let outcome = exchange.outcome().expect("the connection has ended");
    let mut reading = Reading {
        outcome: outcome.name(),
        text: [0; 12],
        others: 0,
        unreadable: 0,
        refused: false,
    };
    match outcome {
        Outcome::Ok(ack) | Outcome::Refused(ack) => {
            assert_eq!(ack.control_id(), id.as_bytes());
            let text = ack.text().as_bytes();
            for (to, from) in reading.text.iter_mut().zip(text) {
                *to = *from;
            }
        }
        Outcome::Unknown(unknown) => {
            reading.others = unknown.others;
            reading.unreadable = unknown.unreadable;
            reading.refused = unknown.refusal.is_some();
        }
        Outcome::NotSent(reason) => panic!("{reason}"),
    }
    reading
}

#[test]
fn a_million_splits_and_damages_of_two_acknowledgments_are_read_alike_and_for_their_own_message() {
    let mut numbers = Numbers(17);
    let mut bytes = Vec::new();
    let mut counts = [0; 3];
    for case in 0..CASES {
        let both = if numbers.below(2) == 0 {
            [ONE, TWO]
        } else {
            [TWO, ONE]
        };
        bytes.clear();
        for one in both {
            put_ack(&mut bytes, &mut numbers, one);
        }
        let is_whole = case % 8 == 0;
        if !is_whole {
            damage(&mut bytes, &mut numbers);
        }
        let (own, other) = *numbers.of(&[(ONE, TWO), (TWO, ONE)]);
        let whole = read(own.0, &bytes, || usize::MAX);
        let longest = *numbers.of(&[1, 2, 5, 20, 100]);
        let split = read(own.0, &bytes, || 1 + numbers.below(longest));
        assert_eq!(split, whole, "case {case}: {}", bytes.escape_ascii());
        let is_counted = whole.outcome != "unknown";
        assert!(
            is_counted || !is_whole,
            "case {case}: {}",
            bytes.escape_ascii()
        );
        let of = |byte| whole.text.iter().filter(|it| **it == byte).count();
        assert!(
            of(other.1) <= of(own.1),
            "case {case}: an acknowledgment of the other message counted: {}",
            bytes.escape_ascii()
        );
        counts[usize::from(is_counted) + usize::from(whole.outcome == "refused")] += 1;
    }
    println!("unknown, ok, refused: {counts:?}");
    assert!(counts.iter().all(|count| *count > CASES / 20), "{counts:?}");
}
