use crate::canned::{Answer, Canned};
use crate::running::Running;
use crate::support::{Call, Folder, Outcome, assert_hidden};

const TOKEN: &str = r#"{"access_token":"an-access-token-to-hide","expires_in":300}"#;
const SECRET: &str = "a-legacy-secret-to-hide";
const MESSAGE: &str = r#"{"Meta":{"DataModel":"Order","EventType":"New","Destinations":[{"ID":"somebody"}]},"Patient":"Bixby-to-hide"}"#;

/// A server that refuses, gives a token, and takes no token at first.
fn server() -> Canned {
    let unknown = r#"{"error":"invalid_client","error_description":"Key not found"}"#;
    let token = Answer::json("200 OK", TOKEN);
    Canned::start(vec![
        Answer::json("401 Unauthorized", unknown),
        token.clone(),
        Answer::json("401 Unauthorized", "{}"),
        token,
        Answer::json("200 OK", r#"{"Meta":{}}"#),
    ])
}

/// A command that has every kind of secret.
fn call(folder: &Folder, server: &Canned, args: &[&str]) -> Call {
    folder.write("message.json", MESSAGE);
    folder
        .call(args)
        .args(&["--base-url", &server.url(), "--client-id", "client-1"])
        .args(&["--key", "one.pem", "--key", "two.pem"])
        .env("REDOX_LEGACY_API_KEY", "legacy-1")
        .env("REDOX_LEGACY_SECRET", SECRET)
}

/// Fails if a secret is in it, of the server's requests as well.
fn assert_no_secret(shown: &str, folder: &Folder, server: &Canned) {
    for secret in ["an-access-token-to-hide", SECRET, "Bixby-to-hide"] {
        assert_hidden(shown, secret);
    }
    for name in folder.names().iter().filter(|it| it.ends_with(".pem")) {
        assert_hidden(shown, &folder.read(name));
    }
    let requests = server.requests();
    let assertions = requests
        .iter()
        .filter_map(|it| it.split_once("client_assertion="));
    let assertions: Vec<_> = assertions
        .filter_map(|(_, rest)| rest.split('&').next())
        .collect();
    assert!(!assertions.is_empty(), "{requests:#?}");
    for assertion in assertions {
        assert_hidden(shown, assertion);
    }
}

/// Checks that it was said how a token was got, and nothing by others than this project.
fn assert_logged(outcome: &Outcome) {
    let log = &outcome.stderr;
    assert!(log.contains("redox_auth_reqwest"), "{outcome:#?}");
    assert!(log.contains("got a token"), "{outcome:#?}");
    assert!(!log.contains('\u{1b}'), "{outcome:#?}");
    for line in log.lines().filter(|line| line.starts_with("20")) {
        assert!(line.contains("redox_auth_reqwest::"), "{line}");
    }
}

#[test]
fn what_is_logged_says_what_happened_and_shows_no_secret() {
    for args in [
        &["token"][..],
        &["send", "message.json"],
        &["doctor"],
        &["migrate", "--once"],
    ] {
        let folder = Folder::new();
        folder.make_key("one.pem", "ES256");
        folder.make_key("two.pem", "ES256");
        let server = server();
        let outcome = call(&folder, &server, args).args(&["--log", "trace"]).run();
        assert_logged(&outcome);
        assert_no_secret(&outcome.stderr, &folder, &server);
    }
}

#[test]
fn a_change_of_keys_logs_too() {
    let folder = Folder::new();
    let jwks = folder.make_key("one.pem", "ES256");
    let registered = format!(r#"{{"payload":{{"apikey":{{"jwkSet":{jwks}}}}}}}"#);
    // One token shows that the old key works, another is for the Platform API.
    let server = Canned::start(vec![
        Answer::json("200 OK", TOKEN),
        Answer::json("200 OK", TOKEN),
        Answer::json("200 OK", &registered),
    ]);
    let rotate = ["key", "rotate", "--out", "two.pem", "--dry-run"];
    let call = folder.call(&rotate).args(&["--base-url", &server.url()]);
    let call = call.args(&["--client-id", "client-1", "--key", "one.pem"]);
    let outcome = call.args(&["--log", "trace"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    assert_logged(&outcome);
    assert_eq!(
        outcome.stderr.matches("got a token").count(),
        2,
        "{outcome:#?}"
    );
    assert_no_secret(&outcome.stderr, &folder, &server);
}

#[test]
fn a_server_of_tokens_logs_too() {
    let folder = Folder::new();
    folder.make_key("one.pem", "ES256");
    folder.make_key("two.pem", "ES256");
    let server = server();
    let serve = call(&folder, &server, &["serve", "--socket", "s"]);
    let running = Running::start(serve.env("REDOX_LOG", "trace"));
    let mut log = String::new();
    while !log.contains("got a token") {
        log.push_str(&running.said());
    }
    assert_no_secret(&log, &folder, &server);
}

#[test]
fn the_level_is_heeded_and_nothing_is_logged_unasked() {
    let folder = Folder::new();
    folder.make_key("one.pem", "ES256");
    folder.make_key("two.pem", "ES256");
    for (level, warnings, tokens) in [("error", 0, 0), ("warn", 1, 0), ("info", 1, 1)] {
        let outcome = call(&folder, &server(), &["token", "--log", level]).run();
        let count = |part: &str| outcome.stderr.matches(part).count();
        let found = (count("a token was refused"), count("got a token"));
        assert_eq!(found, (warnings, tokens), "{level}: {outcome:#?}");
    }
    let outcome = call(&folder, &server(), &["token"]).run();
    assert!(!outcome.stderr.contains("reqwest"), "{outcome:#?}");
    let outcome = call(&folder, &server(), &["token", "--log", "loud"]).run();
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
}
