//! npm `oidc-provider` grants a token for an assertion that is signed as it requires.

#![expect(
    clippy::indexing_slicing,
    reason = "a test: a panic is a failure with a place"
)]

use base64ct::{Base64UrlUnpadded, Encoding};
use redox_auth_interop::{Client, Event, OidcProvider, Outcome, Profile};
use serde_json::Value;

#[test]
fn every_algorithm_gets_a_token_with_the_token_url_as_audience() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = OidcProvider::start(Profile::Default, &clients);
    for client in &clients {
        let outcome = client.token(server.token_url(), &[]);
        let (header, claims, _) = granted(client, &server, &outcome);
        assert_eq!(header["typ"], "JWT", "{}", client.algorithm());
        assert_eq!(claims["aud"], server.token_url(), "{}", client.algorithm());
    }
}

#[test]
fn every_algorithm_gets_a_token_with_the_issuer_as_audience() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    for profile in [Profile::Default, Profile::Fapi2] {
        let server = OidcProvider::start(profile, &clients);
        let typ = "client-authentication+jwt";
        let options = ["--audience", server.issuer(), "--typ", typ];
        for client in &clients {
            let outcome = client.token(server.token_url(), &options);
            let (header, claims, _) = granted(client, &server, &outcome);
            let case = (profile, client.algorithm());
            assert_eq!(header["typ"], typ, "{case:?}");
            assert_eq!(claims["aud"], server.issuer(), "{case:?}");
        }
    }
}

#[test]
fn json_prints_the_whole_answer() {
    let folder = tempfile::tempdir().unwrap();
    let clients = [Client::new(folder.path(), "client-1", "ES384")];
    let server = OidcProvider::start(Profile::Default, &clients);
    let outcome = clients[0].token(server.token_url(), &["--json", "--scope", "system/*.read"]);
    let printed: Value = serde_json::from_str(outcome.result()).unwrap();
    let Event::Granted { answer, .. } = server.event_of(&outcome) else {
        panic!("refused, but the command succeeded");
    };
    assert_eq!(printed, answer);
}

#[test]
fn the_scope_asked_for_is_the_scope_granted() {
    let folder = tempfile::tempdir().unwrap();
    let clients = [Client::new(folder.path(), "client-1", "ES384")];
    let server = OidcProvider::start(Profile::Default, &clients);
    let outcome = clients[0].token(server.token_url(), &["--scope", "system/*.read"]);
    let (_, _, answer) = granted(&clients[0], &server, &outcome);
    assert_eq!(answer["scope"], "system/*.read");
}

#[test]
fn every_run_signs_an_assertion_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let clients = [Client::new(folder.path(), "client-1", "ES384")];
    let server = OidcProvider::start(Profile::Default, &clients);
    let run = || {
        let outcome = clients[0].token(server.token_url(), &[]);
        let (_, claims, answer) = granted(&clients[0], &server, &outcome);
        (claims["jti"].clone(), answer["access_token"].clone())
    };
    let (first, second) = (run(), run());
    assert_ne!(first.0, second.0, "jti");
    assert_ne!(first.1, second.1, "access token");
}

#[test]
fn every_algorithm_proves_that_it_has_the_key_of_its_token() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = OidcProvider::start(Profile::Dpop, &clients);
    for client in &clients {
        let case = client.algorithm();
        // A key from the other client's file, another than that of the assertion; a new one; and the same.
        let stranger = client.impostor(folder.path());
        let algorithm = ["--dpop-key", stranger.key_file()];
        for options in [
            &algorithm[..],
            &["--dpop"],
            &["--dpop-key", client.key_file()],
        ] {
            let options = [options, &["--json"]].concat();
            let outcome = client.token(server.token_url(), &options);
            // The server first sends the nonce.
            let Event::Refused { answer, .. } = server.event_of(&outcome) else {
                panic!("{case}: granted without a nonce");
            };
            assert_eq!(answer["error"], "use_dpop_nonce", "{case}");
            let Event::Granted { answer, .. } = server.event_of(&outcome) else {
                panic!("{case}: refused: {outcome:?}");
            };
            assert_eq!(answer["token_type"], "DPoP", "{case}");
            let printed: Value = serde_json::from_str(outcome.result()).unwrap();
            assert_eq!(printed["access_token"], answer["access_token"], "{case}");
            assert_eq!(printed["token_type"], "DPoP", "{case}");
        }
    }
}

#[test]
fn without_a_proof_there_is_no_bound_token() {
    let folder = tempfile::tempdir().unwrap();
    let clients = [Client::new(folder.path(), "client-1", "ES256")];
    let server = OidcProvider::start(Profile::Dpop, &clients);
    let outcome = clients[0].token(server.token_url(), &[]);
    let Event::Refused { reason, .. } = server.event_of(&outcome) else {
        panic!("granted: {outcome:?}");
    };
    assert!(reason.contains("DPoP"), "{reason}");
}

#[test]
fn the_server_fetches_the_keys_from_where_the_client_publishes_them() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = OidcProvider::start(Profile::JwksUri, &clients);
    for client in &clients {
        let outcome = client.token(server.token_url(), &[]);
        granted(client, &server, &outcome);
    }
}

#[test]
fn the_resource_asked_for_is_whom_the_token_is_for() {
    let folder = tempfile::tempdir().unwrap();
    let clients = [Client::new(folder.path(), "client-1", "ES384")];
    let server = OidcProvider::start(Profile::Resources, &clients);
    let resource = "https://fhir.example/r4";
    let field = format!("resource={resource}");
    let options = ["--field", &field, "--scope", "system/*.read"];
    let outcome = clients[0].token(server.token_url(), &options);
    let (_, _, answer) = granted(&clients[0], &server, &outcome);
    let token = answer["access_token"].as_str().unwrap();
    assert_eq!(claims_of(token)["aud"], resource);
    assert_eq!(answer["scope"], "system/*.read");
}

#[test]
fn a_resource_that_the_server_does_not_know_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let clients = [Client::new(folder.path(), "client-1", "ES384")];
    let server = OidcProvider::start(Profile::Resources, &clients);
    let options = ["--field", "resource=https://other.example/r4"];
    let outcome = clients[0].token(server.token_url(), &options);
    let Event::Refused { answer, .. } = server.event_of(&outcome) else {
        panic!("granted: {outcome:?}");
    };
    assert_eq!(answer["error"], "invalid_target");
    assert!(outcome.refusal().contains("invalid_target"), "{outcome:?}");
}

#[test]
fn a_ready_made_assertion_is_posted_as_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let clients = [Client::new(folder.path(), "client-1", "ES256")];
    let server = OidcProvider::start(Profile::Default, &clients);
    let made = clients[0].assertion(server.token_url(), &[]);
    let file = folder.path().join("assertion");
    std::fs::write(&file, made.result()).unwrap();
    let outcome = redox_auth_interop::redox_auth(&[
        "token",
        "--token-url",
        server.token_url(),
        "--assertion",
        file.to_str().unwrap(),
    ]);
    let Event::Granted {
        assertion, answer, ..
    } = server.event_of(&outcome)
    else {
        panic!("refused: {outcome:?}");
    };
    assert_eq!(assertion, made.result());
    assert_eq!(answer["access_token"], outcome.result());
}

/// The header, claims and answer of the exchange that ended in `outcome`, after checking that the command printed the
/// server's token and that the server saw the algorithm and key that it knows the client by.
fn granted(client: &Client, server: &OidcProvider, outcome: &Outcome) -> (Value, Value, Value) {
    let Event::Granted {
        header,
        claims,
        answer,
        ..
    } = server.event_of(outcome)
    else {
        panic!("refused: {outcome:?}");
    };
    assert_eq!(answer["access_token"], outcome.result());
    assert_eq!(header["alg"], client.algorithm());
    assert_eq!(header["kid"], client.key_id());
    (header, claims, answer)
}

/// The claims of a token that is a JWT.
fn claims_of(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a JWT");
    let payload = Base64UrlUnpadded::decode_vec(payload).expect("base64url");
    serde_json::from_slice(&payload).expect("JSON")
}
