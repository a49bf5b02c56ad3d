use core::time::Duration;
use std::io;
use std::sync::Arc;

use axum::body::Body;
use http::{StatusCode, Uri};
use http_body_util::{BodyExt, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::aws_lc_rs::default_provider;

/// Fetches a JWK Set, whose URL the registration has checked; `None` if that fails in any way.
///
/// No redirect is followed and no connection is kept: every fetch shows what the URL says now.
pub(super) async fn jwks(url: &str) -> Option<String> {
    let uri = url.parse().ok()?;
    tokio::time::timeout(LIMIT, get(uri)).await.ok().flatten()
}

async fn get(uri: Uri) -> Option<String> {
    let client = Client::builder(TokioExecutor::new());
    // Only for https: where a machine has no trusted certificates, http has to work all the same.
    let answer = if uri.scheme_str() == Some("https") {
        let client = client.build::<_, Body>(https().ok()?);
        client.get(uri).await
    } else {
        let client = client.build::<_, Body>(HttpConnector::new());
        client.get(uri).await
    };
    let answer = answer.ok()?;
    if answer.status() != StatusCode::OK {
        return None;
    }
    let body = Limited::new(answer.into_body(), LARGEST).collect().await;
    String::from_utf8(body.ok()?.to_bytes().to_vec()).ok()
}

fn https() -> io::Result<hyper_rustls::HttpsConnector<HttpConnector>> {
    // Named, because a program with two providers in it has no default one.
    let provider = Arc::new(default_provider());
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_platform_verifier(provider)
        .map_err(io::Error::other)?;
    Ok(connector.https_only().enable_http1().build())
}

/// The whole fetch; a token request waits for it.
const LIMIT: Duration = Duration::from_secs(5);

/// A megabyte is a thousand keys.
const LARGEST: usize = 1_000_000;
