use core::time::Duration;

use reqwest::{Method, StatusCode};

/// Observes each request of a program, and each answer: see [`Watch`](crate::Watch).
pub trait Observer: Send + Sync + 'static {
    /// Records an event. The request waits until this returns.
    fn see(&self, seen: &Seen<'_>);

    /// Whether it wants bodies as well. Bodies of more than 256 KiB are never shown.
    fn wants_bodies(&self) -> bool {
        false
    }
}

/// An event, with `[redacted]` in place of every secret. Texts are the other side's: escape control characters before a
/// terminal shows them.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// A request is about to be sent.
    Request {
        /// The number of the request in its [`Watch`](crate::Watch), counted from 1.
        number: u64,
        /// Its method.
        method: &'a Method,
        /// Its URL.
        url: &'a str,
        /// The headers that the client set. The HTTP library adds `Host`, `User-Agent` and `Content-Length`.
        headers: &'a [(String, String)],
        /// Its body, if there is one and the observer wants it. JSON and forms are in several lines.
        body: Option<&'a str>,
    },
    /// The content of the assertion in a token request, right after [`Seen::Request`].
    Assertion {
        /// The number of the request.
        number: u64,
        /// Its header: a JSON object.
        header: &'a str,
        /// Its claims: a JSON object.
        claims: &'a str,
    },
    /// The head of the answer has arrived.
    Answer {
        /// The number of the request.
        number: u64,
        /// The status.
        status: StatusCode,
        /// The time from the request to the head.
        took: Duration,
        /// Its headers.
        headers: &'a [(String, String)],
    },
    /// The body of the answer was read, or its reader stopped.
    Body {
        /// The number of the request.
        number: u64,
        /// The body. JSON and forms are in several lines.
        text: &'a str,
    },
    /// There is no answer.
    Failure {
        /// The number of the request.
        number: u64,
        /// The time from the request to the failure.
        took: Duration,
        /// The reason.
        error: &'a str,
    },
}
