//! Answers that try a client's patience, over a socket: only the server has them.

use core::time::Duration;
use std::time::Instant;

use axum::body::Body;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use redox_auth_sandbox::http::{self, StatusCode};
use redox_auth_sandbox::{Delivery, Fault, Place, Request, Server, Times};

use crate::server::{by_value, send, start};
use crate::support::*;

async fn with_fault(fault: Fault) -> Server {
    let server = start().await;
    by_value(&server);
    server.sandbox().inject(Place::Token, fault, Times::Next(1));
    server
}

/// The head of the answer to any token request, and a body that is not read yet.
async fn ask(server: &Server) -> http::Response<impl http_body::Body<Data = axum::body::Bytes>> {
    let client: Client<HttpConnector, Body> =
        Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    let url = format!("http://{}/v2/auth/token", server.address());
    let request = http::Request::post(url).body(Body::empty()).unwrap();
    client.request(request).await.unwrap()
}

#[test]
fn the_rules_only_say_how_an_answer_is_sent() {
    let pause = Duration::from_secs(3600);
    for (fault, delivery, minted) in [
        (Fault::Late(pause), Delivery::Late(pause), 2),
        (
            Fault::Slow { piece: 1, pause },
            Delivery::Slow { piece: 1, pause },
            2,
        ),
        (Fault::Endless, Delivery::Endless, 1),
        (Fault::Oversized(9), Delivery::Oversized(9), 1),
    ] {
        let (mut sandbox, _) = ready();
        sandbox.inject(Place::Token, fault, Times::Next(1));
        let response = sandbox.handle(at(NOW), &token_request(&assertion("said")));
        assert_eq!(
            (response.status, response.delivery),
            (StatusCode::OK, delivery)
        );
        assert_eq!(response.body.is_empty(), minted == 1, "{delivery:?}");
        assert_eq!(sandbox.counters().tokens_minted, minted, "{delivery:?}");
        assert_eq!(sandbox.counters().faults, 1, "{delivery:?}");
    }
}

#[tokio::test]
async fn a_late_answer_is_a_true_one() {
    let latency = Duration::from_millis(50);
    let server = with_fault(Fault::Late(latency)).await;
    let asked = Instant::now();
    let minted = send(&server, token_request(&assertion("late"))).await;
    assert!(asked.elapsed() >= latency);
    assert_eq!(minted.status, 200, "{}", reason(&minted));
    assert!(!text(&body(&minted)["access_token"]).is_empty());
}

#[tokio::test]
async fn others_are_answered_while_a_late_answer_waits() {
    let server = with_fault(Fault::Late(Duration::from_secs(3600))).await;
    let request = token_request(&assertion("late"));
    let late = send(&server, request);
    let prompt = async {
        // The fault has struck once the first of them is under way.
        while server.counters().faults == 0 {
            tokio::task::yield_now().await;
        }
        send(&server, token_request(&assertion("prompt"))).await
    };
    tokio::select! {
        biased;
        _ = late => panic!("an hour has passed"),
        minted = prompt => assert_eq!(minted.status, 200, "{}", reason(&minted)),
    }
}

#[tokio::test]
async fn a_slow_body_is_a_true_one_in_pieces() {
    let pause = Duration::from_millis(2);
    let server = with_fault(Fault::Slow { piece: 9, pause }).await;
    let asked = Instant::now();
    let minted = send(&server, token_request(&assertion("slow"))).await;
    let pieces = u32::try_from(minted.body.len().div_ceil(9)).unwrap();
    assert!(pieces > 5);
    assert!(asked.elapsed() >= pause * pieces);
    assert_eq!(
        header_of(&minted, "content-length"),
        minted.body.len().to_string()
    );
    assert!(!text(&body(&minted)["access_token"]).is_empty());
}

#[tokio::test]
async fn pieces_of_nothing_are_pieces_of_a_byte() {
    let pause = Duration::ZERO;
    let server = with_fault(Fault::Slow { piece: 0, pause }).await;
    let minted = send(&server, token_request(&assertion("slow"))).await;
    assert!(!text(&body(&minted)["access_token"]).is_empty());
}

#[tokio::test]
async fn an_endless_body_has_no_length_and_goes_on_while_it_is_read() {
    let server = with_fault(Fault::Endless).await;
    let mut endless = ask(&server).await;
    assert_eq!(endless.status(), 200);
    assert!(!endless.headers().contains_key("content-length"));
    let mut read = 0;
    while read < 5_000_000 {
        let frame = endless.frame().await.expect("it does not end");
        let data = frame.ok().unwrap().into_data().unwrap();
        assert!(data.iter().all(|byte| *byte == b' '));
        read += data.len();
    }
    // A client that has waited enough disconnects, and the server serves others.
    drop(endless);
    let minted = send(&server, token_request(&assertion("next"))).await;
    assert_eq!(minted.status, 200, "{}", reason(&minted));
}

#[tokio::test]
async fn an_oversized_body_has_the_length_that_it_says() {
    for len in [0, 8191, 8192, 3_000_001] {
        let server = with_fault(Fault::Oversized(len)).await;
        let answer = send(&server, Request::form("/v2/auth/token", &[])).await;
        assert_eq!(answer.status, 200);
        assert_eq!(header_of(&answer, "content-length"), len.to_string());
        assert_eq!(u64::try_from(answer.body.len()).unwrap(), len);
    }
}

#[tokio::test]
async fn an_oversized_body_costs_no_memory() {
    let len = 1 << 60;
    let server = with_fault(Fault::Oversized(len)).await;
    let answer = ask(&server).await;
    assert_eq!(answer.headers()["content-length"], len.to_string());
}

#[tokio::test]
async fn a_redirect_to_itself_is_followed_by_who_follows() {
    let server = with_fault(Fault::Redirect(
        StatusCode::TEMPORARY_REDIRECT,
        http::Uri::from_static("/v2/auth/token"),
    ))
    .await;
    let away = send(&server, token_request(&assertion("again"))).await;
    assert_eq!(away.status, 307);
    assert_eq!(server.counters().tokens_minted, 0);
    let mut again = token_request(&assertion("again"));
    again.path = header_of(&away, "location");
    assert_eq!(send(&server, again).await.status, 200);
}
