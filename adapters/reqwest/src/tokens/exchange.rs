use core::time::Duration;
use std::sync::Arc;

use redox_auth_core::{
    AnswerError, Body, Instant, JwtId, Method, Next, Now, Received, RequestError, Server, Stopped,
    Target, Ticket, TokenReply, TokenRequest, TokenType, UnixTime, WriteError, scopes_not_granted,
};
use reqwest::header::HeaderValue;
use tokio::sync::SemaphorePermit;
use zeroize::Zeroizing;

use super::shared::Tokens;
use super::state::State;
use super::token::{Details, Held, Token};
use crate::connections::host::NoTurn;
use crate::connections::http::{Answer, Message};
use crate::connections::way::Way;
use crate::error::Error;
use crate::error::refused_answer::{RefusedAnswer, SentNames};
use crate::keys::key::Key;
use crate::random::random;
use crate::telemetry;
use crate::written::written;

impl Tokens {
    /// See [`Redox::exchange`](crate::Redox::exchange).
    pub(crate) async fn exchange(&self, assertion: &str) -> Result<Token, Error> {
        let identity = self.identity();
        let server = identity.server();
        let url = server.token_url().as_str();
        let _turn = self.turn().await.map_err(|no_turn| Error::NoToken {
            cause: Some(Arc::new(no_turn.error)),
            retry_in: no_turn.retry_in,
        })?;
        let message = Message {
            way: Way::to(server.token_url()),
            method: Method::Post,
            url: url.to_owned(),
            // Not before the turn: a proof grows old.
            proof: self.proof(url, self.server_time()).await?,
            content_type: Some(TokenRequest::<Key>::CONTENT_TYPE),
            body: written(|out| identity.write_token_request(assertion, out))?,
        };
        let sent_at = self.now();
        let mut answer = self.send(message).await?;
        let nonce = self.remember_nonce(&answer);
        let token_type = match self.prover() {
            Some(_) => TokenType::Dpop,
            None => TokenType::Bearer,
        };
        match TokenReply::parse_as(token_type, answer.status, &mut answer.body) {
            Ok(TokenReply::Token(token)) => {
                let lifetime_secs = token.lifetime_secs();
                let details = Details {
                    lifetime: Some(Duration::from_secs(lifetime_secs.into())),
                    scope: token.scope.map(str::to_owned),
                    not_granted: not_granted(&server, token.scope),
                    ..Details::default()
                };
                let expires_at = sent_at.saturating_add_secs(lifetime_secs);
                let token = token.access_token.expose();
                let held = Held::new(token, token_type, None, details, expires_at);
                Ok(Token::from(Arc::new(held)))
            }
            Ok(TokenReply::Refusal(refusal)) => {
                if refusal.asks_for_dpop_nonce() {
                    nonce?;
                }
                Err(RefusedAnswer::new(&refusal, &[assertion], &server, None).into())
            }
            Err(error) => {
                Err(Error::Answer(AnswerError::Parse(error)).naming_token_type(&answer.body))
            }
        }
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
        // Before the request is written: an assertion grows old.
        let _turn = match self.turn().await {
            Ok(turn) => turn,
            Err(no_turn) => return Ok(self.put_off(no_turn)),
        };
        let mut body = Zeroizing::new(vec![0; USUAL_BODY_LEN]);
        let mut started = self.start(&mut body).await;
        if let Err(Error::NotWritten(RequestError::Write(WriteError::BufferTooSmall { needed }))) =
            started
        {
            // What was too short for it may hold the beginning of a secret: it is wiped, not moved.
            body = Zeroizing::new(vec![0; needed]);
            started = self.start(&mut body).await;
        }
        let (mut attempt, written) = match started {
            // Somebody has changed the session since we asked it.
            Err(Error::NotWritten(RequestError::NotNow { .. })) => return Ok(Outcome::Other),
            other => other?,
        };
        let answer = match written {
            Ok(len) => {
                body.truncate(len);
                let message = attempt.message(body);
                self.send(message).await
            }
            Err(error) => Err(error),
        };
        Ok(match answer {
            Ok(answer) => attempt.receive(answer),
            Err(error) => attempt.fail(error),
        })
    }

    /// Waits until the host may be sent one more token request.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, NoTurn> {
        let shared = &self.shared;
        shared.host.turn(shared.token_timeout, &shared.clock).await
    }

    /// Lets the session wait for what keeps the host from being asked.
    fn put_off(&self, no_turn: NoTurn) -> Outcome {
        let mut state = self.lock();
        let secs = no_turn.retry_in.as_millis().div_ceil(1_000);
        let secs = u32::try_from(secs).unwrap_or(u32::MAX);
        state.session.postpone(self.now(), secs);
        let failure = state.fail(no_turn.error);
        drop(state);
        telemetry::failed(&failure);
        Outcome::Other
    }

    /// Sends a token request, and takes note of the pause that the host asks for.
    async fn send(&self, message: Message) -> Result<Answer, Error> {
        let shared = &self.shared;
        let sending = shared
            .connections
            .send(message, shared.token_timeout, &shared.clock);
        let answer = sending.await?;
        if let Some(pause) = answer.pause() {
            shared.host.pause(pause, &shared.clock);
        }
        Ok(answer)
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
                        identity.sign(key, unsigned).await.map_err(Error::from)
                    }
                    Err(error) => Err(error),
                }
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
struct Attempt<'t> {
    tokens: &'t Tokens,
    /// Until it is handed in.
    ticket: Option<Ticket>,
    /// Which of the session's requests it is.
    number: u32,
    target: Target,
    way: Way,
    url: String,
    proof: Option<HeaderValue>,
    /// The secret or the refresh token of a legacy API key, as the request has it.
    secret: Option<Zeroizing<String>>,
    /// In its assertion.
    sent: Option<SentNames>,
    began: std::time::Instant,
}

impl Attempt<'_> {
    fn message(&mut self, body: Zeroizing<Vec<u8>>) -> Message {
        Message {
            way: self.way,
            method: self.target.method(),
            url: self.url.clone(),
            content_type: self.target.content_type(),
            proof: self.proof.take(),
            body,
        }
    }

    fn receive(mut self, mut answer: Answer) -> Outcome {
        let (status, received_at) = (answer.status, answer.received_at);
        // A legacy API key's requests go to another server, whose nonces are none of the token endpoint's.
        let nonce = match self.target {
            Target::Token => self.tokens.remember_nonce(&answer),
            _ => Ok(()),
        };
        let mut state = self.tokens.lock();
        let Some(ticket) = self.ticket.take() else {
            return Outcome::Other;
        };
        let before = state.session.counters();
        let received = state
            .session
            .receive(ticket, received_at, answer.response());
        let counters = state.session.counters();
        let is_corrected = counters.clock_corrections != before.clock_corrections;
        let server_time = state.session.unix_time(received_at);
        let minted = match received {
            Received::Token(minted) => {
                state.details = Details {
                    generation: Some(minted.generation),
                    key_id: self.sent.take().map(|sent| sent.key_id),
                    lifetime: Some(Duration::from_secs(minted.lifetime_secs.into())),
                    scope: minted.scope.map(str::to_owned),
                    not_granted: not_granted(&state.session.identity().server(), minted.scope),
                };
                Ok(Some(minted.served_by))
            }
            Received::Time | Received::Stale => Ok(None),
            Received::NoTime => Err(Error::NoTime { status }),
            Received::Refused(refusal) if refusal.asks_for_dpop_nonce() && nonce.is_err() => {
                nonce.map(|()| None)
            }
            // It asks for a nonce only, and the next attempt, at once, has it.
            Received::Refused(_) if counters.refusals == before.refusals => Ok(None),
            Received::Refused(refusal) => {
                let identity = state.session.identity();
                let secrets = [
                    self.secret.as_ref().map_or("", |secret| secret.as_str()),
                    identity.legacy_secret().unwrap_or(""),
                ];
                let sent = self.sent.take();
                Err(RefusedAnswer::new(&refusal, &secrets, &identity.server(), sent).into())
            }
            Received::Unusable(error) => Err(Error::Answer(error)),
        };
        let minted = minted.map_err(|error| state.fail(error.naming_token_type(&answer.body)));
        let narrower = state.details.not_granted.clone();
        // Nobody else's code runs while it is locked.
        drop(state);
        if is_corrected {
            telemetry::clock_corrected(behind_secs(received_at, server_time));
        }
        match minted {
            Ok(Some(served_by)) => {
                telemetry::minted(served_by, self.began.elapsed());
                if let Some(scope) = narrower {
                    telemetry::narrower_scope(&scope);
                }
                return Outcome::Token;
            }
            Ok(None) => {}
            Err(failure) => telemetry::failed(&failure),
        }
        Outcome::Other
    }

    fn fail(mut self, error: Error) -> Outcome {
        if let Some(ticket) = self.ticket.take() {
            let mut state = self.tokens.lock();
            state.session.failed(ticket, self.tokens.now());
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
        let mut state = self.tokens.lock();
        // After a flight that was given up another one may have begun, whose attempt this is not.
        if state.session.counters().requests == self.number {
            state.session.abandon();
        }
    }
}

/// The secret or the refresh token in the body of a request with a legacy API key, which is the last text in it.
fn last_text(body: &str) -> Option<&str> {
    let (_, text) = body.rsplit_once("\":\"")?;
    text.strip_suffix("\"}")
}

/// The names in the scope asked for that are not in the scope granted.
fn not_granted(server: &Server<'_>, granted: Option<&str>) -> Option<String> {
    let missing: Vec<_> = scopes_not_granted(server.scope()?, granted?).collect();
    (!missing.is_empty()).then(|| missing.join(" "))
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
