//! Key files that change under the command.

use std::fs;

use serde_json::Value;

use crate::running::Running;
use crate::serve::Port;
use crate::support::{Redox, assert_hidden};

/// The ID of the one key in a JWK Set.
fn key_id(jwks: &str) -> String {
    let jwks: Value = serde_json::from_str(jwks).unwrap();
    jwks["keys"][0]["kid"].as_str().unwrap().to_owned()
}

/// Puts a file into the place of another at once.
fn replace(redox: &Redox, file: &str, by: &str) {
    fs::rename(redox.folder.path(by), redox.folder.path(file)).unwrap();
}

#[test]
fn on_a_hangup_the_keys_are_read_again_and_named() {
    for command in [&["token", "--watch"][..], &["serve", "--socket", "s"]] {
        let redox = Redox::start();
        let first = key_id(&redox.registered_keys());
        let running = Running::start(redox.call(command));
        running.line();
        let next = key_id(&redox.folder.make_key("next.pem", "ES256"));
        replace(&redox, "key.pem", "next.pem");
        running.signal("-HUP");
        assert_eq!(
            running.said(),
            format!(
                "redox-auth: note: key.pem has changed; the key \"{next}\" for ES256 is in use now"
            )
        );
        running.signal("-HUP");
        assert_eq!(
            running.said(),
            format!(
                "redox-auth: note: key.pem is as it was; the key \"{next}\" for ES256 is in use"
            )
        );
        let whole = redox.folder.read("key.pem");
        redox.folder.write("key.pem", &whole[..whole.len() / 2]);
        // Once by itself or by the signal, and again whenever somebody asks.
        for _ in 0..2 {
            running.signal("-HUP");
            let said = running.said();
            assert!(said.starts_with("redox-auth: note: key.pem: "), "{said}");
            let part = format!("; the key \"{next}\" for ES256 stays in use");
            assert!(said.ends_with(&part), "{said}");
            assert_hidden(&said, &whole);
        }
        assert_ne!(first, next);
        let (code, left) = running.end_by("-TERM");
        assert_eq!((code, left), (Some(0), vec![]), "{command:?}");
    }
}

#[test]
fn a_key_that_replaces_a_refused_one_is_used_without_a_signal() {
    let redox = Redox::start();
    let jwks = redox.folder.make_key("next.pem", "ES384");
    let state = redox.server.sandbox().set_jwks(&redox.client_id, &jwks);
    state.unwrap();
    let running = Running::start(redox.call(&["token", "--watch"]));
    assert!(running.said().contains("the server refused"));
    replace(&redox, "key.pem", "next.pem");
    // Long before the pause after a refusal is over, and before anybody's patience is.
    assert!(running.line().len() > 20);
    let (code, left) = running.end_by("-TERM");
    assert_eq!(code, Some(0));
    let part = format!(
        "key.pem has changed; the key \"{}\" for ES384",
        key_id(&jwks)
    );
    assert!(left.iter().any(|line| line.contains(&part)), "{left:#?}");
}

#[test]
fn the_keys_of_profiles_are_read_again_too() {
    let redox = Redox::start();
    let profile = format!(
        "[one]\nbase-url = \"{}\"\nclient-id = \"{}\"\nkey = \"key.pem\"\n",
        redox.server.base_url(),
        redox.client_id
    );
    redox.folder.write("config.toml", profile);
    let call = redox.folder.call(&["serve", "--config", "config.toml"]);
    let port = Port::of(
        &redox,
        call.args(&["--profiles", "one", "--secret-file", "secret"]),
    );
    let reply = port.token_of("one");
    assert_eq!(reply.status, 200, "{}", reply.body);
    let next = key_id(&redox.folder.make_key("next.pem", "ES384"));
    replace(&redox, "key.pem", "next.pem");
    port.running.signal("-HUP");
    let said = port.running.said();
    let part = format!("key.pem has changed; the key \"{next}\" for ES384 is in use now");
    assert!(said.ends_with(&part), "{said}");
    assert_eq!(port.token_of("one").status, 200);
}

#[test]
fn a_key_that_is_in_no_file_stays() {
    let redox = Redox::start();
    let pem = redox.folder.read("key.pem");
    let call = redox.folder.call(&["token", "--watch", "--key", "env:OWN"]);
    let call = call.args(&["--base-url", redox.server.base_url()]);
    let call = call
        .args(&["--client-id", &redox.client_id])
        .env("OWN", pem);
    let running = Running::start(call);
    running.line();
    running.signal("-HUP");
    assert!(running.said().contains("no key comes from a file"));
    assert_eq!(running.end_by("-INT"), (Some(0), vec![]));
}

#[test]
fn a_legacy_secret_and_a_certificate_are_read_again_with_the_key() {
    let redox = Redox::start();
    let secret = {
        let mut state = redox.server.sandbox();
        state.register_legacy_key(&redox.source_id).unwrap()
    };
    redox.folder.write("secret", secret.expose_secret());
    let certify = |key: &str, out: &str| {
        let args = ["key", "certificate", "--key", key, "--out", out];
        redox.folder.run(&args).result();
    };
    certify("key.pem", "key.crt");
    let call = redox.call(&["token", "--watch", "--certificate", "key.crt"]);
    let call = call.args(&["--legacy-key", secret.api_key()]);
    let running = Running::start(call.args(&["--legacy-secret-file", "secret"]));
    running.line();

    let next = key_id(&redox.folder.make_key("next.pem", "ES384"));
    certify("next.pem", "next.crt");
    replace(&redox, "key.pem", "next.pem");
    redox.folder.write("secret", "another secret");
    running.signal("-HUP");
    // The certificate is still that of the key before.
    let said = running.said();
    assert!(
        said.contains("key.crt: ") && said.ends_with("stays in use"),
        "{said}"
    );
    let said = running.said();
    assert!(
        said.ends_with("secret has changed; the secret is in use now"),
        "{said}"
    );
    replace(&redox, "key.crt", "next.crt");
    running.signal("-HUP");
    let said = running.said();
    let part = format!("key.pem has changed; the key \"{next}\" for ES384 is in use now");
    assert!(said.ends_with(&part), "{said}");
    assert!(
        running
            .said()
            .ends_with("secret is as it was; the secret is in use")
    );
    assert_eq!(running.end_by("-INT").0, Some(0));
}
