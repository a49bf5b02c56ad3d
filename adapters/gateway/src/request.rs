use core::fmt;

use redox_auth_core::Api;

use crate::payload::Bytes;
use crate::{Method, Payload};

/// An application's request, for [`Gateway::send`](crate::Gateway::send).
///
/// `send` adds the token, the source ID and the length of the body.
#[derive(Clone, Copy)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'r, B> {
    pub(crate) head: RequestHead<'r>,
    pub(crate) body: B,
}

/// A request without its body.
#[derive(Clone, Copy)]
pub(crate) struct RequestHead<'r> {
    pub(crate) api: Api,
    pub(crate) method: Method,
    pub(crate) url: &'r str,
    pub(crate) content_type: Option<&'r str>,
    pub(crate) headers: &'r [(&'r str, &'r str)],
    pub(crate) is_idempotent: bool,
}

impl<'r> Request<'r, Bytes<'r>> {
    /// A request without a body to `url`: a path below the server's base URL that starts with a slash, or a whole URL
    /// of this server.
    pub const fn new(api: Api, method: Method, url: &'r str) -> Self {
        Self {
            head: RequestHead {
                api,
                method,
                url,
                content_type: None,
                headers: &[],
                is_idempotent: method.is_idempotent(),
            },
            body: Bytes::new(&[]),
        }
    }

    /// A `GET`.
    pub const fn get(api: Api, url: &'r str) -> Self {
        Self::new(api, Method::Get, url)
    }

    /// A `POST` without a body. Add the body with a method below.
    pub const fn post(api: Api, url: &'r str) -> Self {
        Self::new(api, Method::Post, url)
    }
}

impl<'r, B> Request<'r, B> {
    /// The media type of the body.
    pub const fn content_type(mut self, content_type: &'r str) -> Self {
        self.head.content_type = Some(content_type);
        self
    }

    /// Additional headers, as names and values. `Redox-Source-Id` replaces the session's own, and `User-Agent` the
    /// gateway's. [`Gateway::send`](crate::Gateway::send) rejects headers that the gateway itself must write for the
    /// connection or the token.
    pub const fn headers(mut self, headers: &'r [(&'r str, &'r str)]) -> Self {
        self.head.headers = headers;
        self
    }

    /// Marks a request whose repetition does no harm, whatever its method is, such as a message with an ID of its own.
    /// The gateway sends it again if a kept connection ends during the request (RFC 9110 §9.2.2).
    pub const fn idempotent(mut self) -> Self {
        self.head.is_idempotent = true;
        self
    }

    /// A body in memory.
    pub fn body(self, bytes: &'r [u8]) -> Request<'r, Bytes<'r>> {
        self.stream(Bytes::new(bytes))
    }

    /// A body that arrives in parts.
    pub fn stream<P: Payload>(self, payload: P) -> Request<'r, P> {
        Request {
            head: self.head,
            body: payload,
        }
    }
}

/// Omits the query of the URL and the values of the headers, which may be about a patient.
impl<B> fmt::Debug for Request<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("api", &self.head.api)
            .field("method", &self.head.method)
            .finish_non_exhaustive()
    }
}

/// The header that identifies the client to the server. The application may replace it.
pub(crate) const USER_AGENT: &str = "User-Agent";

pub(crate) const OURSELVES: &str = concat!("redox-auth/", env!("CARGO_PKG_VERSION"));
