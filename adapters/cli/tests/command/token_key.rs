//! Keys in a token: those of `softhsm2`, an HSM in software.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::certificate::openssl;
use crate::doctor::checks;
use crate::serve::Port;
use crate::support::{Call, Redox, assert_hidden};

/// A token with the key that is in `key.pem`, and the PIN of the token in `pin`.
fn with_token() -> Redox {
    let redox = Redox::start();
    let folder = &redox.folder;
    fs::create_dir(folder.path("tokens")).unwrap();
    let tokens = folder.path("tokens");
    let settings = format!(
        "directories.tokendir = {}\nlog.level = ERROR\n",
        tokens.display()
    );
    folder.write("softhsm2.conf", settings);
    folder.write("pin", format!("{PIN}\n"));
    let initialize = "--init-token --free --label clinic --so-pin of-nobody-here";
    softhsm(&redox, initialize);
    import(&redox, "key.pem", "redox");
    redox
}

/// Puts a key into the token, under this label.
fn import(redox: &Redox, file: &str, label: &str) {
    let id = label.len();
    softhsm(
        redox,
        &format!("--import {file} --token clinic --label {label} --id {id:02}"),
    );
}

fn softhsm(redox: &Redox, arguments: &str) {
    let output = Command::new("softhsm2-util")
        .args(arguments.split(' '))
        .args(["--pin", PIN])
        .env("SOFTHSM2_CONF", redox.folder.path("softhsm2.conf"))
        .current_dir(redox.folder.path(""))
        .output()
        .unwrap_or_else(|error| panic!("{error}; Debian's package `softhsm2` has it"));
    assert!(output.status.success(), "{output:?}");
}

fn uri() -> String {
    let found = MODULES.iter().find(|path| Path::new(path).exists());
    let module = found.unwrap_or_else(|| panic!("found none of {MODULES:?}"));
    format!("pkcs11:token=clinic;object=redox?module-path={module}&pin-source=pin")
}

/// The command with the options that lead to the sandbox, and the key in the token.
fn call(redox: &Redox, arguments: &[&str]) -> Call {
    let server = [
        "--base-url",
        redox.server.base_url(),
        "--client-id",
        &redox.client_id,
    ];
    let call = alone(redox, arguments).args(&server);
    call.args(&["--key", &uri()])
}

fn alone(redox: &Redox, arguments: &[&str]) -> Call {
    let settings = redox.folder.path("softhsm2.conf");
    let call = redox.folder.call(arguments);
    call.env("SOFTHSM2_CONF", settings.to_str().unwrap())
}

#[test]
fn a_key_in_a_token_signs_as_one_in_a_file_does() {
    let redox = with_token();
    let of_file = redox.folder.run(&["key", "jwks", "key.pem"]).done();
    let of_token = alone(&redox, &["key", "jwks", &uri()]).run().done();
    assert_eq!(of_token, of_file);

    let assertion = call(&redox, &["assertion"]).run().done();
    redox.folder.write("jwks.json", &of_file);
    let judged = redox.folder.call(&[
        "inspect",
        "--jwks",
        "jwks.json",
        "--base-url",
        redox.server.base_url(),
        "-",
    ]);
    let judged = judged.input(&assertion).run().result();
    assert!(judged.contains("signature"), "{judged}");

    let token: Value =
        serde_json::from_str(&call(&redox, &["token", "--json"]).run().done()).unwrap();
    assert!(token["access_token"].is_string(), "{token}");
    let message = redox.message().to_string();
    call(&redox, &["send", "-"])
        .input(message)
        .run()
        .sent("1 ok");
    let port = Port::of(&redox, call(&redox, &["serve", "--secret-file", "secret"]));
    assert_eq!(port.token().status, 200);
    let (code, lines) = checks(call(&redox, &["doctor"]));
    assert_eq!(code, Some(0), "{lines:#?}");
    let key = lines.iter().find(|line| line.0 == "key").unwrap();
    assert!(key.2.contains("object=redox"), "{key:?}");
    assert!(key.2.contains("ES384, in a token"), "{key:?}");
    assert_eq!(redox.server.counters().token_refusals, 0);
}

#[test]
fn module_and_pin_count_for_every_key() {
    let redox = with_token();
    let full = uri();
    let (short, query) = full.split_once('?').unwrap();
    let module = query.split('&').next().unwrap();
    let module = module.strip_prefix("module-path=").unwrap();
    let with = |arguments: &[&str]| {
        let call = alone(&redox, arguments).args(&["--pkcs11-module", module]);
        call.args(&["--pin-file", "pin"])
    };
    let server = [
        "--base-url",
        redox.server.base_url(),
        "--client-id",
        &redox.client_id,
        "--key",
        short,
    ];
    with(&["key", "certificate", "--key", short, "--out", "c.pem"])
        .run()
        .done();
    redox.folder.make_key("rsa.pem", "RS384");
    import(&redox, "rsa.pem", "rsa");
    let rsa = "pkcs11:token=clinic;object=rsa";
    with(&["key", "certificate", "--key", rsa, "--out", "rsa.crt"])
        .run()
        .done();
    let text = ["x509", "-in", "rsa.crt", "-noout", "-text"];
    let text = openssl(&redox.folder, &text);
    assert!(text.contains("sha256WithRSAEncryption"), "{text}");
    // Redox binds no tokens. The key has made its proof by then.
    let bound = with(&["token", "--dpop-key", short]).args(&server);
    let shown = bound.run().failed(3);
    assert!(shown.contains("not bound to the DPoP key"), "{shown}");
    let rotate = ["key", "rotate", "--dry-run", "--out", "new.pem"];
    let rotated = with(&rotate).args(&server).run();
    assert_eq!(rotated.code, Some(0), "{rotated:?}");
    let platform = [
        "--platform-client-id",
        &redox.client_id,
        "--platform-key",
        short,
    ];
    let rotated = with(&rotate).args(&server).args(&platform).run();
    assert_eq!(rotated.code, Some(0), "{rotated:?}");
    let legacy = redox.server.sandbox().register_legacy_key(&redox.source_id);
    let legacy = legacy.unwrap();
    with(&["migrate", "--once", "--legacy-key", legacy.api_key()])
        .args(&server)
        .env("REDOX_LEGACY_SECRET", legacy.expose_secret())
        .run()
        .done();
    assert_eq!(redox.server.counters().token_refusals, 0);
}

#[test]
fn module_and_pin_are_options_variables_or_of_a_profile() {
    let redox = with_token();
    let full = uri();
    let (short, query) = full.split_once('?').unwrap();
    let module = query
        .split('&')
        .next()
        .unwrap()
        .strip_prefix("module-path=")
        .unwrap();
    let jwks = |more: &[&str]| alone(&redox, &["key", "jwks", short]).args(more);
    jwks(&["--pkcs11-module", module, "--pin-file", "pin"])
        .run()
        .done();
    jwks(&["--pkcs11-module", module, "--pin-file", "env:P"])
        .env("P", PIN)
        .run()
        .done();
    let by_variables = || jwks(&[]).env("REDOX_PKCS11_MODULE", module);
    by_variables().env("REDOX_PIN", PIN).run().done();
    by_variables().env("REDOX_PIN_FILE", "pin").run().done();

    let lines = format!(
        "[hsm]\nbase-url = \"{}\"\nclient-id = \"{}\"\nkey = \"{short}\"\npkcs11-module = \"{module}\"\npin-file = \"pin\"\n",
        redox.server.base_url(),
        redox.client_id,
    );
    redox.folder.write("config.toml", lines);
    let profile = ["--config", "config.toml", "--profile", "hsm"];
    alone(&redox, &["token"]).args(&profile).run().done();
    let port = alone(
        &redox,
        &[
            "serve",
            "--secret-file",
            "secret",
            "--profiles",
            "hsm",
            "--config",
            "config.toml",
        ],
    );
    let port = Port::of(&redox, port);
    let secret = format!("Authorization: Bearer {}", port.secret);
    assert_eq!(port.get("/token?profile=hsm", &[&secret]).status, 200);
}

#[test]
fn what_a_token_says_no_with_is_shown_and_the_pin_is_not() {
    let redox = with_token();
    let full = uri();
    let certify = alone(&redox, &["key", "certificate", "--key", &full]);
    certify.args(&["--out", "certificate.pem"]).run().done();
    let assertion = call(&redox, &["assertion"]).run().done();
    let inspect = alone(&redox, &["inspect", "--key", &full]).input(assertion);
    let shown = inspect.run().failed(2);
    assert!(
        shown.contains("expected a file, found a key in a token"),
        "{shown}"
    );
    redox.folder.write("wrong", "swordfish-wrong");
    let wrong = full.replace("pin-source=pin", "pin-source=wrong");
    let other = full.replace("object=redox", "object=other");
    let no_pin = full.replace("&pin-source=pin", "");
    let no_module = full.split_once('?').unwrap().0;
    for (uri, expected) in [
        (
            wrong.as_str(),
            "answered CKR_PIN_INCORRECT: the PIN is wrong",
        ),
        (
            other.as_str(),
            "found no private key for pkcs11:token=clinic;object=other; available: \"redox\" (id %05)",
        ),
        (no_pin.as_str(), "name a file that holds it with --pin-file"),
        (no_module, "--pkcs11-module (or REDOX_PKCS11_MODULE)"),
        ("pkcs11:tokn=clinic", "unknown attribute \"tokn\""),
        (
            "pkcs11:?module-path=/nowhere.so",
            "/nowhere.so: the file does not exist",
        ),
    ] {
        let shown = alone(&redox, &["key", "jwks", uri]).run().failed(2);
        assert!(shown.contains(expected), "{shown}");
        assert_hidden(&shown, PIN);
        assert!(!shown.contains("swordfish"), "{shown}");
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        fs::set_permissions(redox.folder.path("pin"), mode).unwrap();
        let shown = alone(&redox, &["key", "jwks", &full]).run().failed(2);
        assert!(shown.contains("chmod 600 -- 'pin'"), "{shown}");
    }
}

const PIN: &str = "swordfish-2718";

/// The paths of Debian, Fedora and Homebrew.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];
