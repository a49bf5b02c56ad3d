use core::time::Duration;

use redox_auth_core::{Now, Reason, Received, ServedBy, Target, Ticket, UnixTime};
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use super::identity::Identity;
use super::shared::Tokens;
use super::token::{Details, not_granted};
use crate::connections::http::{Answer, Message};
use crate::connections::way::Way;
use crate::error::Error;
use crate::error::answer_head::AnswerHead;
use crate::error::refused_answer::{RefusedAnswer, SentNames};
use crate::telemetry;

/// The result of an attempt.
pub(super) enum Came {
    /// A token: the session holds it.
    Token,
    /// Something else: the session decides the next step.
    Other,
    /// An answer that asks for another connection. The session does not know of it.
    Elsewhere,
}

/// An attempt under way. Dropping it before its end gives it up, and another one may begin.
pub(super) struct Attempt<'t> {
    pub(super) tokens: &'t Tokens,
    /// The identity that it authenticates.
    pub(super) identity: Identity,
    /// Until the end of the attempt.
    pub(super) ticket: Option<Ticket>,
    /// The number of the session's request.
    pub(super) number: u32,
    pub(super) target: Target,
    pub(super) way: Way,
    pub(super) url: String,
    pub(super) proof: Option<HeaderValue>,
    /// The secret or the refresh token of a legacy API key, in the form of the request.
    pub(super) secret: Option<Zeroizing<String>>,
    /// In its assertion.
    pub(super) sent: Option<SentNames>,
    pub(super) began: std::time::Instant,
}

impl Attempt<'_> {
    pub(super) fn message(&mut self, body: Zeroizing<Vec<u8>>) -> Message {
        Message {
            way: self.way,
            method: self.target.method(),
            url: self.url.clone(),
            content_type: self.target.content_type(),
            proof: self.proof.take(),
            body,
        }
    }

    pub(super) fn receive(mut self, mut answer: Answer) -> Came {
        let (status, received_at) = (answer.status, answer.received_at);
        // A legacy API key's requests go to another server, whose nonces do not belong to the token endpoint.
        let nonce = match self.target {
            Target::Token => self.tokens.remember_nonce(&answer),
            _ => Ok(()),
        };
        let own = self.secret.as_ref().map_or("", |secret| secret.as_str());
        let secrets = [own, self.identity.legacy_secret().unwrap_or("")];
        let head = AnswerHead::of(status, &answer.headers, &self.url, &secrets);
        let mut state = self.tokens.lock();
        let Some(ticket) = self.ticket.take() else {
            return Came::Other;
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
                self.prove_key(minted.served_by);
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
                let identity = state.session.identity().clone();
                if !self.identity.is(&identity) && refusal.refused.reason != Reason::TryLater {
                    // The refusal tells nothing about keys that came meanwhile. The client tries them at once.
                    state.session.replace_identity(identity.clone());
                }
                let secrets = [
                    self.secret.as_ref().map_or("", |secret| secret.as_str()),
                    identity.legacy_secret().unwrap_or(""),
                ];
                let sent = self.sent.take();
                let head = head.clone();
                Err(RefusedAnswer::new(&refusal, &secrets, &identity.server(), head, sent).into())
            }
            Received::Unusable(error) => Err(Error::Answer(error)),
            // `Session::next` gives the next step after every answer.
            _ => Ok(None),
        };
        let minted = minted.map_err(|error| state.fail(error.with_answer(&head, &answer.body)));
        let narrower = state.details.not_granted.clone();
        // No foreign code runs while it is locked.
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
                return Came::Token;
            }
            Ok(None) => {}
            Err(failure) => telemetry::failed(&failure),
        }
        Came::Other
    }

    /// The server knows the key that obtained a token.
    fn prove_key(&self, served_by: ServedBy) {
        if let ServedBy::OAuth { key } = served_by
            && let Some(files) = &self.tokens.shared.files
            && let Some(key) = self.identity.key(key)
        {
            files.prove(key);
        }
    }

    pub(super) fn fail(mut self, error: Error) -> Came {
        if let Some(ticket) = self.ticket.take() {
            let mut state = self.tokens.lock();
            state.session.failed(ticket, self.tokens.now());
            let failure = state.fail(error);
            drop(state);
            telemetry::failed(&failure);
        }
        Came::Other
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if self.ticket.is_none() {
            return;
        }
        let mut state = self.tokens.lock();
        // After a flight was given up, another one may have begun, to which this attempt does not belong.
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
