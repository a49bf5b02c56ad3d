use core::mem;
use core::time::Duration;
use std::io;

use redox_auth_core::{Api, AuthorizeError, Rejected, Started, StatusMeaning};
use reqwest::header::{ACCEPT_ENCODING, HeaderValue};
use reqwest::{Client, Method, Request, RequestBuilder, Response, StatusCode};
use tracing::Instrument as _;

use super::retry::{Repeatable, retry_after, was_not_done};
use super::shared::Requests;
use crate::connections::pace::HostPace;
use crate::error::Error;
use crate::error::no_answer::about_host;
use crate::telemetry;
use crate::tokens::source::Authorization;
use crate::tokens::token::TokenId;
use crate::watch::{About, Watch};

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

/// A request under way, with everything for another attempt.
pub(crate) struct Sending {
    requests: Requests,
    api: Api,
    repeatable: Repeatable,
    /// In a box, which keeps the future of the request small: futures are copied from caller to caller.
    request: Box<Request>,
    /// Makes the body of each attempt, if the request has none.
    body: Option<Box<MakeBody>>,
    hooks: Option<Box<Hooks>>,
}

/// Sets the body of a request.
pub(crate) type MakeBody = dyn Fn(RequestBuilder) -> RequestBuilder + Send + Sync;

/// The caller's functions during a request.
#[derive(Default)]
pub(crate) struct Hooks {
    /// Before each attempt.
    pub(crate) before: Option<Box<dyn Fn() -> io::Result<()> + Send + Sync>>,
    /// Each time that it waits again and nothing of it was done.
    pub(crate) put_back: Option<Box<dyn Fn() + Send + Sync>>,
}

impl Hooks {
    fn before(&self) -> Result<(), Error> {
        match &self.before {
            Some(before) => before().map_err(Error::Before),
            None => Ok(()),
        }
    }

    fn put_back(&self) {
        if let Some(put_back) = &self.put_back {
            put_back();
        }
    }
}

impl Sending {
    pub(crate) fn new(
        requests: Requests,
        api: Api,
        request: RequestBuilder,
    ) -> Result<Self, Error> {
        let mut request = request.build().map_err(Error::NotBuilt)?;
        if requests.shared.api_client.is_none() {
            request.timeout_mut().get_or_insert(requests.shared.timeout);
            let coding = request.headers_mut().entry(ACCEPT_ENCODING);
            coding.or_insert(HeaderValue::from_static("identity"));
        }
        Ok(Self {
            requests,
            api,
            repeatable: Repeatable::of(request.method()),
            request: Box::new(request),
            body: None,
            hooks: None,
        })
    }

    /// The same with the caller's settings: whether it may be repeated, a function that makes each attempt's body, and the
    /// caller's functions.
    pub(crate) fn with(
        self,
        repeatable: Repeatable,
        body: Option<Box<MakeBody>>,
        hooks: Option<Box<Hooks>>,
    ) -> Self {
        Self {
            repeatable,
            body,
            hooks,
            ..self
        }
    }

    /// Sends it, and again if the rules call for that.
    pub(crate) async fn run(self) -> Result<Response, Error> {
        let Self {
            requests,
            api,
            repeatable,
            mut request,
            body,
            hooks,
        } = self;
        let shared = &requests.shared;
        // An error that no token would prevent comes before the token request.
        let place = shared.places.check(request.url())?;
        let (mut http, pace) = (requests.client(place)?, requests.pace(place));
        let span = telemetry::request(api, request.method());
        let mut repetitions = shared.retrying.of_request();
        let mut has_replaced_token = false;
        let mut has_new_nonce = false;
        let mut hindrances = Hindrances::default();
        let mut may_be_done = false;
        loop {
            // First of all, because the wait may be long: tokens and proofs grow old, and connections idle. In a box, which
            // keeps the future small without a pace.
            let started = match pace {
                Some(_) => Box::pin(shared.host(place).begin()).await?,
                None => None,
            };
            let authorization = match Authorization::new(&shared.tokens.token().await?, api) {
                // In a box, which keeps the future small without proofs.
                Err(AuthorizeError::NeedsProof) => {
                    Box::pin(requests.authorization_with_proof(&request, api)).await?
                }
                authorization => authorization?,
            };
            let id = authorization.id;
            if let Some(renewed) = requests.renewed_client(place)? {
                http = renewed;
            }
            if let Some(hooks) = &hooks {
                hooks.before()?;
            }
            let (answer, again) = {
                let watch = shared.connections.watch();
                begin(&http, request, body.as_deref(), authorization, watch)?
            };
            let outcome = answer.instrument(span.clone()).await;
            if let Ok(response) = &outcome {
                let now = shared.tokens.now();
                let kept_alive = &shared.host(place).kept_alive;
                kept_alive.answered(response.headers(), now);
            }
            let verdict = requests.verdict(&outcome, id, repeatable)?;
            let is_new = match verdict {
                Verdict::NewNonce => !mem::replace(&mut has_new_nonce, true),
                Verdict::NewToken => !mem::replace(&mut has_replaced_token, true),
                Verdict::Elsewhere => {
                    let may_move = again.is_some() && repetitions.may_move();
                    if may_move {
                        http = requests.another_client(place)?;
                    }
                    may_move
                }
                Verdict::Done | Verdict::Wait(_) => false,
            };
            let is_hindered = !is_new && hindrances.count(pace, started, &outcome);
            let goes_on = match verdict {
                // In a box, which keeps the future small without a wait.
                Verdict::Wait(time) if !is_hindered => {
                    again.is_some() && Box::pin(repetitions.wait(time, shared.tokens.clock())).await
                }
                _ => is_new || is_hindered,
            };
            request = match again {
                Some(request) if goes_on => request,
                _ => match outcome.map_err(|error| failed(error, repeatable)) {
                    // In a box, which keeps the future small without trouble.
                    Err(Error::Transport(error)) if shared.api_client.is_none() => {
                        return Err(Box::pin(shared.connections.explained(error)).await);
                    }
                    outcome => return outcome,
                },
            };
            telemetry::repeated(outcome.as_ref().map(Response::status));
            may_be_done |= !is_new && !is_hindered;
            if let Some(hooks) = hooks.as_ref().filter(|_| !may_be_done) {
                hooks.put_back();
            }
        }
    }
}

/// How often a gateway before the server answered a request.
#[derive(Default)]
struct Hindrances {
    count: u32,
    /// How many other requests were let through at that time.
    let_through: u64,
}

impl Hindrances {
    /// Reports an answer to the pace. Returns whether the answer does not concern the request, which is then sent again
    /// after the pause. If others get through meanwhile, it does concern the request after a while.
    fn count(
        &mut self,
        pace: Option<&HostPace>,
        started: Option<Started>,
        outcome: &reqwest::Result<Response>,
    ) -> bool {
        let (Some(pace), Some(started), Ok(response)) = (pace, started, outcome) else {
            return false;
        };
        let Some(trouble) = pace.answered(started, response.status().as_u16(), response.headers())
        else {
            return false;
        };
        if trouble.is_of_rate() {
            return true;
        }
        if self.count == 0 {
            self.let_through = pace.let_through();
        }
        self.count = self.count.saturating_add(1);
        self.count < MOST_HINDRANCES || self.let_through == pace.let_through()
    }
}

/// After this many answers of the same kind the request itself is the suspected cause.
const MOST_HINDRANCES: u32 = 3;

/// Sends a request up to the first wait, and keeps it if it can be sent again.
fn begin(
    http: &Client,
    mut request: Box<Request>,
    body: Option<&MakeBody>,
    authorization: Authorization,
    watch: Option<&Watch>,
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
    let exchange = watch.map(|watch| watch.begin(About::Anything, &sent));
    let answer = http.execute(sent);
    let answer = async {
        match exchange {
            Some(exchange) => exchange.end(answer.await),
            None => answer.await,
        }
    };
    Ok((answer, again))
}

impl Requests {
    /// The next step after an outcome. It reports a rejected token to the session.
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
            Ok(response)
                if StatusMeaning::of(response.status().as_u16())
                    == StatusMeaning::OtherConnection =>
            {
                Verdict::Elsewhere
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

/// The result of an attempt.
enum Verdict {
    /// The end.
    Done,
    /// Repeat once with another token.
    NewToken,
    /// Repeat once with the same token and the nonce that the server asked for.
    NewNonce,
    /// Not done: repeat once at once on another connection, if the budget allows it.
    Elsewhere,
    /// Repeat after this time, or after the time of the rules, if the budget allows it.
    Wait(Option<Duration>),
}

/// No answer: nothing was done, or the result is unknown.
fn failed(error: reqwest::Error, repeatable: Repeatable) -> Error {
    let error = match error.url().cloned() {
        Some(url) => about_host(error, url),
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use redox_auth_core::{Instant, Now};
    use reqwest::header::HeaderMap;

    use super::*;
    use crate::clock::Clock;
    use crate::connections::pace::Pacing;

    /// Whether three answers with this status to one request are trouble on the way, if another request gets through before
    /// the third, or none does.
    async fn hindrances(status: u16, is_another_let_through: bool) -> [bool; 3] {
        let start = tokio::time::Instant::now();
        let clock = Clock::of(move || Now {
            instant: Instant::from_millis(u64::try_from(start.elapsed().as_millis()).unwrap()),
            unix: None,
        });
        let pace = HostPace::new(Pacing::new(), &Arc::new(clock));
        let mut hindrances = Hindrances::default();
        let mut found = [false; 3];
        for (index, found) in found.iter_mut().enumerate() {
            if index == 2 && is_another_let_through {
                let other = pace.begin().await.unwrap();
                assert_eq!(pace.answered(other, 200, &HeaderMap::new()), None);
            }
            let started = pace.begin().await.unwrap();
            let answer = http::Response::builder().status(status).body("");
            let answer = Ok(Response::from(answer.unwrap()));
            *found = hindrances.count(Some(&pace), Some(started), &answer);
        }
        found
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_alone_is_hindered_gets_its_answer() {
        for status in [502, 307, 407, 511] {
            assert_eq!(hindrances(status, false).await, [true; 3], "{status}");
            let found = hindrances(status, true).await;
            assert_eq!(found, [true, true, false], "{status}");
        }
        for status in [429, 503] {
            assert_eq!(hindrances(status, true).await, [true; 3], "{status}");
        }
        for status in [200, 401, 500] {
            assert_eq!(hindrances(status, false).await, [false; 3], "{status}");
        }
    }
}
