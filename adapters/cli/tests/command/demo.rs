use crate::support::{Folder, Outcome};

/// Checks that every step is there, and returns the lines.
fn check(outcome: Outcome) {
    let shown = outcome.done();
    let lines: Vec<&str> = shown.lines().collect();
    for algorithm in ["ES384", "ES256", "RS384"] {
        for step in [
            "made a key",
            "got a token for 300 s",
            "is refused",
            "got the next token",
        ] {
            let found = lines
                .iter()
                .any(|line| line.contains(algorithm) && line.contains(step));
            assert!(found, "{algorithm} {step}: {shown}");
        }
    }
    for step in [
        "for API key and secret",
        "is refused",
        "for the refresh token",
    ] {
        let found = lines
            .iter()
            .any(|line| line.contains("legacy") && line.contains(step));
        assert!(found, "legacy {step}: {shown}");
    }
    let (last, steps) = lines.split_last().unwrap();
    assert!(steps.iter().all(|line| line.contains(" ms  ")), "{shown}");
    assert!(
        last.starts_with("done: 8 tokens, 8 messages accepted, 4 expired tokens refused, in "),
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
        .env("REDOX_SOURCE_ID", "source-1");
    check(call.run());
}
