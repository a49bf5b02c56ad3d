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
fn http_dates() {
    run("http_date", redox_auth_fuzz::http_date);
}

#[test]
fn http_responses() {
    run("http_response", redox_auth_fuzz::http_response);
}

#[test]
fn incoming_requests() {
    run("incoming", redox_auth_fuzz::incoming);
}

#[test]
fn key_files() {
    run("key_file", redox_auth_fuzz::key_file);
}

#[test]
fn legacy_responses() {
    run("legacy_response", redox_auth_fuzz::legacy_response);
}

#[test]
fn messages() {
    run("meta", redox_auth_fuzz::meta);
}

#[test]
fn message_answers() {
    run("meta_answer", redox_auth_fuzz::meta_answer);
}

#[test]
fn mllp_answers() {
    run("mllp_answer", redox_auth_fuzz::mllp_answer);
}

#[test]
fn mllp_messages() {
    run("mllp_message", redox_auth_fuzz::mllp_message);
}

#[test]
fn private_keys() {
    run("private_key", redox_auth_fuzz::private_key);
}

#[test]
fn waits() {
    run("retry_after", redox_auth_fuzz::retry_after);
}

#[test]
fn times() {
    run("rfc3339", redox_auth_fuzz::rfc3339);
}

#[test]
fn server_metadata() {
    run("server_metadata", redox_auth_fuzz::server_metadata);
}

#[test]
fn sessions() {
    run("session", redox_auth_fuzz::session);
}

#[test]
fn token_records() {
    run("token_record", redox_auth_fuzz::token_record);
}

#[test]
fn token_replies() {
    run("token_reply", redox_auth_fuzz::token_reply);
}

#[test]
fn urls() {
    run("url", redox_auth_fuzz::url);
}
