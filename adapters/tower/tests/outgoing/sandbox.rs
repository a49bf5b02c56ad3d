//! Messages by hyper's client and by reqwest's.

use bytes::Bytes;
use http::Request;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use redox_auth_tower::{Api, AuthorizeLayer};
use tower::{Layer, Service, ServiceExt};

use crate::support::{Sandbox, hyper, reqwest};

fn reqwest_layer(sandbox: &Sandbox) -> AuthorizeLayer<redox_auth_reqwest::Redox, reqwest::Request> {
    let redox = sandbox.redox.clone();
    AuthorizeLayer::with_try_clone(redox, Api::DataModel, reqwest::Request::try_clone)
}

fn reqwest_post(sandbox: &Sandbox, body: impl Into<reqwest::Body>) -> reqwest::Request {
    let request = reqwest().post(sandbox.url("/endpoint")).body(body);
    let request = request.header("content-type", "application/json");
    request.build().unwrap()
}

#[tokio::test]
async fn hypers_client_sends_with_a_token_and_another_after_a_401() {
    let sandbox = Sandbox::start().await;
    let mut client = sandbox.layer().layer(hyper());
    for _ in 0..2 {
        let answer = client.ready().await.unwrap().call(sandbox.post()).await;
        assert_eq!(answer.unwrap().status(), 200);
    }
    assert_eq!(sandbox.counts(), (1, 2, 0));
    sandbox.server.sandbox().revoke_all_tokens();
    let answer = client.ready().await.unwrap().call(sandbox.post()).await;
    assert_eq!(answer.unwrap().status(), 200);
    assert_eq!(sandbox.counts(), (2, 3, 1));
}

#[tokio::test]
async fn reqwests_client_sends_with_a_token_and_another_after_a_401() {
    let sandbox = Sandbox::start().await;
    let mut client = reqwest_layer(&sandbox).layer(reqwest());
    let post = || reqwest_post(&sandbox, sandbox.message());
    let answer = client.ready().await.unwrap().call(post()).await.unwrap();
    assert_eq!(answer.status(), 200);
    sandbox.server.sandbox().revoke_all_tokens();
    let answer = client.ready().await.unwrap().call(post()).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(sandbox.counts(), (2, 2, 1));
}

#[tokio::test]
async fn all_whose_token_was_revoked_share_the_next_one() {
    let sandbox = Sandbox::start().await;
    sandbox.redox.token().await.unwrap();
    sandbox.server.sandbox().revoke_all_tokens();
    let client = sandbox.layer().layer(hyper());
    let mut sent = tokio::task::JoinSet::new();
    for _ in 0..20 {
        sent.spawn(client.clone().oneshot(sandbox.post()));
    }
    for answer in sent.join_all().await {
        assert_eq!(answer.unwrap().status(), 200);
    }
    let (tokens, accepted, _) = sandbox.counts();
    assert_eq!((tokens, accepted), (2, 20));
}

#[tokio::test]
async fn a_stream_is_sent_once_and_its_401_still_replaces_the_token() {
    let sandbox = Sandbox::start().await;
    let hyper = Client::builder(TokioExecutor::new()).build_http();
    let layer = AuthorizeLayer::with_try_clone(sandbox.redox.clone(), Api::DataModel, |_| None);
    let client = layer.layer(hyper);
    let streamed = || -> Request<BoxBody<Bytes, core::convert::Infallible>> {
        sandbox.post().map(BodyExt::boxed)
    };
    sandbox.redox.token().await.unwrap();
    sandbox.server.sandbox().revoke_all_tokens();
    for status in [401, 200] {
        let answer = client.clone().oneshot(streamed()).await.unwrap();
        assert_eq!(answer.status(), status);
    }
    assert_eq!(sandbox.counts(), (2, 1, 1));
}

#[tokio::test]
async fn a_stream_of_reqwests_is_sent_once() {
    let sandbox = Sandbox::start().await;
    let client = reqwest_layer(&sandbox).layer(reqwest());
    let streamed = || {
        let body = Full::<Bytes>::from(sandbox.message());
        reqwest_post(&sandbox, reqwest::Body::wrap(body))
    };
    sandbox.redox.token().await.unwrap();
    sandbox.server.sandbox().revoke_all_tokens();
    for status in [401, 200] {
        let answer = client.clone().oneshot(streamed()).await.unwrap();
        assert_eq!(answer.status(), status);
    }
    assert_eq!(sandbox.counts(), (2, 1, 1));
}

#[tokio::test]
async fn a_search_names_its_source() {
    let sandbox = Sandbox::start().await;
    let layer = AuthorizeLayer::new(sandbox.redox.clone(), Api::Fhir);
    let client = layer.layer(hyper());
    let url = sandbox.url("/fhir/R4/hospital/Development/Patient");
    let request = || Request::get(&url);
    let request_without = request().body(Full::default()).unwrap();
    let answer = client.clone().oneshot(request_without).await.unwrap();
    assert_eq!(answer.status(), 200);
    let request = request().header("redox-source-id", "none-of-ours");
    let request = request.body(Full::default()).unwrap();
    let answer = client.oneshot(request).await.unwrap();
    assert!(answer.status().is_client_error());
}
