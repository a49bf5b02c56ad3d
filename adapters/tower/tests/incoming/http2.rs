//! HTTP/2 by prior knowledge, where several requests share a connection.

use std::io;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use http_body_util::channel::{Channel, Sender};
use hyper::body::Incoming;
use hyper::client::conn::http2::SendRequest;

use crate::support::{TOKEN, TestServer, layer};

type Body = Channel<Bytes, io::Error>;

/// A request whose body is sent bit by bit, and has no length.
fn request(
    method: &Method,
    target: &str,
    token: Option<&str>,
) -> (Sender<Bytes, io::Error>, Request<Body>) {
    let (sender, body) = Channel::new(1);
    let mut request = Request::builder()
        .method(method)
        .uri(format!("http://localhost{target}"));
    if let Some(token) = token {
        request = request.header("verification-token", token);
    }
    (sender, request.body(body).unwrap())
}

async fn read(answer: Response<Incoming>) -> (u16, Bytes) {
    let status = answer.status().as_u16();
    (
        status,
        answer.into_body().collect().await.unwrap().to_bytes(),
    )
}

/// Checks that the connection is as good as before.
async fn assert_good(connection: &mut SendRequest<Body>) {
    let (_, request) = request(&Method::POST, "/redox", Some(TOKEN));
    let answer = read(connection.send_request(request).await.unwrap()).await;
    assert_eq!(answer, (200, Bytes::new()));
}

#[tokio::test]
async fn each_of_several_requests_at_a_time_is_judged_by_its_own_token() {
    let challenge = format!(r#"{{"verification-token":"{TOKEN}","challenge":"a"}}"#);
    let query = format!("/redox?challenge=b&verification-token={TOKEN}");
    for server in TestServer::both(&layer()).await {
        let mut connection = server.connect_http2().await;
        let mut under_way = Vec::new();
        for (method, target, token, body, expected) in [
            (Method::POST, "/redox", Some(TOKEN), "{}", (200, "{}")),
            (Method::POST, "/redox", Some("another"), "{}", (401, "")),
            (Method::POST, "/redox", None, challenge.as_str(), (200, "a")),
            (Method::PUT, "/redox", Some(TOKEN), "[]", (200, "[]")),
            (Method::GET, query.as_str(), None, "", (200, "b")),
            (Method::POST, "/redox", None, "{}", (401, "")),
        ] {
            let (mut sender, request) = request(&method, target, token);
            let body = Bytes::from(body.to_owned());
            sender.send_data(body).await.unwrap();
            let answer = connection.send_request(request);
            under_way.push((answer, sender, expected));
        }
        // The last one first, when the head of each is with the server.
        while let Some((answer, sender, (status, body))) = under_way.pop() {
            drop(sender);
            let answer = read(answer.await.unwrap()).await;
            assert_eq!(answer, (status, Bytes::from(body)), "{}", server.kind);
        }
        assert_eq!(server.seen().len(), 2);
    }
}

#[tokio::test]
async fn a_long_message_streams() {
    let part = Bytes::from("a".repeat(100_000));
    for mut server in TestServer::both(&layer()).await {
        let mut connection = server.connect_http2().await;
        let (mut sender, request) = request(&Method::POST, "/redox", Some(TOKEN));
        let answer = connection.send_request(request);
        sender.send_data(part.clone()).await.unwrap();
        // The service has it before the second half is sent.
        server.wait_for_bytes(part.len()).await;
        sender.send_data(part.clone()).await.unwrap();
        drop(sender);
        let (status, body) = read(answer.await.unwrap()).await;
        assert!(status == 200 && *body == part.repeat(2), "{}", server.kind);
    }
}

#[tokio::test]
async fn a_request_refused_within_its_body_ends_alone() {
    for server in TestServer::both(&layer().body_limit(20_000)).await {
        let mut connection = server.connect_http2().await;
        for (token, announced, sent, status) in [
            (Some("another"), None, 0, 401),
            (Some(TOKEN), Some(20_001), 0, 413),
            // Longer than any challenge.
            (None, Some(16_385), 0, 401),
            (None, None, 16_385, 401),
        ] {
            let (mut sender, mut request) = request(&Method::POST, "/redox", token);
            if let Some(len) = announced {
                request.headers_mut().insert("content-length", len.into());
            }
            let answer = connection.send_request(request);
            if sent > 0 {
                sender.send_data("a".repeat(sent).into()).await.unwrap();
            }
            let answer = read(answer.await.unwrap()).await;
            assert_eq!(answer, (status, Bytes::new()), "{token:?} {announced:?}");
            assert!(server.seen().is_empty());
        }
        assert_good(&mut connection).await;
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_or_broken_off_never_counts_as_whole() {
    for is_too_long in [true, false] {
        for mut server in TestServer::both(&layer().body_limit(20_000)).await {
            let mut connection = server.connect_http2().await;
            let (mut sender, request) = request(&Method::POST, "/redox", Some(TOKEN));
            let answer = connection.send_request(request);
            sender.send_data("a".repeat(20_000).into()).await.unwrap();
            server.wait_for_bytes(20_000).await;
            if is_too_long {
                sender.send_data("b".into()).await.unwrap();
            } else {
                sender.abort(io::Error::other("gone"));
            }
            let seen = server.wait_for_request().await;
            assert!(
                !seen.is_whole && seen.body.len() == 20_000,
                "{}",
                server.kind
            );
            drop(answer);
            assert_good(&mut connection).await;
        }
    }
}
