//! A token goes to the host that it is for, and to no other.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::any;
use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::Full;
use redox_auth_reqwest::{Error, Redox};
use redox_auth_tower::{Api, AuthorizeLayer, OutgoingError};
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt};

use crate::support::{HttpRequest, Recorder, Sandbox, hyper, key, reqwest};

#[tokio::test]
async fn no_other_url_is_sent_to_and_no_token_asked_for() {
    let sandbox = Sandbox::start().await;
    let own = sandbox.server.base_url();
    let (_, port) = own.rsplit_once(':').unwrap();
    let urls = [
        "https://evil.example/endpoint".to_owned(),
        format!("http://127.0.0.2:{port}/endpoint"),
        format!("http://localhost:{port}/endpoint"),
        format!("http://[::1]:{port}/endpoint"),
        format!("http://[::ffff:127.0.0.1]:{port}/endpoint"),
        format!("http://2130706433:{port}/endpoint"),
        "http://127.0.0.1:1/endpoint".to_owned(),
        "http://127.0.0.1/endpoint".to_owned(),
        own.replace("http://", "https://"),
        own.replace("127.0.0.1", "127.0.0.1.evil.example"),
        own.replace("127.0.0.1", "xn--127-0-0-1-9f3a.example"),
        format!("{own}@evil.example/endpoint"),
        format!("http://user@127.0.0.1:{port}/endpoint"),
        format!("http://evil.example:80@127.0.0.1:{port}/endpoint"),
        // No URL with a host.
        "/endpoint".to_owned(),
        format!("127.0.0.1:{port}"),
        "*".to_owned(),
    ];
    let recorder = Recorder::answering(200);
    let client = sandbox.layer().layer(recorder.clone());
    let mut refused = 0;
    for url in &urls {
        // Some of them `http` refuses itself.
        let Ok(uri) = url.parse::<Uri>() else {
            continue;
        };
        let request = Request::post(uri).body(Full::<Bytes>::default()).unwrap();
        let answer = client.clone().oneshot(request).await;
        let is_refused = matches!(
            answer,
            Err(OutgoingError::NotAuthorized(Error::Authorize(_)))
        );
        assert!(is_refused, "{url}: {answer:?}");
        refused += 1;
    }
    assert!(refused >= 16, "{refused}");
    assert!(recorder.sent().is_empty());
    assert_eq!(sandbox.counts(), (0, 0, 0));
}

#[tokio::test]
async fn nor_does_reqwests_client_whatever_it_reads_in_a_url() {
    let sandbox = Sandbox::start().await;
    let own = sandbox.server.base_url();
    let redox = sandbox.redox.clone();
    let layer = AuthorizeLayer::with_try_clone(redox, Api::DataModel, reqwest::Request::try_clone);
    let client = layer.layer(reqwest());
    let (_, port) = own.rsplit_once(':').unwrap();
    for url in [
        format!("{own}@evil.example/endpoint"),
        format!("{own}\\@evil.example/endpoint").replace("127.0.0.1", "localhost"),
        "https://b\u{fc}cher.example/endpoint".to_owned(),
        format!("http://[::1]:{port}/"),
        format!("http://user:secret@127.0.0.1:{port}/endpoint"),
        format!("http://127.0.0.2:{port}\\@127.0.0.1:{port}/"),
    ] {
        let request = reqwest::Request::new(reqwest::Method::POST, url.parse().unwrap());
        let answer = client.clone().oneshot(request).await;
        let is_refused = matches!(
            answer,
            Err(OutgoingError::NotAuthorized(Error::Authorize(_)))
        );
        assert!(is_refused, "{url}: {answer:?}");
    }
    assert_eq!(sandbox.counts(), (0, 0, 0));
}

#[tokio::test]
async fn a_redirect_is_the_callers_to_follow() {
    let sandbox = Sandbox::start().await;
    let server = Redirecting::start("http://127.0.0.1:1/endpoint").await;
    let redox = server.client_with_token_of(&sandbox);
    let layer =
        AuthorizeLayer::with_try_clone(redox.clone(), Api::DataModel, reqwest::Request::try_clone);
    let url = format!("{}/endpoint", server.url);
    let request = reqwest::Request::new(reqwest::Method::POST, url.parse().unwrap());
    let answer = layer.layer(reqwest()).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 307);
    let layer = AuthorizeLayer::new(redox, Api::DataModel);
    let request: HttpRequest = Request::post(url).body(Full::default()).unwrap();
    let answer = layer.layer(hyper()).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 307);
    let tokens = server.tokens.lock().unwrap();
    assert!(tokens.len() == 2 && tokens.iter().all(|it| it.starts_with("Bearer ")));
}

/// A server that redirects everything, and remembers what it was authorized with.
struct Redirecting {
    url: String,
    tokens: Arc<Mutex<Vec<String>>>,
}

impl Redirecting {
    async fn start(location: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let tokens = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&tokens);
        let redirect = any(async move |headers: http::HeaderMap| {
            let token = headers["authorization"].to_str().unwrap().to_owned();
            seen.lock().unwrap().push(token);
            (
                http::StatusCode::TEMPORARY_REDIRECT,
                [("location", location)],
            )
        });
        let router = Router::new().route("/endpoint", redirect);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, tokens }
    }

    /// A client whose API is here, and whose tokens are the sandbox's.
    fn client_with_token_of(&self, sandbox: &Sandbox) -> Redox {
        Redox::builder()
            .base_url(&self.url)
            .token_url(sandbox.url("/v2/auth/token"))
            .oauth_key(&sandbox.client_id, key())
            .build()
            .unwrap()
    }
}
