//! npm `oidc-provider` says no, for the reason that each test is about, and the command reports it.

#![expect(
    clippy::indexing_slicing,
    reason = "a test: a panic is a failure with a place"
)]

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use redox_auth_interop::{Client, Event, OidcProvider, Outcome, Profile, redox_auth};

#[test]
fn a_wrong_key_under_the_right_key_id_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = OidcProvider::start(Profile::Default, &clients);
    for client in &clients {
        let impostor = client.impostor(folder.path());
        let outcome = impostor.token(server.token_url(), &["--key-id", client.key_id()]);
        refused(&server, &outcome, "signature verification failed");
    }
}

#[test]
fn a_key_that_the_server_does_not_know_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = OidcProvider::start(Profile::Default, &clients);
    for client in &clients {
        let impostor = client.impostor(folder.path());
        let outcome = impostor.token(server.token_url(), &[]);
        refused(
            &server,
            &outcome,
            "no applicable key found in the JSON Web Key Set",
        );
    }
}

#[test]
fn an_audience_that_is_not_the_server_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = OidcProvider::start(Profile::Default, &clients);
    let reason =
        "audience (aud) must equal the endpoint url, issuer identifier or token endpoint url";
    let almost_the_issuer = format!("{}/", server.issuer());
    for client in &clients {
        for audience in ["https://other.example/token", &almost_the_issuer] {
            let outcome = client.token(server.token_url(), &["--audience", audience]);
            refused(&server, &outcome, reason);
        }
    }
}

#[test]
fn the_token_url_is_refused_where_only_the_issuer_will_do() {
    let folder = tempfile::tempdir().unwrap();
    let clients = [Client::new(folder.path(), "client-1", "ES256")];
    let server = OidcProvider::start(Profile::Fapi2, &clients);
    let outcome = clients[0].token(server.token_url(), &[]);
    refused(
        &server,
        &outcome,
        "audience (aud) must equal the issuer identifier url",
    );
}

#[test]
fn an_assertion_is_taken_once() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = OidcProvider::start(Profile::Default, &clients);
    for client in &clients {
        let assertion = client.assertion(server.token_url(), &[]);
        let first = post(&server, folder.path(), assertion.result());
        assert!(
            matches!(server.event_of(&first), Event::Granted { .. }),
            "first use: {first:?}"
        );
        let reused = post(&server, folder.path(), assertion.result());
        refused(
            &server,
            &reused,
            "client assertion tokens must only be used once",
        );
    }
}

#[test]
fn an_expired_assertion_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = OidcProvider::start(Profile::Default, &clients);
    for client in &clients {
        let assertion = client.assertion(server.token_url(), &["--at", &an_hour_ago()]);
        let outcome = post(&server, folder.path(), assertion.result());
        refused(&server, &outcome, "jwt expired");
    }
}

#[test]
fn a_client_that_the_server_does_not_know_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = OidcProvider::start(Profile::Default, &[]);
    let outcome = Client::new(folder.path(), "nobody", "ES384").token(server.token_url(), &[]);
    refused(&server, &outcome, "client not found");
}

#[test]
fn an_algorithm_that_the_client_is_not_registered_for_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let registered = [Client::new(folder.path(), "client-1", "ES384")];
    let other_folder = tempfile::tempdir().unwrap();
    let with_other_key = Client::new(other_folder.path(), "client-1", "ES256");
    let server = OidcProvider::start(Profile::Default, &registered);
    let outcome = with_other_key.token(server.token_url(), &[]);
    refused(&server, &outcome, "alg mismatch");
}

#[test]
fn a_refused_client_is_told_what_to_check() {
    let folder = tempfile::tempdir().unwrap();
    let server = OidcProvider::start(Profile::Default, &[]);
    let outcome = Client::new(folder.path(), "nobody", "ES384").token(server.token_url(), &[]);
    let told = outcome.refusal();
    for word in ["client ID", "key ID", "public key", "audience", "clock"] {
        assert!(told.contains(word), "no {word} in {told:?}");
    }
}

#[test]
fn a_scope_that_the_client_may_not_have_is_refused_by_its_own_code() {
    let folder = tempfile::tempdir().unwrap();
    let clients = [Client::new(folder.path(), "client-1", "ES384")];
    let server = OidcProvider::start(Profile::Default, &clients);
    let outcome = clients[0].token(server.token_url(), &["--scope", "system/*.write"]);
    let told = outcome.refusal();
    assert!(told.contains("invalid_scope"), "{told}");
    assert!(told.contains("requested scope is not allowed"), "{told}");
}

/// Posts a ready-made assertion from a file.
fn post(server: &OidcProvider, folder: &Path, assertion: &str) -> Outcome {
    let file = folder.join("assertion");
    std::fs::write(&file, assertion).expect("the folder is ours");
    let file = file.to_str().expect("a UTF-8 path");
    redox_auth(&[
        "token",
        "--token-url",
        server.token_url(),
        "--assertion",
        file,
    ])
}

/// The server refused for this reason, which it kept to itself; what it did say is what the command reports.
fn refused(server: &OidcProvider, outcome: &Outcome, expected_reason: &str) {
    let Event::Refused { answer, reason } = server.event_of(outcome) else {
        panic!("granted, but should have been refused: {expected_reason}");
    };
    assert_eq!(reason, expected_reason);
    let told = outcome.refusal();
    for words in ["error", "error_description"] {
        let words = answer[words].as_str().expect("the answer has both");
        assert!(told.contains(words), "no {words:?} in {told:?}");
    }
}

fn an_hour_ago() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    now.as_secs().saturating_sub(3600).to_string()
}
