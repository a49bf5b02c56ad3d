#!/usr/bin/env bash
# Software: nanojson 0.6.0 (Rust), JSON without an allocator; serde_json 1 to compare.
# Behaviour: an f32 is converted to f64 before it is written: 98.6 is sent as 98.5999984741211. A derived struct refuses
#   a member that it does not name (UnknownField), and an i64 refuses 300.0.
# One would guess: the shortest text that gives the same f32, as Rust's Display and serde_json write it; unknown members
#   are skipped, as serde does and as RFC 6749 section 5.1 demands of a client for a token answer.
# Why it matters: small devices measure in f32, and a decimal in FHIR carries its precision: a thermometer that shows
#   98.6 reports thirteen decimals. And a SMART server adds "patient" to the token answer, which the device then cannot
#   read.
# Remedy: an f64 field, filled with value.to_string().parse(); name each member that the server may send, as an Option
#   with a default.
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
nanojson = "=0.6.0"
serde_json = "=1.0.145"
T
cat >src/main.rs <<'R'
use nanojson::{Deserialize, Serialize};

#[derive(Serialize)]
struct Reading {
    value: f32,
}

#[derive(Serialize)]
struct Wide {
    value: f64,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    expires_in: i64,
}

fn main() {
    let mut found = vec![];
    for value in [98.6f32, 7.35, 5.5] {
        let by_serde = serde_json::to_string(&value).unwrap();
        let wide = nanojson::stringify(&Wide { value: value.to_string().parse().unwrap() }).unwrap();
        let narrow = nanojson::stringify(&Reading { value }).unwrap();
        println!("f32 {value}: nanojson {narrow}, as f64 made of its text {wide}, serde_json {by_serde}");
        found.extend([narrow, wide, by_serde]);
    }
    for answer in [
        r#"{"access_token":"a","expires_in":300}"#,
        r#"{"access_token":"a","expires_in":300,"patient":"1001"}"#,
        r#"{"access_token":"a","expires_in":300.0}"#,
    ] {
        let result = match nanojson::parse::<Token>(answer) {
            Ok(token) => format!("{} {}", token.access_token, token.expires_in),
            Err(error) => format!("{:?}", error.kind).split([' ', '{']).next().unwrap().to_string(),
        };
        println!("{answer}: {result}");
        found.push(result);
    }
    let expected = [
        r#"{"value":98.5999984741211}"#, r#"{"value":98.6}"#, "98.6",
        r#"{"value":7.349999904632568}"#, r#"{"value":7.35}"#, "7.35",
        r#"{"value":5.5}"#, r#"{"value":5.5}"#, "5.5",
        "a 300", "UnknownField", "UnexpectedToken",
    ];
    if found != expected {
        println!("changed: expected {expected:?}, found {found:?}");
        std::process::exit(1);
    }
}
R
cargo run -q
