//! Every file of the corpus passes its target, so what was found once stays fixed.
#![cfg(test)]

use std::fs;
use std::path::Path;

fn run(name: &str, target: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let mut files = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        println!("{}", path.display());
        target(&fs::read(path).unwrap());
        files = u32::saturating_add(files, 1);
    }
    assert!(files >= 10, "{files} files for {name}");
}

#[test]
fn assertions() {
    run("assertion", redox_auth_fuzz::assertion);
}

#[test]
fn incoming_requests() {
    run("incoming", redox_auth_fuzz::incoming);
}

#[test]
fn legacy_responses() {
    run("legacy_response", redox_auth_fuzz::legacy_response);
}

#[test]
fn private_keys() {
    run("private_key", redox_auth_fuzz::private_key);
}

#[test]
fn token_replies() {
    run("token_reply", redox_auth_fuzz::token_reply);
}
