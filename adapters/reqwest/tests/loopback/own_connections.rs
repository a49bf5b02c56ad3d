//! Connections as the caller wants them.

use redox_auth_reqwest::{Error, Redox, Retries};
use redox_auth_sandbox::{OAuthKey, Server, ServerOptions};

use crate::support::canned::{Answer, Canned};
use crate::support::{client_of, good_token, jwks, keys};

#[tokio::test]
async fn a_server_with_an_authority_of_its_own_is_spoken_to_when_that_is_trusted() {
    let server = Server::start(ServerOptions::new().tls()).await.unwrap();
    let key = keys::es256();
    let client = OAuthKey::new().jwks(&jwks(&key));
    let client_id = server.sandbox().register_oauth_key(client).unwrap();
    let builder = Redox::builder()
        .base_url(server.base_url())
        .oauth_key(&client_id, key);
    let authority = server.ca_certificate().unwrap().pem().as_bytes().to_owned();
    let trusting = builder.http(move |client| {
        client.tls_certs_only(reqwest::Certificate::from_pem_bundle(&authority).unwrap())
    });
    assert!(trusting.build().unwrap().token().await.is_ok());

    let stranger = Redox::builder()
        .base_url(server.base_url())
        .oauth_key(&client_id, keys::es256())
        .http(|client| client.tls_certs_only([]))
        .build()
        .unwrap();
    let error = stranger.token().await.unwrap_err();
    assert!(
        matches!(error.cause(), Error::Transport(error) if error.is_connect()),
        "{error}"
    );
    // The one of the client that trusts it.
    assert_eq!(server.counters().token_requests, 1);
}

#[tokio::test]
async fn a_client_set_up_by_the_caller_still_follows_no_redirect() {
    let elsewhere = Canned::always(good_token());
    let location = format!("location: {}/", elsewhere.url());
    for status in ["302 Found", "307 Temporary Redirect"] {
        let server = Canned::start(vec![
            Answer::with(status, &location, ""),
            good_token(),
            Answer::with(status, &location, ""),
        ]);
        let follow =
            |client: reqwest::ClientBuilder| client.redirect(reqwest::redirect::Policy::limited(5));
        let redox = client_of(&server).http(follow).build().unwrap();
        assert!(redox.token().await.is_err());
        let redox = client_of(&server).http(follow).build().unwrap();
        let answer = redox.post("/endpoint").body("{}").send().await.unwrap();
        assert!(answer.status().is_redirection());
    }
    assert_eq!(elsewhere.requests(), [""; 0]);
}

#[tokio::test]
async fn a_client_of_the_callers_that_follows_redirects_carries_no_token_there() {
    let elsewhere = Canned::always(Answer::json("200 OK", "{}"));
    let location = format!("location: {}/", elsewhere.url());
    let server = Canned::start(vec![
        good_token(),
        Answer::with("307 Temporary Redirect", &location, ""),
    ]);
    let own = reqwest::Client::builder().no_proxy().build().unwrap();
    let redox = client_of(&server)
        .api_client(own)
        .retries(Retries::NONE)
        .build()
        .unwrap();
    redox.get("/endpoint").send().await.unwrap();
    let seen = elsewhere.only_request().to_lowercase();
    assert!(
        !seen.contains("granted") && !seen.contains("authorization"),
        "{seen}"
    );
    // Tokens are asked for by a client of our own.
    assert!(
        server.requests()[0]
            .to_lowercase()
            .contains("user-agent: redox-auth/")
    );
    assert!(
        !server.requests()[1]
            .to_lowercase()
            .contains("user-agent: redox-auth/")
    );
}
