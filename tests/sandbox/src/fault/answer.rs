use http::header::{AGE, DATE, LOCATION, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::clock::plus;
use crate::exchange::{Response, http_date};
use crate::refusal;
use crate::{Delivery, Disconnect, Fault, Junk, Place, Refusal, RetryAfter};

/// The answer of a fault in place of the rules, if the fault replaces answers.
pub(super) fn in_place(fault: &Fault, now: Timestamp, place: Option<Place>) -> Option<Response> {
    match fault {
        Fault::TooManyRequests(retry_after) => {
            let response = page(StatusCode::TOO_MANY_REQUESTS);
            let response = set(response, X_RATE_LIMIT, &QUOTA.to_string());
            Some(retry(response, now, *retry_after))
        }
        Fault::Unavailable(status, retry_after) => Some(retry(page(*status), now, *retry_after)),
        Fault::BlankRefusal if place == Some(Place::Token) => Some(refusal::blank()),
        Fault::UnknownKey if place == Some(Place::Token) => Some(Refusal::KeyNotFound.response()),
        Fault::BlankRefusal | Fault::UnknownKey => {
            Some(Response::new(StatusCode::UNAUTHORIZED, HTML, ""))
        }
        Fault::Redirect(status, to) => Some(set(page(*status), LOCATION, &to.to_string())),
        Fault::Junk(Junk::Html) => Some(page(StatusCode::OK)),
        Fault::Junk(Junk::Empty) => Some(Response::new(StatusCode::OK, HTML, "")),
        Fault::Junk(Junk::LongToken(len)) => Some(Response::json(
            StatusCode::OK,
            &json!({
                "access_token": "a".repeat(*len),
                "token_type": "Bearer",
                "expires_in": 300,
                "accessToken": "a".repeat(*len),
                "expires": plus(now, SignedDuration::from_hours(24)).to_string(),
            }),
        )),
        Fault::Junk(Junk::WrongTypes) => Some(Response::json(
            StatusCode::OK,
            &json!({
                "access_token": 1,
                "token_type": ["Bearer"],
                "expires_in": { "seconds": 300 },
                "accessToken": false,
                "expires": 300,
                "refreshToken": {},
            }),
        )),
        Fault::Disconnect(Disconnect::Unanswered) => {
            let delivery = Delivery::Disconnect(Disconnect::Unanswered);
            Some(Response::new(StatusCode::BAD_GATEWAY, HTML, "").delivered(delivery))
        }
        Fault::Endless => Some(spaces().delivered(Delivery::Endless)),
        Fault::Oversized(len) => Some(spaces().delivered(Delivery::Oversized(*len))),
        Fault::Disconnect(
            Disconnect::BeforeBody | Disconnect::WithinBody | Disconnect::AfterAnswer,
        )
        | Fault::Late(_)
        | Fault::Slow { .. }
        | Fault::Revoked
        | Fault::Junk(Junk::Truncated)
        | Fault::Aged(_)
        | Fault::Undated
        | Fault::Misdated(_)
        | Fault::GarbledDate => None,
    }
}

/// The true answer, changed by the fault; other faults leave it unchanged.
pub(super) fn damaged(
    fault: &Fault,
    now: Timestamp,
    method: &Method,
    mut response: Response,
) -> Response {
    match fault {
        Fault::Junk(Junk::Truncated) => response.body.truncate(response.body.len() / 2),
        Fault::Aged(secs) => {
            // Caches store no answer to another verb (RFC 9111 §4), but some caches mark those too.
            if method.is_safe() {
                let age = SignedDuration::from_secs((*secs).into());
                let made = now.saturating_sub(age).unwrap_or(Timestamp::MIN);
                response = set(response, DATE, &http_date(made));
            }
            return set(response, AGE, &secs.to_string());
        }
        Fault::Undated => {
            response.headers.remove(DATE);
        }
        Fault::Misdated(by) => return set(response, DATE, &http_date(plus(now, *by))),
        Fault::GarbledDate => return set(response, DATE, "the day before yesterday"),
        Fault::Disconnect(when) => return response.delivered(Delivery::Disconnect(*when)),
        Fault::Late(by) => return response.delivered(Delivery::Late(*by)),
        Fault::Slow { piece, pause } => {
            let (piece, pause) = (*piece, *pause);
            return response.delivered(Delivery::Slow { piece, pause });
        }
        _ => {}
    }
    response
}

fn retry(response: Response, now: Timestamp, retry_after: RetryAfter) -> Response {
    let value = match retry_after {
        RetryAfter::Absent => return response,
        RetryAfter::Secs(secs) => secs.to_string(),
        RetryAfter::Date(secs) => http_date(plus(now, SignedDuration::from_secs(secs.into()))),
        RetryAfter::Garbled => "soon".to_owned(),
    };
    set(response, RETRY_AFTER, &value)
}

/// Sets a header. All values are printable ASCII, except possibly a URI, which is then left out.
fn set(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers.insert(name, value);
    }
    response
}

/// The start of a JSON body, before the spaces.
fn spaces() -> Response {
    Response::new(StatusCode::OK, "application/json", "")
}

fn page(status: StatusCode) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    let body = format!("<html><head><title>{title}</title></head><body></body></html>\r\n");
    Response::new(status, HTML, &body)
}

const HTML: &str = "text/html; charset=utf-8";

const X_RATE_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");

/// Requests in five minutes (Redox: quotas and constraints).
const QUOTA: u32 = 7_500;
