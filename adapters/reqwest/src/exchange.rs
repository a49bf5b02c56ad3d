use core::future::poll_fn;
use core::task::Poll;
use core::time::Duration;
use std::sync::Arc;

use redox_auth_core::{
    AnswerError, Body, Instant, Next, Now, Received, RequestError, Stopped, Target, Ticket,
    UnixTime, WriteError,
};
use zeroize::Zeroizing;

use crate::client::{Redox, jwt_id};
use crate::http::{Answer, Message, Place};
use crate::state::State;
use crate::token::{Details, Token};
use crate::{Error, RefusedAnswer, SentNames, telemetry};

impl Redox {
    /// The token to use now: the one that is there while it is good, which costs no request, no lock and no allocation;
    /// else the next one.
    ///
    /// A token that is due to be replaced is renewed beside the traffic: whoever asks goes on with it meanwhile, also
    /// when the renewal fails. Where there is none, one request is made for all who wait, and they share what comes of
    /// it, also when that is an error. What can be mended is tried again at once, by the rules of
    /// [`Session`](redox_auth_core::Session): with the server's time after a refusal that a wrong clock explains, with
    /// the next key, with the secret after a refused refresh token.
    ///
    /// The request is a task of the runtime that the caller runs on. It goes on when the caller goes away, and when the
    /// runtime ends, somebody else's begins.
    ///
    /// # Errors
    /// [`Error::NoToken`] with what went wrong and when another attempt is allowed; before that nothing is sent,
    /// whoever asks. [`Error::Stopped`] without a key, [`Error::NoRuntime`] outside of tokio.
    // Not an `async fn`, of which a compiler makes one function with the wait in it, too long to become part of its caller:
    // the token would go through memory several times.
    #[inline]
    pub fn token(&self) -> impl Future<Output = Result<Token, Error>> + Send {
        let mut wait = None;
        poll_fn(move |context| match &mut wait {
            None => match self.at_hand() {
                Some(token) => Poll::Ready(Ok(token)),
                None => {
                    let wait = wait.insert(Box::pin(self.wait_for_token()));
                    wait.as_mut().poll(context)
                }
            },
            Some(wait) => wait.as_mut().poll(context),
        })
    }

    /// Makes attempts for as long as the session asks for them.
    ///
    /// # Errors
    /// What keeps a token from being there.
    pub(crate) async fn attempts(&self) -> Result<Token, Error> {
        loop {
            match self.step() {
                Step::Use(token) => return Ok(token),
                Step::Fail(error) => return Err(error),
                Step::Attempt => match self.attempt().await? {
                    Outcome::Token => return self.token_that_came(),
                    Outcome::Other => {}
                },
            }
        }
    }

    /// What the session says now.
    fn step(&self) -> Step {
        let state = self.lock();
        let now = self.now();
        match state.session.next(now) {
            Next::Use { token, .. } => Step::Use(state.token(token, now)),
            Next::Renew { .. } | Next::Fetch => Step::Attempt,
            Next::Wait { until } => Step::Fail(no_token(&state, None, now, until)),
            Next::Stop { reason, until } => Step::Fail(no_token(&state, Some(reason), now, until)),
        }
    }

    /// One that lives shorter than it takes to come would have us ask again and again.
    fn token_that_came(&self) -> Result<Token, Error> {
        let state = self.lock();
        let now = self.now();
        match state.session.next(now).token() {
            Some(token) => Ok(state.token(token, now)),
            None => Err(Error::Answer(AnswerError::Expired)),
        }
    }

    /// Makes the one attempt that the session asks for, and tells it what came of it.
    ///
    /// # Errors
    /// There was no attempt.
    async fn attempt(&self) -> Result<Outcome, Error> {
        let mut body = Zeroizing::new(vec![0; USUAL_BODY_LEN]);
        let mut departure = self.take_off(&mut body).await;
        if let Err(Error::NotWritten(RequestError::Write(WriteError::BufferTooSmall { needed }))) =
            departure
        {
            // What was too short for it may hold the beginning of a secret: it is wiped, not moved.
            body = Zeroizing::new(vec![0; needed]);
            departure = self.take_off(&mut body).await;
        }
        let (attempt, written) = match departure {
            // Somebody has changed the session since we asked it.
            Err(Error::NotWritten(RequestError::NotNow { .. })) => return Ok(Outcome::Other),
            other => other?,
        };
        let answer = match written {
            Ok(len) => {
                body.truncate(len);
                let message = attempt.message(body);
                self.shared.http.send(message, &self.shared.clock).await
            }
            Err(error) => Err(error.into()),
        };
        Ok(match answer {
            Ok(answer) => attempt.land(answer),
            Err(error) => attempt.fail(error),
        })
    }

    /// Takes a request from the session and signs it, into `body`. The inner result is its length.
    async fn take_off(
        &self,
        body: &mut [u8],
    ) -> Result<(Attempt<'_>, Result<usize, WriteError>), Error> {
        let jwt_id = jwt_id()?;
        let (prepared, number, identity) = {
            let mut state = self.lock();
            let now = self.shared.clock.now();
            let prepared = state.session.prepare(now, jwt_id, body)?;
            let number = state.session.counters().requests;
            (prepared, number, state.session.identity().clone())
        };
        let server = identity.server();
        let target = prepared.target;
        let mut attempt = Attempt {
            redox: self,
            ticket: Some(prepared.ticket),
            number,
            target,
            url: format!("{}{}", target.url(&server).as_str(), target.path()),
            sent: None,
            began: std::time::Instant::now(),
        };
        let written = match prepared.body {
            Body::Complete(body) => Ok(body.len()),
            Body::Unsigned { key, unsigned } => {
                attempt.sent = identity.names(key);
                identity.sign(key, unsigned).await
            }
        };
        Ok((attempt, written))
    }
}

/// What is to be done about a token.
enum Step {
    Use(Token),
    /// Ask for the next one.
    Attempt,
    Fail(Error),
}

/// What an attempt came to.
enum Outcome {
    /// A token: the session holds it.
    Token,
    /// Something else: the session knows what to do next.
    Other,
}

/// An attempt under way. Dropped before its end, it is given up, and another one may begin.
struct Attempt<'r> {
    redox: &'r Redox,
    /// Until it is handed in.
    ticket: Option<Ticket>,
    /// Which of the session's requests it is.
    number: u32,
    target: Target,
    url: String,
    /// In its assertion.
    sent: Option<SentNames>,
    began: std::time::Instant,
}

impl Attempt<'_> {
    fn message(&self, body: Zeroizing<Vec<u8>>) -> Message {
        Message {
            place: match self.target {
                Target::Token | Target::Time => Place::TokenEndpoint,
                Target::LegacyAuthenticate | Target::LegacyRefresh => Place::Api,
            },
            method: self.target.method(),
            url: self.url.clone(),
            content_type: self.target.content_type(),
            body,
        }
    }

    fn land(mut self, mut answer: Answer) -> Outcome {
        let (status, received_at) = (answer.status, answer.received_at);
        let mut state = self.redox.lock();
        let Some(ticket) = self.ticket.take() else {
            return Outcome::Other;
        };
        let corrections = state.session.counters().clock_corrections;
        let received = state
            .session
            .receive(ticket, received_at, answer.response());
        let is_corrected = state.session.counters().clock_corrections != corrections;
        let server_time = state.session.unix_time(received_at);
        let minted = match received {
            Received::Token(minted) => {
                state.details = Details {
                    generation: Some(minted.generation),
                    key_id: self.sent.take().map(|sent| sent.key_id),
                    lifetime: Some(Duration::from_secs(minted.lifetime_secs.into())),
                    scope: minted.scope.map(str::to_owned),
                };
                Ok(Some(minted.served_by))
            }
            Received::Time | Received::Stale => Ok(None),
            Received::NoTime => Err(Error::NoTime { status }),
            Received::Refused(refusal) => {
                Err(RefusedAnswer::new(&refusal, self.sent.take()).into())
            }
            Received::Unusable(error) => Err(Error::Answer(error)),
        };
        let minted = minted.map_err(|error| state.fail(error));
        // Nobody else's code runs while it is locked.
        drop(state);
        if is_corrected {
            telemetry::clock_corrected(behind_secs(received_at, server_time));
        }
        match minted {
            Ok(Some(served_by)) => {
                telemetry::minted(served_by, self.began.elapsed());
                return Outcome::Token;
            }
            Ok(None) => {}
            Err(failure) => telemetry::failed(&failure),
        }
        Outcome::Other
    }

    fn fail(mut self, error: Error) -> Outcome {
        if let Some(ticket) = self.ticket.take() {
            let mut state = self.redox.lock();
            state.session.failed(ticket, self.redox.now());
            let failure = state.fail(error);
            drop(state);
            telemetry::failed(&failure);
        }
        Outcome::Other
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if self.ticket.is_none() {
            return;
        }
        let mut state = self.redox.lock();
        // After a flight that was given up another one may have begun, whose attempt this is not.
        if state.session.counters().requests == self.number {
            state.session.abandon();
        }
    }
}

/// How far our own clock is behind the server's.
fn behind_secs(own: Now, server: Option<UnixTime>) -> Option<i64> {
    let (own, server) = (own.unix?.as_secs(), server?.as_secs());
    i64::try_from(i128::from(server).saturating_sub(i128::from(own))).ok()
}

/// Why there is no token before `until`: what went wrong last, or else what the session says.
pub(crate) fn no_token(
    state: &State,
    reason: Option<Stopped>,
    now: Instant,
    until: Instant,
) -> Error {
    let last = state.last_failure.clone();
    let millis = until.as_millis().saturating_sub(now.as_millis());
    Error::NoToken {
        cause: last.or_else(|| Some(Arc::new(Error::Stopped(reason?)))),
        retry_in: Duration::from_millis(millis),
    }
}

/// Enough for an assertion of RS384 and most scopes, in bytes. What needs more is told how much.
const USUAL_BODY_LEN: usize = 2048;
