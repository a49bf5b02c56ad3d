//! What `-v` and `-vv` show.

use crate::canned::{Answer, Canned};
use crate::running::Running;
use crate::support::{Folder, Outcome, Redox, assert_hidden};

/// A server that answers with the whole request, which holds every secret.
fn echo(_: usize, request: &str) -> Option<Answer> {
    let quoted = serde_json::Value::from(request);
    let body = format!(r#"{{"error":"invalid_client","error_description":{quoted}}}"#);
    let head = "set-cookie: session=cookie-to-hide\r\nx-cookie: cookie-to-hide";
    Some(Answer::with("401 Unauthorized", head, &body))
}

/// The secrets in the requests that a server got.
fn secrets(server: &Canned) -> Vec<String> {
    let mut secrets = vec!["cookie-to-hide".to_owned()];
    for request in server.requests() {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        for line in head.lines() {
            let (name, value) = line.split_once(": ").unwrap_or_default();
            if ["authorization", "dpop", "cookie"].contains(&&*name.to_ascii_lowercase()) {
                secrets.push(value.rsplit(' ').next().unwrap().to_owned());
            }
        }
        for (name, value) in body.split('&').filter_map(|it| it.split_once('=')) {
            if ["client_assertion", "client_secret", "pin"].contains(&name) {
                secrets.push(value.to_owned());
            }
        }
    }
    secrets
}

fn assert_seen(outcome: &Outcome, parts: &[&str]) {
    for part in parts {
        assert!(
            outcome.stderr.contains(part),
            "{part:?} is not in {outcome:#?}"
        );
    }
}

#[test]
fn no_kind_of_credential_is_seen() {
    let fields = r#"{"client_secret":"a-client-secret-to-hide","pin":"a-pin-to-hide"}"#;
    let cases: [&[&str]; 6] = [
        &["token"],
        &["token", "--dpop"],
        &["token", "--field", fields],
        &["token", "--grant", "jwt-bearer"],
        &["migrate", "--once"],
        &["doctor"],
    ];
    for args in cases {
        for verbose in ["-v", "-vv"] {
            let folder = Folder::new();
            folder.make_key("key.pem", "ES256");
            let server = Canned::choosing(|_| echo);
            let call = folder
                .call(args)
                .args(&["--base-url", &server.url(), verbose]);
            let call = call.args(&["--client-id", "client-1", "--key", "key.pem"]);
            let call = call
                .env("REDOX_LEGACY_API_KEY", "legacy-1")
                .env("REDOX_LEGACY_SECRET", "a-legacy-secret-to-hide");
            let outcome = call.run();
            assert_ne!(outcome.code, Some(0), "{outcome:#?}");
            assert_seen(&outcome, &["> #1 ", "< #1 401 Unauthorized in "]);
            let shown = format!("{}{}", outcome.stdout, outcome.stderr);
            for secret in secrets(&server) {
                assert_hidden(&shown, &secret);
            }
            for secret in [
                "a-client-secret-to-hide",
                "a-pin-to-hide",
                "a-legacy-secret-to-hide",
            ] {
                assert_hidden(&shown, secret);
            }
            assert_hidden(&shown, &folder.read("key.pem"));
            let redacted = outcome.stderr.contains("[redacted]");
            assert!(redacted || verbose == "-v", "{outcome:#?}");
        }
    }
}

#[test]
fn neither_the_token_nor_what_a_message_carries_as_a_secret_is_seen() {
    let token = r#"{"access_token":"an-access-token-to-hide","refresh_token":"another-to-hide","expires_in":300}"#;
    let answer = r#"{"Meta":{},"Repeated":"an-access-token-to-hide"}"#;
    let server = Canned::start(vec![
        Answer::json("200 OK", token),
        Answer::json("200 OK", answer),
    ]);
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let message = r#"{"Meta":{"DataModel":"Order","EventType":"New","Destinations":[{"ID":"a"}]},"Password":"a-password-to-hide"}"#;
    folder.write("m.json", message);
    let call = folder.call(&["send", "m.json", "-vv", "--base-url", &server.url()]);
    let outcome = call
        .args(&["--client-id", "client-1", "--key", "key.pem"])
        .run();
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    assert_eq!(outcome.stdout, format!("{answer}\n"));
    let hidden = [
        "an-access-token-to-hide",
        "another-to-hide",
        "a-password-to-hide",
    ];
    for secret in hidden {
        assert_hidden(&outcome.stderr, secret);
    }
    let parts = [
        "> authorization: Bearer [redacted]",
        "\"Password\": \"[redacted]\"",
        "\"DataModel\": \"Order\"",
    ];
    assert_seen(&outcome, &parts);
}

#[test]
fn the_password_of_a_proxy_is_not_seen() {
    let proxy = Canned::always(Answer::with(
        "407 Proxy Authentication Required",
        "a: b",
        "",
    ));
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let url = proxy
        .url()
        .replace("http://", "http://user-to-hide:password-to-hide@");
    let call = folder.call(&["token", "-vv", "--base-url", "https://as.example"]);
    let call = call.args(&["--client-id", "client-1", "--key", "key.pem"]);
    let outcome = call.env("HTTPS_PROXY", url).run();
    assert_eq!(outcome.code, Some(3), "{outcome:#?}");
    assert_seen(
        &outcome,
        &["> #1 POST https://as.example/", "< #1 no answer after "],
    );
    for secret in [
        "user-to-hide",
        "password-to-hide",
        "dXNlci10by1oaWRlOnBhc3N3b3JkLXRvLWhpZGU",
    ] {
        assert_hidden(&outcome.stderr, secret);
    }
}

#[test]
fn a_line_shows_what_one_looks_for_first() {
    let head = "date: Mon, 30 Nov 2026 22:00:00 GMT\r\nx-request-id: id-1\r\nretry-after: 7";
    let server = Canned::always(Answer::with("503 Service Unavailable", head, "{}"));
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let call = folder.call(&["token", "-v", "--base-url", &server.url()]);
    let outcome = call
        .args(&["--client-id", "client-1", "--key", "key.pem"])
        .run();
    assert_seen(
        &outcome,
        &[
            "< #1 503 Service Unavailable in ",
            " ms, Date: Mon, 30 Nov 2026 22:00:00 GMT, Retry-After: 7, x-request-id: id-1\n",
        ],
    );
}

#[test]
fn the_assertion_is_explained_and_the_sandbox_gives_its_reason() {
    let redox = Redox::start();
    let outcome = redox
        .call(&["token", "-v", "--audience", "https://other.example"])
        .run();
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    assert_seen(
        &outcome,
        &[
            "header of the assertion\n    alg   \"ES384\"\n          the algorithm",
            &format!("iss   \"{}\"", redox.client_id),
            "aud   \"https://other.example\"",
            "exp   ",
            "in 29",
            "jti   ",
            "the sandbox's reason: ",
        ],
    );
    let outcome = redox.call(&["assertion", "-v"]).run();
    assert_eq!(outcome.stdout.split('.').count(), 3, "{outcome:#?}");
    assert_seen(&outcome, &["claims of the assertion"]);
}

#[test]
fn metadata_and_the_platform_api_are_seen_too() {
    let redox = Redox::start();
    let issuer = redox.server.base_url().to_owned();
    let outcome = redox.call(&["token", "-v", "--issuer", &issuer]).run();
    assert_seen(&outcome, &["> #1 GET http", "/.well-known/"]);
    redox.folder.write("t", "a-platform-token-to-hide");
    let outcome = redox
        .call(&["doctor", "-vv", "--platform-token-file", "t"])
        .run();
    assert_seen(
        &outcome,
        &["/platform/v1/", "> authorization: Bearer [redacted]"],
    );
    assert_hidden(&outcome.stderr, "a-platform-token-to-hide");
}

#[test]
fn a_server_of_tokens_shows_its_requests_too() {
    let redox = Redox::start();
    let running = Running::start(redox.call(&["serve", "--socket", "s", "-vv"]));
    let mut shown = running.said();
    assert!(shown.starts_with("> #1 POST "), "{shown}");
    while !shown.contains("access_token") {
        shown.push_str(&running.said());
    }
    assert!(shown.contains("client_assertion=[redacted]"), "{shown}");
    assert!(
        shown.contains("\"access_token\": \"[redacted]\""),
        "{shown}"
    );
}
