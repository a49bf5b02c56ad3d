use super::answer::{Answer, Minted, Received, Response};
use super::attempt::{Flight, Purpose};
use super::clock::ServerDate;
use super::migration::Way;
use super::next::{AnswerError, Generation, ServedBy, Stopped};
use super::request::Ticket;
use super::slot::Held;
use super::storage::TokenStorage;
use super::{Session, back_off};
use crate::chance::scatter;
use crate::expiry::Expiry;
use crate::identity::Identity;
use crate::legacy::{LegacyTokenReply, LegacyTokenResponse};
use crate::response::{Reason, Refused, TokenReply, TokenType};
use crate::secret::AccessToken;
use crate::time::{Instant, Now, UnixTime};

impl<I: Identity, S: TokenStorage> Session<I, S> {
    /// Processes the answer to the request of `ticket`, received at the moment `now`.
    ///
    /// [`next`](Self::next) then gives the next step, whatever the answer is. The words of a refusal borrow from the
    /// body. Wipe the body after reading them, because it may hold a token.
    pub fn receive<'b>(
        &mut self,
        ticket: Ticket,
        now: Now,
        response: Response<'b>,
    ) -> Received<'b> {
        let Some(flight) = self.take_flight(&ticket) else {
            return Received::Stale;
        };
        let answer = Answer::new(&response, &flight, now, self.unix_time(now));
        let Response { status, body, .. } = response;
        match flight.purpose {
            Purpose::Time => self.receive_time(&flight, &answer, status),
            Purpose::OAuth { key, time } => {
                let served_by = ServedBy::OAuth { key };
                let token_type = self.token_type(served_by);
                match TokenReply::parse_as(token_type, status, body) {
                    Ok(TokenReply::Token(token)) => {
                        self.clock.accepted(answer.date);
                        let life = Life {
                            from: flight.sent_at,
                            secs: token.lifetime_secs(),
                        };
                        let scope = token.scope;
                        self.take(&flight, &answer, token.access_token, scope, served_by, life)
                    }
                    Ok(TokenReply::Refusal(refusal)) => {
                        if token_type == TokenType::Dpop && refusal.asks_for_dpop_nonce() {
                            self.nonce_asked_for(&flight, &answer, refusal.refused);
                        } else {
                            self.refused(&flight, &answer, refusal.refused, Some(time));
                        }
                        Received::Refused(refusal)
                    }
                    Err(error) => self.unusable(&flight, &answer, AnswerError::Parse(error)),
                }
            }
            Purpose::LegacySecret | Purpose::LegacyRefresh => {
                match LegacyTokenReply::parse(status, body) {
                    Ok(LegacyTokenReply::Token(token)) => {
                        self.receive_legacy(&flight, &answer, &token)
                    }
                    Ok(LegacyTokenReply::Refusal(refusal)) => {
                        self.refused(&flight, &answer, refusal.refused, None);
                        Received::Refused(refusal)
                    }
                    Err(error) => self.unusable(&flight, &answer, AnswerError::Parse(error)),
                }
            }
        }
    }

    fn receive_time<'b>(&mut self, flight: &Flight, answer: &Answer, status: u16) -> Received<'b> {
        let earliest = self.identity.earliest_time();
        if let Some(date) = answer.date.filter(|date| date.unix >= earliest) {
            self.learn(date);
            return Received::Time;
        }
        self.counters.failures = self.counters.failures.saturating_add(1);
        if status == 429 || status >= 500 {
            self.try_later(flight, answer.now.instant, answer.retry_after_secs);
        } else {
            self.stop(flight, answer.now, Stopped::ClockUnknown);
        }
        Received::NoTime
    }

    fn receive_legacy<'b>(
        &mut self,
        flight: &Flight,
        answer: &Answer,
        token: &LegacyTokenResponse<'_>,
    ) -> Received<'b> {
        // According to the server's clock if the answer shows it, otherwise to the client's estimate of it.
        let (server_time, from) = match answer.date {
            Some(date) => (Some(date.unix), flight.sent_at),
            None => (self.unix_time(answer.now), answer.now.instant),
        };
        let secs = server_time.map_or(0, |time| {
            let left = token.expires_at.as_secs().saturating_sub(time.as_secs());
            // Both times lack fractions of a second.
            u32::try_from(left.saturating_sub(1)).unwrap_or(u32::MAX)
        });
        if secs == 0 {
            return self.unusable(flight, answer, AnswerError::Expired);
        }
        // Whatever the clocks show, a legacy token lives at most this long.
        let longest = Life {
            from: flight.sent_at,
            secs: LEGACY_LIFETIME_SECS,
        };
        let life = Life { from, secs };
        let life = if life.end() < longest.end() {
            life
        } else {
            longest
        };
        let received = self.take(
            flight,
            answer,
            token.access_token,
            None,
            ServedBy::Legacy,
            life,
        );
        if matches!(received, Received::Token(_)) {
            match token.expose_refresh_token() {
                Some(refresh_token) => self.slot.store_refresh_token(refresh_token.as_bytes()),
                None if flight.purpose == Purpose::LegacyRefresh => {
                    self.slot.keep_refresh_token();
                }
                None => self.slot.drop_refresh_token(),
            }
        }
        received
    }

    /// Stores a token, if the policy allows it.
    fn take<'b>(
        &mut self,
        flight: &Flight,
        answer: &Answer,
        token: AccessToken<'_>,
        scope: Option<&'b str>,
        served_by: ServedBy,
        life: Life,
    ) -> Received<'b> {
        let token = token.expose().as_bytes();
        if !self.identity.policy().allows_lifetime(life.secs) {
            let found_secs = life.secs;
            return self.unusable(flight, answer, AnswerError::LivesTooLong { found_secs });
        }
        let changed = self
            .slot
            .held()
            .is_none_or(|held| Way::of(held.served_by) != flight.way);
        let generation = Generation(self.generations);
        self.generations = self.generations.wrapping_add(1);
        let held = Held {
            len: token.len(),
            served_by,
            generation,
            expiry: self.expiry(life, life.secs),
            lifetime_secs: life.secs,
        };
        if self.slot.store(token, held).is_err() {
            let (found, capacity) = (token.len(), self.slot.capacity());
            return self.unusable(
                flight,
                answer,
                AnswerError::TokenTooLong { found, capacity },
            );
        }
        self.count_token(flight.way);
        *self.back_off_mut(flight.way) = back_off::BackOff::NONE;
        if flight.way == Way::OAuth {
            self.healed = false;
            self.nonce_tried = false;
            self.keys.tried = 0;
        }
        Received::Token(Minted {
            served_by,
            generation,
            changed,
            lifetime_secs: life.secs,
            scope,
        })
    }

    /// The margin and the jitter are those of a whole `lifetime_secs`. `life` may be the rest of it.
    pub(super) fn expiry(&self, life: Life, lifetime_secs: u32) -> Expiry {
        let margin_secs = Expiry::margin_secs(lifetime_secs);
        // How much earlier than the others this instance renews. The value is constant for an instance.
        let tenth_ms = lifetime_secs.saturating_mul(100);
        let jitter_ms = scatter(self.seed(), 0, tenth_ms.min(JITTER_MAX_MS));
        Expiry::new(life.from, life.secs, margin_secs).earlier_by_millis(jitter_ms.into())
    }

    /// Processes a refusal. Whatever the server's words, the session corrects a clock that deviates once, and tries
    /// every other key once, each in an attempt at once. After that it waits.
    fn refused(
        &mut self,
        flight: &Flight,
        answer: &Answer,
        refused: Refused,
        dated: Option<UnixTime>,
    ) {
        self.counters.refusals = self.counters.refusals.saturating_add(1);
        if flight.purpose == Purpose::LegacyRefresh {
            // Whatever is wrong with the refresh token, the secret can replace it.
            self.slot.drop_refresh_token();
            if refused.reason != Reason::TryLater {
                return;
            }
        }
        if refused.reason == Reason::TryLater {
            self.try_later(flight, answer.now.instant, answer.retry_after_secs);
            return;
        }
        let mut learned = false;
        if let Some(time) = dated
            && refused.reason.may_be_ours()
        {
            learned = self.learn_from(flight, answer, time);
            let is_healed = learned && !core::mem::replace(&mut self.healed, true);
            if is_healed || self.choose_next_key() {
                return;
            }
        }
        self.stop(flight, answer.now, Stopped::Refused(refused));
        if !learned {
            let earliest = self.identity.earliest_time();
            self.clock.give_up(answer.now, earliest);
        }
    }

    /// The server asks for another nonce in the proof, and its answer has the nonce. This is unrelated to keys and
    /// clocks. One attempt with the nonce follows at once. If the server then asks again, the session waits.
    fn nonce_asked_for(&mut self, flight: &Flight, answer: &Answer, refused: Refused) {
        if core::mem::replace(&mut self.nonce_tried, true) {
            self.counters.refusals = self.counters.refusals.saturating_add(1);
            self.stop(flight, answer.now, Stopped::Refused(refused));
        }
    }

    /// Learns the server's time if it deviates from the client's, which dated the refused assertion as `time`.
    fn learn_from(&mut self, flight: &Flight, answer: &Answer, time: UnixTime) -> bool {
        let Some(date) = answer.date else {
            return false;
        };
        let deviates = date.deviates(time.saturating_add(date.at.secs_since(flight.sent_at)));
        if deviates {
            self.learn(date);
        }
        deviates
    }

    // Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
    fn learn(&mut self, date: ServerDate) {
        self.counters.clock_corrections = self.counters.clock_corrections.saturating_add(1);
        self.clock.learn(date);
    }

    /// Continues with the next key, if one has not been tried since a key last worked.
    fn choose_next_key(&mut self) -> bool {
        let tried = self.keys.tried.saturating_add(1);
        if self.identity.oauth_key(tried).is_none() {
            return false;
        }
        self.keys.tried = tried;
        let following = self.keys.current.saturating_add(1);
        self.keys.current = match self.identity.oauth_key(following) {
            Some(_) => following,
            None => 0,
        };
        true
    }

    fn unusable<'b>(
        &mut self,
        flight: &Flight,
        answer: &Answer,
        error: AnswerError,
    ) -> Received<'b> {
        self.counters.failures = self.counters.failures.saturating_add(1);
        if flight.purpose == Purpose::LegacyRefresh {
            self.slot.drop_refresh_token();
        }
        match error {
            AnswerError::Parse(_) => {
                self.try_later(flight, answer.now.instant, answer.retry_after_secs);
            }
            _ => self.stop(flight, answer.now, Stopped::Answer(error)),
        }
        Received::Unusable(error)
    }

    // Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
    pub(super) fn try_later(
        &mut self,
        flight: &Flight,
        now: Instant,
        retry_after_secs: Option<u32>,
    ) {
        let seed = self.seed();
        self.back_off_mut(flight.way)
            .try_later(now, seed, retry_after_secs);
        // The nonce may change during the wait.
        self.nonce_tried = false;
    }

    // Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
    fn stop(&mut self, flight: &Flight, now: Now, reason: Stopped) {
        let seed = self.seed();
        self.back_off_mut(flight.way)
            .stop(now.instant, seed, reason);
        // The attempt after the pause starts from the beginning.
        self.healed = false;
        self.nonce_tried = false;
        self.keys.tried = 0;
        if flight.way == Way::OAuth {
            self.oauth_streak = 0;
        }
    }
}

/// The lifetime of a token.
#[derive(Clone, Copy)]
pub(super) struct Life {
    pub(super) from: Instant,
    pub(super) secs: u32,
}

impl Life {
    const fn end(self) -> Instant {
        self.from.saturating_add_secs(self.secs)
    }
}

/// The greatest time by which an instance renews earlier than the others; a tenth of the lifetime if that is less.
const JITTER_MAX_MS: u32 = 30_000;

/// The lifetime of a legacy API key's token, in seconds: a day from the time when it was made (Redox's page
/// "Authenticate a legacy API key").
const LEGACY_LIFETIME_SECS: u32 = 24 * 60 * 60;
