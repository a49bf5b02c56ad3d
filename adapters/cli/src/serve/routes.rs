use core::future::pending;
use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use redox_auth_reqwest::{Error, TenantError, Token};
use serde::Deserialize;
use serde_json::{Value, json};

use super::guard::{self, Guarded};
use super::profiles::Profiles;
use super::tokens::{Latest, Tokens};
use crate::failure::Failure;
use crate::token::members;

/// Everything that is answered. What stands before the first layer needs the secret.
pub(super) fn router(served: Arc<Served>, metrics: PrometheusHandle, port: Guarded) -> Router {
    Router::new()
        .route("/token", get(token))
        .route_layer(from_fn_with_state(port.clone(), guard::secret))
        .route("/health", get(health))
        .route("/metrics", get(async move || in_prometheus_text(&metrics)))
        .layer(from_fn_with_state(port, guard::origin))
        .with_state(served)
}

/// What tokens there are.
pub(super) struct Served {
    /// That of the options and the environment.
    pub(super) tokens: Option<Tokens>,
    pub(super) profiles: Profiles,
}

impl Served {
    /// See [`Tokens::renew`].
    pub(super) async fn renew(&self) -> Failure {
        match &self.tokens {
            Some(tokens) => tokens.renew().await,
            None => pending().await,
        }
    }

    /// Reads the key files again, and reports each on standard error.
    pub(super) async fn read_files_again(&self) {
        if let Some(tokens) = &self.tokens {
            tokens.read_files_again().await;
        }
        self.profiles.read_files_again().await;
    }
}

#[derive(Deserialize)]
struct Asked {
    profile: Option<String>,
}

/// The token of a profile, or that of the options and the environment.
async fn token(State(served): State<Arc<Served>>, Query(asked): Query<Asked>) -> Response {
    let profiles = &served.profiles;
    match (asked.profile, &served.tokens) {
        (Some(name), _) if profiles.has(&name) => of_profile(profiles, &name).await,
        (None, Some(tokens)) => latest(tokens).await,
        (found, tokens) => {
            let found = found.map_or("no profile".to_owned(), |name| format!("{name:?}"));
            let names = profiles.names();
            let error = match (names.is_empty(), tokens.is_some()) {
                (true, _) => {
                    format!("expected no profile, as none is served by name; found {found}")
                }
                (false, true) => {
                    format!("expected one of the profiles {names}, or none; found {found}")
                }
                (false, false) => format!("expected one of the profiles {names}; found {found}"),
            };
            answer(StatusCode::NOT_FOUND, &json!({ "error": error }))
        }
    }
}

async fn of_profile(profiles: &Profiles, name: &str) -> Response {
    match profiles.token(name).await {
        Ok((client, token)) => granted(&token, client.time_left(&token), profiles.source_id(name)),
        Err(error) => {
            let why = Failure::no_answer(error.to_string()).in_one_line();
            match error {
                TenantError::Token(error) => match &*error {
                    Error::NoToken { retry_in, .. } => no_token(&why, *retry_in),
                    _ => no_token(&why, Duration::ZERO),
                },
                _ => answer(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "error": why })),
            }
        }
    }
}

async fn latest(tokens: &Tokens) -> Response {
    match tokens.latest().await {
        Some(Latest::Token(token)) => granted(&token, tokens.time_left(&token), tokens.source_id()),
        Some(Latest::NoToken { why, retry_at }) => {
            no_token(&why, retry_at.saturating_duration_since(Instant::now()))
        }
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The members of RFC 6749 §5.1, and the source that belongs to the token.
fn granted(token: &Token, time_left: Duration, source_id: Option<&str>) -> Response {
    let mut members = members(token, time_left);
    if let Some(source_id) = source_id {
        members.insert("source_id".to_owned(), source_id.into());
    }
    answer(StatusCode::OK, &members.into())
}

fn no_token(why: &str, retry_in: Duration) -> Response {
    let secs = retry_in.as_millis().div_ceil(1_000).to_string();
    let answer = answer(StatusCode::SERVICE_UNAVAILABLE, &json!({ "error": why }));
    ([(RETRY_AFTER, secs)], answer).into_response()
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
