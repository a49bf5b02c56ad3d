use core::time::Duration;
use std::io;
use std::sync::Arc;

use axum::body::Body;
use http_body_util::{BodyExt, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::aws_lc_rs::default_provider;

/// Sends a request of the sandbox itself, and returns the whole answer; `None` on any failure.
///
/// Follows no redirect and keeps no connection: every answer shows the present content of the URL.
pub(crate) async fn send(request: http::Request<Body>) -> Option<http::Response<Vec<u8>>> {
    tokio::time::timeout(LIMIT, exchange(request))
        .await
        .ok()
        .flatten()
}

async fn exchange(request: http::Request<Body>) -> Option<http::Response<Vec<u8>>> {
    let client = Client::builder(TokioExecutor::new());
    // Only for https: http must also work on a machine without trusted certificates.
    let answer = if request.uri().scheme_str() == Some("https") {
        let client = client.build::<_, Body>(https().ok()?);
        client.request(request).await
    } else {
        let client = client.build::<_, Body>(HttpConnector::new());
        client.request(request).await
    };
    let (parts, body) = answer.ok()?.into_parts();
    let body = Limited::new(body, LARGEST).collect().await.ok()?;
    Some(http::Response::from_parts(parts, body.to_bytes().to_vec()))
}

fn https() -> io::Result<hyper_rustls::HttpsConnector<HttpConnector>> {
    // Named, because a program with two providers in it has no default one.
    let provider = Arc::new(default_provider());
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_platform_verifier(provider)
        .map_err(io::Error::other)?;
    Ok(connector.https_only().enable_http1().build())
}

/// The whole exchange; a token request may wait for it.
const LIMIT: Duration = Duration::from_secs(5);

/// A megabyte is a thousand keys.
const LARGEST: usize = 1_000_000;
