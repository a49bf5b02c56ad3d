use http::StatusCode;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use jiff::Timestamp;

use crate::counters::count;
use crate::exchange::{PLAIN_TEXT, Request, Response};
use crate::{Environment, Sandbox};

/// What an access token allows.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) environment: Environment,
    pub(crate) holder: Holder,
}

/// Who holds an access token, and so of which kind it is.
#[derive(Clone)]
pub(crate) enum Holder {
    /// An OAuth key, for every source of its environment.
    OAuth,
    /// A legacy key, for its own source only.
    Legacy { source_id: String },
}

impl Grant {
    /// Whether the legacy key of this source holds the token.
    pub(crate) fn is_of_source(&self, id: &str) -> bool {
        matches!(&self.holder, Holder::Legacy { source_id } if source_id == id)
    }
}

/// Why a request is answered 401 (RFC 6750 §3).
pub(crate) enum Unauthorized {
    /// There is no bearer token, or more than one.
    NoToken,
    /// The token is unknown, expired or revoked.
    DeadToken,
}

impl Unauthorized {
    pub(crate) fn response(self) -> Response {
        let (challenge, reason) = match self {
            Self::NoToken => ("Bearer", "there is no bearer token, or more than one"),
            Self::DeadToken => (
                "Bearer error=\"invalid_token\"",
                "the bearer token is unknown, expired or revoked",
            ),
        };
        Response::new(StatusCode::UNAUTHORIZED, PLAIN_TEXT, "Unauthorized")
            .header(WWW_AUTHENTICATE, challenge)
            .reason(reason)
    }
}

/// Why a request has no source to act for.
pub(crate) enum NoSource {
    /// None was named, and the environment has not exactly one.
    Unnamed,
    /// There is none of that ID for this token.
    Unknown,
}

impl Sandbox {
    /// What the request's bearer token allows.
    pub(crate) fn authorize(
        &mut self,
        now: Timestamp,
        request: &Request,
    ) -> Result<Grant, Unauthorized> {
        let bearer = bearer(request).ok_or(Unauthorized::NoToken);
        let grant = bearer.and_then(|token| {
            let grant = self.tokens.get(now, token).cloned();
            grant.ok_or(Unauthorized::DeadToken)
        });
        if grant.is_err() {
            count(&mut self.counters.unauthorized);
        }
        grant
    }

    /// The ID of the source a request acts for (Redox: source ID).
    ///
    /// A legacy key has one source. An OAuth key has all of its environment, and where that is
    /// one alone it need not be named.
    pub(crate) fn source_of<'a>(
        &'a self,
        grant: &'a Grant,
        named: Option<&str>,
    ) -> Result<&'a str, NoSource> {
        let mut own: Vec<&str> = match &grant.holder {
            Holder::Legacy { source_id } => vec![source_id],
            Holder::OAuth => self.directory.sources_in(grant.environment).collect(),
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

/// The one bearer token of a request (RFC 6750 §2.1).
pub(crate) fn bearer(request: &Request) -> Option<&str> {
    let mut values = request.headers.get_all(AUTHORIZATION).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}
