use std::collections::BTreeSet;

use aws_lc_rs::signature::{ECDSA_P256K1_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use pem_rfc7468::LineEnding;
use serde_json::json;

use crate::support::{Folder, Outcome, assert_hidden};

fn pem(label: &str, der: &[u8]) -> String {
    pem_rfc7468::encode_string(label, LineEnding::LF, der).unwrap()
}

/// A DER element. What goes in is shorter than 64 KiB.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match content.len() {
        0..0x80 => vec![tag, low],
        0x80..0x100 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [&head, content].concat()
}

/// PKCS#1 (RFC 8017 §A.1.2) with a modulus of 1024 bits. No numbers but their lengths matter: it is refused by these.
fn rsa_1024() -> Vec<u8> {
    let number = |len: usize| element(2, &[&[0][..], &vec![0xc5; len]].concat());
    let numbers = [
        element(2, &[0]),
        number(128),
        element(2, &[1, 0, 1]),
        number(128),
        number(64),
        number(64),
        number(64),
        number(64),
        number(64),
    ];
    element(0x30, &numbers.concat())
}

fn secp256k1() -> Vec<u8> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256K1_SHA256_FIXED_SIGNING).unwrap();
    pair.to_pkcs8v1().unwrap().as_ref().to_owned()
}

#[test]
fn what_is_no_usable_private_key_is_refused_with_what_was_found() {
    let folder = Folder::new();
    folder.make_key("good.pem", "ES384");
    let good = folder.read("good.pem");
    let jwks = folder.run(&["key", "jwks", "good.pem"]).done();
    let public_jwk = jwks
        .strip_prefix("{\"keys\":[")
        .and_then(|rest| rest.strip_suffix("]}"))
        .unwrap()
        .to_owned();
    let der = pem_rfc7468::decode_vec(good.as_bytes()).unwrap().1;
    let half = &good[..good.len() / 2];
    let traditional = format!(
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{}\n\n{}",
        "0".repeat(32),
        pem("RSA PRIVATE KEY", &der)
            .lines()
            .skip(1)
            .collect::<Vec<_>>()
            .join("\n"),
    );
    let secret_jwk = json!({ "kty": "oct", "k": "aHVzaC1odXNoLWh1c2gtaHVzaA" }).to_string();
    for (case, content, found) in [
        ("nothing", String::new(), "found nothing"),
        ("white space", "\n \n".to_owned(), "found nothing"),
        (
            "half a PEM",
            half.to_owned(),
            "expected a PEM block, found a damaged or truncated one",
        ),
        (
            "a PEM without its end",
            good.replace("-----END", "-----"),
            "found a damaged",
        ),
        (
            "half a key in a PEM",
            pem("PRIVATE KEY", &der[..der.len() / 2]),
            "found a damaged",
        ),
        (
            "an encrypted PEM",
            pem("ENCRYPTED PRIVATE KEY", &der),
            "found an encrypted private key",
        ),
        (
            "an old encrypted PEM",
            traditional,
            "found an encrypted private key",
        ),
        (
            "a certificate",
            pem("CERTIFICATE", &der),
            "found a certificate",
        ),
        (
            "a request",
            pem("CERTIFICATE REQUEST", &der),
            "found a certificate request",
        ),
        (
            "a public PEM",
            pem("PUBLIC KEY", &der),
            "found a public key",
        ),
        (
            "a public RSA PEM",
            pem("RSA PUBLIC KEY", &der),
            "found a public key",
        ),
        (
            "an OpenSSH key",
            pem("OPENSSH PRIVATE KEY", &der),
            "found an OpenSSH key",
        ),
        (
            "another PEM",
            pem("PGP MESSAGE", &der),
            "found a PEM block with another label",
        ),
        ("a public JWK", public_jwk, "found a public JWK"),
        ("a JWK Set", jwks, "found a JWK Set"),
        (
            "a shared secret",
            secret_jwk,
            "found a JWK with a shared secret",
        ),
        (
            "half a JWK",
            r#"{"kty":"EC","crv":"P-256","#.to_owned(),
            "expected a JWK, found a damaged",
        ),
        (
            "text",
            "hush-hush-hush-hush".to_owned(),
            "found something else",
        ),
        (
            "RSA key of 1024 bits",
            pem("RSA PRIVATE KEY", &rsa_1024()),
            "found one of 1024 bits",
        ),
        (
            "secp256k1",
            pem("PRIVATE KEY", &secp256k1()),
            "found a key on secp256k1",
        ),
    ] {
        folder.write("key", &content);
        let token = [
            "token",
            "--base-url",
            "http://127.0.0.1:9",
            "--client-id",
            "client-1",
            "--key",
            "key",
        ];
        for args in [&token[..], &["key", "jwks", "key"]] {
            let shown = folder.run(args).failed(2);
            assert!(shown.contains("private key in key: "), "{case}: {shown}");
            assert!(shown.contains("expected"), "{case}: {shown}");
            assert!(shown.contains(found), "{case}: {shown}");
            assert_hidden(&shown, &content);
        }
        let call = folder.call(&["assertion", "--client-id", "client-1"]);
        let shown = call.env("REDOX_PRIVATE_KEY", &content).run().failed(2);
        // An empty variable is none.
        let found = if content.is_empty() {
            "found none"
        } else {
            found
        };
        assert!(shown.contains(found), "{case}: {shown}");
        assert_hidden(&shown, &content);
    }
}

#[test]
fn a_der_file_is_read_and_bytes_that_are_none_are_not() {
    let folder = Folder::new();
    let jwks = folder.make_key("key.pem", "ES256");
    let der = pem_rfc7468::decode_vec(folder.read("key.pem").as_bytes())
        .unwrap()
        .1;
    folder.write("key.der", &der);
    assert_eq!(folder.run(&["key", "jwks", "key.der"]).done(), jwks);
    for (case, content, found) in [
        (
            "half of it",
            &der[..der.len() / 2],
            "found a damaged or truncated one",
        ),
        (
            "RSA key of 1024 bits",
            &rsa_1024(),
            "found one of 1024 bits",
        ),
        ("secp256k1", &secp256k1(), "found"),
        ("other bytes", &[0xff; 100], "found something else"),
    ] {
        folder.write("key", content);
        let shown = folder.run(&["key", "jwks", "key"]).failed(2);
        assert!(
            shown.contains("expected") && shown.contains(found),
            "{case}: {shown}"
        );
    }
}

#[test]
fn a_file_that_cannot_be_a_key_is_not_read_to_its_end() {
    let folder = Folder::new();
    folder.write("long", vec![b' '; 64 * 1024 + 1]);
    let shown = folder.run(&["key", "jwks", "long"]).failed(2);
    assert!(
        shown.contains("private key: expected at most 65536 bytes, found more in long"),
        "{shown}"
    );
    folder.write("longest", vec![b' '; 64 * 1024]);
    let shown = folder.run(&["key", "jwks", "longest"]).failed(2);
    assert!(shown.contains("found nothing"), "{shown}");
    for path in ["no-such-file", "."] {
        let shown = folder.run(&["key", "jwks", path]).failed(2);
        assert!(
            shown.contains(&format!("private key: cannot read {path}: ")),
            "{shown}"
        );
    }
}

#[test]
fn the_text_of_a_key_in_place_of_its_file_is_not_shown() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let key = folder.read("key.pem");
    let line = key.lines().nth(1).unwrap();
    let secret = "0123456789abcdef0123456789abcdef01234567";
    let jwt = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJjbGllbnQifQ.c2lnbmF0dXJl";
    for call in [
        folder
            .call(&["token", "--client-id", "client-1"])
            .env("REDOX_KEY_FILE", &key),
        folder.call(&["token", "--assertion", jwt]),
        folder
            .call(&["token", "--client-id", "client-1", "--key", "key.pem"])
            .env("REDOX_DPOP_KEY_FILE", &key),
        folder
            .call(&["token", "--client-id", "client-1"])
            .env("REDOX_KEY_FILE", line),
        folder.call(&["key", "jwks", line]),
        folder.call(&["key", "jwks", secret]),
        folder
            .call(&["token", "--legacy-key", "id"])
            .env("REDOX_LEGACY_SECRET_FILE", secret),
    ] {
        let shown = call.run().failed(2);
        let found = [
            "expected the name of a file, found ",
            "_FILE: found the text of a private key",
            ": found a key or a certificate in base64",
        ];
        assert!(found.iter().any(|it| shown.contains(it)), "{shown}");
        for hidden in [line, "eyJpc3Mi", secret] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}

/// A command with its help, by the words that lead there.
fn commands(folder: &Folder) -> Vec<(Vec<String>, String)> {
    let mut found = vec![Vec::new()];
    let mut commands = Vec::new();
    while let Some(words) = found.pop() {
        let asked: Vec<_> = words.iter().map(String::as_str).collect();
        let help = folder.run(&[&asked, &["--help"][..]].concat()).done();
        let below = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        let below = below.take_while(|line| !line.is_empty());
        let names = below.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
        for name in names.filter(|name| !name.is_empty() && *name != "help") {
            found.push([words.as_slice(), &[name.to_owned()]].concat());
        }
        commands.push((words, help));
    }
    commands
}

/// The options that a help text lists.
fn options(help: &str) -> Vec<&str> {
    let options = help.lines().filter_map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("-h, ").unwrap_or(line);
        let line = line.strip_prefix("-V, ").unwrap_or(line);
        let name = line.split([' ', '.', '[']).next()?;
        let is_of_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
        let is_option = name.starts_with("--") && name.bytes().all(is_of_name);
        is_option.then_some(name)
    });
    options.collect()
}

/// The variables that a help text lists.
fn variables(help: &str) -> impl Iterator<Item = &str> {
    help.split("[env: ")
        .skip(1)
        .filter_map(|text| text.split('=').next())
}

#[test]
fn no_command_shows_the_text_of_a_key_in_place_of_a_value() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let key = folder.read("key.pem");
    let refused = |outcome: Outcome, case: &dyn core::fmt::Debug| {
        assert_eq!(outcome.code, Some(2), "{case:?}: {outcome:?}");
        let shown = outcome.stdout + &outcome.stderr;
        assert!(shown.contains("env:NAME"), "{case:?}: {shown}");
        assert_hidden(&shown, &key);
    };
    let commands = commands(&folder);
    let mut tried = BTreeSet::new();
    for (words, help) in &commands {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        refused(folder.run(&[&words[..], &[&key]].concat()), &words);
        for option in options(help) {
            let case = (&words, option);
            refused(folder.run(&[&words[..], &[option, &key]].concat()), &case);
            if tried.insert(option) {
                let joined = format!("{option}={key}");
                refused(folder.run(&[&words[..], &[&joined]].concat()), &case);
            }
        }
    }
    assert!(
        commands.len() > 15 && tried.len() > 70,
        "{}: {tried:?}",
        commands.len()
    );
}

#[test]
fn no_command_shows_the_text_of_a_key_in_a_variable_or_a_profile() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let key = folder.read("key.pem");
    let help = folder.run(&["help", "doctor"]).done();
    let names: BTreeSet<_> = variables(&help).collect();
    assert!(names.len() > 35, "{names:?}");
    for name in names {
        let call = folder.call(&["doctor", "--log", "error"]).env(name, &key);
        let outcome = call.run();
        let shown = outcome.stdout + &outcome.stderr;
        assert_eq!(outcome.code, Some(2), "{name}: {shown}");
        assert!(shown.contains(name), "{name}: {shown}");
        assert_hidden(&shown, &key);
    }
    for option in options(&help) {
        let entry = option.trim_start_matches('-');
        let entry = format!("[p]\n{entry} = '''\n{key}'''\n");
        folder.write("config.toml", entry);
        let call = folder.call(&["token", "--profile", "p", "--config", "config.toml"]);
        let shown = call.run().failed(2);
        assert!(shown.contains("config.toml, line 2"), "{option}: {shown}");
        assert_hidden(&shown, &key);
    }
}
