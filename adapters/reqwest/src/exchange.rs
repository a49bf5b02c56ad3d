use core::time::Duration;
use std::sync::Arc;

use redox_auth_core::{
    AnswerError, Body, Identity as _, Instant, Received, RequestError, Stopped, Target, Ticket,
    WriteError,
};
use zeroize::Zeroizing;

use crate::client::{Redox, Step, jwt_id};
use crate::http::{Answer, Message, Place};
use crate::state::State;
use crate::token::{Details, Token};
use crate::{Error, RefusedAnswer, SentNames};

impl Redox {
    /// The token to use now: the one that is there while it is good, which costs no request, no lock and no allocation;
    /// else the next one.
    ///
    /// A token that is due to be replaced is renewed by the first who finds it so; everybody else goes on with it
    /// meanwhile, and so does the first when the renewal fails. Where there is none, one asks and the others wait for
    /// what comes of it, also when that is an error. What can be mended is tried again at once, by the rules of
    /// [`Session`](redox_auth_core::Session): with the server's time after a refusal that a wrong clock explains, with
    /// the next key, with the secret after a refused refresh token.
    ///
    /// Dropped half way, it leaves the client as usable as before.
    ///
    /// # Errors
    /// [`Error::NoToken`] with what went wrong and when another attempt is allowed; before that nothing is sent,
    /// whoever asks. [`Error::Stopped`] without a key; [`Error::NotWritten`] and [`Error::Random`] when not even a
    /// request comes about; [`Error::Answer`] for a token that was dead when it came.
    pub async fn token(&self) -> Result<Token, Error> {
        if let Some(token) = self.at_hand() {
            return Ok(token);
        }
        let mut turn = None;
        loop {
            let good = match self.step() {
                Step::Use(token) => return Ok(token),
                Step::Fail(error) if turn.is_some() => return Err(error),
                Step::Fail(_) => None,
                Step::Request { good } => good,
            };
            if turn.is_none() {
                turn = match &good {
                    Some(_) => self.shared.turn.try_lock().ok(),
                    None => Some(self.shared.turn.lock().await),
                };
                match good {
                    // Somebody else renews it.
                    Some(token) if turn.is_none() => return Ok(token),
                    // While we waited, somebody may have got a token, or learned that none is to be had.
                    _ => continue,
                }
            }
            match self.attempt().await {
                Ok(Outcome::Token) => return self.token_at_hand(),
                Ok(Outcome::Other) => {}
                Err(error) => return good.ok_or(error),
            }
        }
    }

    /// Right after one came. One that lives shorter than it takes to come would have us ask again and again.
    fn token_at_hand(&self) -> Result<Token, Error> {
        match self.step() {
            Step::Use(token) | Step::Request { good: Some(token) } => Ok(token),
            Step::Request { good: None } => Err(Error::Answer(AnswerError::Expired)),
            Step::Fail(error) => Err(error),
        }
    }

    /// Makes the one attempt that the session asks for, and tells it what came of it.
    ///
    /// # Errors
    /// There was no attempt.
    async fn attempt(&self) -> Result<Outcome, Error> {
        let mut body = Zeroizing::new(vec![0; USUAL_BODY_LEN]);
        let departure = match self.take_off(&mut body) {
            Err(Error::NotWritten(RequestError::Write(WriteError::BufferTooSmall { needed }))) => {
                body.resize(needed, 0);
                self.take_off(&mut body)
            }
            other => other,
        };
        let (flight, written) = match departure {
            // Somebody has changed the session since we asked it.
            Err(Error::NotWritten(RequestError::NotNow { .. })) => return Ok(Outcome::Other),
            other => other?,
        };
        let answer = match written {
            Ok(len) => {
                body.truncate(len);
                let message = flight.message(body);
                self.shared.http.send(message, &self.shared.clock).await
            }
            Err(error) => Err(error.into()),
        };
        Ok(match answer {
            Ok(answer) => flight.land(answer),
            Err(error) => flight.fail(error),
        })
    }

    /// Takes a request from the session and signs it, into `body`. The inner result is its length.
    fn take_off(&self, body: &mut [u8]) -> Result<(Flight<'_>, Result<usize, WriteError>), Error> {
        let jwt_id = jwt_id()?;
        let mut state = self.lock();
        let now = self.shared.clock.now();
        let prepared = state.session.prepare(now, jwt_id, body)?;
        let identity = state.session.identity().clone();
        drop(state);

        let server = identity.server();
        let target = prepared.target;
        let mut flight = Flight {
            redox: self,
            ticket: Some(prepared.ticket),
            target,
            url: format!("{}{}", target.url(&server).as_str(), target.path()),
            sent: None,
        };
        let written = match prepared.body {
            Body::Complete(body) => Ok(body.len()),
            Body::Unsigned { key, unsigned } => {
                // The session has looked at this very identity, so the key is there.
                let key = identity.oauth_key(key);
                flight.sent = key.map(|key| SentNames {
                    client_id: key.client_id().to_owned(),
                    key_id: key.key_id().to_owned(),
                    algorithm: key.algorithm(),
                    audience: server.audience().to_owned(),
                });
                key.ok_or(WriteError::EmptyClaim("kid"))
                    .and_then(|key| unsigned.sign(key.signer()))
                    .map(str::len)
            }
        };
        Ok((flight, written))
    }
}

/// What an attempt came to.
enum Outcome {
    /// A token: the session holds it.
    Token,
    /// Something else: the session knows what to do next.
    Other,
}

/// An attempt under way. Dropped before its end, it is given up, and another one may begin.
struct Flight<'r> {
    redox: &'r Redox,
    /// Until it is handed in.
    ticket: Option<Ticket>,
    target: Target,
    url: String,
    /// In its assertion.
    sent: Option<SentNames>,
}

impl Flight<'_> {
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
        let mut copy = answer.body.clone();
        let details = Details::read(self.target, answer.status, &mut copy);
        let (status, received_at) = (answer.status, answer.received_at);
        let mut state = self.redox.lock();
        let Some(ticket) = self.ticket.take() else {
            return Outcome::Other;
        };
        let received = state
            .session
            .receive(ticket, received_at, answer.response());
        let failure = match received {
            Received::Token(minted) => {
                let key_id = self.sent.take().map(|sent| sent.key_id);
                state.details = details.with(minted.generation, key_id);
                return Outcome::Token;
            }
            Received::Time | Received::Stale => return Outcome::Other,
            Received::NoTime => Error::NoTime { status },
            Received::Refused(refusal) => RefusedAnswer::new(&refusal, self.sent.take()).into(),
            Received::Unusable(error) => Error::Answer(error),
        };
        state.last_failure = Some(Arc::new(failure));
        Outcome::Other
    }

    fn fail(mut self, error: Error) -> Outcome {
        let mut state = self.redox.lock();
        if let Some(ticket) = self.ticket.take() {
            state.session.failed(ticket, self.redox.now());
            state.last_failure = Some(Arc::new(error));
        }
        Outcome::Other
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        if self.ticket.is_some() {
            self.redox.lock().session.abandon();
        }
    }
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
