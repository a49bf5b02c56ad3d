use http::StatusCode;
use http::header::{CACHE_CONTROL, EXPIRES};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::clock::plus;
use crate::counters::count;
use crate::directory::LegacyAccess;
use crate::exchange::{Request, Response};
use crate::grant::{Grant, Holder};
use crate::object::Object;
use crate::{RefreshTokens, Sandbox};

/// Secret in, tokens out (Redox: authenticate a legacy API key).
pub(crate) const AUTHENTICATE_PATH: &str = "/auth/authenticate";

/// Refresh token in, new access token out (the same page).
pub(crate) const REFRESH_PATH: &str = "/auth/refreshToken";

/// Answers a POST of `apiKey` and `secret`.
pub(crate) fn authenticate(sandbox: &mut Sandbox, now: Timestamp, request: &Request) -> Response {
    let (api_key, secret) = match fields(request, "secret") {
        Some(fields) => fields,
        None => return refuse(sandbox, StatusCode::BAD_REQUEST),
    };
    let refresh_token = sandbox.random.uuid();
    let access = sandbox.directory.legacy.get_mut(&api_key);
    let Some(access) = access.filter(|access| access.secret == secret) else {
        return refuse(sandbox, StatusCode::UNAUTHORIZED);
    };
    access.refresh_tokens.insert(refresh_token.clone());
    count(&mut sandbox.counters.legacy_authenticates);
    grant(sandbox, now, api_key, &refresh_token)
}

/// Answers a POST of `apiKey` and `refreshToken`.
///
/// The refresh token stays the same, as in Redox's sample, unless the sandbox is set otherwise. It is valid until
/// revoked, because its lifetime at Redox is not public.
pub(crate) fn refresh(sandbox: &mut Sandbox, now: Timestamp, request: &Request) -> Response {
    let (api_key, refresh_token) = match fields(request, "refreshToken") {
        Some(fields) => fields,
        None => return refuse(sandbox, StatusCode::BAD_REQUEST),
    };
    let access = sandbox.directory.legacy.get_mut(&api_key);
    let known = |access: &&mut LegacyAccess| access.refresh_tokens.contains(&refresh_token);
    let Some(access) = access.filter(known) else {
        return refuse(sandbox, StatusCode::UNAUTHORIZED);
    };
    let refresh_token = match sandbox.refresh_tokens {
        RefreshTokens::Stay => refresh_token,
        RefreshTokens::Rotate => {
            let next = sandbox.random.uuid();
            access.refresh_tokens.remove(&refresh_token);
            access.refresh_tokens.insert(next.clone());
            next
        }
    };
    count(&mut sandbox.counters.legacy_refreshes);
    grant(sandbox, now, api_key, &refresh_token)
}

/// `apiKey` and one more field of a JSON body, in the documented form only.
fn fields(request: &Request, second: &str) -> Option<(String, String)> {
    if request.media_type().as_deref() != Some("application/json") {
        return None;
    }
    let body = Object::parse(&request.body)?;
    let text = |name| body.text(name).map(ToOwned::to_owned);
    text("apiKey").zip(text(second))
}

fn grant(sandbox: &mut Sandbox, now: Timestamp, api_key: String, refresh_token: &str) -> Response {
    if let Some(access) = sandbox.directory.legacy.get_mut(&api_key) {
        access.tokens.add(now);
    }
    let source = sandbox.directory.sources.get(&api_key);
    let grant = Grant {
        environment: source.map_or_else(Default::default, |source| source.environment),
        holder: Holder::Legacy { source_id: api_key },
        bound_to: None,
    };
    let access_token = sandbox.random.uuid();
    let expires_at = plus(now, LIFETIME);
    sandbox.give_out(now, access_token.clone(), expires_at, grant);
    let body = json!({
        "accessToken": access_token,
        "expires": format!("{expires_at:.3}"),
        "refreshToken": refresh_token,
    });
    uncached(Response::json(StatusCode::OK, &body))
}

/// Redox's refusal is 15 bytes of text with the media type of HTML, in recorded traffic.
fn refuse(sandbox: &mut Sandbox, status: StatusCode) -> Response {
    count(&mut sandbox.counters.legacy_refusals);
    let reason = match status {
        StatusCode::UNAUTHORIZED => "wrong API key, secret or refresh token",
        _ => "the body is not the documented JSON",
    };
    uncached(Response::new(status, "text/html; charset=utf-8", "Invalid request").reason(reason))
}

/// The headers of the recorded traffic.
fn uncached(response: Response) -> Response {
    response
        .header(
            CACHE_CONTROL,
            "private, no-cache, no-store, must-revalidate",
        )
        .header(EXPIRES, "-1")
}

/// The lifetime of a legacy access token.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);
