use core::net::IpAddr;
use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN, WWW_AUTHENTICATE};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use zeroize::Zeroizing;

use super::problem::Problem;

/// An address that every user of this machine can connect to, where a token needs the secret. A Unix socket for its
/// owner only needs no secret.
pub(super) struct Port {
    /// `None` for a Unix socket, which no browser can open.
    pub(super) number: Option<u16>,
    pub(super) secret: Zeroizing<String>,
}

/// The guarded address.
pub(super) type Guarded = Option<Arc<Port>>;

/// Rejects requests from browsers: a page can send requests to this machine, and read the answers once its own host
/// name resolves to it.
pub(super) async fn origin(State(port): State<Guarded>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_foreign = port
        .and_then(|port| port.number)
        .is_some_and(|number| !is_this_host(headers, number));
    if headers.contains_key(ORIGIN) || is_foreign {
        return Problem::of_request(
            StatusCode::FORBIDDEN,
            "origin",
            "expected no `Origin`, and a `Host` that is this address",
        )
        .into_response();
    }
    next.run(request).await
}

/// Rejects requests without the secret.
pub(super) async fn secret(State(port): State<Guarded>, request: Request, next: Next) -> Response {
    if port.is_some_and(|port| !brings(request.headers(), &port.secret)) {
        let challenge = [(WWW_AUTHENTICATE, "Bearer")];
        let problem = Problem::of_request(
            StatusCode::UNAUTHORIZED,
            "secret",
            "expected `Authorization: Bearer` with the content of the secret file",
        );
        return (challenge, problem).into_response();
    }
    next.run(request).await
}

/// The same, for some requests only.
pub(super) async fn secret_for_query(
    port: State<Guarded>,
    request: Request,
    next: Next,
) -> Response {
    match request.uri().query() {
        Some(_) => secret(port, request, next).await,
        None => next.run(request).await,
    }
}

/// The owner of a host name can make it resolve to this machine, but cannot do that with a loopback address.
fn is_this_host(headers: &HeaderMap, port: u16) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let Some(host) = host.and_then(|host| host.parse::<Authority>().ok()) else {
        return false;
    };
    let name = host.host().trim_matches(['[', ']']);
    let address = name.parse::<IpAddr>();
    let is_loopback = address.is_ok_and(|address| address.is_loopback());
    host.port_u16().unwrap_or(80) == port && (is_loopback || name.eq_ignore_ascii_case("localhost"))
}

fn brings(headers: &HeaderMap, secret: &str) -> bool {
    let given = headers.get(AUTHORIZATION).map(|value| value.as_bytes());
    let given = given.and_then(|value| value.split_at_checked(SCHEME.len()));
    given.is_some_and(|(scheme, given)| {
        scheme.eq_ignore_ascii_case(SCHEME)
            && verify_slices_are_equal(given, secret.as_bytes()).is_ok()
    })
}

const SCHEME: &[u8] = b"Bearer ";
