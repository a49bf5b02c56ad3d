use core::mem;
use core::time::Duration;
use std::sync::Arc;

use redox_auth_core::{
    AnswerError, Body, Instant, JwtId, Next, Reason, RequestError, Stopped, WriteError,
};
use zeroize::Zeroizing;

use super::attempt::{Attempt, Came};
use super::identity::Identity;
use super::sending::Connection;
use super::shared::Tokens;
use super::state::State;
use super::token::Token;
use crate::connections::host::NoTurn;
use crate::connections::way::Way;
use crate::error::Error;
use crate::error::refused_answer::RefusedAnswer;
use crate::random::random;
use crate::telemetry;

impl Tokens {
    /// Makes attempts for as long as the session asks for them.
    ///
    /// # Errors
    /// The reason why there is no token.
    pub(crate) async fn attempts(&self) -> Result<Token, Error> {
        let mut rereading = Rereading {
            refusals: self.refusals(),
            ..Rereading::default()
        };
        let mut connection = Connection::Any;
        let mut has_slept = false;
        loop {
            match self.step() {
                Step::Use(token) => return Ok(token),
                Step::Fail(error) => return Err(error),
                Step::Refused(error, identity) => {
                    if !self.has_other_credential(&identity, &mut rereading).await {
                        return Err(error);
                    }
                }
                Step::Attempt => {
                    if !mem::replace(&mut rereading.is_begun, true) {
                        self.read_files_again().await;
                    }
                    let began = self.now();
                    match self.attempt(connection).await? {
                        // For longer than any request takes: the machine slept, or its clock was set.
                        Came::Token if !has_slept && self.has_slept(began) => has_slept = true,
                        Came::Token => return self.token_that_came(),
                        Came::Other => {}
                        Came::Elsewhere => connection = Connection::New,
                    }
                }
            }
        }
    }

    /// Whether there is another key or secret than those of this identity, which the server refused: in the file now, or, of
    /// secrets, previously in the file. A flight checks each once, therefore a file that changes all the time causes no
    /// storm of requests.
    async fn has_other_credential(&self, refused: &Identity, rereading: &mut Rereading) -> bool {
        if !mem::replace(&mut rereading.is_repeated, true) {
            self.read_files_again().await;
        }
        // Another task may have read the files at the same time.
        !refused.is(&self.identity())
            || self.has_refused_secret_since(rereading.refusals)
                && !mem::replace(&mut rereading.is_exchanged, true)
                && self.try_other_secret().await
    }

    fn refusals(&self) -> u32 {
        self.lock().session.counters().refusals
    }

    /// Whether the server has since refused the secret of a legacy API key.
    fn has_refused_secret_since(&self, refusals: u32) -> bool {
        let state = self.lock();
        let last = state.last_failure.as_ref().and_then(|it| it.refused());
        let is_secret =
            |it: &RefusedAnswer| it.sent.is_none() && it.refused.reason != Reason::TryLater;
        state.session.counters().refusals > refusals && last.is_some_and(is_secret)
    }

    /// The session's decision for this moment.
    fn step(&self) -> Step {
        let state = self.lock();
        let now = self.now();
        match state.session.next(now) {
            Next::Use { token, .. } => Step::Use(state.token(token, now)),
            Next::Renew { .. } | Next::Fetch => Step::Attempt,
            Next::Wait { until } => Step::Fail(no_token(&state, None, now, until)),
            Next::Stop { reason, until } => {
                let error = no_token(&state, Some(reason), now, until);
                match reason {
                    Stopped::Refused(_) => Step::Refused(error, state.session.identity().clone()),
                    _ => Step::Fail(error),
                }
            }
        }
    }

    /// Whether the token expired during its transfer, which took longer than a request may.
    fn has_slept(&self, began: Instant) -> bool {
        let now = self.now();
        let passed = now.as_millis().saturating_sub(began.as_millis());
        let has_token = self.lock().session.next(now).token().is_some();
        !has_token && Duration::from_millis(passed) > self.shared.token_timeout
    }

    /// A token that lives shorter than its transfer would cause endless requests.
    fn token_that_came(&self) -> Result<Token, Error> {
        let state = self.lock();
        let now = self.now();
        match state.session.next(now).token() {
            Some(token) => Ok(state.token(token, now)),
            None => Err(Error::Answer(AnswerError::Expired)),
        }
    }

    /// Makes the one attempt that the session asks for, and reports the result to the session.
    ///
    /// # Errors
    /// There was no attempt.
    async fn attempt(&self, connection: Connection) -> Result<Came, Error> {
        // Before the request is written, because an assertion grows old.
        let turn = match self.turn().await {
            Ok(turn) => turn,
            Err(no_turn) => return Ok(self.put_off(no_turn)),
        };
        let mut body = Zeroizing::new(vec![0; USUAL_BODY_LEN]);
        let mut started = self.start(&mut body).await;
        if let Err(Error::NotWritten(RequestError::Write(WriteError::BufferTooSmall { needed }))) =
            started
        {
            // A buffer that was too short may hold the beginning of a secret. Therefore it is wiped, not moved.
            body = Zeroizing::new(vec![0; needed]);
            started = self.start(&mut body).await;
        }
        let (mut attempt, written) = match started {
            // Another caller has changed the session since the question.
            Err(Error::NotWritten(RequestError::NotNow { .. })) => return Ok(Came::Other),
            other => other?,
        };
        let answer = match written {
            Ok(len) => {
                body.truncate(len);
                let message = attempt.message(body);
                self.send(message, turn, connection).await
            }
            Err(error) => Err(error),
        };
        Ok(match answer {
            // Giving it up lets the session start another attempt at once, with another assertion.
            Ok(answer) if connection.is_not_the_servers_choice(&answer) => {
                telemetry::sent_elsewhere(answer.status);
                Came::Elsewhere
            }
            Ok(answer) => attempt.receive(answer),
            Err(error) => attempt.fail(error),
        })
    }

    /// Makes the session wait until it may ask the host.
    fn put_off(&self, no_turn: NoTurn) -> Came {
        let mut state = self.lock();
        let secs = no_turn.retry_in.as_millis().div_ceil(1_000);
        let secs = u32::try_from(secs).unwrap_or(u32::MAX);
        state.session.postpone(self.now(), secs);
        let failure = state.fail(no_turn.error);
        drop(state);
        telemetry::failed(&failure);
        Came::Other
    }

    /// Takes a request from the session and signs it, into `body`. The inner result is its length.
    async fn start(&self, body: &mut [u8]) -> Result<(Attempt<'_>, Result<usize, Error>), Error> {
        let jwt_id = JwtId::from_random(random()?);
        let (prepared, number, identity, time) = {
            let mut state = self.lock();
            let now = self.shared.clock.now();
            let prepared = state.session.prepare(now, jwt_id, body)?;
            let number = state.session.counters().requests;
            let time = state.session.unix_time(now);
            (prepared, number, state.session.identity().clone(), time)
        };
        let server = identity.server();
        let target = prepared.target;
        let url = target.url(&server);
        let mut attempt = Attempt {
            tokens: self,
            identity: identity.clone(),
            ticket: Some(prepared.ticket),
            number,
            target,
            way: Way::to(url),
            url: format!("{}{}", url.as_str(), target.path()),
            proof: None,
            secret: None,
            sent: None,
            began: std::time::Instant::now(),
        };
        let written = match prepared.body {
            Body::Complete(body) => {
                attempt.secret = last_text(body).map(|text| Zeroizing::new(text.to_owned()));
                Ok(body.len())
            }
            Body::Unsigned { key, unsigned } => {
                attempt.sent = identity.names(key);
                if let Some(key) = time.and_then(|time| identity.out_of_date(key, time)) {
                    telemetry::certificate_out_of_date(key.key_id());
                }
                match self.proof(&attempt.url, time).await {
                    Ok(proof) => {
                        attempt.proof = proof;
                        identity.sign(key, unsigned).await
                    }
                    Err(error) => Err(error),
                }
            }
        };
        Ok((attempt, written))
    }
}

/// The next step for a token.
enum Step {
    Use(Token),
    /// Request the next one.
    Attempt,
    Fail(Error),
    /// The server refused every key or secret of this identity.
    Refused(Error, Identity),
}

/// The progress of a flight through the files of its client.
#[derive(Default)]
struct Rereading {
    /// The number of the session's earlier refusals.
    refusals: u32,
    /// The files were read before the first attempt.
    is_begun: bool,
    /// They were read after a refusal.
    is_repeated: bool,
    /// The client tried the previous secret.
    is_exchanged: bool,
}

/// The secret or the refresh token in the body of a request with a legacy API key, which is the last text in it.
fn last_text(body: &str) -> Option<&str> {
    let (_, text) = body.rsplit_once("\":\"")?;
    text.strip_suffix("\"}")
}

/// Why there is no token before `until`: the last error, or else the session's reason.
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

/// Enough for an assertion of RS384 and most scopes, in bytes. For a longer request the error gives the required length.
const USUAL_BODY_LEN: usize = 2048;
