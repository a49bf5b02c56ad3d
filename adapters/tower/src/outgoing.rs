mod error;
mod message;

pub use error::OutgoingError;
pub use message::{OutgoingRequest, OutgoingResponse};

use core::fmt;
use core::future::poll_fn;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};

use http::StatusCode;
use redox_auth_reqwest::{Api, Authorization, Error, Rejected, TokenSource};
use tower_layer::Layer;
use tower_service::Service;

/// Puts a token on the requests that a client sends to an API, and the source of the requests.
///
/// `T` gives the tokens: a [`Redox`](redox_auth_reqwest::Redox) does. `R` is the client's type of request: [`http::Request`]
/// with any body, or [`reqwest::Request`]. Each request has a whole URL. If the token must not go to that URL, the client
/// never sees the request.
///
/// When the API answers 401, the layer replaces the token, once for all requests that used it, and sends the request once
/// more if it can be cloned. It returns the API's answer to that, and every other answer, whatever the status.
///
/// The client behind the layer must not follow redirects, which would take the token to another host. It should not send
/// requests to loopback through a proxy. A timeout layer below this one does not count the time in which the client obtains
/// a token; a timeout layer above it does.
pub struct AuthorizeLayer<T, R> {
    source: T,
    api: Api,
    try_clone: fn(&R) -> Option<R>,
}

impl<T: TokenSource, R> AuthorizeLayer<T, R> {
    /// For requests to `api` that can always be cloned, such as those of `http` with a body of `Full<Bytes>`.
    pub fn new(source: T, api: Api) -> Self
    where
        R: Clone,
    {
        Self::with_try_clone(source, api, |request| Some(request.clone()))
    }

    /// For requests to `api` that cannot always be cloned. The layer sends a request without a clone once.
    ///
    /// For reqwest `clone` is [`reqwest::Request::try_clone`], and for bodies that are always streams it is `|_| None`.
    pub fn with_try_clone(source: T, api: Api, try_clone: fn(&R) -> Option<R>) -> Self {
        Self {
            source,
            api,
            try_clone,
        }
    }
}

impl<S, T: Clone, R> Layer<S> for AuthorizeLayer<T, R> {
    type Service = Authorize<S, T, R>;

    fn layer(&self, inner: S) -> Authorize<S, T, R> {
        Authorize {
            inner,
            layer: self.clone(),
        }
    }
}

// By hand, because a derive would require the same of `R`.
impl<T: Clone, R> Clone for AuthorizeLayer<T, R> {
    fn clone(&self) -> Self {
        Self {
            source: self.source.clone(),
            ..*self
        }
    }
}

impl<T: fmt::Debug, R> fmt::Debug for AuthorizeLayer<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizeLayer")
            .field("source", &self.source)
            .field("api", &self.api)
            .finish_non_exhaustive()
    }
}

/// A client behind an [`AuthorizeLayer`].
pub struct Authorize<S, T, R> {
    inner: S,
    layer: AuthorizeLayer<T, R>,
}

impl<S: Clone, T: Clone, R> Clone for Authorize<S, T, R> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            layer: self.layer.clone(),
        }
    }
}

impl<S: fmt::Debug, T: fmt::Debug, R> fmt::Debug for Authorize<S, T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorize")
            .field("inner", &self.inner)
            .field("layer", &self.layer)
            .finish()
    }
}

impl<S, T, R> Service<R> for Authorize<S, T, R>
where
    S: Service<R, Response: OutgoingResponse + Send> + Clone + Send + 'static,
    S::Future: Send,
    T: TokenSource + Clone + 'static,
    R: OutgoingRequest + Send + 'static,
{
    type Response = S::Response;
    type Error = OutgoingError<S::Error>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(OutgoingError::Service)
    }

    fn call(&mut self, mut request: R) -> Self::Future {
        // The clone that was ready sends; the other clone has to be asked again.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let layer = self.layer.clone();
        Box::pin(async move {
            let again = (layer.try_clone)(&request);
            let authorization = layer.authorize(&mut request).await?;
            let answer = inner.call(request).await;
            let answer = answer.map_err(OutgoingError::Service)?;
            if answer.status() != StatusCode::UNAUTHORIZED {
                return Ok(answer);
            }
            let rejected = layer.source.rejected(&authorization);
            match again {
                Some(mut request) if rejected != Rejected::Kept => {
                    drop(answer);
                    layer.authorize(&mut request).await?;
                    let ready = poll_fn(|cx| inner.poll_ready(cx)).await;
                    ready.map_err(OutgoingError::Service)?;
                    inner.call(request).await.map_err(OutgoingError::Service)
                }
                _ => Ok(answer),
            }
        })
    }
}

impl<T: TokenSource, R: OutgoingRequest> AuthorizeLayer<T, R> {
    async fn authorize(&self, request: &mut R) -> Result<Authorization, Error> {
        let url = request.url();
        let authorization = self.source.authorize(self.api, &url).await?;
        authorization.apply(request.headers_mut());
        Ok(authorization)
    }
}
