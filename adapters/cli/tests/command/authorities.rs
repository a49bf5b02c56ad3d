//! Whom the command trusts, and what it says about files of authorities that it cannot use.

use redox_auth_sandbox::ServerOptions;

use crate::doctor::{checks, expect};
use crate::support::{Call, Folder, Redox};
use crate::tls_server::{Authority, pem};

/// A sandbox with TLS, whose authority is in `ca.pem`, and a command without the machine's authorities.
fn sandbox() -> Redox {
    let folder = Folder::new();
    let jwks = folder.make_key("key.pem", "ES384");
    Redox::on(folder, &jwks, ServerOptions::new().tls())
}

fn token(redox: &Redox) -> Call {
    redox.call(&["token"])
}

#[test]
fn a_file_of_authorities_is_trusted_as_well() {
    let redox = sandbox();
    let trusting = || token(&redox).args(&["--ca-file", "ca.pem"]);
    trusting().run().done();
    token(&redox).env("REDOX_CA_FILE", "ca.pem").run().done();
    let stranger = pem(&[Authority::root("Other CA").certificate]);
    redox.folder.write("other.pem", stranger);
    trusting().env("SSL_CERT_FILE", "other.pem").run().done();
    let shown = token(&redox).env("SSL_CERT_FILE", "other.pem").run();
    let shown = shown.failed(3);
    for part in [
        "no trusted authority issued the server's certificate",
        "trusted are 1 from other.pem (SSL_CERT_FILE)",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }

    let call = redox.call(&["doctor", "--ca-file", "ca.pem"]);
    let (code, lines) = checks(call.env("SSL_CERT_FILE", "other.pem"));
    assert_eq!(code, Some(0), "{lines:#?}");
    let found = "1 from ca.pem (CA file) and 1 from other.pem (SSL_CERT_FILE)";
    expect(&lines, "authorities", &[("ok", found)]);
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_the_command_that_converts_it() {
    let redox = sandbox();
    let text = redox.folder.read("ca.pem");
    redox.folder.write("bom.pem", format!("\u{feff}{text}"));
    redox.folder.write("empty.pem", "");
    let cases = [
        (
            "bom.pem",
            "found a byte-order mark before them",
            r"sed '1s/^\xef\xbb\xbf//' 'bom.pem' > ca.pem",
        ),
        (
            "empty.pem",
            "found an empty file",
            "put the authority's certificate into it",
        ),
        ("missing.pem", "there is no such file", "correct the name"),
        (".", "found a directory", "SSL_CERT_DIR"),
    ];
    for (file, problem, remedy) in cases {
        let shown = token(&redox).env("SSL_CERT_FILE", file).run().failed(3);
        let place = format!("{file} (SSL_CERT_FILE): ");
        for part in [place.as_str(), problem, remedy] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        let (_, lines) = checks(redox.call(&["doctor"]).env("SSL_CERT_FILE", file));
        expect(&lines, "authorities", &[("FAIL", problem)]);
        expect(&lines, "authorities", &[("FAIL", remedy)]);

        let shown = token(&redox).args(&["--ca-file", file]).run().failed(2);
        let place = format!("{file} (CA file): ");
        for part in [place.as_str(), problem, remedy] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        let shown = token(&redox).env("REDOX_CA_FILE", file).run().failed(2);
        assert!(shown.starts_with("redox-auth: REDOX_CA_FILE: "), "{shown}");

        // The other checks go on without it, with the authorities of the machine.
        let doctor = redox.call(&["doctor", "--ca-file", file]);
        let (code, lines) = checks(doctor.env("SSL_CERT_FILE", "ca.pem"));
        assert_eq!(code, Some(2), "{lines:#?}");
        expect(
            &lines,
            "authorities",
            &[("FAIL", problem), ("ok", "1 from ca.pem (SSL_CERT_FILE)")],
        );
        expect(&lines, "token", &[("ok", "obtained a token")]);
    }
}

#[test]
fn a_broken_certificate_among_good_ones_is_a_warning() {
    let redox = sandbox();
    let text = redox.folder.read("ca.pem");
    let broken = text.replacen("MI", "M!", 1);
    redox.folder.write("both.pem", format!("{broken}{text}"));
    let call = || redox.call(&["doctor"]).env("SSL_CERT_FILE", "both.pem");
    let (code, lines) = checks(call());
    assert_eq!(code, Some(0), "{lines:#?}");
    let expected = [
        ("ok", "1 from both.pem (SSL_CERT_FILE)"),
        (
            "warn",
            "the certificate on line 1 is not in base64; the command uses the other certificates",
        ),
    ];
    expect(&lines, "authorities", &expected);
}

#[test]
fn an_image_without_roots_is_told_what_to_install() {
    let redox = sandbox();
    std::fs::create_dir(redox.folder.path("nothing")).unwrap();
    let shown = token(&redox).env("SSL_CERT_DIR", "nothing").run().failed(3);
    for part in [
        "this machine has no root certificates; install them",
        "`apt-get install ca-certificates`",
        "`apk add ca-certificates`",
        "`dnf install ca-certificates`",
        "--ca-file",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let (code, lines) = checks(redox.call(&["doctor"]).env("SSL_CERT_DIR", "nothing"));
    assert_eq!(code, Some(2), "{lines:#?}");
    expect(
        &lines,
        "authorities",
        &[("FAIL", "apk add ca-certificates")],
    );
    // One of its own is enough.
    let call = token(&redox).env("SSL_CERT_DIR", "nothing");
    call.args(&["--ca-file", "ca.pem"]).run().done();
}
