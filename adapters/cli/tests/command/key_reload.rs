//! Key files that change under the command.

use std::fs;
use std::process::Command;

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
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
        let said_on_hangup = || {
            running.signal("-HUP");
            let said = running.said();
            said.strip_prefix("redox-auth: note: ").unwrap().to_owned()
        };
        let next = key_id(&redox.folder.make_key("next.pem", "ES256"));
        assert_ne!(first, next);
        replace(&redox, "key.pem", "next.pem");
        let named = format!("the key \"{next}\" for ES256");
        assert_eq!(
            said_on_hangup(),
            format!("key.pem has changed; the next token is requested with {named}")
        );
        let unchanged = format!("key.pem has not changed; {named} is in use");
        assert_eq!(said_on_hangup(), unchanged);
        let whole = redox.folder.read("key.pem");
        redox.folder.write("key.pem", &whole[..whole.len() / 2]);
        for _ in 0..2 {
            let said = said_on_hangup();
            assert!(said.starts_with("key.pem: "), "{said}");
            assert!(said.ends_with(&format!("; {named} stays in use")), "{said}");
            assert_hidden(&said, &whole);
        }
        fs::remove_file(redox.folder.path("key.pem")).unwrap();
        let said = said_on_hangup();
        assert!(said.starts_with("key.pem: cannot be read: "), "{said}");
        redox.folder.write("key.pem", &whole);
        let usable = format!("key.pem is usable again; {named} is in use");
        assert_eq!(said_on_hangup(), usable);
        let (code, left) = running.end_by("-TERM");
        assert_eq!((code, left), (Some(0), vec![]), "{command:?}");
    }
}

#[test]
fn the_commands_of_the_page_replace_the_key_of_a_running_service() {
    let page = include_str!("../../SERVE.md");
    let (_, section) = page
        .split_once("\n## A new key for a running service\n")
        .unwrap();
    let (_, block) = section.split_once("\n```sh\n").unwrap();
    let (commands, _) = block.split_once("\n```\n").unwrap();
    let redox = Redox::start();
    replace(&redox, "private-key.pem", "key.pem");
    let variables = [
        ("REDOX_CLIENT_ID", redox.client_id.as_str()),
        ("REDOX_BASE_URL", redox.server.base_url()),
        ("REDOX_KEY_FILE", "private-key.pem"),
    ];
    let call = redox.folder.call(&["serve", "--socket", "s"]);
    let call = variables
        .iter()
        .fold(call, |call, (name, value)| call.env(name, value));
    let running = Running::start(call);
    running.line();
    let mut registered = 0;
    for command in commands.lines() {
        let command = command.replace("redox-auth", env!("CARGO_BIN_EXE_redox-auth"));
        let output = Command::new("sh")
            .args(["-euc", &command])
            .current_dir(redox.folder.path("."))
            .env("PID", running.id())
            .envs(variables)
            .output()
            .unwrap();
        assert!(output.status.success(), "{command}: {output:?}");
        if command.contains(" key jwks ") {
            let jwks = String::from_utf8(output.stdout).unwrap();
            let mut state = redox.server.sandbox();
            state.set_jwks(&redox.client_id, &jwks).unwrap();
            registered += 1;
        }
    }
    assert_eq!(registered, 2);
    let next = key_id(
        &redox
            .folder
            .run(&["key", "jwks", "private-key.pem"])
            .result(),
    );
    assert_eq!(
        running.said(),
        format!(
            "redox-auth: note: private-key.pem has changed; the next token is requested with the key \"{next}\" for ES384"
        )
    );
    assert_eq!(running.end_by("-TERM"), (Some(0), vec![]));
}

#[test]
fn a_hangup_ends_the_command_when_its_terminal_has_closed() {
    let redox = Redox::start();
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    // It closes with the test's end of it.
    fcntl_setfd(&terminal, FdFlags::CLOEXEC).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let input = fs::File::open(name.to_str().unwrap()).unwrap();
    let running = Running::start_at(redox.call(&["token", "--watch"]), input);
    running.line();
    running.signal("-HUP");
    assert!(running.said().contains("key.pem has not changed"));
    drop(terminal);
    assert_eq!(running.end_by("-HUP"), (Some(0), vec![]));
}

#[test]
fn a_new_key_that_others_can_read_is_noted() {
    use std::os::unix::fs::PermissionsExt as _;

    let redox = Redox::start();
    let running = Running::start(redox.call(&["token", "--watch"]));
    running.line();
    redox.folder.make_key("next.pem", "ES384");
    let next = redox.folder.path("next.pem");
    fs::set_permissions(next, fs::Permissions::from_mode(0o644)).unwrap();
    replace(&redox, "key.pem", "next.pem");
    running.signal("-HUP");
    assert!(running.said().contains("key.pem has changed; "));
    let said = running.said();
    assert!(said.contains("others can read or change key.pem"), "{said}");
    assert_eq!(running.end_by("-TERM"), (Some(0), vec![]));
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
        "key.pem has changed; the next token is requested with the key \"{}\" for ES384",
        key_id(&jwks)
    );
    assert!(left.iter().any(|line| line.contains(&part)), "{left:#?}");
}

#[test]
fn a_hangup_lets_a_refused_key_be_tried_again() {
    let redox = Redox::start();
    let jwks = redox.registered_keys();
    let next = redox.folder.make_key("next.pem", "ES384");
    let register = |jwks: &str| {
        let mut state = redox.server.sandbox();
        state.set_jwks(&redox.client_id, jwks).unwrap();
    };
    register(&next);
    let running = Running::start(redox.call(&["token", "--watch"]));
    assert!(running.said().contains("the server refused"));
    register(&jwks);
    running.signal("-HUP");
    assert!(running.line().len() > 20);
    let (code, left) = running.end_by("-TERM");
    assert_eq!(code, Some(0));
    assert!(
        left.iter()
            .any(|line| line.contains("key.pem has not changed; ")),
        "{left:#?}"
    );
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
    let part = format!(
        "key.pem has changed; the next token is requested with the key \"{next}\" for ES384"
    );
    assert!(said.ends_with(&part), "{said}");
    assert_eq!(port.token_of("one").status, 200);
    let metrics = port.get("/metrics", &[]).body;
    assert!(
        metrics.contains("redox_auth_file_changes_total{outcome=\"taken\"} 1"),
        "{metrics}"
    );
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
    let said = running.said();
    assert!(said.contains("no key is in a file"), "{said}");
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
        said.ends_with("secret has changed; the next token is requested with its secret"),
        "{said}"
    );
    replace(&redox, "key.crt", "next.crt");
    running.signal("-HUP");
    let said = running.said();
    let part = format!(
        "key.pem has changed; the next token is requested with the key \"{next}\" for ES384"
    );
    assert!(said.ends_with(&part), "{said}");
    let said = running.said();
    assert!(
        said.ends_with("secret has not changed; its secret is in use"),
        "{said}"
    );
    assert_eq!(running.end_by("-INT").0, Some(0));
}
