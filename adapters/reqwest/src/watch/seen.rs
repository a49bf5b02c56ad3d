use core::time::Duration;

use reqwest::{Method, StatusCode};

/// Sees each request that leaves a program, and each answer: see [`Watch`](crate::Watch).
pub trait Observer: Send + Sync + 'static {
    /// Takes note of something. The request waits until this returns.
    fn see(&self, seen: &Seen<'_>);

    /// Whether it wants to see bodies as well. Those of more than 256 KiB are never shown.
    fn wants_bodies(&self) -> bool {
        false
    }
}

/// What happened, with `[redacted]` in place of every secret. Texts are as the other side wrote them: whoever shows them on a
/// terminal escapes control characters.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// A request is about to be sent.
    Request {
        /// Which of the requests of the [`Watch`](crate::Watch) it is, counted from 1.
        number: u64,
        /// Its method.
        method: &'a Method,
        /// Its URL.
        url: &'a str,
        /// The headers that were set for it. The HTTP library adds `Host`, `User-Agent` and `Content-Length`.
        headers: &'a [(String, String)],
        /// Its body, if there is one and the observer wants it: JSON and forms in several lines.
        body: Option<&'a str>,
    },
    /// What the assertion in a request for a token says, right after [`Seen::Request`].
    Assertion {
        /// Which request it is in.
        number: u64,
        /// Its header: a JSON object.
        header: &'a str,
        /// Its claims: a JSON object.
        claims: &'a str,
    },
    /// The head of the answer is there.
    Answer {
        /// Which request it answers.
        number: u64,
        /// The status.
        status: StatusCode,
        /// How long it took to come.
        took: Duration,
        /// Its headers.
        headers: &'a [(String, String)],
    },
    /// The body of the answer was read, or its reader gave it up.
    Body {
        /// Which request it answers.
        number: u64,
        /// The body: JSON and forms in several lines.
        text: &'a str,
    },
    /// There is no answer.
    Failure {
        /// Which request it is about.
        number: u64,
        /// How long it took to fail.
        took: Duration,
        /// Why.
        error: &'a str,
    },
}
