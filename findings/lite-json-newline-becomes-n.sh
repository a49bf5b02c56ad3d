#!/usr/bin/env bash
# Software: lite-json 0.2.0 (Rust), a JSON parser for no_std and Wasm; serde_json 1 to compare.
# Behaviour: the escape \n in a string is read as the letter n, \t as t, \r as r, \b as b and \f as f; \u000a is read as
#   a newline. There is no error. Its own serializer writes a newline as \n, so text does not survive a round trip.
#   Written back, 1.00 is 1, while 1.50 is 1.50.
# One would guess: the escapes of RFC 8259 section 7, or an error; a parser that keeps the fraction with its length, as
#   this one does, writes it back.
# Why it matters: a private key in JSON has a \n after each line of its PEM, and the device says that the key is wrong.
#   A lab comment or a FHIR note gets an n between its lines, and a result of 1.00 loses its precision.
# Remedy: send newlines as \u000a, or use another parser.
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
[dependencies]
lite-json = "=0.2.0"
serde_json = "=1.0.145"
T
cat >src/main.rs <<'R'
use lite_json::{json_parser::parse_json, JsonValue, Serialize};

fn main() {
    let cases = [
        (r#""-----BEGIN PRIVATE KEY-----\nMIG2""#, "-----BEGIN PRIVATE KEY-----nMIG2"),
        (r#""Hemolyzed.\r\nRepeat\tin 2 weeks""#, "Hemolyzed.rnRepeattin 2 weeks"),
        (r#""Hemolyzed.\u000aRepeat""#, "Hemolyzed.\nRepeat"),
        (r#""a\/b \"c\" \\""#, "a/b \"c\" \\"),
    ];
    let mut changed = false;
    for (json, expected) in cases {
        let text = match parse_json(json) {
            Ok(JsonValue::String(characters)) => characters.into_iter().collect(),
            _ => String::from("error"),
        };
        let right: String = serde_json::from_str(json).unwrap();
        println!("{json}: lite-json {text:?}, serde_json {right:?}");
        if text != expected {
            println!("changed: expected {expected:?}");
            changed = true;
        }
    }
    let newline = JsonValue::String(vec!['a', '\n', 'b']);
    let written = String::from_utf8(newline.serialize()).unwrap();
    let same = parse_json(&written).ok() == Some(newline);
    let numbers = parse_json("[1.00, 1.50, 0.05]").unwrap().serialize();
    let numbers = String::from_utf8(numbers).unwrap();
    println!("a newline is written as {written} and read back: {same}; [1.00, 1.50, 0.05] is written as {numbers}");
    if written != r#""a\nb""# || same || numbers != "[1,1.50,0.05]" {
        println!("changed: expected a newline that is not read back, and [1,1.50,0.05]");
        changed = true;
    }
    std::process::exit(changed.into());
}
R
cargo run -q
