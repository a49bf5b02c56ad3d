use core::time::Duration;
use std::sync::Arc;

use axum::body::Body;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use redox_auth_sandbox::jiff::Timestamp;
use redox_auth_sandbox::{
    BODY_LIMIT, Clock, Destination, OAuthKey, Request, Response, Sandbox, Server, ServerOptions,
    Source, http,
};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::*;

/// A server with a clock frozen at [`NOW`] that is called what the assertions say.
pub(crate) async fn start() -> Server {
    let options = ServerOptions::new()
        .base_url(BASE_URL)
        .clock(Clock::frozen_at(at(NOW)));
    Server::start(options).await.unwrap()
}

/// Posts to the address a server listens at, whatever it is called.
pub(crate) async fn send(server: &Server, request: Request) -> Response {
    let client: Client<HttpConnector, Body> =
        Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    let url = format!("http://{}{}", server.address(), request.path);
    let mut outgoing = http::Request::new(Body::from(request.body));
    *outgoing.method_mut() = request.method;
    *outgoing.uri_mut() = url.parse().unwrap();
    *outgoing.headers_mut() = request.headers;
    let (parts, body) = client.request(outgoing).await.unwrap().into_parts();
    // Only the sandbox can make a response: the test takes one, and replaces everything in it.
    let any = Request::new(http::Method::GET, "/");
    let mut response = Sandbox::new(BASE_URL, [0; 32]).handle(at(NOW), &any);
    response.status = parts.status;
    response.headers = parts.headers;
    response.body = body.collect().await.unwrap().to_bytes().to_vec();
    response
}

pub(crate) fn by_value(server: &Server) {
    let key = OAuthKey::new().client_id(CLIENT_ID).jwks(&jwks());
    server.sandbox().register_oauth_key(key).unwrap();
}

#[tokio::test]
async fn a_server_answers_as_the_rules_do_and_its_clock_moves() {
    let server = start().await;
    by_value(&server);
    let source = Source::new("Clinic");
    let destination = Destination::new("Hospital").id("dest-1");
    server.sandbox().add_source(source).unwrap();
    server.sandbox().add_destination(destination).unwrap();

    let minted = send(&server, token_request(&assertion("socket"))).await;
    assert_eq!(minted.status, 200, "{}", reason(&minted));
    assert_eq!(header_of(&minted, "date"), "Thu, 01 Jan 2026 00:00:00 GMT");
    let post = message(&good_meta()).bearer(&text(&body(&minted)["access_token"]));
    for (seconds, status) in [(0, 200), (299, 200), (1, 401)] {
        server.clock().advance(Duration::from_secs(seconds));
        let sent = send(&server, post.clone()).await;
        assert_eq!(sent.status, status, "{seconds} s on");
    }
    let counters = server.counters();
    assert_eq!((counters.tokens_minted, counters.unauthorized), (1, 1));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn by_default_a_server_is_called_by_its_address_and_runs_with_the_machine() {
    let before = Timestamp::now();
    let server = Server::start(ServerOptions::new()).await.unwrap();
    assert_eq!(server.base_url(), format!("http://{}", server.address()));
    assert!(server.address().ip().is_loopback());
    assert_eq!(
        server.sandbox().token_url(),
        format!("{}/v2/auth/token", server.base_url())
    );
    assert!(server.clock().now().as_second() >= before.as_second());
}

#[tokio::test]
async fn a_jwk_set_by_url_is_fetched_from_another_server_for_every_request() {
    let keys = start().await;
    by_value(&keys);
    let server = start().await;
    let url = format!("http://{}/.well-known/jwks/{CLIENT_ID}", keys.address());
    let key = OAuthKey::new().client_id(CLIENT_ID).jwks_url(&url);
    server.sandbox().register_oauth_key(key).unwrap();
    for jti in ["first", "second"] {
        let minted = send(&server, token_request(&assertion(jti))).await;
        assert_eq!(minted.status, 200, "{jti}: {}", reason(&minted));
    }
    assert_eq!(server.counters().jwks_fetches, 2);
    assert_eq!(keys.counters().requests, 2);
    keys.stop().await.unwrap();

    let refused = send(&server, token_request(&assertion("third"))).await;
    let expected = "Public key not found, check client_id, kid and Redox dashboard settings";
    assert_eq!(body(&refused)["error_description"], expected);
    assert_eq!(server.counters().jwks_fetch_failures, 1);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_jwk_set_url_that_gives_no_set_finds_no_key() {
    let keys = start().await;
    let server = start().await;
    // Plain http there: the TLS handshake fails.
    let tls = format!("https://{}/.well-known/jwks/{CLIENT_ID}", keys.address());
    let missing = format!("http://{}/nothing", keys.address());
    for (client_id, url) in [("tls", tls), ("missing", missing)] {
        let key = OAuthKey::new().client_id(client_id).jwks_url(&url);
        server.sandbox().register_oauth_key(key).unwrap();
        let claims = with(&claims(client_id), "iss", json!(client_id));
        let request = token_request(&sign("ES384", &header("ES384"), &claims));
        let refused = send(&server, request).await;
        assert_eq!(refused.status, 400, "{client_id}");
    }
    let counters = server.counters();
    assert_eq!(
        (counters.jwks_fetch_failures, counters.keys_not_found),
        (2, 2)
    );
}

#[tokio::test]
async fn a_body_of_40_mb_is_read_and_one_byte_more_is_refused() {
    let server = start().await;
    for (len, status) in [(BODY_LIMIT, 400), (BODY_LIMIT + 1, 413)] {
        let request = Request::json("/auth/authenticate", vec![b' '; len]);
        let response = send(&server, request).await;
        assert_eq!(response.status, status, "{len} bytes");
    }
    assert_eq!(server.counters().too_large, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_posts_of_one_assertion_at_once_one_gets_a_token() {
    let server = Arc::new(start().await);
    by_value(&server);
    let request = token_request(&assertion("race"));
    let mut posts = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let (server, request) = (Arc::clone(&server), request.clone());
        posts.spawn(async move { send(&server, request).await.status.as_u16() });
    }
    let statuses = posts.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1);
    let counters = server.counters();
    assert_eq!((counters.tokens_minted, counters.jti_replays), (1, 31));
}

#[tokio::test]
async fn two_servers_do_not_give_out_the_same_tokens_unless_seeded_alike() {
    let mut tokens = Vec::new();
    for seed in [None, None, Some([5; 32]), Some([5; 32])] {
        let options = ServerOptions::new()
            .base_url(BASE_URL)
            .clock(Clock::frozen_at(at(NOW)));
        let options = match seed {
            Some(seed) => options.seed(seed),
            None => options,
        };
        assert!(!format!("{options:?}").contains("5, 5"));
        let server = Server::start(options).await.unwrap();
        by_value(&server);
        let minted = send(&server, token_request(&assertion("seeded"))).await;
        tokens.push(text(&body(&minted)["access_token"]));
    }
    assert_ne!(tokens[0], tokens[1]);
    assert_eq!(tokens[2], tokens[3]);
}

#[tokio::test]
async fn a_stopped_server_closes_idle_connections_and_no_longer_listens() {
    let server = start().await;
    let address = server.address();
    let mut unused = TcpStream::connect(address).await.unwrap();
    let mut kept = TcpStream::connect(address).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nHost: sandbox.example\r\n\r\n";
    kept.write_all(request).await.unwrap();
    assert_ne!(kept.read(&mut [0; 64]).await.unwrap(), 0);
    server.stop().await.unwrap();
    for connection in [&mut unused, &mut kept] {
        let mut rest = Vec::new();
        connection.read_to_end(&mut rest).await.unwrap();
    }
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_dropped_server_no_longer_listens() {
    let server = start().await;
    let address = server.address();
    let mut connection = TcpStream::connect(address).await.unwrap();
    drop(server);
    assert_eq!(connection.read(&mut [0; 64]).await.unwrap(), 0);
    // The connection and the listener end in either order.
    for _ in 0..1000 {
        if TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("still listening");
}
