#!/usr/bin/env bash
# Software: hl7-parser 0.3.0 (Rust) with its feature `chrono` and chrono 0.4.45.
# Behaviour: the minutes of an offset have no sign. A time with -0330 becomes a chrono time with -02:30, an hour off,
#   and one with -0230 becomes -01:30. From chrono to HL7, -03:30 is written as -03248, which is no offset.
# One would guess: the conversion to a type that has offsets keeps the instant.
# Why it matters: Newfoundland is at -03:30 in winter and at -02:30 in summer. Every result from there moves by one hour;
#   offsets in whole hours and those east of Greenwich are right, so no usual test shows it.
# Remedy: make the offset by hand: minutes times the sign of hours, and the sign itself from the text when hours is 0.
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
chrono = { version = "=0.4.45", default-features = false, features = ["std"] }
hl7-parser = { version = "=0.3.0", features = ["chrono"] }
T
cat >src/main.rs <<'R'
use chrono::{DateTime, FixedOffset};
use hl7_parser::datetime::{parse_timestamp, TimeStamp};

fn main() {
    let mut changed = false;
    let mut check = |case: &str, found: String, expected: &str| {
        println!("{case:26} {found}");
        if found != expected {
            println!("changed: expected {expected}");
            changed = true;
        }
    };
    for (text, expected) in [
        ("20240115103000-0500", "2024-01-15T10:30:00-05:00"),
        ("20240115103000+0530", "2024-01-15T10:30:00+05:30"),
        ("20240115103000-0330", "2024-01-15T10:30:00-02:30"),
        ("20240715103000-0230", "2024-07-15T10:30:00-01:30"),
    ] {
        let time: DateTime<FixedOffset> = parse_timestamp(text, false).unwrap().try_into().unwrap();
        check(text, time.to_rfc3339(), expected);
    }
    for (text, expected) in [
        ("2024-01-15T10:30:00-05:00", "20240115103000.0000-0500"),
        ("2024-01-15T10:30:00-03:30", "20240115103000.0000-03248"),
    ] {
        let time = TimeStamp::from(DateTime::parse_from_rfc3339(text).unwrap());
        check(text, time.to_string(), expected);
    }
    std::process::exit(changed.into());
}
R
cargo run -q
