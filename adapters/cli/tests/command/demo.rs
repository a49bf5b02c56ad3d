use crate::support::{Folder, Outcome};

/// Checks that every step is there, and returns the lines.
fn check(outcome: Outcome) {
    let shown = outcome.done();
    let lines: Vec<&str> = shown.lines().collect();
    let key_steps = [
        "made a key",
        "obtained a token for 300 s",
        "sent a message",
        "300 s later obtained the next token",
    ];
    for (name, steps) in [
        ("ES384: ", &key_steps[..]),
        ("ES256: ", &key_steps),
        ("RS384: ", &key_steps),
        (
            "legacy: ",
            &[
                "sent API key and secret, obtained a token",
                "with the refresh token",
            ],
        ),
        ("revoked: ", &["the API answered 401 to a revoked token"]),
        (
            "migration: ",
            &[
                "the legacy API key obtained the token",
                "registered the OAuth API key; a minute later it obtained the token",
                "the legacy secret was ready to rotate; rotated it",
            ],
        ),
        (
            "rotation: ",
            &[
                "Public key not found, check client_id, kid",
                "the second key obtained the token",
            ],
        ),
        (
            "clock: ",
            &[
                "a day behind, the server refused; the client corrected the time from the server's Date",
            ],
        ),
        ("restart: ", &["without a token request"]),
    ] {
        for step in steps {
            let found = lines
                .iter()
                .any(|line| line.contains(name) && line.contains(step));
            assert!(found, "{name} {step}: {shown}");
        }
    }
    let (last, steps) = lines.split_last().unwrap();
    assert!(steps.iter().all(|line| line.contains(" ms  ")), "{shown}");
    assert!(
        last.starts_with(
            "done: 18 tokens, 15 messages accepted, 3 refusals resolved, 1 revoked token replaced, in "
        ),
        "{last}"
    );
}

#[test]
fn the_demonstration_shows_every_step_and_leaves_nothing_behind() {
    let folder = Folder::new();
    check(folder.run(&["demo"]));
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn the_demonstration_needs_no_network_no_proxy_and_no_certificates() {
    let folder = Folder::new();
    // Nobody listens there: port 9 is for discarding.
    let nowhere = "http://127.0.0.1:9";
    let mut call = folder
        .call(&["demo"])
        .env("SSL_CERT_FILE", "/nonexistent")
        .env("SSL_CERT_DIR", "/nonexistent");
    for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] {
        call = call.env(name, nowhere);
    }
    check(call.run());
}

#[test]
fn the_demonstration_takes_no_notice_of_a_configuration() {
    let folder = Folder::new();
    let call = folder
        .call(&["demo"])
        .env("REDOX_BASE_URL", "https://as.example")
        .env("REDOX_CLIENT_ID", "client-1")
        .env("REDOX_KEY_FILE", "/nonexistent")
        .env("REDOX_SOURCE_ID", "source-1")
        .env("REDOX_LEGACY_API_KEY", "key-1");
    check(call.run());
}
