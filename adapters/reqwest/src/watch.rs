//! Requests and answers, which a caller's observer sees without the secrets in them.

mod known;
mod names;
mod seen;
mod shown;
mod tee;
mod text;

pub use seen::{Observer, Seen};
pub(crate) use shown::About;

use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Instant;

use reqwest::header::HeaderMap;
use reqwest::{Request, RequestBuilder, Response, StatusCode};

use known::Known;
use shown::Body;

/// Shows each request and each answer to an [`Observer`], with `[redacted]` in place of every secret.
///
/// Give clones of one `Watch` to all clients of a program. A secret that one client sends is then hidden in the answers to
/// the other clients as well.
///
/// ```
/// use redox_auth_reqwest::{Observer, Redox, Seen, Watch};
///
/// struct Lines;
///
/// impl Observer for Lines {
///     fn see(&self, seen: &Seen<'_>) {
///         if let Seen::Answer { status, took, .. } = seen {
///             eprintln!("{status} after {} ms", took.as_millis());
///         }
///     }
/// }
///
/// let builder = Redox::builder().watched(Watch::new(Lines));
/// ```
///
/// The observer sees headers, bodies and URLs, which may be about a patient. It is for a person who looks at a program, not
/// for logs.
#[derive(Clone)]
pub struct Watch(Arc<Inner>);

struct Inner {
    observer: Box<dyn Observer>,
    known: Known,
    /// The number of the next request.
    next: AtomicU64,
}

impl Watch {
    /// Shows everything to this observer.
    #[must_use]
    pub fn new(observer: impl Observer) -> Self {
        Self(Arc::new(Inner {
            observer: Box::new(observer),
            known: Known::default(),
            next: AtomicU64::new(1),
        }))
    }

    /// Sends a request of the caller's own, and shows it like the requests of a client.
    ///
    /// # Errors
    /// As [`RequestBuilder::send`].
    pub async fn send(&self, request: RequestBuilder) -> reqwest::Result<Response> {
        let (http, request) = request.build_split();
        let request = request?;
        let exchange = self.begin(About::Anything, &request);
        exchange.end(http.execute(request).await)
    }

    /// Shows a request before it is sent.
    pub(crate) fn begin(&self, about: About, request: &Request) -> Exchange {
        let exchange = Exchange {
            watch: self.clone(),
            about,
            number: self.0.next.fetch_add(1, Ordering::Relaxed),
            began: Instant::now(),
        };
        let shown = exchange.shown();
        let headers = shown.headers(request.headers());
        let body = self
            .0
            .observer
            .wants_bodies()
            .then_some(request.body())
            .flatten()
            .map(|body| shown.request(request.headers(), body.as_bytes()));
        // After the headers and the body, because they contain the secrets that the URL may repeat.
        if body.is_none()
            && let Some(bytes) = request.body().and_then(reqwest::Body::as_bytes)
        {
            shown.learn(request.headers(), bytes);
        }
        self.0.observer.see(&Seen::Request {
            number: exchange.number,
            method: request.method(),
            url: &shown.url(request.url()),
            headers: &headers,
            body: body.as_deref(),
        });
        if about == About::Tokens
            && let Some(bytes) = request.body().and_then(reqwest::Body::as_bytes)
            && let Some([header, claims]) = shown.assertion(bytes)
        {
            self.0.observer.see(&Seen::Assertion {
                number: exchange.number,
                header: &header,
                claims: &claims,
            });
        }
        exchange
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl PartialEq for Watch {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A request that the observer has seen, and whose answer is still to come.
pub(crate) struct Exchange {
    watch: Watch,
    about: About,
    number: u64,
    began: Instant,
}

impl Exchange {
    /// Shows the result of the request. The observer sees the body when the caller has read it.
    pub(crate) fn end(self, outcome: reqwest::Result<Response>) -> reqwest::Result<Response> {
        match outcome {
            Ok(response) => {
                self.head(response.status(), response.headers());
                Ok(match self.watch.0.observer.wants_bodies() {
                    true => {
                        let head = (response.status(), response.headers().clone());
                        tee::tee(response, move |body| self.body(&head, body))
                    }
                    false => response,
                })
            }
            Err(error) => {
                self.failed(&error);
                Err(error)
            }
        }
    }

    fn head(&self, status: StatusCode, headers: &HeaderMap) {
        self.watch.0.observer.see(&Seen::Answer {
            number: self.number,
            status,
            took: self.began.elapsed(),
            headers: &self.shown().headers(headers),
        });
    }

    fn failed(&self, error: &reqwest::Error) {
        self.watch.0.observer.see(&Seen::Failure {
            number: self.number,
            took: self.began.elapsed(),
            error: &self.shown().error(error),
        });
    }

    /// Shows the body of the answer, as far as it was read.
    fn body(&self, head: &(StatusCode, HeaderMap), body: Body<'_>) {
        let (status, headers) = head;
        self.watch.0.observer.see(&Seen::Body {
            number: self.number,
            text: &self.shown().answer(*status, headers, body),
        });
    }

    fn shown(&self) -> shown::Shown<'_> {
        shown::Shown::new(self.about, &self.watch.0.known)
    }
}
