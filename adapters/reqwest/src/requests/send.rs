use core::mem;
use core::time::Duration;

use redox_auth_core::{Api, AuthorizeError, Rejected};
use reqwest::{Client, Method, Request, RequestBuilder, Response, StatusCode};
use tracing::Instrument as _;

use super::retry::{Repeatable, retry_after, was_not_done};
use super::shared::Requests;
use crate::error::Error;
use crate::telemetry;
use crate::tokens::source::Authorization;
use crate::tokens::token::TokenId;

impl Requests {
    /// See [`Redox::request`](crate::Redox::request).
    pub(crate) fn request(
        &self,
        method: Method,
        path_or_url: &str,
    ) -> Result<RequestBuilder, Error> {
        let (place, url) = self.shared.places.locate(path_or_url)?;
        Ok(self.client(place)?.request(method, url))
    }
}

/// A request on its way, with what it takes to send it again.
pub(crate) struct Sending {
    requests: Requests,
    api: Api,
    repeatable: Repeatable,
    /// In a box, so that the future that sends it is small: futures are copied from caller to caller.
    request: Box<Request>,
    /// What gives it a body each time that it is sent, if it has none.
    body: Option<Box<MakeBody>>,
}

/// Gives a request a body.
pub(crate) type MakeBody = dyn Fn(RequestBuilder) -> RequestBuilder + Send + Sync;

impl Sending {
    pub(crate) fn new(
        requests: Requests,
        api: Api,
        request: RequestBuilder,
    ) -> Result<Self, Error> {
        let mut request = request.build().map_err(Error::NotBuilt)?;
        if requests.shared.api_client.is_none() {
            request.timeout_mut().get_or_insert(requests.shared.timeout);
        }
        Ok(Self {
            requests,
            api,
            repeatable: Repeatable::of(request.method()),
            request: Box::new(request),
            body: None,
        })
    }

    /// The same, which may be repeated or not whatever its method, and whose body may be made each time.
    pub(crate) fn with(self, repeatable: Repeatable, body: Option<Box<MakeBody>>) -> Self {
        Self {
            repeatable,
            body,
            ..self
        }
    }

    /// Sends it, and again where that is called for.
    pub(crate) async fn run(self) -> Result<Response, Error> {
        let Self {
            requests,
            api,
            repeatable,
            mut request,
            body,
        } = self;
        let shared = &requests.shared;
        // An error that no token would prevent comes before one is asked for.
        let http = requests.client(shared.places.check(request.url())?)?;
        let span = telemetry::request(api, request.method());
        let mut repetitions = shared.retrying.of_request();
        let mut has_replaced_token = false;
        let mut has_new_nonce = false;
        loop {
            let authorization = match Authorization::new(&shared.tokens.token().await?, api) {
                // In a box, so that those who need none do not carry it about.
                Err(AuthorizeError::NeedsProof) => {
                    Box::pin(requests.authorization_with_proof(&request, api)).await?
                }
                authorization => authorization?,
            };
            let id = authorization.id;
            let (answer, again) = begin(&http, request, body.as_deref(), authorization)?;
            let outcome = answer.instrument(span.clone()).await;
            let goes_on = match requests.verdict(&outcome, id, repeatable)? {
                Verdict::Done => false,
                Verdict::NewNonce => !mem::replace(&mut has_new_nonce, true),
                Verdict::NewToken => !mem::replace(&mut has_replaced_token, true),
                // In a box, so that those who need not wait do not carry it about.
                Verdict::Wait(time) => again.is_some() && Box::pin(repetitions.wait(time)).await,
            };
            request = match again {
                Some(request) if goes_on => request,
                _ => match outcome.map_err(|error| failed(error, repeatable)) {
                    // In a box, so that those who get through do not carry it about.
                    Err(Error::Transport(error)) if shared.api_client.is_none() => {
                        return Err(Box::pin(shared.connections.explained(error)).await);
                    }
                    outcome => return outcome,
                },
            };
            telemetry::repeated(outcome.as_ref().map(Response::status));
        }
    }
}

/// Sends a request as far as there is nothing to wait for, and keeps it if it can be sent again.
fn begin(
    http: &Client,
    mut request: Box<Request>,
    body: Option<&MakeBody>,
    authorization: Authorization,
) -> Result<
    (
        impl Future<Output = reqwest::Result<Response>> + use<>,
        Option<Box<Request>>,
    ),
    Error,
> {
    let (mut sent, again) = match request.try_clone() {
        Some(copy) => (mem::replace(&mut *request, copy), Some(request)),
        None => (*request, None),
    };
    if let Some(body) = body {
        let builder = RequestBuilder::from_parts(http.clone(), sent);
        sent = body(builder).build().map_err(Error::NotBuilt)?;
    }
    authorization.put_into(sent.headers_mut());
    Ok((http.execute(sent), again))
}

impl Requests {
    /// What an outcome asks for. A token that was not taken is reported to the session.
    ///
    /// # Errors
    /// [`Error::DpopNonce`].
    fn verdict(
        &self,
        outcome: &Result<Response, reqwest::Error>,
        id: Option<TokenId>,
        repeatable: Repeatable,
    ) -> Result<Verdict, Error> {
        Ok(match outcome {
            Ok(response) if self.asks_for_nonce(response)? => Verdict::NewNonce,
            Ok(response) if response.status() == StatusCode::UNAUTHORIZED => {
                match self.shared.tokens.reject(id) {
                    Rejected::Kept => Verdict::Done,
                    Rejected::Dropped | Rejected::Replaced => Verdict::NewToken,
                }
            }
            Ok(response) if repeatable.allows(response.status()) => {
                Verdict::Wait(retry_after(response, self.shared.tokens.server_time()))
            }
            Err(error) if error.is_builder() => Verdict::Done,
            Err(error) if repeatable == Repeatable::Yes || was_not_done(error) => {
                Verdict::Wait(None)
            }
            _ => Verdict::Done,
        })
    }
}

/// What becomes of a request that was sent.
enum Verdict {
    /// That was it.
    Done,
    /// It is worth one repetition with another token.
    NewToken,
    /// It is worth one repetition with the same token and the nonce that was asked for.
    NewNonce,
    /// It may be sent again after so long, or when the rules say, where the budget allows it.
    Wait(Option<Duration>),
}

/// No answer: nothing was done, or nobody knows.
fn failed(error: reqwest::Error, repeatable: Repeatable) -> Error {
    // Path and query may be about a patient, and errors end in logs.
    let shown = error.url().cloned().map(|mut url| {
        url.set_path("");
        url.set_query(None);
        url
    });
    let error = match shown {
        Some(url) => error.with_url(url),
        None => error,
    };
    if error.is_builder() {
        Error::NotBuilt(error)
    } else if repeatable == Repeatable::Yes || was_not_done(&error) {
        Error::Transport(error)
    } else {
        telemetry::ambiguous();
        Error::Ambiguous(error)
    }
}
