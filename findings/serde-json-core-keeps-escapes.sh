#!/usr/bin/env bash
# Software: serde-json-core 0.7.0 with heapless 0.9 (Rust), JSON without an allocator.
# Behaviour: from_str leaves the escapes of a JSON string as they stand. A token sent as "a\/b" arrives as the four
#   characters a \ / b, in a &str and in an owned heapless::String alike, and there is no error. Only
#   from_str_escaped with a scratch buffer resolves them; into a &str it fails for such a string.
# One would guess: a serde deserializer resolves escapes, or fails when it cannot (serde_json fails for a &str).
# Why it matters: servers written in PHP escape each slash, and base64 tokens have slashes. On the device the token
#   then has a backslash in it, and the API answers 401 for one token in a few.
# Remedy: from_str_escaped into heapless::String; test with a token that has a slash.
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
serde-json-core = { version = "=0.7.0", features = ["heapless"] }
serde = { version = "=1.0.228", default-features = false, features = ["derive"] }
heapless = "=0.9.2"
T
cat >src/main.rs <<'R'
use serde::Deserialize;

#[derive(Deserialize)]
struct Borrowed<'a> {
    access_token: &'a str,
}

#[derive(Deserialize)]
struct Owned {
    access_token: heapless::String<32>,
}

fn main() {
    let body = r#"{"access_token":"a\/b"}"#;
    let mut scratch = [0; 32];
    let found = [
        serde_json_core::from_str::<Borrowed>(body).map(|r| r.0.access_token.to_string()).ok(),
        serde_json_core::from_str::<Owned>(body).map(|r| r.0.access_token.to_string()).ok(),
        serde_json_core::from_str_escaped::<Owned>(body, &mut scratch).map(|r| r.0.access_token.to_string()).ok(),
        serde_json_core::from_str_escaped::<Borrowed>(body, &mut scratch).map(|r| r.0.access_token.to_string()).ok(),
    ];
    println!("body:                              {body}");
    for (case, value) in ["from_str, &str", "from_str, String", "from_str_escaped, String", "from_str_escaped, &str"].iter().zip(&found) {
        println!("{case:34} {}", value.as_deref().unwrap_or("error"));
    }
    let expected = [Some(r"a\/b"), Some(r"a\/b"), Some("a/b"), None];
    if found.each_ref().map(Option::as_deref) != expected {
        println!("changed: expected {expected:?}, found {found:?}");
        std::process::exit(1);
    }
}
R
cargo run -q
