//! Bodies that are too long, that end too soon, or that never end.

use core::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::post;
use bytes::Bytes;
use redox_auth_tower::{BODY_LIMIT, VerifyLayer};

use crate::support::{TOKEN, TestServer, layer};

/// A layer that answers at once.
fn hasty() -> VerifyLayer {
    layer().read_on(0, Duration::ZERO)
}

#[tokio::test]
async fn a_body_that_announces_more_than_the_limit_is_refused_unread() {
    let header = format!("verification-token: {TOKEN}");
    for server in TestServer::both(&hasty()).await {
        for beyond in [BODY_LIMIT + 1, usize::MAX >> 1] {
            for start in ["POST /redox", "PUT /redox", "GET /redox"] {
                let mut client = server.connect().await;
                let length = format!("content-length: {beyond}");
                client.head(start, &[&header, &length]).await;
                let answer = client.answer().await;
                assert_eq!(
                    (answer.status, answer.body.as_str()),
                    (413, ""),
                    "{start} {beyond}"
                );
            }
        }
        assert!(server.seen().is_empty());
    }
}

#[tokio::test]
async fn the_limit_itself_is_within_it() {
    let header = format!("verification-token: {TOKEN}");
    // One byte below the limit of a challenge, and one above.
    for limit in [1_000, 100_000] {
        for server in TestServer::both(&hasty().body_limit(limit)).await {
            let (most, beyond) = ("a".repeat(limit), "a".repeat(limit + 1));
            let answer = server.send("POST /redox", &[&header], &most).await;
            assert!(answer.status == 200 && answer.body == most, "{limit}");
            let mut client = server.connect().await;
            let length = format!("content-length: {}", beyond.len());
            client.head("POST /redox", &[&header, &length]).await;
            assert_eq!(client.answer().await.status, 413);
        }
    }
}

#[tokio::test]
async fn the_service_sees_no_more_than_the_limit_of_a_body_without_a_length() {
    let header = format!("verification-token: {TOKEN}");
    for start in ["POST /redox", "PUT /redox"] {
        for mut server in TestServer::both(&hasty().body_limit(100_000)).await {
            let mut client = server.connect().await;
            client
                .head(start, &[&header, "transfer-encoding: chunked"])
                .await;
            for _ in 0..10 {
                client.chunk(&"a".repeat(10_000)).await;
            }
            client.chunk("b").await;
            let seen = server.wait_for_request().await;
            assert!(!seen.is_whole && seen.body.len() <= 100_000, "{start}");
            assert!(!seen.body.contains(&b'b'));
        }
    }
}

#[tokio::test]
async fn a_body_without_a_length_that_could_be_a_challenge_is_refused_beyond_the_limit() {
    for server in TestServer::both(&hasty().body_limit(1_000)).await {
        let mut client = server.connect().await;
        client
            .head("POST /redox", &["transfer-encoding: chunked"])
            .await;
        client.chunk(&"a".repeat(1_001)).await;
        assert_eq!(client.answer().await.status, 413);
        assert!(server.seen().is_empty());
    }
}

#[tokio::test]
async fn axum_answers_413_when_its_extractor_meets_the_limit() {
    let router = Router::new()
        .route("/redox", post(async |body: Bytes| body.len().to_string()))
        .layer(hasty().body_limit(3_000_000))
        // axum's own limit, of 2 MB.
        .layer(DefaultBodyLimit::disable());
    let server = TestServer::of(router).await;
    let header = format!("verification-token: {TOKEN}");
    for (surplus, status) in [("", 200), ("b", 413)] {
        let mut client = server.connect().await;
        let headers = [header.as_str(), "transfer-encoding: chunked"];
        client.head("POST /redox", &headers).await;
        for _ in 0..3 {
            client.chunk(&"a".repeat(1_000_000)).await;
        }
        client.chunk(surplus).await;
        assert_eq!(client.answer().await.status, status);
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_read_that_is_too_long_for_a_challenge() {
    for server in TestServer::both(&hasty()).await {
        let mut client = server.connect().await;
        client.head("POST /redox", &["content-length: 20000"]).await;
        assert_eq!(client.answer().await.status, 401);
        // With a wrong token, nothing of the body is read.
        let mut client = server.connect().await;
        let headers = ["verification-token: another", "content-length: 100"];
        client.head("POST /redox", &headers).await;
        assert_eq!(client.answer().await.status, 401);
        // Without a length, only as much as shows that it is too long.
        let mut client = server.connect().await;
        client
            .head("POST /redox", &["transfer-encoding: chunked"])
            .await;
        let challenge = format!(r#"{{"verification-token":"{TOKEN}","challenge":"a"}}"#);
        client.chunk(&challenge).await;
        client.chunk(&" ".repeat(20_000)).await;
        assert_eq!(client.answer().await.status, 401);
        assert!(server.seen().is_empty());
    }
}

#[tokio::test]
async fn a_body_that_ends_before_its_time_is_no_message() {
    let header = format!("verification-token: {TOKEN}");
    for mut server in TestServer::both(&layer()).await {
        let cases: [&[&str]; 3] = [
            &[&header, "content-length: 100"],
            &["content-length: 100"],
            &["transfer-encoding: chunked"],
        ];
        for headers in cases {
            let mut client = server.connect().await;
            client.head("POST /redox", headers).await;
            client.write("5\r\n{}").await;
            client.hang_up().await;
            let answer = client.answer().await;
            assert_eq!(answer.status, 400, "{}: {headers:?}", server.kind);
        }
        // A body that is too long for a challenge goes to the service, which sees the error.
        let mut client = server.connect().await;
        let headers = [header.as_str(), "content-length: 200000"];
        client.head("POST /redox", &headers).await;
        client.write(&"a".repeat(100_000)).await;
        server.wait_for_bytes(100_000).await;
        client.hang_up().await;
        let seen = server.wait_for_request().await;
        assert!(!seen.is_whole && seen.body.len() == 100_000);
        assert_eq!(server.seen().len(), 1, "{}", server.kind);
    }
}

#[tokio::test]
async fn bytes_after_the_announced_length_do_not_belong_to_the_body() {
    let header = format!("verification-token: {TOKEN}");
    for server in TestServer::both(&layer()).await {
        let mut client = server.connect().await;
        client
            .head("POST /redox", &[&header, "content-length: 2"])
            .await;
        client.write("{}, and more").await;
        assert_eq!(client.answer().await.body, "{}");
        assert_eq!(server.seen()[0].body, b"{}");
    }
}
