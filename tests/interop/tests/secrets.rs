//! Whatever a server answers, standard error shows no private key, no assertion and no token.

use redox_auth_interop::{Client, Event, OidcProvider, Profile, redox_auth_reading};

#[test]
fn a_granted_token_is_on_standard_output_only() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = OidcProvider::start(Profile::Default, &clients);
    for client in &clients {
        let outcome = client.token(server.token_url(), &[]);
        let Event::Granted { assertion, .. } = server.event_of(&outcome) else {
            panic!("refused: {outcome:?}");
        };
        assert_silent_about_keys_of(client, outcome.stderr());
        assert_silent_about(&assertion, outcome.stderr());
        assert!(!outcome.stderr().contains(outcome.result()), "the token");
    }
}

#[test]
fn a_signed_assertion_is_on_standard_output_only() {
    let folder = tempfile::tempdir().unwrap();
    for client in Client::for_every_algorithm(folder.path()) {
        let outcome = client.assertion("https://as.example/token", &[]);
        assert_silent_about_keys_of(&client, outcome.stderr());
        assert_silent_about(outcome.result(), outcome.stderr());
    }
}

#[test]
fn a_refused_assertion_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = OidcProvider::start(Profile::Default, &clients);
    for client in &clients {
        let wrong = client.assertion("https://other.example/token", &[]);
        let arguments = [
            "token",
            "--token-url",
            server.token_url(),
            "--assertion",
            "-",
        ];
        let posted = redox_auth_reading(wrong.result(), &arguments);
        assert_silent_about(wrong.result(), posted.refusal());

        let signed = client.token(server.token_url(), &["--audience", "https://other.example"]);
        assert_silent_about_keys_of(client, signed.refusal());
        assert!(
            !signed.refusal().contains(JSON_OBJECT_IN_BASE64URL),
            "{signed:?}"
        );
    }
}

fn assert_silent_about(assertion: &str, shown: &str) {
    for part in assertion.split('.') {
        assert!(!shown.contains(part), "a part of the assertion is shown");
    }
    assert!(
        !shown.contains(JSON_OBJECT_IN_BASE64URL),
        "an assertion begins in: {shown}"
    );
}

fn assert_silent_about_keys_of(client: &Client, shown: &str) {
    let pem = std::fs::read_to_string(client.key_file()).expect("the key file");
    for line in pem.lines().filter(|line| !line.is_empty()) {
        assert!(!shown.contains(line), "a line of the key file is shown");
    }
}

/// What `{"` becomes, which begins every header and every set of claims.
const JSON_OBJECT_IN_BASE64URL: &str = "eyJ";
