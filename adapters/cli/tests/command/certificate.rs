//! Certificates in the header of assertions, made by OpenSSL as somebody's authority would, and judged by OpenSSL.

use std::fs;
use std::process::Command;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use serde_json::Value;

use crate::doctor::{checks, expect};
use crate::support::{Call, Folder, Redox, assert_hidden};

/// What OpenSSL prints about this in a folder.
pub(crate) fn openssl(folder: &Folder, args: &[&str]) -> String {
    let output = Command::new("openssl")
        .args(args)
        .current_dir(folder.path("."))
        .output()
        .unwrap();
    assert!(output.status.success(), "openssl {args:?}: {output:#?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A root, an authority below it, and the certificate of `key.pem`: the last in `own.pem`, all of them in `chain.pem`.
fn certify(folder: &Folder) {
    let run = |line: &str| openssl(folder, &line.split(' ').collect::<Vec<_>>());
    folder.write(
        "authority.cnf",
        "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n",
    );
    for name in ["root", "middle"] {
        run(&format!(
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out {name}.key"
        ));
        run(&format!(
            "req -new -key {name}.key -subj /CN={name} -out {name}.csr"
        ));
    }
    run("req -new -key key.pem -subj /O=Clinic/CN=client -out own.csr");
    run("x509 -req -in root.csr -signkey root.key -extfile authority.cnf -days 9 -out root.pem");
    run(
        "x509 -req -in middle.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile authority.cnf -days 9 -out middle.pem",
    );
    run(
        "x509 -req -in own.csr -CA middle.pem -CAkey middle.key -CAcreateserial -days 9 -out own.pem",
    );
    let chain = ["own.pem", "middle.pem", "root.pem"].map(|name| folder.read(name));
    folder.write("chain.pem", chain.concat());
}

/// The header of an assertion.
fn header(assertion: &str) -> Value {
    let (header, _) = assertion.split_once('.').unwrap();
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(header).unwrap()).unwrap()
}

fn sign(folder: &Folder) -> Call {
    folder.call(&["assertion", "--client-id", "client-1", "--key", "key.pem"])
}

#[test]
fn openssl_verifies_an_assertion_by_the_certificates_in_its_header() {
    let folder = Folder::new();
    folder.make_key("key.pem", "RS256");
    certify(&folder);
    let args = ["--alg", "RS256", "--certificate", "chain.pem", "--no-kid"];
    let assertion = sign(&folder).args(&args).run().done();
    let header = header(&assertion);
    assert_eq!(header.get("kid"), None);
    let x5c = header["x5c"].as_array().unwrap();
    assert_eq!(x5c.len(), 3);
    for (certificate, name) in x5c.iter().zip(["sent.der", "issuer.der", "root.der"]) {
        let certificate = Base64::decode_vec(certificate.as_str().unwrap()).unwrap();
        folder.write(name, certificate);
    }
    let key = openssl(
        &folder,
        &[
            "x509", "-inform", "DER", "-in", "sent.der", "-noout", "-pubkey",
        ],
    );
    folder.write("sent.key", key);
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    folder.write("signed", signed);
    folder.write(
        "signature",
        Base64UrlUnpadded::decode_vec(signature).unwrap(),
    );
    let args = [
        "dgst",
        "-sha256",
        "-verify",
        "sent.key",
        "-signature",
        "signature",
        "signed",
    ];
    assert_eq!(openssl(&folder, &args), "Verified OK\n");
    for name in ["sent", "issuer"] {
        let (der, pem) = (format!("{name}.der"), format!("{name}.pem"));
        openssl(
            &folder,
            &["x509", "-inform", "DER", "-in", &der, "-out", &pem],
        );
    }
    let args = [
        "verify",
        "-CAfile",
        "root.pem",
        "-untrusted",
        "issuer.pem",
        "sent.pem",
    ];
    assert_eq!(openssl(&folder, &args), "sent.pem: OK\n");
}

#[test]
fn options_environment_and_profile_name_a_certificate() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    certify(&folder);
    let members = |call: Call| {
        let header = header(&call.run().done());
        let members = header.as_object().unwrap().keys();
        let members = members.filter(|name| name.starts_with("x5"));
        members.cloned().collect::<Vec<_>>().join(" ")
    };
    let with = |args: &[&str]| {
        sign(&folder)
            .args(&["--certificate", "chain.pem"])
            .args(args)
    };
    assert_eq!(members(sign(&folder)), "");
    assert_eq!(members(with(&[])), "x5c");
    assert_eq!(members(with(&["--certificate-as", "x5t"])), "x5t");
    let both = ["--certificate-as", "x5t#S256", "--certificate-as", "x5t"];
    assert_eq!(members(with(&both)), "x5t x5t#S256");
    assert_eq!(
        members(with(&["--certificate-as", "x5c,x5t#S256"])),
        "x5c x5t#S256"
    );

    let variable = || sign(&folder).env("REDOX_CERTIFICATE_FILE", "own.pem");
    assert_eq!(members(variable()), "x5c");
    let named = variable().env("REDOX_CERTIFICATE_AS", "x5t,x5t#S256");
    assert_eq!(members(named), "x5t x5t#S256");
    let in_variable = sign(&folder).args(&["--certificate", "env:CERTIFICATE"]);
    let in_variable = in_variable.env("CERTIFICATE", folder.read("own.pem"));
    assert_eq!(members(in_variable), "x5c");

    fs::create_dir(folder.path("config")).unwrap();
    let profile =
        "[entra]\nclient-id = 'client-1'\nkey = '../key.pem'\ncertificate = '../own.pem'\n";
    folder.write(
        "config/config.toml",
        format!("{profile}certificate-as = ['x5t#S256']\n"),
    );
    let call = || {
        let call = folder.call(&["--config", "config/config.toml", "--profile", "entra"]);
        call.args(&["assertion"])
    };
    assert_eq!(members(call()), "x5t#S256");
    assert_eq!(members(call().args(&["--certificate-as", "x5t"])), "x5t");
    // The profile's certificate is of the profile's key.
    folder.make_key("other.pem", "ES256");
    assert_eq!(members(call().args(&["--key", "other.pem"])), "");
    let again = ["--key", "key.pem", "--certificate", "chain.pem"];
    assert_eq!(members(call().args(&again)), "x5t#S256");
}

#[test]
fn each_key_gets_the_certificate_of_its_number() {
    let folder = Folder::new();
    let other = folder.make_key("other.pem", "ES256");
    folder.make_key("key.pem", "ES256");
    for name in ["key", "other"] {
        let (key, out) = (format!("{name}.pem"), format!("{name}.crt"));
        let args = ["key", "certificate", "--key", &key, "--out", &out];
        folder.run(&args).done();
    }
    // The server knows the second key only.
    let redox = Redox::with(folder, &other);
    let token = |certificates: &[&str]| {
        let call = redox.call(&["token"]).args(&["--key", "other.pem"]);
        call.args(certificates).run()
    };
    token(&["--certificate", "key.crt", "--certificate", "other.crt"]).result();
    token(&["--certificate", "key.crt"]).result();
    let shown = token(&["--certificate", "other.crt", "--certificate", "key.crt"]).failed(2);
    assert!(
        shown.contains(
            "certificates in other.crt: certificate 1: expected the certificate of the private key"
        ),
        "{shown}"
    );
    let three = ["--certificate", "key.crt"].repeat(3);
    let shown = token(&three).failed(2);
    assert!(
        shown.contains("expected at most one --certificate for each key, found 3 for 2"),
        "{shown}"
    );
}

#[test]
fn what_is_wrong_with_a_certificate_is_told_before_anything_is_signed() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    certify(&folder);
    let backwards = ["root.pem", "middle.pem", "own.pem"].map(|name| folder.read(name));
    folder.write("backwards.pem", backwards.concat());
    let pem = folder.read("own.pem");
    folder.write("cut.pem", &pem[..pem.len() / 2]);
    for (args, expected) in [
        (
            vec!["--certificate", "root.pem"],
            "certificates in root.pem: certificate 1: expected the certificate of the private key (thumbprint ",
        ),
        (
            vec!["--certificate", "backwards.pem"],
            "certificate 2: expected the issuer of the certificate before it (CN=root), found CN=middle",
        ),
        (
            vec!["--certificate", "cut.pem"],
            "certificate 1: the PEM block is truncated or damaged",
        ),
        (vec!["--certificate", "key.pem"], "found only a private key"),
        (
            vec!["--certificate", "own.csr"],
            "found a certificate request",
        ),
        (vec!["--certificate", "none.pem"], "cannot read none.pem"),
        (
            vec!["--certificate-as", "x5t"],
            "expected --certificate or REDOX_CERTIFICATE_FILE as well",
        ),
        (
            vec!["--certificate", "own.pem", "--header", "x5c=[]"],
            "header member \"x5c\": expected each name once",
        ),
    ] {
        let shown = sign(&folder).args(&args).run().failed(2);
        assert!(shown.contains(expected), "{shown}");
        assert_hidden(&shown, &folder.read("key.pem"));
    }
}

#[test]
fn an_issuer_with_a_short_rsa_key_is_one() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let run = |line: &str| openssl(&folder, &line.split(' ').collect::<Vec<_>>());
    run("req -new -key key.pem -subj /CN=client -out own.csr");
    for (bits, digest, is_verified) in [
        (1024, "sha256", true),
        (1024, "sha384", false),
        (1024, "sha512", true),
        (1536, "sha256", true),
        (2048, "sha384", true),
        (768, "sha256", false),
    ] {
        for name in ["root", "other"] {
            run(&format!(
                "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:{bits} -out {name}.key"
            ));
            run(&format!(
                "req -x509 -new -key {name}.key -subj /CN=root -{digest} -out {name}.pem"
            ));
        }
        run(&format!(
            "x509 -req -in own.csr -CA root.pem -CAkey root.key -CAcreateserial -{digest} -out own.pem"
        ));
        let sign_with = |issuer: &str| {
            folder.write("chain.pem", folder.read("own.pem") + &folder.read(issuer));
            sign(&folder).args(&["--certificate", "chain.pem"]).run()
        };
        sign_with("root.pem").done();
        let other = sign_with("other.pem");
        let is_found = other.stderr.contains("is not signed by its key");
        assert_eq!(is_found, is_verified, "{bits} {digest}: {other:?}");
    }
}

/// A certificate of `key.pem` that is valid between these years.
fn valid_between(folder: &Folder, from: i32, until: i32) {
    let (_, der) = pem_rfc7468::decode_vec(folder.read("key.pem").as_bytes()).unwrap();
    let key = rcgen::KeyPair::try_from(der).unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.not_before = rcgen::date_time_ymd(from, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    let certificate = params.self_signed(&key).unwrap();
    let der = certificate.der();
    fs::write(folder.path("own.crt"), der).unwrap();
}

#[test]
fn a_certificate_that_is_not_valid_now_is_noted_and_used() {
    let redox = Redox::start();
    let folder = &redox.folder;
    let message = redox.message().to_string();
    folder.write("message.json", &message);
    for (from, until, expected) in [
        (
            2020,
            2021,
            "note: the certificate in own.crt expired at 2021-01-01T00:00:00Z; register a new certificate",
        ),
        (
            3000,
            3001,
            "note: the certificate in own.crt is not valid before 3000-01-01T00:00:00Z; check",
        ),
        (2020, 3000, ""),
    ] {
        valid_between(folder, from, until);
        let send = ["send", "message.json"];
        for (args, code) in [
            (&["token"][..], 0),
            (&["assertion"], 0),
            (&send, 0),
            // It reports the certificate before it listens, and it cannot listen at this address.
            (&["serve", "--socket", "no/such/folder/s"], 2),
        ] {
            let outcome = redox.call(args).args(&["--certificate", "own.crt"]).run();
            assert_eq!(outcome.code, Some(code), "{outcome:?}");
            let notes = outcome.stderr.matches("the certificate in").count();
            let is_there = outcome.stderr.contains(expected);
            let expected = usize::from(!expected.is_empty());
            assert!(is_there && notes == expected, "{args:?}: {outcome:?}");
        }
    }
}

#[test]
fn doctor_says_whose_a_certificate_is_and_how_long_it_is_valid() {
    let redox = Redox::start();
    let folder = &redox.folder;
    let call = |file: &str| redox.call(&["doctor", "--certificate", file]);
    certify(folder);
    let (code, lines) = checks(call("chain.pem"));
    assert_eq!(code, Some(0));
    let found = "chain.pem: CN=client,O=Clinic, of this key, with issuers: 2, until ";
    expect(&lines, "certificate", &[("warn", found)]);
    let advice = "register a new certificate with the server";
    expect(&lines, "certificate", &[("warn", advice)]);

    for (from, until, verdict, part) in [
        (
            2020,
            2021,
            "warn",
            "expired at 2021-01-01T00:00:00Z; register a new",
        ),
        (
            3000,
            3001,
            "warn",
            "not valid before 3000-01-01T00:00:00Z; check this",
        ),
        (
            2020,
            3000,
            "ok",
            "of this key, until 3000-01-01T00:00:00Z (days left: ",
        ),
    ] {
        valid_between(folder, from, until);
        let (code, lines) = checks(call("own.crt"));
        assert_eq!(code, Some(0));
        expect(&lines, "certificate", &[(verdict, part)]);
        expect(&lines, "token", &[("ok", "obtained a token")]);
    }

    let (code, lines) = checks(call("root.pem"));
    assert_eq!(code, Some(2));
    let part = "expected the certificate of the private key";
    expect(&lines, "certificate", &[("FAIL", part)]);
    // Without it, the server's answer would have no detail.
    expect(&lines, "token", &[]);
    let (_, lines) = checks(call("own.pem").args(&["--certificate", "own.pem"]));
    let part = "expected at most one --certificate for each key, found 2 for 1";
    expect(
        &lines,
        "certificate",
        &[("FAIL", part), ("warn", "own.pem")],
    );
}
