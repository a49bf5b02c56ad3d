#!/usr/bin/env bash
# Software: hl7-parser 0.3.0 and rust-hl7 0.5.0 (Rust).
# Behaviour: both change the text around an escape sequence that they do not know. hl7-parser keeps the letters and drops
#   the escape characters: \H\3.5\N\ (highlighted) is read as H3.5N, and \X41\ as X41, though it reads \X0D\. rust-hl7
#   repeats the character before the sequence: 3.5\.br\K is read as 3.55\.brK.
# One would guess: an unknown sequence stays as it is, or goes away; the text around it stays.
# Why it matters: laboratories highlight values outside the range and break lines with \.br\. The decoded text shows
#   another value, or the letters of a flag, H and N, that nobody sent.
# Remedy: replace \.br\, \H\, \N\ and the hexadecimal sequences in the raw value before decoding it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir src
cat >Cargo.toml <<'T'
[package]
name = "check"
version = "0.0.0"
edition = "2021"
[workspace]
[profile.dev]
debug = 0
[dependencies]
hl7-parser = "=0.3.0"
rust-hl7 = "=0.5.0"
T
cat >src/main.rs <<'R'
use hl7_parser::message::Separators;
use rusthl7::escape_sequence::EscapeSequence;

fn main() {
    let mut changed = false;
    let separators = Separators::default();
    let sequences = EscapeSequence::new(rusthl7::separators::Separators::default());
    for (text, by_hl7_parser, by_rust_hl7) in [
        (r"10\S\9/L", "10^9/L", "10^9/L"),
        (r"K \H\3.5\N\ low", "K H3.5N low", r"K \H\3.5\N\ low"),
        (r"K 3.5\.br\Na 140", "K 3.5\rNa 140", r"K 3.55\.brNa 140"),
        (r"3.5\.sp\140", "3.5.sp140", r"3.55\.sp140"),
        (r"vitamin \X41\", "vitamin X41", "vitamin A"),
    ] {
        let first = separators.decode(text).to_string();
        let second = sequences.decode(text);
        println!("{text:18} hl7-parser {first:18?} rust-hl7 {second:?}");
        if first != by_hl7_parser || second != by_rust_hl7 {
            println!("changed: expected {by_hl7_parser:?} and {by_rust_hl7:?}");
            changed = true;
        }
    }
    std::process::exit(changed.into());
}
R
cargo run -q
