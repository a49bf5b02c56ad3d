use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;

use crate::counters::count;
use crate::exchange::{PLAIN_TEXT, Request, Response};
use crate::rules::{Dpop, Objection, ObjectionKind, Rules};
use crate::{Environment, Sandbox};

/// What an access token allows.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) environment: Environment,
    pub(crate) holder: Holder,
    /// The key that the token is bound to (RFC 9449), as [`Proof::key`](crate::dpop::Proof::key).
    pub(crate) bound_to: Option<String>,
}

/// The holder of an access token, and thereby its kind.
#[derive(Clone)]
pub(crate) enum Holder {
    /// An OAuth key, for every source of its environment.
    OAuth { client_id: String },
    /// A legacy key, for its own source only.
    Legacy { source_id: String },
}

impl Grant {
    /// Whether the legacy key of this source holds the token.
    pub(crate) fn is_of_source(&self, id: &str) -> bool {
        matches!(&self.holder, Holder::Legacy { source_id } if source_id == id)
    }
}

/// Why the sandbox answers 401 (RFC 6750 §3).
pub(crate) enum Unauthorized {
    /// There is no bearer token, or more than one.
    NoToken,
    /// The token is unknown, expired or revoked.
    DeadToken,
    /// The token is bound to a key, but the scheme is `Bearer`; or the reverse.
    OtherScheme,
    /// The proof for a bound token is missing or invalid (RFC 9449 §7.1), with a nonce for the next proof.
    Proof(Objection, String),
}

impl Unauthorized {
    pub(crate) fn response(self) -> Response {
        let nonce = match &self {
            Self::Proof(_, nonce) => HeaderValue::try_from(nonce.as_str()).ok(),
            _ => None,
        };
        let (challenge, reason) = match self {
            Self::OtherScheme => (
                "DPoP error=\"invalid_token\"",
                "the token needs a scheme other than that of the header",
            ),
            Self::Proof(objection, _) if objection.kind() == ObjectionKind::DpopNonce => (
                "DPoP error=\"use_dpop_nonce\"",
                "the proof lacks the nonce of this answer",
            ),
            Self::Proof(..) => (
                "DPoP error=\"invalid_dpop_proof\"",
                "the proof is missing or invalid",
            ),
            Self::NoToken => ("Bearer", "there is no bearer token, or more than one"),
            Self::DeadToken => (
                "Bearer error=\"invalid_token\"",
                "the bearer token is unknown, expired or revoked",
            ),
        };
        let mut response = Response::new(StatusCode::UNAUTHORIZED, PLAIN_TEXT, "Unauthorized")
            .header(WWW_AUTHENTICATE, challenge)
            .reason(reason);
        if let Some(nonce) = nonce {
            response.headers.insert(DPOP_NONCE, nonce);
        }
        response
    }
}

/// Why a request has no source.
pub(crate) enum NoSource {
    /// The request names none, and the environment does not have exactly one.
    Unnamed,
    /// This token has no source with that ID.
    Unknown,
}

impl Sandbox {
    /// Stores a new access token, and removes expired ones.
    pub(crate) fn give_out(
        &mut self,
        now: Timestamp,
        token: String,
        expires_at: Timestamp,
        grant: Grant,
    ) {
        self.tokens.forget_dead(now);
        self.revoked.forget_dead(now);
        self.tokens.insert(token, expires_at, grant);
    }

    /// The grant of the request's access token.
    pub(crate) fn authorize(
        &mut self,
        now: Timestamp,
        request: &Request,
    ) -> Result<Grant, Unauthorized> {
        let grant = self.grant_of(now, request);
        if grant.is_err() {
            count(&mut self.counters.unauthorized);
        }
        grant
    }

    fn grant_of(&mut self, now: Timestamp, request: &Request) -> Result<Grant, Unauthorized> {
        let (scheme, token) = token(request).ok_or(Unauthorized::NoToken)?;
        let grant = self.tokens.get(now, token).cloned();
        let grant = grant.ok_or(Unauthorized::DeadToken)?;
        let is_dpop = scheme.eq_ignore_ascii_case("DPoP");
        let Some(bound_to) = &grant.bound_to else {
            return if is_dpop {
                Err(Unauthorized::OtherScheme)
            } else {
                Ok(grant)
            };
        };
        if !is_dpop {
            return Err(Unauthorized::OtherScheme);
        }
        let rule = self.rules.as_ref().and_then(Rules::dpop);
        let url = format!("{}{}", self.base_url, request.path);
        let rule = rule.unwrap_or(Dpop::Proof);
        let proven = self.check_proof(rule, now, request, &url, Some(token));
        match proven {
            Ok(key) if key == *bound_to => Ok(grant),
            Ok(_) => Err(Unauthorized::DeadToken),
            Err(objection) => Err(Unauthorized::Proof(objection, self.new_nonce(now))),
        }
    }

    /// The ID of a request's source (Redox: source ID).
    ///
    /// A legacy key has one source. An OAuth key has all sources of its environment; a request need not name an only
    /// source.
    pub(crate) fn source_of<'a>(
        &'a self,
        grant: &'a Grant,
        named: Option<&str>,
    ) -> Result<&'a str, NoSource> {
        let mut own: Vec<&str> = match &grant.holder {
            Holder::Legacy { source_id } => vec![source_id],
            Holder::OAuth { .. } => self.directory.sources_in(grant.environment).collect(),
        };
        match named {
            Some(id) => {
                own.retain(|source| *source == id);
                own.pop().ok_or(NoSource::Unknown)
            }
            None => match own.as_slice() {
                [only] => Ok(only),
                _ => Err(NoSource::Unnamed),
            },
        }
    }
}

/// The scheme and the only access token of a request: `Bearer` (RFC 6750 §2.1) or `DPoP` (RFC 9449 §7.1).
pub(crate) fn token(request: &Request) -> Option<(&str, &str)> {
    let mut values = request.headers.get_all(AUTHORIZATION).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let known = ["Bearer", "DPoP"];
    let mut known = known.iter().filter(|it| scheme.eq_ignore_ascii_case(it));
    known.next().map(|_| (scheme, token.trim()))
}

/// The header with the nonce for the next proof (RFC 9449 §8).
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");
