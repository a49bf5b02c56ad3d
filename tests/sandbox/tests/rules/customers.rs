//! Redox's own calls to a customer. Here the customer is a server that keeps what it receives.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use http_body_util::BodyExt;
use redox_auth_sandbox::http::{HeaderMap, Method, StatusCode};
use redox_auth_sandbox::{CallError, Customer, Echo, Server, Verb};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::server::start;

#[derive(Clone)]
struct Sent {
    method: Method,
    query: Option<String>,
    headers: HeaderMap,
    body: Bytes,
}

impl Sent {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A parameter of the query.
    fn parameter(&self, name: &str) -> String {
        let pairs = self.query.as_ref().unwrap().split('&');
        let mut pairs = pairs.map(|pair| pair.split_once('=').unwrap());
        pairs.find(|(own, _)| *own == name).unwrap().1.to_owned()
    }

    fn challenge(&self) -> String {
        match self.method {
            Method::GET => self.parameter("challenge"),
            _ => self.json()["challenge"].as_str().unwrap().to_owned(),
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

type Reply = fn(&Sent) -> (StatusCode, String);

/// A customer's server, which answers everything in one way.
struct Endpoint {
    url: String,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Endpoint {
    async fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/redox?tenant=7", listener.local_addr().unwrap());
        let sent = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&sent);
        let router = Router::new().fallback(take).with_state((kept, reply));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, sent }
    }

    fn customer(&self) -> Customer {
        Customer::new(&self.url, "3f9c2a7e").unwrap()
    }

    fn only_request(&self) -> Sent {
        let sent = self.sent.lock().unwrap();
        assert_eq!(sent.len(), 1);
        sent[0].clone()
    }
}

async fn take(
    State((kept, reply)): State<(Arc<Mutex<Vec<Sent>>>, Reply)>,
    request: Request,
) -> (StatusCode, String) {
    let (parts, body) = request.into_parts();
    let sent = Sent {
        method: parts.method,
        query: parts.uri.query().map(ToOwned::to_owned),
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes(),
    };
    let answer = reply(&sent);
    kept.lock().unwrap().push(sent);
    answer
}

async fn redox() -> Server {
    start().await
}

#[tokio::test]
async fn a_challenge_by_post_has_everything_in_its_body() {
    let endpoint = Endpoint::start(|sent| (StatusCode::OK, sent.challenge())).await;
    let redox = redox().await;
    let challenge = redox.challenge(&endpoint.customer(), Verb::Post).await;
    let challenge = challenge.unwrap();
    assert!(challenge.is_verified());
    assert_eq!(challenge.echo, Echo::Alone);
    let sent = endpoint.only_request();
    assert_eq!(sent.method, Method::POST);
    assert_eq!(sent.query.as_deref(), Some("tenant=7"));
    assert_eq!(sent.header("application-name"), "RedoxEngine");
    assert_eq!(sent.header("content-type"), "application/json");
    assert_eq!(sent.json()["verification-token"], "3f9c2a7e");
    assert_eq!(sent.challenge().len(), 36);
    assert_eq!(redox.counters().challenges, 1);
}

#[tokio::test]
async fn a_challenge_by_get_has_everything_in_its_query() {
    let reply: Reply = |sent| {
        (
            StatusCode::OK,
            format!("{{\"challenge\":\"{}\"}}", sent.challenge()),
        )
    };
    let endpoint = Endpoint::start(reply).await;
    let challenge = redox()
        .await
        .challenge(&endpoint.customer(), Verb::Get)
        .await;
    let challenge = challenge.unwrap();
    assert!(challenge.is_verified());
    assert_eq!(challenge.echo, Echo::Within);
    let sent = endpoint.only_request();
    assert_eq!(sent.method, Method::GET);
    assert_eq!(sent.parameter("tenant"), "7");
    assert_eq!(sent.parameter("verification-token"), "3f9c2a7e");
    assert!(sent.body.is_empty());
}

#[tokio::test]
async fn an_answer_that_does_not_prove_anything_is_told_as_it_was() {
    let cases: [(Reply, u16, Echo); 3] = [
        (|_| (StatusCode::OK, "ok".to_owned()), 200, Echo::Absent),
        (
            |_| (StatusCode::UNAUTHORIZED, String::new()),
            401,
            Echo::Absent,
        ),
        (
            |sent| (StatusCode::CREATED, sent.challenge()),
            201,
            Echo::Alone,
        ),
    ];
    for (reply, status, echo) in cases {
        let endpoint = Endpoint::start(reply).await;
        let challenge = redox()
            .await
            .challenge(&endpoint.customer(), Verb::Post)
            .await;
        let challenge = challenge.unwrap();
        assert_eq!((challenge.status.as_u16(), challenge.echo), (status, echo));
        assert!(!challenge.is_verified(), "{status}");
    }
}

#[tokio::test]
async fn two_challenges_differ() {
    let endpoint = Endpoint::start(|sent| (StatusCode::OK, sent.challenge())).await;
    let redox = redox().await;
    for _ in 0..2 {
        let challenge = redox.challenge(&endpoint.customer(), Verb::Post).await;
        assert!(challenge.unwrap().is_verified());
    }
    let sent = endpoint.sent.lock().unwrap();
    assert_ne!(sent[0].challenge(), sent[1].challenge());
}

#[tokio::test]
async fn a_message_has_the_token_in_both_headers() {
    let endpoint = Endpoint::start(|_| (StatusCode::ACCEPTED, String::new())).await;
    let redox = redox().await;
    let message = r#"{"Meta":{"DataModel":"PatientAdmin"}}"#;
    let status = redox.deliver(&endpoint.customer(), message).await;
    assert_eq!(status, Ok(StatusCode::ACCEPTED));
    let sent = endpoint.only_request();
    assert_eq!(sent.method, Method::POST);
    assert_eq!(sent.header("verification-token"), "3f9c2a7e");
    assert_eq!(sent.header("authorization"), "Bearer 3f9c2a7e");
    assert_eq!(sent.body, message);
    assert_eq!(redox.counters().deliveries, 1);
}

#[tokio::test]
async fn who_is_not_there_or_says_too_much_gives_no_answer() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", gone.local_addr().unwrap());
    drop(gone);
    let redox = redox().await;
    let customer = Customer::new(&url, "token").unwrap();
    let got = redox.challenge(&customer, Verb::Post).await;
    assert_eq!(got, Err(CallError::NoAnswer));
    let talker = Endpoint::start(|_| (StatusCode::OK, "a".repeat(1_000_001))).await;
    let got = redox.deliver(&talker.customer(), "{}").await;
    assert_eq!(got, Err(CallError::NoAnswer));
}

#[test]
fn a_token_goes_only_where_nobody_listens_in() {
    for (url, token, error) in [
        ("http://example.org/", "t", CallError::UrlNotAllowed),
        (
            "https://user:pw@example.org/",
            "t",
            CallError::UrlNotAllowed,
        ),
        ("/redox", "t", CallError::UrlNotAllowed),
        ("https://example.org/", "", CallError::UnusableToken),
        ("https://example.org/", "a\nb", CallError::UnusableToken),
    ] {
        assert_eq!(Customer::new(url, token).unwrap_err(), error, "{url}");
    }
}
