use core::fmt;

use crate::legacy::LegacyKey;
use crate::region::{LEGACY_AUTHENTICATE_PATH, LEGACY_REFRESH_PATH};
use crate::request::TokenRequest;
use crate::server::{Server, Url};
use crate::time::Instant;
use crate::unsigned::Unsigned;
use crate::write_error::WriteError;

/// The right to pass one answer to the session. It cannot be copied, and therefore no attempt counts twice.
#[derive(Debug)]
#[must_use = "hand it to `receive` or `failed`"]
pub struct Ticket {
    pub(super) id: u64,
}

/// A request to send. `Debug` omits its body.
#[non_exhaustive]
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'r> {
    /// The ticket for [`Session::receive`](crate::Session::receive).
    pub ticket: Ticket,
    /// The HTTP method.
    pub method: Method,
    /// The URL.
    pub url: Url<'r>,
    /// The rest of the path after the URL's own, if any.
    pub path: &'static str,
    /// The media type of the body.
    pub content_type: Option<&'static str>,
    body: &'r str,
}

impl<'r> Request<'r> {
    pub(super) fn new(ticket: Ticket, target: Target, server: Server<'r>, body: &'r str) -> Self {
        Self {
            ticket,
            method: target.method(),
            url: target.url(&server),
            path: target.path(),
            content_type: target.content_type(),
            body,
        }
    }

    /// The body: a secret until the request is sent, and empty for [`Method::Get`].
    #[must_use]
    pub const fn expose_body(&self) -> &'r str {
        self.body
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("ticket", &self.ticket)
            .field("method", &self.method)
            .field("url", &self.url)
            .field("path", &self.path)
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

/// A request that may still lack its signature. It borrows only the buffer, not the session.
#[non_exhaustive]
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Prepared<'o> {
    /// The ticket for [`Session::receive`](crate::Session::receive).
    pub ticket: Ticket,
    /// The purpose of the request, which determines its URL.
    pub target: Target,
    /// The body.
    pub body: Body<'o>,
}

/// The body of a request. `Debug` omits its text.
pub enum Body<'o> {
    /// Ready to be sent: a secret, or empty.
    Complete(&'o str),
    /// Not signed yet.
    Unsigned {
        /// The key to sign with: its index for [`Identity::oauth_key`](crate::Identity::oauth_key).
        key: usize,
        /// The text to sign.
        unsigned: Unsigned<'o>,
    },
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete(_) => f.write_str("Complete([redacted])"),
            Self::Unsigned { key, unsigned } => f
                .debug_struct("Unsigned")
                .field("key", key)
                .field("unsigned", unsigned)
                .finish(),
        }
    }
}

/// The purpose of a request.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Target {
    /// A token, from the token endpoint.
    Token,
    /// A token for a legacy API key and its secret.
    LegacyAuthenticate,
    /// A token for a legacy API key's refresh token.
    LegacyRefresh,
    /// The time. The answer of the token endpoint to a request without credentials has a `Date`, whatever its status
    /// is.
    Time,
}

impl Target {
    /// The HTTP method.
    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::Time => Method::Get,
            _ => Method::Post,
        }
    }

    /// The URL before [`path`](Self::path).
    #[must_use]
    pub const fn url<'s>(self, server: &Server<'s>) -> Url<'s> {
        match self {
            Self::Token | Self::Time => server.token_url(),
            Self::LegacyAuthenticate | Self::LegacyRefresh => server.base_url(),
        }
    }

    /// The rest of the path after that of [`url`](Self::url), if any.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Token | Self::Time => "",
            Self::LegacyAuthenticate => LEGACY_AUTHENTICATE_PATH,
            Self::LegacyRefresh => LEGACY_REFRESH_PATH,
        }
    }

    /// The media type of the body.
    #[must_use]
    pub const fn content_type(self) -> Option<&'static str> {
        match self {
            Self::Token => Some(TokenRequest::<()>::CONTENT_TYPE),
            Self::LegacyAuthenticate | Self::LegacyRefresh => Some(LegacyKey::CONTENT_TYPE),
            Self::Time => None,
        }
    }
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
}

impl Method {
    /// The method on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// Why there is no request.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RequestError {
    /// No request is needed or allowed now. [`Session::next`](crate::Session::next) gives the reason.
    NotNow {
        /// The time to ask again.
        until: Instant,
    },
    /// This `jti` is that of the last request: the random source repeats itself, and the server would refuse the
    /// assertion.
    RepeatedJwtId,
    /// The identity no longer has the credential.
    NoCredential,
    /// The request could not be written.
    Write(WriteError),
}

impl From<WriteError> for RequestError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNow { .. } => f.write_str("no request is needed or allowed now"),
            Self::RepeatedJwtId => f.write_str(
                "the random bytes repeat the last request's: each request needs new ones",
            ),
            Self::NoCredential => f.write_str("the credential is gone"),
            Self::Write(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for RequestError {}
