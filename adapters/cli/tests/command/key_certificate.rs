//! Certificates that `key certificate` makes, judged by OpenSSL.

use std::process::Command;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;

use crate::certificate::openssl;
use crate::support::{Folder, assert_hidden};

/// The value of a line of `key certificate`.
fn line<'a>(shown: &'a str, name: &str) -> &'a str {
    let mut lines = shown.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.unwrap_or_else(|| panic!("{name} in {shown}")).trim()
}

#[test]
fn openssl_verifies_a_new_certificate_and_shows_the_same_fingerprints() {
    for algorithm in ["ES256", "ES384", "ES512", "RS256", "RS512", "PS256"] {
        let folder = Folder::new();
        folder.make_key("key.pem", algorithm);
        let args = ["key", "certificate", "--key", "key.pem", "--out", "own.pem"];
        let shown = folder.run(&args).done();
        let verified = openssl(&folder, &["verify", "-CAfile", "own.pem", "own.pem"]);
        assert_eq!(verified, "own.pem: OK\n", "{algorithm}");
        let own = openssl(&folder, &["pkey", "-in", "key.pem", "-pubout"]);
        let certified = openssl(&folder, &["x509", "-in", "own.pem", "-noout", "-pubkey"]);
        assert_eq!(certified, own, "{algorithm}");
        for (hash, ours, member) in [
            ("-sha1", "SHA-1", "x5t"),
            ("-sha256", "SHA-256", "x5t#S256"),
        ] {
            let args = ["x509", "-in", "own.pem", "-noout", "-fingerprint", hash];
            let theirs = openssl(&folder, &args).replace(':', "");
            let theirs = theirs.trim().split('=').nth(1).unwrap().to_owned();
            assert_eq!(line(&shown, ours), theirs, "{algorithm}");
            let digits: Vec<_> = theirs.as_bytes().chunks(2).collect();
            let hash: Vec<_> = digits
                .iter()
                .map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap())
                .collect();
            let encoded = Base64UrlUnpadded::encode_string(&hash);
            assert_eq!(line(&shown, member), encoded, "{algorithm}");
        }
        assert_hidden(&shown, &folder.read("key.pem"));
    }
}

#[test]
fn a_new_certificate_says_what_it_was_told() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let make = |out: &str, args: &[&str]| {
        let call = folder.call(&["key", "certificate", "--key", "key.pem", "--out", out]);
        call.args(args).run()
    };
    let named = [
        "--subject",
        r"CN=Clinic\, Inc.,OU=IT,O=Müller,C=DE",
        "--days",
        "10",
    ];
    let shown = make("named.pem", &named).done();
    assert_eq!(
        line(&shown, "subject"),
        r"CN=Clinic\, Inc.,OU=IT,O=Müller,C=DE"
    );
    let args = [
        "x509",
        "-in",
        "named.pem",
        "-noout",
        "-subject",
        "-nameopt",
        "RFC2253,utf8,-esc_msb",
    ];
    let theirs = openssl(&folder, &args);
    assert_eq!(theirs, "subject=CN=Clinic\\, Inc.,OU=IT,O=Müller,C=DE\n");
    let ends = |secs: u32| {
        let secs = secs.to_string();
        let args = ["x509", "-in", "named.pem", "-noout", "-checkend", &secs];
        let mut command = Command::new("openssl");
        let status = command.args(args).current_dir(folder.path(".")).output();
        !status.unwrap().status.success()
    };
    let days = |days: u32| days * 24 * 60 * 60;
    assert!(!ends(days(10) - 600) && ends(days(10) + 1));

    let serial = |name: &str| openssl(&folder, &["x509", "-in", name, "-noout", "-serial"]);
    make("other.pem", &[]).done();
    assert_ne!(serial("named.pem"), serial("other.pem"));
    for (args, expected) in [
        (
            ["--subject", "clinic"],
            "expected a name such as CN=redox-auth",
        ),
        (["--subject", ""], "expected a name such as CN=redox-auth"),
        (["--subject", "CN="], "found a part without a text"),
        (["--subject", "CN=a,CN=b"], "found the same part twice"),
        (["--subject", "CN=a+O=b"], "found parts joined by `+`"),
    ] {
        let shown = make("wrong.pem", &args).failed(2);
        assert!(shown.contains(expected), "{shown}");
    }
    assert!(!folder.path("wrong.pem").exists());
}

#[test]
fn a_certificate_never_replaces_a_file() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let args = ["key", "certificate", "--key", "key.pem", "--out", "key.pem"];
    let before = folder.read("key.pem");
    let shown = folder.run(&args).failed(2);
    assert!(
        shown.contains("key.pem exists, and the command overwrites no file"),
        "{shown}"
    );
    assert_eq!(folder.read("key.pem"), before);
}

#[test]
fn a_jwk_for_one_algorithm_is_certified_with_it_if_certificates_know_it() {
    let folder = Folder::new();
    let vector = include_str!("../../../../core/tests/vectors/rfc7515_a2.json");
    let mut jwk: Value = serde_json::from_str(vector).unwrap();
    jwk = jwk["key"].take();
    let args = ["key", "certificate", "--key", "key.jwk", "--out", "own.pem"];
    jwk["alg"] = "PS256".into();
    folder.write("key.jwk", jwk.to_string());
    let shown = folder.run(&args).failed(2);
    assert!(
        shown.contains("found a JWK for PS256; remove `alg` from a copy of the JWK"),
        "{shown}"
    );
    jwk["alg"] = "RS384".into();
    folder.write("key.jwk", jwk.to_string());
    folder.run(&args).done();
    openssl(&folder, &["verify", "-CAfile", "own.pem", "own.pem"]);
    let text = openssl(&folder, &["x509", "-in", "own.pem", "-noout", "-text"]);
    assert!(text.contains("sha384WithRSAEncryption"), "{text}");
}
