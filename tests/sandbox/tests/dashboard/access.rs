use axum::body::Body;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use redox_auth_sandbox::http::Method;
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn a_page_of_another_origin_gets_nothing_and_changes_nothing() {
    let redox = Redox::start().await;
    let paths = [
        "/",
        "/traffic",
        "/api/oauth-keys",
        "/api/events",
        "/style.css",
        "/live.js",
    ];
    let foreign: [&[(&str, &str)]; 5] = [
        &[("origin", "http://evil.example")],
        &[("origin", "null")],
        &[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "no-cors"),
        ],
        &[("sec-fetch-site", "same-site")],
        &[("host", "evil.example")],
    ];
    for headers in foreign {
        for path in paths {
            let answer = redox.ask(Method::GET, path, headers, "").await;
            assert_eq!(answer.status, 403, "{path} {headers:?}");
            assert!(!answer.text.contains(CLIENT_ID), "{path} {headers:?}");
            assert_eq!(answer.header("access-control-allow-origin"), "");
        }
        let json = [headers, &[("content-type", "application/json")]].concat();
        for (method, path, body) in [
            (Method::POST, "/api/sources", r#"{"name":"Intruder"}"#),
            (Method::DELETE, "/api/oauth-keys/client-1/keys/key-1", ""),
            (Method::OPTIONS, "/api/sources", ""),
        ] {
            let answer = redox.ask(method, path, &json, body).await;
            assert_eq!(answer.status, 403, "{path} {headers:?}");
        }
    }
    let sources = redox.api(Method::GET, "sources", Value::Null).await;
    assert_eq!(sources["sources"].as_array().unwrap().len(), 1);
    let keys = redox.api(Method::GET, "oauth-keys", Value::Null).await;
    assert_eq!(keys["oauth_keys"][0]["keys"][0]["state"], "active");
}

#[tokio::test]
async fn what_a_form_of_another_page_can_send_is_not_taken() {
    let redox = Redox::start().await;
    // Without any header about its origin, as from a browser that sends none of them.
    for content_type in [
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain",
    ] {
        let body = r#"{"name":"Intruder"}"#;
        let headers = [("content-type", content_type)];
        let answer = redox
            .ask(Method::POST, "/api/sources", &headers, body)
            .await;
        assert_eq!(answer.status, 415, "{content_type}");
        let answer = redox.ask(Method::DELETE, "/api/faults", &headers, "").await;
        assert_eq!(answer.status, 415, "{content_type}");
    }
    for token in ["", "wrong"] {
        let fields = [
            ("form_token", token),
            ("operation", "createSource"),
            ("name", "Intruder"),
        ];
        let answer = redox.post_form(&fields).await;
        assert_eq!(answer.status, 403, "{token}");
    }
    let sources = redox.api(Method::GET, "sources", Value::Null).await;
    assert_eq!(sources["sources"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn each_answer_says_what_browsers_may_do_with_it() {
    let redox = Redox::start().await;
    for path in ["/", "/faults", "/live.js", "/api/sandbox", "/nothing"] {
        let answer = redox.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none';"),
            "{path}: {policy}"
        );
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        // Under `no-referrer` a browser would send the page's own forms with `Origin: null`.
        let referrer = answer.header("referrer-policy");
        assert_eq!(referrer, "same-origin", "{path}");
        assert_eq!(answer.header("set-cookie"), "", "{path}");
        assert!(!answer.text.contains("<script>"), "{path}");
        for inline in [" onclick=", " onload=", " style=", "<style"] {
            assert!(!answer.text.contains(inline), "{path}: {inline}");
        }
    }
}

#[tokio::test]
async fn it_listens_on_loopback_whatever_the_sandbox_does() {
    let options = redox_auth_sandbox::ServerOptions::new().address(([0, 0, 0, 0], 0).into());
    let redox = Redox::start_with(options).await;
    assert!(redox.host().starts_with("127.0.0.1:"), "{}", redox.host());
    assert_eq!(redox.get("/").await.status, 200);
}

#[tokio::test]
async fn without_a_dashboard_there_is_none() {
    let options = redox_auth_sandbox::ServerOptions::new();
    let server = redox_auth_sandbox::Server::start(options).await.unwrap();
    assert_eq!(server.dashboard_url(), None);
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let redox = Redox::start().await;
    let port = redox.host().rsplit(':').next().unwrap().parse().unwrap();
    let options = redox_auth_sandbox::ServerOptions::new().dashboard(port);
    let error = redox_auth_sandbox::Server::start(options)
        .await
        .unwrap_err();
    let expected = format!("the dashboard's port {port} on 127.0.0.1: ");
    assert!(error.to_string().starts_with(&expected), "{error}");
}

#[tokio::test]
async fn a_stopped_server_ends_its_dashboard_and_who_watches() {
    let redox = Redox::start().await;
    let host = redox.host();
    let client: Client<HttpConnector, Body> =
        Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    let url = format!("http://{host}/api/events");
    let answer = client.get(url.parse().unwrap()).await.unwrap();
    let mut events = answer.into_body();
    let first = events.frame().await.unwrap().unwrap();
    assert_eq!(first.into_data().unwrap(), "data: {\"newest\":0}\n\n");
    redox.server.stop().await.unwrap();
    assert!(events.frame().await.is_none(), "the end, and no error");
    let late = tokio::net::TcpStream::connect(&host).await;
    assert!(late.is_err(), "still listening");
}

#[tokio::test]
async fn an_operation_that_is_not_there_is_named() {
    let redox = Redox::start().await;
    for (method, path, body, status, text) in [
        (Method::GET, "nothing", Value::Null, 404, "openapi.json"),
        (Method::PUT, "clock", Value::Null, 405, "GET, PATCH, DELETE"),
        (
            Method::POST,
            "sources",
            json!({ "nme": "x" }),
            400,
            "\"nme\"",
        ),
        (
            Method::POST,
            "sources",
            json!({ "name": 1 }),
            400,
            "name must be a text",
        ),
        (
            Method::POST,
            "sources",
            json!([]),
            400,
            "must be a JSON object",
        ),
        (
            Method::GET,
            "traffic?knd=token",
            Value::Null,
            400,
            "\"knd\"",
        ),
        (
            Method::GET,
            "traffic?kind=tokn",
            Value::Null,
            400,
            "\"tokn\"",
        ),
        (
            Method::GET,
            "traffic?limit=x",
            Value::Null,
            400,
            "limit must be",
        ),
    ] {
        let answer = redox.try_api(method, path, body).await;
        assert_eq!(answer.status, status, "{path}");
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(text), "{path}: {error}");
    }
}
