mod body;
mod read_on;
mod refusal;
mod rules;

pub use body::VerifiedBody;

use core::error::Error;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, EXPECT, HeaderValue, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response, StatusCode, Version};
use http_body::Body;
use http_body_util::{Either, Full, LengthLimitError};
use redox_auth_core::{Challenge, IncomingError, VerificationToken};
use tower_layer::Layer;
use tower_service::Service;

use read_on::ReadOn;
use refusal::Refusal;
use rules::{Rules, Verdict};

/// Lets only requests from Redox through to a service: for axum, hyper and any other `tower` service. [`VerificationToken`]
/// has the rules.
///
/// | A request | Answer |
/// |---|---|
/// | with the challenge of the set-up, by `POST` or `GET`, and the token | 200 with the challenge |
/// | with the token in its headers, by any method | by the service |
/// | without the token, or with another one anywhere | 401 |
/// | with a challenge that cannot be answered, or a body that ends before its time | 400 |
/// | that announces a body beyond the limit | 413 |
///
/// The layer reads at most 16 KiB of a `POST` before the service sees it, because it may be a challenge; a longer body is
/// not. The rest of the body streams to the service: see [`VerifiedBody`]. The layer has no timeout for a body that the
/// service wants; use a layer for timeouts around this one.
///
/// Over HTTP/1 a sender that is still writing its body sees a broken pipe instead of an early answer. Therefore the layer
/// reads the rest and discards it before it answers 401 or 413: see [`VerifyLayer::read_on`]. For that, a runtime of tokio
/// must have its timer enabled, as `#[tokio::main]` does; a runtime built without `enable_time` or `enable_all` panics at
/// the first refused body that has more to come. With `read_on(0, Duration::ZERO)` the layer needs no timer.
///
/// Each refusal is an event and a count, which hold no value of the request; the crate's page has their names. The layer
/// wipes its copies of the token, and marks the headers that hold it as sensitive, so that `Debug` shows them to no log. A
/// challenge by `GET` has the token in its URL, which layers around this one see: configure Redox to verify by `POST`.
#[derive(Clone, Debug)]
pub struct VerifyLayer {
    rules: Arc<Rules>,
}

impl VerifyLayer {
    /// Accepts requests with this verification token, as it was entered in Redox's dashboard.
    ///
    /// # Errors
    /// [`IncomingError::EmptyToken`], [`IncomingError::UnusableToken`].
    pub fn new(token: &str) -> Result<Self, IncomingError> {
        let rules = Arc::new(Rules::new(BODY_LIMIT, READ_ON));
        Self { rules }.also(token)
    }

    /// Accepts requests with this verification token as well: during a change of the token, or for several destinations.
    ///
    /// # Errors
    /// [`IncomingError::EmptyToken`], [`IncomingError::UnusableToken`].
    pub fn also(mut self, token: &str) -> Result<Self, IncomingError> {
        Arc::make_mut(&mut self.rules).add(token)?;
        Ok(self)
    }

    /// Sets the longest body in bytes, instead of [`BODY_LIMIT`].
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        Arc::make_mut(&mut self.rules).body_limit = bytes;
        self
    }

    /// Sets how many bytes of a refused body the layer reads before it answers, and for how long. The default is 64 MiB and
    /// 10 s. With either at zero it answers at once.
    ///
    /// The layer keeps nothing of these bytes. It answers at once if reading cannot help: over HTTP/2, to a sender that
    /// waits for `100 Continue`, and if the body announces more than `bytes`. Outside of a runtime of tokio it answers at
    /// once as well; a runtime without its timer panics.
    #[must_use]
    pub fn read_on(mut self, bytes: usize, time: Duration) -> Self {
        Arc::make_mut(&mut self.rules).read_on = ReadOn { bytes, time };
        self
    }

    /// Leaves `Authorization` to the service, and uses only the other places of the token. Use it for a destination where
    /// Redox logs in with a token of your own authorization server, which is then in that header.
    #[must_use]
    pub fn ignore_authorization(mut self) -> Self {
        Arc::make_mut(&mut self.rules).reads_authorization = false;
        self
    }
}

impl<S> Layer<S> for VerifyLayer {
    type Service = Verify<S>;

    fn layer(&self, inner: S) -> Verify<S> {
        Verify {
            inner,
            rules: Arc::clone(&self.rules),
        }
    }
}

/// A service behind a [`VerifyLayer`].
#[derive(Clone, Debug)]
pub struct Verify<S> {
    inner: S,
    rules: Arc<Rules>,
}

impl<S, B, R> Service<Request<B>> for Verify<S>
where
    S: Service<Request<VerifiedBody<B>>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = Response<Either<Full<Bytes>, R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The clone that was ready serves; the other clone has to be asked again.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let rules = Arc::clone(&self.rules);
        Box::pin(async move {
            match receive(&rules, request).await {
                Ok(request) => Ok(inner.call(request).await?.map(Either::Right)),
                Err(answer) => Ok(answer.map(Either::Left)),
            }
        })
    }
}

/// The request as the service gets it, or the answer without it.
async fn receive<B>(
    rules: &Rules,
    request: Request<B>,
) -> Result<Request<VerifiedBody<B>>, Response<Full<Bytes>>>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let (mut head, body) = request.into_parts();
    let limit = u64::try_from(rules.body_limit).unwrap_or(u64::MAX);
    let is_too_long = body.size_hint().lower() > limit;
    let mut body = VerifiedBody::new(body, rules.body_limit, read_on(rules, &head));
    let verdict = match is_too_long {
        true => Err(Refusal::TooLong),
        false => judge(rules, &head, &mut body).await,
    };
    match verdict {
        Ok(Verdict::Message) => {
            hide(&mut head.headers);
            body.is_handed_on = true;
            Ok(Request::from_parts(head, body))
        }
        Ok(Verdict::Challenge(text)) => Err(challenge(text)),
        Err(refused) => {
            refused.tell();
            body.discard().await;
            Err(answer(refused.status()))
        }
    }
}

/// How far the layer reads a refused body. Over HTTP/2 a request ends without the connection; a sender that waits for `100
/// Continue` sends nothing before it gets that (RFC 9110 §10.1.1).
fn read_on(rules: &Rules, head: &Parts) -> ReadOn {
    if head.version > Version::HTTP_11 || head.headers.contains_key(EXPECT) {
        ReadOn::NEVER
    } else {
        rules.read_on
    }
}

async fn judge<B>(
    rules: &Rules,
    head: &Parts,
    body: &mut VerifiedBody<B>,
) -> Result<Verdict, Refusal>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let verdict = match head.method {
        Method::GET => {
            let query = head.uri.query().unwrap_or("");
            rules.receive_get(&head.headers, query.as_bytes())
        }
        Method::POST => receive_post(rules, &head.headers, body).await?,
        _ => rules.verify(&head.headers),
    };
    verdict.map_err(Refusal::Incoming)
}

/// Reads only as much of the body as the difference between a challenge and a message requires.
async fn receive_post<B>(
    rules: &Rules,
    headers: &HeaderMap,
    body: &mut VerifiedBody<B>,
) -> Result<Result<Verdict, IncomingError>, Refusal>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let by_headers = rules.verify(headers);
    if let Err(IncomingError::WrongToken(_)) = by_headers {
        return Ok(by_headers);
    }
    match body.whole_up_to(CHALLENGE_LIMIT).await {
        Ok(Some(whole)) => Ok(rules.receive_post(headers, &whole)),
        Ok(None) => Ok(by_headers),
        Err(error) if error.is::<LengthLimitError>() => Err(Refusal::TooLong),
        Err(_) => Err(Refusal::CutOff),
    }
}

fn challenge(text: String) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::from(text));
    let content_type = HeaderValue::from_static(Challenge::CONTENT_TYPE);
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}

/// Gives no reason, therefore an attacker learns nothing from it.
fn answer(status: StatusCode) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    if status == StatusCode::UNAUTHORIZED {
        // RFC 9110, section 11.6.1.
        let scheme = HeaderValue::from_static("Bearer");
        answer.headers_mut().insert(WWW_AUTHENTICATE, scheme);
    }
    answer
}

/// Makes `Debug` hide the values of the headers that hold the token.
fn hide(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        if *name == AUTHORIZATION || *name == VerificationToken::NAME {
            value.set_sensitive(true);
        }
    }
}

type BoxError = Box<dyn Error + Send + Sync>;

/// The default of [`VerifyLayer::body_limit`], in bytes: Redox's page on quotas names 40 MB for messages.
pub const BODY_LIMIT: usize = 40 * 1024 * 1024;

/// The default of [`VerifyLayer::read_on`]: more than the longest message, so that a message beyond the limit gets an answer
/// as well.
const READ_ON: ReadOn = ReadOn {
    bytes: 64 * 1024 * 1024,
    time: Duration::from_secs(10),
};

/// The longest body that can be a challenge, in bytes. Redox's take about 120.
const CHALLENGE_LIMIT: usize = 16 * 1024;
