//! Prints what messages over MLLP cost: the instructions and the stack of framing one and of reading its acknowledgment.
//!
//! Ends with 1 when a byte takes more instructions than it may.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::mem::size_of;

use board::{Cost, Meter};
use cortex_m::Peripherals;
use cortex_m_rt::entry;
use redox_auth_mllp::{Exchange, Limits, Step};
use semihosting::{println, process};

#[entry]
fn main() -> ! {
    let peripherals = Peripherals::take().expect("nothing took them before");
    let mut meter = Meter::new(peripherals.SYST);
    let (mut message, mut ack, mut buffer) = ([0; LEN], [0; LEN], [0; 4096]);
    fill(&mut message, b"", MSH);
    fill(&mut ack, b"\x0b", ACK);
    if let Some(end) = ack.last_chunk_mut() {
        *end = *b"\r\x1c\r";
    }
    let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);

    let ((), copy) = meter.measure(|| copy(black_box(&message)));
    let ((), cost) = meter.measure(|| send(&mut exchange, black_box(&message)));
    let written = print(cost, copy, "MLLP: a message of 2 KiB, framed");
    let ((), cost) = meter.measure(|| bring(&mut exchange, black_box(&ack)));
    let read = print(cost, copy, "MLLP: an acknowledgment of 2 KiB, read");
    assert!(exchange.outcome().is_some(), "it is acknowledged");
    println!(
        "  an exchange takes {} bytes beside its buffer",
        size_of::<Exchange<'_>>()
    );
    if written > WRITE_MAX || read > READ_MAX {
        println!("  a byte takes more than 8 instructions written, or 12 read");
        process::exit(1);
    }
    process::exit(0)
}

/// Prints what a call took without the copying, which is the connection's part of it.
fn print(mut cost: Cost, copy: Cost, what: &str) -> u32 {
    cost.instructions = cost.instructions.saturating_sub(copy.instructions);
    cost.print(what);
    cost.instructions
}

/// What it takes to copy that much once.
fn copy(bytes: &[u8; LEN]) {
    let mut copy = [0; LEN];
    black_box(&mut copy).copy_from_slice(bytes);
    black_box(copy);
}

fn send(exchange: &mut Exchange<'_>, mut message: &[u8]) {
    exchange.begin(0);
    loop {
        match exchange.step() {
            Step::Fill(room) => {
                let len = put(room, &mut message);
                exchange.filled(len, 0);
            }
            Step::Write(bytes) => {
                let len = black_box(bytes).len();
                exchange.written(len, 0);
            }
            Step::Flush => exchange.flushed(0),
            Step::Read(_) | Step::Done => break,
        }
    }
}

fn bring(exchange: &mut Exchange<'_>, mut bytes: &[u8]) {
    while let Step::Read(room) = exchange.step() {
        let len = put(room, &mut bytes);
        exchange.received(len, 0);
    }
}

/// Moves as much as there is room for, and returns how much.
fn put(room: &mut [u8], bytes: &mut &[u8]) -> usize {
    let len = bytes.len().min(room.len());
    let (part, rest) = bytes.split_at(len);
    room[..len].copy_from_slice(part);
    *bytes = rest;
    len
}

/// Fills it with a header and as many segments as fit.
fn fill(bytes: &mut [u8; LEN], start: &[u8], header: &[u8]) {
    let segments = SEGMENT.iter().cycle();
    let all = start.iter().chain(header).chain(segments);
    bytes.iter_mut().zip(all).for_each(|(to, from)| *to = *from);
}

const LEN: usize = 2048;

const WRITE_MAX: u32 = 8 * 2048;
const READ_MAX: u32 = 12 * 2048;

const MSH: &[u8] = b"MSH|^~\\&|ADT1|MCM|LAB|MCM|20261130||ORU^R01|MSG1|P|2.5.1\r";
const ACK: &[u8] =
    b"MSH|^~\\&|LAB|MCM|ADT1|MCM|20261130||ACK^R01|1|P|2.5.1\rMSA|AE|MSG1|no such patient\r";
const SEGMENT: &[u8] = b"OBX|1|NM|8867-4^Heart rate^LN||72|/min|60-100|N|||F|||202611300800\r";
