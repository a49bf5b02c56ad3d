use core::time::Duration;

use redox_auth_core::{Api, Rejected};
use reqwest::{Method, Request, RequestBuilder, Response, StatusCode};
use tracing::Instrument as _;

use crate::client::Redox;
use crate::retry::{Repeatable, retry_after};
use crate::source::Authorization;
use crate::{Error, TokenSource as _, telemetry};

impl Redox {
    /// A request to the API, still without a token: [`Redox::send`] puts that on it. [`Redox::get`] and [`Redox::post`]
    /// are shorter; this is for what only reqwest's own builder can do.
    ///
    /// It goes to a path that follows the base URL and begins with a slash, or to a whole URL of this server, such as
    /// that for uploads.
    ///
    /// # Errors
    /// [`Error::Path`] when the path would lead out of the base URL; [`Error::Authorize`] for a URL that the token must
    /// not go to.
    pub fn request(&self, method: Method, path_or_url: &str) -> Result<RequestBuilder, Error> {
        let (place, url) = self.shared.places.locate(path_or_url)?;
        Ok(self.shared.http.to_api(place).request(method, url))
    }

    /// Sends a request to `api` with the token on it, and with the source that it is for unless it names one itself.
    ///
    /// When the API answers 401, the token is replaced, once for all whose requests were on their way with it, and the
    /// request is sent once more. What the API has not done for the moment is sent again by the rules of
    /// [`Retries`](crate::Retries). A body that is a stream cannot be sent twice. Whatever the API answers last is
    /// returned, whatever its status. No redirect is followed.
    ///
    /// # Errors
    /// [`Error::Authorize`] for a URL that the token must not go to, or an API that does not take it; [`Error::NotBuilt`];
    /// as [`Redox::token`]: nothing was done then. [`Error::Transport`]; [`Error::Ambiguous`] where a request that
    /// changes something may have been done, though there is no answer. 504, which is an answer, says the same.
    pub async fn send(&self, api: Api, request: RequestBuilder) -> Result<Response, Error> {
        let request = request.build().map_err(Error::NotBuilt)?;
        let repeatable = Repeatable::of(request.method());
        self.execute(api, request, repeatable).await
    }

    /// Sends a request, and again where that is called for.
    pub(crate) async fn execute(
        &self,
        api: Api,
        mut request: Request,
        repeatable: Repeatable,
    ) -> Result<Response, Error> {
        // What no token can mend is said before one is asked for.
        let place = self.shared.places.check(request.url())?;
        let http = self.shared.http.to_api(place);
        let span = telemetry::request(api, request.method());
        let mut repetitions = self.shared.retrying.of_request();
        let mut has_replaced_token = false;
        loop {
            let authorization = Authorization::new(&self.token().await?, api)?;
            let again = request.try_clone();
            authorization.apply(request.headers_mut());
            let outcome = http.execute(request).instrument(span.clone()).await;
            let goes_on = match self.verdict(&outcome, &authorization, repeatable) {
                Verdict::Done => false,
                Verdict::NewToken => !core::mem::replace(&mut has_replaced_token, true),
                // In a box, so that those who need not wait do not carry it about.
                Verdict::Wait(time) => again.is_some() && Box::pin(repetitions.wait(time)).await,
            };
            request = match again {
                Some(request) if goes_on => request,
                _ => return outcome.map_err(|error| failed(error, repeatable)),
            };
            telemetry::repeated(outcome.as_ref().map(Response::status));
        }
    }

    /// What an outcome asks for. A token that was not taken is reported to the session.
    fn verdict(
        &self,
        outcome: &Result<Response, reqwest::Error>,
        authorization: &Authorization,
        repeatable: Repeatable,
    ) -> Verdict {
        match outcome {
            Ok(response) if response.status() == StatusCode::UNAUTHORIZED => {
                match self.rejected(authorization) {
                    Rejected::Kept => Verdict::Done,
                    Rejected::Dropped | Rejected::Replaced => Verdict::NewToken,
                }
            }
            Ok(response) if repeatable.allows(response.status()) => {
                Verdict::Wait(retry_after(response, self.server_time()))
            }
            Err(error) if repeatable == Repeatable::Yes || error.is_connect() => {
                Verdict::Wait(None)
            }
            _ => Verdict::Done,
        }
    }
}

/// What becomes of a request that was sent.
enum Verdict {
    /// That was it.
    Done,
    /// It is worth one repetition with another token.
    NewToken,
    /// It may be sent again after so long, or when the rules say, where the budget allows it.
    Wait(Option<Duration>),
}

/// No answer: nothing was done, or nobody knows.
fn failed(error: reqwest::Error, repeatable: Repeatable) -> Error {
    let is_clear = repeatable == Repeatable::Yes || error.is_connect() || error.is_builder();
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
    if is_clear {
        Error::Transport(error)
    } else {
        telemetry::ambiguous();
        Error::Ambiguous(error)
    }
}
