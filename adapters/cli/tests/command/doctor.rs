use core::time::Duration;

#[cfg(unix)]
use redox_auth_sandbox::ServerOptions;
#[cfg(unix)]
use redox_auth_sandbox::jiff::{SignedDuration, Timestamp};
use redox_auth_sandbox::{Fault, Place, Times};
use serde_json::Value;
use tokio::net::TcpSocket;

use crate::canned::{Answer, Canned};
use crate::support::{Call, Folder, Redox, assert_hidden};

/// The exit code, and verdict and text of each line by the name of its check.
pub(crate) fn checks(call: Call) -> (Option<i32>, Vec<(String, String, String)>) {
    let outcome = call.args(&["--json"]).run();
    let line = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let member = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let text = format!("{}; {}", member("found"), member("advice"));
        (member("check"), member("verdict"), text)
    };
    (outcome.code, outcome.stdout.lines().map(line).collect())
}

/// Checks that the lines of one check are as expected, a part of each text.
pub(crate) fn expect(lines: &[(String, String, String)], check: &str, expected: &[(&str, &str)]) {
    let found: Vec<_> = lines.iter().filter(|line| line.0 == check).collect();
    assert_eq!(found.len(), expected.len(), "{check}: {lines:#?}");
    for ((_, verdict, text), (expected, part)) in found.into_iter().zip(expected) {
        assert_eq!(verdict, expected, "{check}: {text}");
        assert!(
            text.contains(part),
            "{check}: expected {part}, found {text}"
        );
    }
}

#[test]
fn what_works_is_ok_line_by_line() {
    let redox = Redox::start();
    let jwks_url = format!(
        "{}/.well-known/jwks/{}",
        redox.server.base_url(),
        redox.client_id
    );
    let call = || redox.call(&["doctor", "--jwks-url", &jwks_url]);
    let shown = call().run().done();
    for line in shown.lines() {
        // Without the Platform API nobody looks for the source.
        let is_seen = !line.contains("source: ");
        let verdict = if is_seen { "ok    " } else { "skip  " };
        assert!(line.starts_with(verdict), "{line}");
    }
    let (code, lines) = checks(call().env("REDOX_SCOPE", "a"));
    assert_eq!(code, Some(0));
    for (check, part) in [
        (
            "configuration",
            "no profile; from the environment: REDOX_SCOPE",
        ),
        ("client ID", redox.client_id.as_str()),
        ("key", "key.pem: ES384, PKCS#8 in PEM, key ID \""),
        ("server", "/v2/auth/token"),
        ("DNS", "127.0.0.1"),
        ("connection", "without TLS"),
        ("clock", " s "),
        ("JWK Set", "is in it"),
        ("token", "obtained a token for 300 s"),
    ] {
        expect(&lines, check, &[("ok", part)]);
    }
    expect(
        &lines,
        "source",
        &[("skip", "no source is given, which Redox accepts")],
    );
}

#[test]
fn what_is_wrong_here_is_told_and_the_rest_is_checked_all_the_same() {
    let redox = Redox::start();
    let call = || {
        redox
            .folder
            .call(&["doctor", "--base-url", redox.server.base_url()])
    };
    let (code, lines) = checks(call());
    assert_eq!(code, Some(2));
    expect(
        &lines,
        "client ID",
        &[("FAIL", "--client-id or REDOX_CLIENT_ID")],
    );
    expect(&lines, "key", &[("FAIL", "redox-auth key new")]);
    expect(&lines, "clock", &[("ok", " s ")]);
    expect(&lines, "token", &[]);

    let (_, lines) = checks(redox.call(&["doctor", "--key-id", "a", "--key-id", "b"]));
    expect(&lines, "key", &[("FAIL", "found 2 for 1; ")]);

    let keys = [
        "--key",
        "missing.pem",
        "--key-id",
        "first",
        "--key-id",
        "second",
    ];
    let call_with_ids = call().args(&keys).args(&["--key", "key.pem"]);
    let expected = [("FAIL", "missing.pem"), ("ok", "key ID \"second\"")];
    expect(&checks(call_with_ids).1, "key", &expected);

    redox.folder.make_key("p256.pem", "ES256");
    redox.folder.make_key("rsa.pem", "RS384");
    redox
        .folder
        .write("broken.pem", &redox.folder.read("rsa.pem")[..200]);
    let keys = [
        "p256.pem",
        "broken.pem",
        "rsa.pem",
        "key.pem",
        "missing.pem",
    ];
    let call = keys
        .iter()
        .fold(call(), |call, key| call.args(&["--key", key]));
    let call = call.args(&["--client-id", &redox.client_id, "--source-id", "s"]);
    let (code, lines) = checks(call);
    assert_eq!(code, Some(2));
    expect(
        &lines,
        "key",
        &[
            ("warn", "p256.pem: ES256, PKCS#8 in PEM"),
            ("FAIL", "private key in broken.pem"),
            ("ok", "rsa.pem: RS384 with 3072 bits, PKCS#8 in PEM"),
            ("ok", "key.pem: ES384"),
            ("FAIL", "cannot read missing.pem"),
        ],
    );
    expect(
        &lines,
        "token",
        &[
            ("FAIL", "Public key not found"),
            (
                "FAIL",
                "likely cause: the server has no valid public key for this client ID and key ID",
            ),
            ("ok", "obtained a token for 300 s"),
        ],
    );
    expect(
        &lines,
        "source",
        &[(
            "warn",
            "\"s\", which only a message or the Platform API can check",
        )],
    );
    expect(&lines, "source", &[("warn", "--platform-token-file")]);
}

#[test]
fn a_refusal_ends_with_1_no_answer_with_3_and_a_wrong_url_with_2() {
    let redox = Redox::start();
    let (code, lines) = checks(redox.call(&["doctor", "--key-id", "unknown"]));
    assert_eq!(code, Some(1));
    expect(&lines, "token", &[("FAIL", "Public key not found")]);
    expect(&lines, "clock", &[("ok", "")]);

    // Taken, so that nobody else gets it, and not listening.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/token", taken.local_addr().unwrap());
    let (code, lines) = checks(redox.call(&["doctor", "--token-url", &url]));
    assert_eq!(code, Some(3));
    for check in ["connection", "clock", "token"] {
        expect(&lines, check, &[("FAIL", "")]);
    }
    let shown = redox.call(&["doctor", "--token-url", &url]).run().stderr;
    let first = "redox-auth: checks that failed: connection, clock, token\n";
    assert!(shown.starts_with(first), "{shown}");

    let (code, lines) = checks(redox.call(&["doctor", "--token-url", "http://as.example"]));
    assert_eq!(code, Some(2));
    expect(&lines, "server", &[("FAIL", "token URL: expected https")]);
    let shown = redox.call(&["doctor", "--key-id", "unknown"]).run();
    let first = "redox-auth: checks that failed: token\n";
    assert!(shown.stderr.starts_with(first), "{shown:#?}");
}

#[test]
fn a_clock_that_is_off_is_measured() {
    let redox = Redox::start();
    redox.server.clock().advance(Duration::from_secs(4000));
    let (code, lines) = checks(redox.call(&["doctor"]));
    assert_eq!(code, Some(0));
    let text = &lines.iter().find(|line| line.0 == "clock").unwrap().2;
    let secs: u64 = text.split(' ').next().unwrap().parse().unwrap();
    assert!((3900..=4001).contains(&secs), "{text}");
    expect(&lines, "clock", &[("warn", " s behind the server's")]);
    expect(&lines, "token", &[("ok", "obtained a token")]);
    for fault in [Fault::GarbledDate, Fault::Aged(5)] {
        let mut state = redox.server.sandbox();
        state.inject(Place::Token, fault, Times::Next(1));
        drop(state);
        let (_, lines) = checks(redox.call(&["doctor"]));
        expect(&lines, "clock", &[("warn", "not compared")]);
    }
}

#[test]
fn the_set_of_keys_is_compared_with_the_private_ones() {
    let redox = Redox::start();
    let own = redox
        .folder
        .run(&["key", "jwks", "key.pem", "--key-id", "k"])
        .done();
    let other = redox.folder.make_key("other.pem", "ES384");
    let same_name = redox
        .folder
        .run(&["key", "jwks", "other.pem", "--key-id", "k"])
        .done();
    let private = own.replace("\"kid\"", "\"d\":\"c2VjcmV0\",\"kid\"");
    for (body, expected) in [
        (own.as_str(), &[("ok", "\"k\" is in it")][..]),
        (&other, &[("FAIL", "expected key ID \"k\"")]),
        (&same_name, &[("FAIL", "\"k\" belongs to another key")]),
        (
            &private,
            &[("FAIL", "publishes a private key"), ("ok", "is in it")],
        ),
        ("{\"keys\":[]}", &[("FAIL", "found no key")]),
        (
            "{}",
            &[("FAIL", "expected a JWK Set, found something else")],
        ),
        (
            "<html>",
            &[("FAIL", "expected a JWK Set, found something else")],
        ),
    ] {
        let server = Canned::always(Answer::json("200 OK", body));
        let call = redox.call(&["doctor", "--key-id", "k", "--jwks-url", &server.url()]);
        let (code, lines) = checks(call);
        expect(&lines, "JWK Set", expected);
        assert_ne!(code, Some(0), "{body}");
    }
    let jwks = redox.folder.run(&["key", "jwks", "key.pem"]).done();
    let for_encryption = jwks.replace("\"use\":\"sig\"", "\"use\":\"enc\"");
    let server = Canned::always(Answer::json("200 OK", &for_encryption));
    let call = redox.call(&["doctor", "--jwks-url", &server.url()]);
    let note = "`use` of the JWK is \"enc\", which is not signing";
    expect(
        &checks(call).1,
        "JWK Set",
        &[("ok", "is in it"), ("warn", note)],
    );
    let endless = Canned::always(Answer::endless("HTTP/1.1 200 OK\r\n\r\n", "{\"keys\":["));
    let call = redox.call(&["doctor", "--jwks-url", &endless.url()]);
    expect(&checks(call).1, "JWK Set", &[("FAIL", "found more")]);
    let call = redox.call(&["doctor", "--jwks-url", "http://as.example/jwks"]);
    expect(&checks(call).1, "JWK Set", &[("FAIL", "expected https")]);
}

#[test]
fn a_legacy_key_is_tried_alone() {
    let redox = Redox::start();
    let key = redox.server.sandbox().register_legacy_key(&redox.source_id);
    let key = key.unwrap();
    let call = |secret: &str| {
        let call = redox
            .folder
            .call(&["doctor", "--base-url", redox.server.base_url()]);
        let call = call.args(&["--legacy-key", key.api_key()]);
        call.env("REDOX_LEGACY_SECRET", secret)
    };
    let (code, lines) = checks(call(key.expose_secret()));
    assert_eq!(code, Some(0), "{lines:#?}");
    expect(&lines, "legacy secret", &[("ok", key.api_key())]);
    expect(
        &lines,
        "token",
        &[("ok", "the legacy API key obtained a token for 86")],
    );
    expect(&lines, "key", &[]);
    let (code, lines) = checks(call("wrong-and-to-be-hidden"));
    assert_eq!(code, Some(1));
    expect(&lines, "token", &[("FAIL", "the API key and its secret")]);
    assert_hidden(&format!("{lines:?}"), "wrong-and-to-be-hidden");
}

#[test]
fn the_profile_is_named() {
    let folder = Folder::new();
    folder.write("c.toml", "[staging]\ntoken-url = \"http://as.example\"\n");
    let call = folder.call(&["doctor", "--profile", "staging", "--config", "c.toml"]);
    let (code, lines) = checks(call);
    assert_eq!(code, Some(2));
    expect(
        &lines,
        "configuration",
        &[("ok", "profile \"staging\" of c.toml")],
    );
    expect(&lines, "server", &[("FAIL", "token URL")]);
}

#[test]
fn a_profile_that_cannot_be_used_is_a_failure_among_others() {
    let redox = Redox::start();
    for (config, part) in [
        (
            "[staging]\n\nclient_id = \"a\"",
            "c.toml, line 3: expected the name of an option, the nearest is \"client-id\"",
        ),
        (
            "[staging]\nscope = 7",
            "c.toml, line 2: [staging] scope: expected a string",
        ),
        ("[other]", "profiles in it (\"other\"), found \"staging\""),
        ("[staging", "c.toml, line 1: "),
    ] {
        redox.folder.write("c.toml", config);
        let call = || redox.call(&["doctor", "--profile", "staging", "--config", "c.toml"]);
        let (code, lines) = checks(call().env("REDOX_SCOPE", "a"));
        assert_eq!(code, Some(2), "{config}: {lines:#?}");
        let used = "no profile; from the environment: REDOX_SCOPE";
        expect(&lines, "configuration", &[("FAIL", part), ("ok", used)]);
        expect(&lines, "token", &[("ok", "obtained a token for 300 s")]);
        let shown = call().run().stderr;
        let first = "redox-auth: checks that failed: configuration\n";
        assert!(shown.starts_with(first), "{config}: {shown}");
    }
    let call = redox.call(&["doctor", "--profile", "staging", "--config", "nowhere.toml"]);
    let (_, lines) = checks(call);
    let found = [("FAIL", "cannot read nowhere.toml"), ("ok", "no profile")];
    expect(&lines, "configuration", &found);
}

#[cfg(unix)]
#[test]
fn files_that_others_can_read_are_named() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;

    let redox = Redox::start();
    set_permissions(redox.folder.path("key.pem"), Permissions::from_mode(0o644)).unwrap();
    let outcome = redox.call(&["doctor"]).run();
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    let line =
        "warn  permissions: others can read or change key.pem; run: chmod 600 -- 'key.pem'\n";
    assert!(outcome.stdout.contains(line), "{outcome:#?}");
}

#[cfg(unix)]
#[test]
fn with_tls_version_and_certificate_are_checked() {
    use crate::running::Running;

    let folder = Folder::new();
    let sandbox = Running::start(folder.call(&["sandbox", "--tls"]));
    let variables: Vec<String> = (0..7).map(|_| sandbox.line()).collect();
    let call = || {
        let set = |call: Call, line: &String| {
            let (name, value) = line.split_once('=').unwrap();
            call.env(
                name.strip_prefix("export ").unwrap(),
                value.trim_matches('\''),
            )
        };
        variables.iter().fold(folder.call(&["doctor"]), set)
    };
    let (code, lines) = checks(call());
    assert_eq!(code, Some(0), "{lines:#?}");
    expect(
        &lines,
        "connection",
        &[("ok", "TLS 1.3, certificate accepted")],
    );
    expect(&lines, "clock", &[("ok", "")]);

    let stranger = folder.call(&["sandbox", "--tls", "--ca-out", "other.pem"]);
    let stranger = Running::start(stranger);
    stranger.line();
    let (code, lines) = checks(call().env("SSL_CERT_FILE", "other.pem"));
    assert_eq!(code, Some(3), "{lines:#?}");
    expect(
        &lines,
        "connection",
        &[(
            "FAIL",
            "does not verify: one is damaged, or another authority has the same name",
        )],
    );
    expect(&lines, "clock", &[("FAIL", "certificate")]);
}

#[cfg(unix)]
#[test]
fn the_end_of_the_certificate_is_told_before_it_comes_and_after() {
    let day = SignedDuration::from_hours(24);
    let today = Timestamp::now();
    for (days, verdict, code, part) in [
        (300, "ok", 0, "certificate accepted, until "),
        (5, "warn", 0, "to renew it before"),
        (
            -5,
            "FAIL",
            3,
            "the server's certificate, or its issuer's, expired at ",
        ),
    ] {
        let end = today + days * day;
        let folder = Folder::new();
        let jwks = folder.make_key("key.pem", "ES256");
        let options = ServerOptions::new().tls().certificate_until(end);
        let redox = Redox::on(folder, &jwks, options);
        let (found, lines) = checks(redox.call(&["doctor"]).env("SSL_CERT_FILE", "ca.pem"));
        assert_eq!(found, Some(code), "{lines:#?}");
        expect(&lines, "connection", &[(verdict, part)]);
        let end = format!("{}T00:00:00Z", &end.to_string()[..10]);
        expect(&lines, "connection", &[(verdict, &end)]);
    }
}

#[test]
fn a_proxy_is_not_asked_for_loopback() {
    let redox = Redox::start();
    let proxy = Canned::always(Answer::raw("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    let call = redox.call(&["doctor"]).env("HTTPS_PROXY", proxy.url());
    let (code, lines) = checks(call);
    assert_eq!(code, Some(0), "{lines:#?}");
    expect(&lines, "connection", &[("ok", "without TLS")]);
    expect(&lines, "proxy", &[]);
    assert_eq!(proxy.requests(), [""; 0]);
}
