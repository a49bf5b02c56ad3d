//! Debian's Glewlwyd, asked by the adapter for reqwest.

use std::time::{SystemTime, UNIX_EPOCH};

use redox_auth_interop::{Client, Peer};
use redox_auth_reqwest::{Error, Token, UnixTime};

#[tokio::test]
async fn every_algorithm_gets_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let server = Peer::glewlwyd(&clients);
    for client in &clients {
        let builder = client.adapter(server.token_url()).scope(SCOPE);
        let token = builder.build().unwrap().token().await.unwrap();
        assert_eq!(token.scope(), Some(SCOPE), "{}", client.algorithm());
    }
}

#[tokio::test]
async fn what_is_wrong_is_refused_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(folder.path(), "client-1", "ES384");
    let server = Peer::glewlwyd(core::slice::from_ref(&client));
    let adapter = |client: &Client| client.adapter(server.token_url()).scope(SCOPE);
    let impostor = client.impostor(folder.path());
    let named = impostor.adapter_under(client.key_id(), server.token_url());
    let elsewhere = adapter(&client).audience("https://other.example");
    for (case, builder) in [
        ("another key", named.scope(SCOPE)),
        ("another key ID", adapter(&impostor)),
        ("another audience", elsewhere),
    ] {
        refused(builder.build().unwrap().token().await, case);
    }

    let redox = adapter(&client).build().unwrap();
    let an_hour_ago = UnixTime::from_secs(now().as_secs() - 3600);
    let expired = redox.assertion(an_hour_ago).unwrap();
    refused(redox.exchange(&expired).await, "expired");
    let assertion = redox.assertion(now()).unwrap();
    assert!(redox.exchange(&assertion).await.is_ok(), "first use");
    refused(redox.exchange(&assertion).await, "used twice");
}

/// Status 403 is all that the server says, and the adapter names what to compare.
#[track_caller]
fn refused(answer: Result<Token, Error>, case: &str) {
    let error = answer.expect_err(case);
    let Some(refused) = error.refused() else {
        panic!("{case}: not refused: {error}");
    };
    assert_eq!(refused.refused.status, 403, "{case}");
    assert_eq!(refused.words(), None, "{case}");
}

fn now() -> UnixTime {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixTime::from_secs(since_1970.expect("after 1970").as_secs())
}

/// Its scopes have names that a URL needs not escape.
const SCOPE: &str = "system";
