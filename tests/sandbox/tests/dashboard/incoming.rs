use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use http_body_util::BodyExt;
use redox_auth_sandbox::http::{Method, Response};
use serde_json::{Value, json};

use crate::support::*;

/// An endpoint of a user's that echoes everything that it gets; its address.
async fn echo() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(async |request: Request| {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let body: Bytes = request.into_body().collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Response::new(Body::from(format!("<b>{query}{body}</b>")))
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/in")
}

#[tokio::test]
async fn an_endpoint_is_called_in_each_form_and_its_answer_shown() {
    let redox = Redox::start().await;
    let url = echo().await;
    for (what, found) in [
        ("challenge-post", json!("the challenge is within the body")),
        ("challenge-get", json!("the challenge is within the body")),
        ("message", Value::Null),
    ] {
        let body = json!({ "url": url, "verification_token": "hush-token", "what": what });
        let answer = redox.api(Method::POST, "incoming", body).await;
        assert_eq!(
            (&answer["taken"], &answer["echo"]),
            (&json!(true), &found),
            "{what}"
        );
        assert!(!answer.to_string().contains("hush"), "{answer}");
        let fields = [
            ("back", "/incoming"),
            ("url", url.as_str()),
            ("verification_token", "hush-token"),
            ("what", what),
            ("message", "{\"hello\":1}"),
        ];
        let page = redox.submit("callEndpoint", &fields).await;
        assert!(
            page.text.contains("Redox would accept this answer"),
            "{}",
            page.text
        );
        assert!(
            page.text.contains("&lt;b&gt;") && !page.text.contains("<b>"),
            "{}",
            page.text
        );
        assert!(!page.text.contains("hush"), "{}", page.text);
    }
    let counters = redox.server.counters();
    assert_eq!((counters.challenges, counters.deliveries), (4, 2));
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_called_is_told_and_its_token_is_not() {
    let redox = Redox::start().await;
    for (url, what, status, text) in [
        ("http://example.org/", "message", 400, "must be https"),
        (
            "https://a:b@example.org/",
            "message",
            400,
            "without a password",
        ),
        ("http://127.0.0.1:1/", "message", 502, "no complete answer"),
        ("http://127.0.0.1:1/", "other", 400, "known: challenge-post"),
    ] {
        let fields = [
            ("back", "/incoming"),
            ("url", url),
            ("verification_token", "hush-token"),
            ("what", what),
        ];
        let page = redox.submit("callEndpoint", &fields).await;
        assert_eq!(page.status, status, "{url}");
        assert!(page.text.contains(text), "{}", page.text);
        assert!(!page.text.contains("hush"), "{}", page.text);
    }
}
