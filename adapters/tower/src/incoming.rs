mod body;
mod rules;

pub use body::VerifiedBody;

use core::error::Error;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{Either, Full, LengthLimitError};
use redox_auth_core::{Challenge, IncomingError, VerificationToken};
use tower_layer::Layer;
use tower_service::Service;

use rules::{Rules, Verdict};

/// Lets requests from Redox through to a service, and nobody else's: for axum, hyper and whatever else is a `tower`
/// service. The rules are those of [`VerificationToken`].
///
/// | A request | is answered |
/// |---|---|
/// | with the challenge of the set-up, by `POST` or `GET`, and the token | 200 with the challenge |
/// | with the token in its headers, by any method | by the service |
/// | without the token, or with another one anywhere | 401 |
/// | with a challenge that cannot be answered, or a body that ends before its time | 400 |
/// | that announces a body beyond the limit | 413 |
///
/// Of a `POST` at most 16 KiB are read before the service sees it, in case that is a challenge; what is longer is none.
/// The rest of the body goes to the service as it comes: see [`VerifiedBody`]. Nothing waits for a body for a limited
/// time here; a layer for timeouts around this one does.
///
/// Nothing is logged. The copies of the token here are wiped, and the headers that hold it are marked as sensitive, so
/// that `Debug` shows them to no log. A challenge by `GET` has the token in its URL, which layers around this one see:
/// have Redox verify by `POST`.
#[derive(Clone, Debug)]
pub struct VerifyLayer {
    rules: Arc<Rules>,
}

impl VerifyLayer {
    /// Takes requests with this verification token, as it was entered in Redox's dashboard.
    ///
    /// # Errors
    /// [`IncomingError::EmptyToken`], [`IncomingError::UnusableToken`].
    pub fn new(token: &str) -> Result<Self, IncomingError> {
        let rules = Arc::new(Rules::new(BODY_LIMIT));
        Self { rules }.also(token)
    }

    /// Takes requests with this verification token as well: while it is changed, or for several destinations.
    ///
    /// # Errors
    /// [`IncomingError::EmptyToken`], [`IncomingError::UnusableToken`].
    pub fn also(mut self, token: &str) -> Result<Self, IncomingError> {
        Arc::make_mut(&mut self.rules).add(token)?;
        Ok(self)
    }

    /// Refuses bodies beyond this many bytes instead of [`BODY_LIMIT`].
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        Arc::make_mut(&mut self.rules).body_limit = bytes;
        self
    }

    /// Leaves `Authorization` to the service, and goes by the other places of the token alone: for a destination where
    /// Redox logs in with a token of an authorization server of your own, which that header holds then.
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
        // The one that said it was ready serves; its clone has to be asked.
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
    if body.size_hint().lower() > limit {
        return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let mut body = VerifiedBody::new(body, rules.body_limit);
    let verdict = match head.method {
        Method::GET => {
            let query = head.uri.query().unwrap_or("");
            rules.receive_get(&head.headers, query.as_bytes())
        }
        Method::POST => receive_post(rules, &head.headers, &mut body).await?,
        _ => rules.verify(&head.headers),
    };
    match verdict {
        Ok(Verdict::Message) => {
            hide(&mut head.headers);
            Ok(Request::from_parts(head, body))
        }
        Ok(Verdict::Challenge(text)) => Err(challenge(text)),
        Err(IncomingError::NoToken | IncomingError::WrongToken(_)) => {
            Err(refusal(StatusCode::UNAUTHORIZED))
        }
        Err(_) => Err(refusal(StatusCode::BAD_REQUEST)),
    }
}

/// Reads no more of the body than is needed to tell a challenge from a message.
async fn receive_post<B>(
    rules: &Rules,
    headers: &HeaderMap,
    body: &mut VerifiedBody<B>,
) -> Result<Result<Verdict, IncomingError>, Response<Full<Bytes>>>
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
        Err(error) if error.is::<LengthLimitError>() => Err(refusal(StatusCode::PAYLOAD_TOO_LARGE)),
        Err(_) => Err(refusal(StatusCode::BAD_REQUEST)),
    }
}

fn challenge(text: String) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::from(text));
    let content_type = HeaderValue::from_static(Challenge::CONTENT_TYPE);
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}

/// Says nothing of the reason: whoever guesses learns nothing from it.
fn refusal(status: StatusCode) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    if status == StatusCode::UNAUTHORIZED {
        // RFC 9110, section 11.6.1.
        let scheme = HeaderValue::from_static("Bearer");
        answer.headers_mut().insert(WWW_AUTHENTICATE, scheme);
    }
    answer
}

/// Has `Debug` show no value of the headers that hold the token.
fn hide(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        if *name == AUTHORIZATION || *name == VerificationToken::NAME {
            value.set_sensitive(true);
        }
    }
}

type BoxError = Box<dyn Error + Send + Sync>;

/// The longest body that is let through, in bytes, unless [`VerifyLayer::body_limit`] says otherwise: Redox's page on
/// quotas names 40 MB for messages.
pub const BODY_LIMIT: usize = 40 * 1024 * 1024;

/// The longest body that is looked at as a challenge, in bytes. Redox's take about 120.
const CHALLENGE_LIMIT: usize = 16 * 1024;
