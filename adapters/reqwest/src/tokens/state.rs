use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::sync::{Arc, PoisonError};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use redox_auth_core::{Api, Generation, Instant, Next, Rejected, Session};
use reqwest::header::HeaderValue;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::identity::Identity;
use super::outcome::OutcomeReceiver;
use super::storage::HeapStorage;
use super::token::{Details, Held, Token, TokenId};
use crate::clock::Clock;
use crate::error::Error;
use crate::sync::{ArcSwap, Mutex, MutexGuard};
use crate::telemetry;

/// The state of a client.
pub(crate) struct State {
    /// It has the rules: when a token is needed, the request for it, and the meaning of an answer.
    pub(crate) session: Session<Identity, HeapStorage>,
    /// The token that came last.
    pub(crate) details: Details,
    /// For callers that ask while no attempt is allowed.
    pub(crate) last_failure: Option<Arc<Error>>,
    /// The flight that obtains the next token at this moment.
    pub(crate) flight: Option<OutcomeReceiver>,
    /// The last token that an API rejected, which must not come back from a fleet.
    pub(crate) rejected: Option<Arc<Held>>,
    /// The number of this client among all clients of this process.
    client: u64,
    /// The session's token, with the headers of every request that it authorizes.
    held: Option<Arc<Held>>,
}

impl State {
    /// Records that the API answered 401 to this token. It ignores the token of another client.
    pub(crate) fn reject(&mut self, id: TokenId, now: Instant) -> Rejected {
        if id.client != self.client {
            return Rejected::Kept;
        }
        let rejected = self.session.rejected(id.generation, now);
        if rejected == Rejected::Dropped {
            self.rejected.clone_from(&self.held);
        }
        rejected
    }

    /// Records the result of an attempt.
    pub(crate) fn fail(&mut self, error: Error) -> Arc<Error> {
        Arc::clone(self.last_failure.insert(Arc::new(error)))
    }

    /// The number of this token in the session, if it is the current one.
    pub(crate) fn id_of(&self, token: &str) -> Option<TokenId> {
        let held = self.held.as_ref()?;
        let is_it = verify_slices_are_equal(held.expose().as_bytes(), token.as_bytes()).is_ok();
        held.id.filter(|_| is_it)
    }

    /// Whether this is still the session's token: it may have been rejected or replaced since it came.
    pub(crate) fn holds(&self, token: &Token) -> bool {
        let held = self.held.as_ref();
        held.is_some_and(|held| held.id == token.held().id)
    }

    /// This token of the session's, which is valid at the moment `now`.
    pub(crate) fn token(&self, token: redox_auth_core::Token<'_>, now: Instant) -> Token {
        self.held(token, now).into()
    }

    fn held(&self, token: redox_auth_core::Token<'_>, now: Instant) -> Arc<Held> {
        let id = self.id(token.generation());
        match &self.held {
            Some(held) if held.id == Some(id) => Arc::clone(held),
            _ => Arc::new(self.hold(token, now)),
        }
    }

    const fn id(&self, generation: Generation) -> TokenId {
        TokenId {
            client: self.client,
            generation,
        }
    }

    fn hold(&self, token: redox_auth_core::Token<'_>, now: Instant) -> Held {
        let generation = token.generation();
        let is_last = self.details.generation == Some(generation);
        let details = is_last.then(|| self.details.clone());
        let (mut source_id, mut refused) = (None, Vec::new());
        let server = self.session.identity().server();
        for api in Api::ALL {
            let base_url = server.base_url().as_str();
            match self.session.authorize_with_proof(now, api, base_url) {
                // Core lets only characters pass that a header can hold.
                Ok(authorized) => {
                    source_id = authorized
                        .source_id()
                        .and_then(|id| HeaderValue::from_str(id).ok());
                }
                Err(error) => refused.push((api, error)),
            }
        }
        Held::new(
            token.expose(),
            self.session.token_type(token.served_by()),
            Some(token.served_by()),
            details.unwrap_or_default(),
            self.session.token_expires_at(now).unwrap_or(now),
        )
        .of_session(self.id(generation), now, source_id, refused)
    }
}

/// A [`State`] behind a lock, and in front of the lock the current token.
pub(crate) struct SharedState {
    /// It is never locked across an `.await`, and never during a signature.
    state: Mutex<State>,
    /// The session's answer until its end, unless the session changes before: then this changes as well.
    at_hand: ArcSwap<Held>,
    /// Wakes callers that wait for another token.
    changes: Notify,
}

impl SharedState {
    pub(crate) fn new(identity: Identity, longest_token: usize) -> Self {
        Self {
            state: Mutex::new(State {
                session: Session::with_storage(identity, HeapStorage::new(longest_token)),
                details: Details::default(),
                last_failure: None,
                flight: None,
                rejected: None,
                client: CLIENTS.fetch_add(1, Ordering::Relaxed),
                held: None,
            }),
            at_hand: ArcSwap::new(Held::nothing()),
            changes: Notify::new(),
        }
    }

    /// Ends when the state has changed since the call.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.changes.notified()
    }

    /// The token to use at the moment `now`, if there is no other step. It takes no lock, allocates nothing, and writes
    /// nothing that another thread reads.
    #[inline]
    pub(crate) fn at_hand(&self, now: Instant) -> Option<Token> {
        Token::at_hand(self.at_hand.load(), now)
    }

    /// No code panics with the guard; even then the session would be whole after each of its calls.
    pub(crate) fn lock<'s>(&'s self, clock: &'s Clock) -> Guard<'s> {
        let state = self.state.lock();
        Guard {
            state: state.unwrap_or_else(PoisonError::into_inner),
            shared: self,
            clock,
            is_changed: false,
        }
    }
}

/// Locks the state. When the guard of a change is dropped, the session's answer becomes the current token.
pub(crate) struct Guard<'s> {
    state: MutexGuard<'s, State>,
    shared: &'s SharedState,
    clock: &'s Clock,
    is_changed: bool,
}

impl Deref for Guard<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Guard<'_> {
    fn deref_mut(&mut self) -> &mut State {
        self.is_changed = true;
        &mut self.state
    }
}

impl Drop for Guard<'_> {
    /// While it is still locked, so that no other change comes between.
    fn drop(&mut self) {
        if !self.is_changed {
            return;
        }
        let now = self.clock.instant();
        let next = self.state.session.next(now);
        let held = next.token().map(|token| self.state.held(token, now));
        let good_until = match next {
            Next::Use { until, .. } => Some(until),
            // Another caller obtains the next token, and reports its arrival or failure.
            Next::Renew { .. } if self.state.flight.is_some() => {
                self.state.session.token_expires_at(now)
            }
            _ => None,
        };
        let at_hand = match (&held, good_until) {
            (Some(held), Some(until)) => {
                held.let_be_good_until(until);
                Arc::clone(held)
            }
            _ => Held::nothing(),
        };
        if let Some(held) = &held
            && held.id != self.state.held.as_ref().and_then(|it| it.id)
        {
            held.came_at(self.clock.now());
            let since = self.state.held.as_ref().and_then(|before| before.since);
            telemetry::replaced(
                between(now, held.expires_at),
                since.map(|since| between(since, now)),
            );
        }
        self.state.held = held;
        self.shared.at_hand.store(at_hand);
        self.shared.changes.notify_waiters();
    }
}

/// The number of clients that this process has created.
static CLIENTS: AtomicU64 = AtomicU64::new(0);

/// The time from one moment to a later one.
pub(crate) fn between(from: Instant, to: Instant) -> Duration {
    Duration::from_millis(to.as_millis().saturating_sub(from.as_millis()))
}

#[cfg(test)]
pub(super) mod tests {
    use redox_auth_core::{Channel, JwtId, Now, Preference, Received, Response, UnixTime};
    use tokio::sync::watch;

    use super::*;
    use crate::Redox;

    /// A client with the token of a legacy API key, and the milliseconds of its clock.
    fn with_token() -> (Redox, Arc<AtomicU64>) {
        let (redox, clocks) = with_token_of("https://api.redoxengine.com");
        (redox, clocks.millis)
    }

    /// The two clocks of a client.
    #[derive(Clone)]
    pub(in crate::tokens) struct Clocks {
        pub(in crate::tokens) millis: Arc<AtomicU64>,
        pub(in crate::tokens) wall_secs: Arc<AtomicU64>,
    }

    /// The same of a client of another server.
    pub(in crate::tokens) fn with_token_of(base_url: &str) -> (Redox, Clocks) {
        let clocks = Clocks {
            millis: Arc::new(AtomicU64::new(1_000)),
            wall_secs: Arc::new(AtomicU64::new(1_800_000_000)),
        };
        let Clocks { millis, wall_secs } = clocks.clone();
        let now = move || Now {
            instant: Instant::from_millis(millis.load(Ordering::Relaxed)),
            unix: Some(UnixTime::from_secs(wall_secs.load(Ordering::Relaxed))),
        };
        let redox = Redox::builder()
            .base_url(base_url)
            .legacy_key("id", "secret")
            .clock(now)
            .build()
            .unwrap();
        get_token(&redox, "first");
        (redox, clocks)
    }

    fn get_token(redox: &Redox, token: &str) {
        let now = redox.tokens().shared.clock.now();
        let mut out = [0; 1024];
        let random = [token.len().to_le_bytes(), [7; 8]]
            .concat()
            .try_into()
            .unwrap();
        let mut state = redox.tokens().lock();
        let prepared = state
            .session
            .prepare(now, JwtId::from_random(random), &mut out);
        let mut body = format!(
            r#"{{"accessToken":"{token}","expires":"2027-01-15T09:00:00.000Z","refreshToken":"r"}}"#
        )
        .into_bytes();
        let response = Response::new(200, Channel::Authenticated, &mut body);
        let received = state
            .session
            .receive(prepared.unwrap().ticket, now, response);
        assert!(matches!(received, Received::Token(_)), "{received:?}");
    }

    fn at_hand(redox: &Redox) -> Option<String> {
        Some(redox.tokens().at_hand()?.expose().to_owned())
    }

    #[test]
    fn the_current_token_is_read_while_the_lock_is_held() {
        let (redox, _) = with_token();
        let _held = redox.tokens().lock();
        assert_eq!(at_hand(&redox).as_deref(), Some("first"));
    }

    #[test]
    fn it_is_at_hand_until_there_is_something_to_do() {
        let (redox, millis) = with_token();
        let until = match redox.tokens().lock().session.next(redox.tokens().now()) {
            Next::Use { until, .. } => until.as_millis(),
            other => panic!("{other:?}"),
        };
        millis.store(until - 1, Ordering::Relaxed);
        assert!(redox.tokens().at_hand().is_some());
        millis.store(until, Ordering::Relaxed);
        assert!(redox.tokens().at_hand().is_none());
    }

    #[test]
    fn it_stays_at_hand_while_the_next_one_is_obtained() {
        let (redox, millis) = with_token();
        let due = match redox.tokens().lock().session.next(redox.tokens().now()) {
            Next::Use { until, .. } => until.as_millis(),
            other => panic!("{other:?}"),
        };
        millis.store(due, Ordering::Relaxed);
        let (sender, outcome) = watch::channel(None);
        redox.tokens().lock().flight = Some(outcome);
        assert_eq!(at_hand(&redox).as_deref(), Some("first"));
        let dead = 1_000 + 3_599_000;
        millis.store(dead - 1, Ordering::Relaxed);
        assert!(redox.tokens().at_hand().is_some());
        millis.store(dead, Ordering::Relaxed);
        assert!(redox.tokens().at_hand().is_none());

        millis.store(due, Ordering::Relaxed);
        redox.tokens().lock().flight = None;
        assert!(redox.tokens().at_hand().is_none());
        drop(sender);
    }

    #[test]
    fn the_time_left_shrinks_to_zero() {
        let (redox, millis) = with_token();
        let token = redox.tokens().at_hand().unwrap();
        // An hour, less the second that may have begun on the clock.
        for (now, left) in [(1_000, 3_599_000), (1_001, 3_598_999), (3_600_000, 0)] {
            millis.store(now, Ordering::Relaxed);
            assert_eq!(redox.time_left(&token).as_millis(), left, "at {now} ms");
        }
    }

    #[test]
    fn the_faster_clock_decides_the_time_left() {
        let hour = 3_600;
        for (millis, wall, left) in [
            // A sleep that both clocks count.
            (1_800_000, 1_800, 1_799_000),
            // A snapshot, or a clock set forward.
            (0, 1_800, 1_799_000),
            (0, hour, 0),
            (0, 10 * hour, 0),
            (1_000, 1_800, 1_799_000),
            // Both clocks have their fractions of a second.
            (0, 1, 3_599_000),
            (0, 8, 3_591_000),
            // A clock set back.
            (0, -hour, 3_599_000),
            (60_000, -10 * hour, 3_539_000),
        ] {
            let (redox, clocks) = with_token_of("https://api.example");
            let token = redox.tokens().at_hand().unwrap();
            clocks.millis.fetch_add(millis, Ordering::Relaxed);
            let wall_secs = 1_800_000_000_i64 + wall;
            let wall_secs = u64::try_from(wall_secs).unwrap();
            clocks.wall_secs.store(wall_secs, Ordering::Relaxed);
            let found = redox.time_left(&token).as_millis();
            assert_eq!(found, left, "{millis} ms and {wall} s");
        }
    }

    #[test]
    fn whatever_changes_the_session_changes_the_token_at_hand() {
        let (redox, millis) = with_token();
        redox.prefer(Preference::LegacyOnly);
        assert_eq!(at_hand(&redox).as_deref(), Some("first"));

        let generation = match redox.tokens().lock().session.next(redox.tokens().now()) {
            Next::Use { token, .. } => token.generation(),
            other => panic!("{other:?}"),
        };
        redox
            .tokens()
            .lock()
            .session
            .rejected(generation, redox.tokens().now());
        assert_eq!(at_hand(&redox), None);
        millis.fetch_add(60_000, Ordering::Relaxed);
        get_token(&redox, "the-second");
        assert_eq!(at_hand(&redox).as_deref(), Some("the-second"));
    }
}
