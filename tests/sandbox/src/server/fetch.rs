use axum::body::Body;
use http::{Request, StatusCode};

use crate::client;

/// Fetches a JWK Set, whose URL the registration has checked; `None` on any failure.
pub(super) async fn jwks(url: &str) -> Option<String> {
    let request = Request::get(url).body(Body::empty()).ok()?;
    let answer = client::send(request).await?;
    if answer.status() != StatusCode::OK {
        return None;
    }
    String::from_utf8(answer.into_body()).ok()
}
