//! An authorization server on PyPI's Authlib, asked by the adapter for reqwest.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use redox_auth_interop::{Client, Peer};
use redox_auth_reqwest::{Error, Grant, Token, UnixTime};

#[tokio::test]
async fn every_algorithm_gets_a_token_by_an_assertion() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = Peer::authlib(&clients, &[]);
    for client in &clients {
        for audience in [server.token_url(), server.issuer()] {
            let builder = client.adapter(server.token_url()).audience(audience);
            let redox = builder.scope(SCOPE).build().unwrap();
            let token = redox.token().await.unwrap();
            assert_eq!(token.scope(), Some(SCOPE), "{}", client.algorithm());
        }
    }
}

#[tokio::test]
async fn every_algorithm_gets_a_token_by_an_assertion_that_is_the_grant() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = Peer::authlib(&clients, &[USER]);
    for client in &clients {
        let builder = client.adapter(server.token_url()).grant(Grant::JwtBearer);
        let scope = format!("{SCOPE:?}");
        let builder = builder.subject(USER).claim("scope", scope);
        let token = builder.build().unwrap().token().await.unwrap();
        assert_eq!(token.scope(), Some(SCOPE), "{}", client.algorithm());
    }
}

#[tokio::test]
async fn as_shipped_it_takes_two_of_the_algorithms_and_names_each_of_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = Peer::authlib_as_shipped(&clients);
    let mut taken = Vec::new();
    for client in &clients {
        let redox = client.adapter(server.token_url()).build().unwrap();
        match redox.token().await {
            Ok(_) => taken.push(client.algorithm()),
            answer => {
                let words = format!("Algorithm of '{}' is not recommended", client.algorithm());
                refused(answer, &words);
            }
        }
    }
    assert_eq!(taken, ["ES256", "RS256"]);
}

#[tokio::test]
async fn a_wrong_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (client, server) = one_client(folder.path());
    let impostor = client.impostor(folder.path());
    for (grant, code) in [
        (Grant::ClientCredentials, "invalid_client"),
        (Grant::JwtBearer, "invalid_grant"),
    ] {
        let known = impostor.adapter_under(client.key_id(), server.token_url());
        let redox = known.grant(grant).build().unwrap();
        // Authlib has no description for a signature that is wrong.
        refused(redox.token().await, &format!("{code:?}"));
        let unknown = impostor.adapter(server.token_url());
        let redox = unknown.grant(grant).build().unwrap();
        refused(redox.token().await, "kid");
    }
}

#[tokio::test]
async fn an_assertion_is_taken_once() {
    let folder = tempfile::tempdir().unwrap();
    let (client, server) = one_client(folder.path());
    let redox = client.adapter(server.token_url()).build().unwrap();
    let assertion = redox.assertion(now()).unwrap();
    assert!(redox.exchange(&assertion).await.is_ok(), "first use");
    refused(redox.exchange(&assertion).await, "JWT ID is used before.");
}

#[tokio::test]
async fn an_expired_assertion_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (client, server) = one_client(folder.path());
    let an_hour_ago = UnixTime::from_secs(now().as_secs() - 3600);
    for grant in [Grant::ClientCredentials, Grant::JwtBearer] {
        let builder = client.adapter(server.token_url()).grant(grant);
        let redox = builder.build().unwrap();
        let assertion = redox.assertion(an_hour_ago).unwrap();
        refused(redox.exchange(&assertion).await, "The token is expired");
    }
}

#[tokio::test]
async fn an_audience_that_is_not_the_server_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (client, server) = one_client(folder.path());
    let builder = client.adapter(server.token_url());
    let redox = builder.audience("https://other.example").build().unwrap();
    refused(redox.token().await, "aud");
}

#[tokio::test]
async fn a_user_that_the_server_does_not_know_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (client, server) = one_client(folder.path());
    let builder = client.adapter(server.token_url()).grant(Grant::JwtBearer);
    let redox = builder.subject("nobody@example.com").build().unwrap();
    refused(redox.token().await, "Invalid 'sub' value in assertion");
}

/// A client and a server that knows it.
fn one_client(folder: &Path) -> (Client, Peer) {
    let client = Client::new(folder, "client-1", "ES384");
    let server = Peer::authlib(core::slice::from_ref(&client), &[USER]);
    (client, server)
}

/// The server said no in these words, and the adapter repeats them.
#[track_caller]
fn refused(answer: Result<Token, Error>, words: &str) {
    let error = answer.expect_err(words);
    let Some(refused) = error.refused() else {
        panic!("not refused: {error}");
    };
    let said = refused.words().unwrap_or_default();
    assert!(said.contains(words), "no {words:?} in {said:?}");
    assert!(error.to_string().contains(words), "no {words:?} in {error}");
}

fn now() -> UnixTime {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixTime::from_secs(since_1970.expect("after 1970").as_secs())
}

const SCOPE: &str = "system/*.read";

const USER: &str = "user@example.com";
