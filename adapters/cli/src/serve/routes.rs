use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::{Value, json};

use super::guard::{self, Guarded};
use super::tokens::{Latest, Tokens};
use crate::token::members;

/// Everything that is answered. What stands before the first layer needs the secret.
pub(super) fn router(tokens: Arc<Tokens>, metrics: PrometheusHandle, port: Guarded) -> Router {
    Router::new()
        .route("/token", get(token))
        .route_layer(from_fn_with_state(port.clone(), guard::secret))
        .route("/health", get(health))
        .route("/metrics", get(async move || in_prometheus_text(&metrics)))
        .layer(from_fn_with_state(port, guard::origin))
        .with_state(tokens)
}

/// The members of RFC 6749 §5.1, and the source that belongs to the token.
async fn token(State(tokens): State<Arc<Tokens>>) -> Response {
    let token = match tokens.latest().await {
        Some(Latest::Token(token)) => token,
        Some(Latest::NoToken { why, retry_at }) => {
            let wait = retry_at.saturating_duration_since(Instant::now());
            let secs = wait.as_millis().div_ceil(1_000).to_string();
            let answer = answer(StatusCode::SERVICE_UNAVAILABLE, &json!({ "error": why }));
            return ([(RETRY_AFTER, secs)], answer).into_response();
        }
        None => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let mut members = members(&token, tokens.time_left(&token));
    if let Some(source_id) = tokens.source_id() {
        members.insert("source_id".to_owned(), source_id.into());
    }
    answer(StatusCode::OK, &members.into())
}

/// That this program runs; whether there is a token, `/token` says.
async fn health() -> Response {
    answer(StatusCode::OK, &json!({ "status": "ok" }))
}

/// What has been counted so far: nothing in it is secret.
fn in_prometheus_text(metrics: &PrometheusHandle) -> Response {
    let headers = [(CONTENT_TYPE, "text/plain; version=0.0.4")];
    (headers, metrics.render()).into_response()
}

fn answer(status: StatusCode, members: &Value) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
    ];
    (status, headers, members.to_string()).into_response()
}
