use core::time::Duration;

use redox_auth_sandbox::jiff::SignedDuration;
use redox_auth_sandbox::{Fault, Place, RetryAfter, Times};
use serde_json::{Value, json};

use crate::support::{Folder, Redox, assert_hidden};

#[test]
fn a_token_is_all_that_is_printed() {
    for algorithm in [
        "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256",
    ] {
        let folder = Folder::new();
        let jwks = folder.make_key("key.pem", algorithm);
        let redox = Redox::with(folder, &jwks);
        let token = redox.call(&["token", "--alg", algorithm]).run().done();
        assert!(token.bytes().all(|byte| byte.is_ascii_graphic()), "{token}");
        assert_eq!(redox.server.counters().tokens_minted, 1, "{algorithm}");
        assert_eq!(redox.folder.names(), ["key.pem"]);
    }
}

#[test]
fn a_token_as_json_has_its_lifetime_and_scope() {
    let redox = Redox::start();
    let json = redox.call(&["token", "--json"]).run().done();
    let token: Value = serde_json::from_str(&json).unwrap();
    assert!(token["access_token"].is_string());
    assert_eq!(
        (&token["token_type"], &token["expires_in"]),
        (&json!("Bearer"), &json!(300))
    );
    assert_eq!(token.get("scope"), None);

    let scope = "system/*.rs \"a\" & b";
    let json = redox
        .call(&["token", "--json", "--scope", scope])
        .run()
        .done();
    let token: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(token["scope"], scope);
}

#[test]
fn every_option_may_come_from_the_environment_and_an_option_wins() {
    let redox = Redox::start();
    let call = || {
        redox
            .folder
            .call(&["token", "--json"])
            .env("REDOX_BASE_URL", redox.server.base_url())
            .env("REDOX_CLIENT_ID", &redox.client_id)
            .env("REDOX_KEY_FILE", "key.pem")
            .env("REDOX_SCOPE", "from the environment")
    };
    let token: Value = serde_json::from_str(&call().run().done()).unwrap();
    assert_eq!(token["scope"], "from the environment");
    let with_option = call().args(&["--scope", "from the option"]);
    let token: Value = serde_json::from_str(&with_option.run().done()).unwrap();
    assert_eq!(token["scope"], "from the option");

    // Each of these changes the opinion of the server or of the command.
    for (name, value, code) in [
        ("REDOX_BASE_URL", "http://as.example", 2),
        ("REDOX_TOKEN_URL", "http://as.example/token", 2),
        ("REDOX_REGION", "eu", 2),
        ("REDOX_TYP", "at+jwt", 2),
        ("REDOX_KEY_FILE", "no-such-file", 2),
        ("REDOX_CLIENT_ID", "another", 1),
        ("REDOX_KEY_ID", "another", 1),
        ("REDOX_AUDIENCE", "https://as.example", 1),
        ("REDOX_TYP", "client-authentication+jwt", 1),
    ] {
        let outcome = call().env(name, value).run();
        assert_eq!(outcome.code, Some(code), "{name}: {outcome:#?}");
        assert_eq!(outcome.stdout, "", "{name}");
    }
}

#[test]
fn the_key_itself_may_stand_in_the_environment() {
    let redox = Redox::start();
    let pem = redox.folder.read("key.pem");
    let call = |key: &str| {
        redox
            .folder
            .call(&["token", "--base-url", redox.server.base_url()])
            .env("REDOX_CLIENT_ID", &redox.client_id)
            .env("REDOX_PRIVATE_KEY", key)
            .run()
    };
    call(&pem).done();
    let shown = call(&pem[..pem.len() / 2]).failed(2);
    assert!(
        shown.contains("private key in REDOX_PRIVATE_KEY"),
        "{shown}"
    );
    assert_hidden(&shown, &pem);
}

#[test]
fn an_assertion_from_a_file_or_standard_input_is_exchanged_once() {
    let redox = Redox::start();
    let exchange = |from: &str, input: &str| {
        let args = [
            "token",
            "--assertion",
            from,
            "--base-url",
            redox.server.base_url(),
        ];
        redox.folder.call(&args).input(input).run()
    };
    let sign = || redox.call(&["assertion"]).run().done();

    let first = sign();
    redox.folder.write("assertion.jwt", format!("{first}\n"));
    assert!(!exchange("assertion.jwt", "").done().is_empty());
    let second = sign();
    assert!(
        !exchange("-", &format!("\n {second} \r\n"))
            .done()
            .is_empty()
    );

    for (from, input) in [("assertion.jwt", ""), ("-", second.as_str())] {
        let shown = exchange(from, input).failed(1);
        assert!(
            shown.contains("the server refused with status 400"),
            "{shown}"
        );
        assert!(shown.contains("invalid_request"), "{shown}");
        assert_hidden(&shown, &first.replace('.', "\n"));
        assert_hidden(&shown, &second.replace('.', "\n"));
    }
    assert_eq!(redox.server.counters().jti_replays, 2);

    let before = redox.server.counters().requests;
    for input in ["", "garbage", "a.b", "a.b.c", "....", "\u{0}", "{}"] {
        let shown = exchange("-", input).failed(2);
        assert!(shown.contains("expected"), "{input:?}: {shown}");
        assert!(shown.contains("found"), "{input:?}: {shown}");
    }
    let shown = exchange("no-such-file", "").failed(2);
    assert!(
        shown.contains("assertion: cannot read no-such-file"),
        "{shown}"
    );
    assert_eq!(redox.server.counters().requests, before);
}

#[test]
fn a_refusal_has_the_servers_words_their_meaning_and_what_was_sent() {
    let redox = Redox::start();
    let shown = redox
        .call(&["token", "--key-id", "old key"])
        .run()
        .failed(1);
    for part in [
        "the server refused with status 400",
        "invalid_request",
        "Public key not found, check client_id, kid and Redox dashboard settings",
        "no valid public key for this client ID and key ID; check both",
        &redox.client_id,
        "old key",
        "ES384",
        &format!("{}/v2/auth/token", redox.server.base_url()),
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_hidden(&shown, &redox.folder.read("key.pem"));
}

#[test]
fn a_clock_that_is_off_is_healed_and_named() {
    let redox = Redox::start();
    let clock = redox.server.clock();
    for (ahead, said) in [
        (400, "s behind the server's"),
        (-86_400, "s ahead of the server's"),
    ] {
        clock.set(clock.now() + SignedDuration::from_secs(ahead));
        let outcome = redox.call(&["token"]).run();
        assert_eq!(outcome.code, Some(0), "{outcome:#?}");
        assert!(outcome.stdout.trim_end().len() > 20, "{outcome:#?}");
        let note = "redox-auth: note: this machine's clock is ";
        assert!(outcome.stderr.starts_with(note), "{outcome:#?}");
        assert!(outcome.stderr.contains(said), "{outcome:#?}");
    }
    let counters = redox.server.counters();
    assert_eq!(
        (counters.outside_time_window, counters.tokens_minted),
        (2, 2)
    );
}

#[test]
fn a_clock_that_cannot_be_healed_is_named_among_the_causes() {
    let redox = Redox::start();
    redox.server.clock().advance(Duration::from_secs(400));
    let mut state = redox.server.sandbox();
    state.inject(Place::Token, Fault::GarbledDate, Times::UntilCleared);
    drop(state);
    let shown = redox.call(&["token"]).run().failed(1);
    assert!(shown.contains("clock"), "{shown}");
    assert_eq!(redox.server.counters().outside_time_window, 1);
}

#[test]
fn of_several_keys_the_one_that_the_server_knows_is_used_and_named() {
    let redox = Redox::start();
    redox.folder.make_key("other.pem", "RS384");
    let call = |keys: &[&str]| {
        redox
            .folder
            .call(&["token", "--base-url", redox.server.base_url()])
            .args(&["--client-id", &redox.client_id])
            .args(keys)
            .run()
    };
    call(&["--key", "key.pem", "--key", "other.pem"]).done();
    let outcome = call(&["--key", "other.pem", "--key", "key.pem", "--key-id", "old"]);
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    for part in [
        "redox-auth: note: the command used key ID ",
        "refused \"old\"",
        "Public key not found",
    ] {
        assert!(outcome.stderr.contains(part), "{part}: {outcome:#?}");
    }
    assert_eq!(redox.server.counters().keys_not_found, 1);
    let shown = call(&["--key", "key.pem", "--key-id", "a", "--key-id", "b"]).failed(2);
    assert!(shown.contains("found 2 for 1"), "{shown}");
}

#[test]
fn a_legacy_key_gets_a_token_alone_and_beside_an_oauth_key_that_is_refused() {
    let redox = Redox::start();
    let key = redox.server.sandbox().register_legacy_key(&redox.source_id);
    let key = key.unwrap();
    let secret = key.expose_secret();
    redox.folder.write("secret", format!("{secret}\r\n"));
    let alone = || {
        redox
            .folder
            .call(&["token", "--json", "--base-url", redox.server.base_url()])
            .env("REDOX_LEGACY_API_KEY", key.api_key())
    };
    for call in [
        alone().env("REDOX_LEGACY_SECRET", format!("{secret}\n")),
        alone().args(&["--legacy-secret-file", "secret"]),
        alone().env("REDOX_LEGACY_SECRET_FILE", "secret"),
    ] {
        let token: Value = serde_json::from_str(&call.run().done()).unwrap();
        let secs = token["expires_in"].as_u64().unwrap();
        assert!((86_000..=86_400).contains(&secs), "{token}");
    }
    assert_eq!(redox.server.counters().legacy_authenticates, 3);
    redox.folder.write("pasted", format!(" {secret}\r\n"));
    let pasted = alone().args(&["--legacy-secret-file", "pasted"]).run();
    let note = "redox-auth: note: legacy secret in pasted: white space was taken off\n";
    assert_eq!((pasted.code, pasted.stderr.as_str()), (Some(0), note));
    let shown = alone().run().failed(2);
    assert!(
        shown.contains("expected the secret of the legacy API key"),
        "{shown}"
    );
    let shown = alone().env("REDOX_LEGACY_SECRET", "wrong").run().failed(1);
    assert!(shown.contains("the API key and its secret"), "{shown}");

    let both = || {
        let call = redox.call(&["token"]);
        call.env("REDOX_LEGACY_API_KEY", key.api_key())
            .env("REDOX_LEGACY_SECRET", secret)
    };
    both().run().done();
    assert_eq!(redox.server.counters().tokens_minted, 1);
    let disabled = redox.server.sandbox().disable_client(&redox.client_id);
    disabled.unwrap();
    let outcome = both().run();
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    for part in [
        "note: the command used the legacy API key",
        "Public key not found",
        &redox.client_id,
    ] {
        assert!(outcome.stderr.contains(part), "{part}: {outcome:#?}");
    }
    assert_hidden(&outcome.stderr, secret);
    assert_eq!(redox.server.counters().legacy_authenticates, 5);
}

#[test]
fn a_server_that_is_busy_says_how_long_to_wait() {
    let redox = Redox::start();
    let mut state = redox.server.sandbox();
    let busy = Fault::TooManyRequests(RetryAfter::Secs(70));
    state.inject(Place::Token, busy, Times::Next(1));
    drop(state);
    let shown = redox.call(&["token"]).run().failed(1);
    assert!(shown.contains("status 429"), "{shown}");
    assert!(shown.contains("wait for:     70 s"), "{shown}");
}
