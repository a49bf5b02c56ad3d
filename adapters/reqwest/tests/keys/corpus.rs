//! The files of `corpus/`, each made by another program, which `corpus.tsv` lists.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, crypto};
use redox_auth_reqwest::{Key, Signer, UnusableKey};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::table::Table;

/// A line of `corpus.tsv`.
struct File {
    name: &'static str,
    /// The thumbprint as jwcrypto computes it, of what can be used.
    thumbprint: Option<&'static str>,
}

fn files() -> Vec<File> {
    let lines = include_str!("corpus.tsv").lines().skip(1);
    lines
        .map(|line| {
            let mut cells = line.split('\t');
            let name = cells.next().unwrap();
            let thumbprint = cells.next().filter(|it| *it != "refused");
            File { name, thumbprint }
        })
        .collect()
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/corpus")).join(name)
}

fn parse(name: &str) -> Result<Key, UnusableKey> {
    Key::parse(&std::fs::read(path(name)).unwrap())
}

#[test]
fn every_file_has_a_line() {
    let listed: BTreeSet<String> = files().iter().map(|file| file.name.to_owned()).collect();
    let found = std::fs::read_dir(path("")).unwrap();
    let found = found.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(listed, found.collect());
}

#[test]
fn every_usable_key_signs_and_another_library_verifies_it() {
    for File { name, thumbprint } in files() {
        let Some(thumbprint) = thumbprint else {
            continue;
        };
        let key = parse(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let public_key = key.public_key().unwrap();
        assert_eq!(public_key.thumbprint().as_str(), thumbprint, "{name}");
        let mut jwk = [0; 1024];
        let jwk = public_key.write_jwk("key-1", &mut jwk).unwrap();
        let jwk: Jwk = serde_json::from_str(jwk).unwrap();
        let mut signature = vec![0; key.signature_len()];
        key.sign(b"message", &mut signature).unwrap();
        let verified = crypto::verify(
            &URL_SAFE_NO_PAD.encode(&signature),
            b"message",
            &DecodingKey::from_jwk(&jwk).unwrap(),
            key.algorithm().as_str().parse().unwrap(),
        );
        assert!(verified.unwrap(), "{name}");
    }
}

#[test]
fn every_refusal_is_a_line_of_the_table_and_the_table_has_no_other() {
    let mut table = Table::read();
    for File { name, thumbprint } in files() {
        if thumbprint.is_none() {
            let said = parse(name)
                .err()
                .unwrap_or_else(|| panic!("{name} is taken"));
            assert_eq!(said.to_string(), table.take(name), "{name}");
        }
    }
    assert_eq!(table.rest(), [""; 0]);
}

#[test]
fn no_refusal_shows_a_piece_of_the_file() {
    for File { name, thumbprint } in files() {
        let Some(said) = parse(name).err().filter(|_| thumbprint.is_none()) else {
            continue;
        };
        let content = std::fs::read(path(name)).unwrap();
        let shown = format!("{said} {said:?}");
        let text = String::from_utf8_lossy(&content);
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || "+/-_".contains(c))) {
            let is_public = word.len() < 20 || word.contains("--");
            assert!(is_public || !shown.contains(word), "{name}: {word}");
        }
    }
}
