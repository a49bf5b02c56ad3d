use core::fmt;

use http::StatusCode;
use http::header::{CACHE_CONTROL, PRAGMA};
use serde_json::json;

use crate::Counters;
use crate::counters::count;
use crate::exchange::Response;

/// Why the token endpoint refuses, one variant for each reason.
///
/// The answer says less: [`description`](Self::description) is Redox's documented text, which is blank for wrong times,
/// replays and failed verification. The header `sandbox-reason`, which Redox does not send, has the reason itself.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The body is not `application/x-www-form-urlencoded`.
    ContentType,
    /// `grant_type` is missing.
    MissingGrantType,
    /// `grant_type` is not `client_credentials`.
    WrongGrantType,
    /// `client_assertion_type` is missing.
    MissingAssertionType,
    /// `client_assertion_type` is not that of RFC 7523 §2.2.
    WrongAssertionType,
    /// `client_assertion` is missing.
    MissingAssertion,
    /// A form parameter appears twice (RFC 6749 §3.2).
    DuplicateParameter,
    /// The client also authenticates in a second way (RFC 6749 §2.3), or `client_id` names a client other than the
    /// assertion's (RFC 7521 §4.2).
    SecondAuthentication,
    /// The assertion is no compact JWS of two JSON objects.
    MalformedAssertion,
    /// The header has no `kid`.
    MissingKeyId,
    /// The client ID or the `kid` is unknown, or the JWK Set is not available.
    KeyNotFound,
    /// A claim or header of this name is missing, has a wrong type, or is not the one allowed value.
    Unexpected(&'static str),
    /// The header has `crit`: it requires an extension that the sandbox does not know (RFC 7515 §4.1.11).
    CriticalHeader,
    /// `alg` is none of RS256, RS384, RS512, PS256, ES256, ES384 and ES512, or not that of the registered key.
    WrongAlgorithm,
    /// The signature does not verify.
    BadSignature,
    /// `iat` is more than 310 s past.
    IssuedTooLongAgo,
    /// `iat` is more than 10 s ahead.
    IssuedInFuture,
    /// `exp` is 10 s past or more.
    Expired,
    /// `exp` is more than 300 s after `iat`.
    LivesTooLong,
    /// `nbf` is more than 10 s ahead.
    NotYetValid,
    /// The `jti` was used before.
    ReplayedAssertion,
}

impl Refusal {
    /// The `error_description` in the answer, from Redox's documentation (Redox: troubleshoot OAuth API key errors).
    ///
    /// It is blank if Redox's text for a reason is unknown, like Redox's own text for an unnamed wrong value.
    #[must_use]
    pub fn description(self) -> String {
        let text = match self {
            Self::ContentType => "x-www-form-urlencoded content-type required",
            Self::MissingGrantType => "Missing grant_type parameter",
            Self::WrongGrantType => "The grant_type parameter should equal 'client_credentials'",
            Self::MissingAssertionType => "Missing client assertion type",
            Self::WrongAssertionType => "Invalid client assertion type",
            Self::MissingAssertion => "Missing client assertion",
            Self::MissingKeyId => "JWT header kid property is required",
            Self::KeyNotFound => {
                "Public key not found, check client_id, kid and Redox dashboard settings"
            }
            Self::Unexpected(name) => return format!("Unexpected {name} claim value"),
            Self::DuplicateParameter
            | Self::SecondAuthentication
            | Self::MalformedAssertion
            | Self::CriticalHeader
            | Self::WrongAlgorithm
            | Self::BadSignature
            | Self::IssuedTooLongAgo
            | Self::IssuedInFuture
            | Self::Expired
            | Self::LivesTooLong
            | Self::NotYetValid
            | Self::ReplayedAssertion => "",
        };
        text.to_owned()
    }

    /// The value of the header `sandbox-reason`: the reason, for developers.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::ContentType => "the body is not application/x-www-form-urlencoded",
            Self::MissingGrantType => "grant_type is missing",
            Self::WrongGrantType => "grant_type is not client_credentials",
            Self::MissingAssertionType => "client_assertion_type is missing",
            Self::WrongAssertionType => "client_assertion_type is not the jwt-bearer URN",
            Self::MissingAssertion => "client_assertion is missing",
            Self::DuplicateParameter => "a form parameter appears twice",
            Self::SecondAuthentication => {
                "the request has a second client authentication, or another client_id"
            }
            Self::MalformedAssertion => "client_assertion is not a compact JWS of two JSON objects",
            Self::MissingKeyId => "the header has no kid",
            Self::KeyNotFound => "iss or kid is not registered, or the JWK Set is not available",
            Self::Unexpected(_) => {
                "the named claim or header is missing, wrong, or has a wrong type"
            }
            Self::CriticalHeader => "the header has crit",
            Self::WrongAlgorithm => "alg is not supported, or is not the key's algorithm",
            Self::BadSignature => "the signature does not verify",
            Self::IssuedTooLongAgo => "iat is more than 310 s past",
            Self::IssuedInFuture => "iat is more than 10 s ahead",
            Self::Expired => "exp has passed",
            Self::LivesTooLong => "exp is more than 300 s after iat",
            Self::NotYetValid => "nbf is more than 10 s ahead",
            Self::ReplayedAssertion => "the jti was used before",
        }
    }

    pub(crate) fn response(self) -> Response {
        response(&self.description()).reason(self.reason())
    }

    pub(crate) const fn count(self, counters: &mut Counters) {
        count(&mut counters.token_refusals);
        count(match self {
            Self::ContentType
            | Self::MissingGrantType
            | Self::WrongGrantType
            | Self::MissingAssertionType
            | Self::WrongAssertionType
            | Self::MissingAssertion
            | Self::DuplicateParameter
            | Self::SecondAuthentication
            | Self::MalformedAssertion
            | Self::MissingKeyId
            | Self::CriticalHeader => &mut counters.malformed_token_requests,
            Self::KeyNotFound => &mut counters.keys_not_found,
            Self::Unexpected(_) => &mut counters.unexpected_claims,
            Self::WrongAlgorithm => &mut counters.wrong_algorithms,
            Self::BadSignature => &mut counters.bad_signatures,
            Self::IssuedTooLongAgo
            | Self::IssuedInFuture
            | Self::Expired
            | Self::LivesTooLong
            | Self::NotYetValid => &mut counters.outside_time_window,
            Self::ReplayedAssertion => &mut counters.jti_replays,
        });
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unexpected(name) => write!(f, "{name} is missing, wrong, or has a wrong type"),
            other => f.write_str(other.reason()),
        }
    }
}

impl core::error::Error for Refusal {}

/// A refusal without a reason.
pub(crate) fn blank() -> Response {
    response("")
}

/// The response, which caches must not store (RFC 6749 §5.2).
fn response(description: &str) -> Response {
    let body = json!({
        "error": "invalid_request",
        "error_description": description,
        "error_uri": ERROR_URI,
    });
    Response::json(TOKEN_REFUSAL_STATUS, &body)
        .header(CACHE_CONTROL, "no-store")
        .header(PRAGMA, "no-cache")
}

/// The `error_uri` of every refusal of the token endpoint, from Redox's documentation.
pub const ERROR_URI: &str = "https://docs.redoxengine.com/permalink/7sEi7MTFssZ1JuHpUYLeYJ";

/// The status of every refusal of the token endpoint.
///
/// Redox does not document its status; RFC 6749 §5.2 requires 400 for `invalid_request`.
pub const TOKEN_REFUSAL_STATUS: StatusCode = StatusCode::BAD_REQUEST;
