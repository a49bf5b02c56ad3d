use core::time::Duration;
use std::sync::Arc;

use redox_auth_core::{Instant, Next, Stopped};
use tokio::sync::watch;
use tracing::Instrument as _;

use crate::client::Redox;
use crate::exchange::no_token;
use crate::sync::{Handle, timeout};
use crate::token::Token;
use crate::{Error, telemetry};

/// What all who wait for a flight are told; a flight that was given up tells nothing.
pub(crate) type Outcome = Result<Token, Failure>;

/// Where the outcome of a flight appears.
pub(crate) type Arrivals = watch::Receiver<Option<Outcome>>;

/// Why a flight brought no token, to be shared.
#[derive(Clone)]
pub(crate) struct Failure {
    cause: Option<Arc<Error>>,
    retry_in: Duration,
}

impl Failure {
    pub(crate) fn of(error: Error) -> Self {
        match error {
            Error::NoToken { cause, retry_in } => Self { cause, retry_in },
            other => Self {
                cause: Some(Arc::new(other)),
                retry_in: Duration::ZERO,
            },
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::NoToken {
            cause: failure.cause,
            retry_in: failure.retry_in,
        }
    }
}

impl Redox {
    /// Waits for a token other than this one: until it is time for the next one, or this one was replaced for another
    /// reason. For those who hand tokens on; nobody else needs to wait for one before [`Redox::token`] says so.
    ///
    /// In a loop it keeps the token fresh also while nobody asks for it.
    ///
    /// # Errors
    /// As [`Redox::token`]. A renewal that fails is no error while this token is good.
    pub async fn token_after(&self, token: &Token) -> Result<Token, Error> {
        let generation = token.held().generation;
        loop {
            let changed = self.shared.changed();
            match self.board() {
                Boarded::Use(token, _) | Boarded::Renew(token, _)
                    if token.held().generation != generation =>
                {
                    return Ok(token);
                }
                Boarded::Use(_, until) => {
                    Handle::try_current().map_err(|_| Error::NoRuntime)?;
                    let millis = until.as_millis().saturating_sub(self.now().as_millis());
                    // Whatever it was that ended the wait, the session knows what is next.
                    let _ = timeout(Duration::from_millis(millis), changed).await;
                }
                Boarded::Renew(_, mut flight) | Boarded::Fetch(mut flight) => {
                    self.outcome_of(&mut flight).await;
                }
                Boarded::Not(error) => return Err(*error),
            }
        }
    }

    /// Gets a token where none is at hand.
    ///
    /// The request for it is a task of its own, so that nobody's going away ends it; whoever comes while it is under way
    /// waits for the same outcome. When the runtime that it runs on ends, the next of those who wait begins again, on
    /// their own.
    #[cold]
    #[inline(never)]
    pub(crate) async fn wait_for_token(&self) -> Result<Token, Error> {
        let began = std::time::Instant::now();
        loop {
            match self.board() {
                Boarded::Use(token, _) | Boarded::Renew(token, _) => return Ok(token),
                Boarded::Fetch(mut flight) => {
                    if let Some(outcome) = self.outcome_of(&mut flight).await {
                        let token = outcome?;
                        // An API that had it at hand may have rejected it before it landed.
                        if self.lock().holds(&token) {
                            telemetry::waited(began.elapsed());
                            return Ok(token);
                        }
                    }
                }
                Boarded::Not(error) => return Err(*error),
            }
        }
    }

    /// Waits for a flight; `None` when it was given up, and somebody has to begin again.
    async fn outcome_of(&self, flight: &mut Arrivals) -> Option<Outcome> {
        let arrival = async { flight.wait_for(Option::is_some).await.ok()?.clone() };
        match timeout(self.shared.patience, arrival).await {
            Ok(outcome) => outcome,
            // It is on a runtime that nobody runs any more.
            Err(_) => {
                self.give_up(flight);
                None
            }
        }
    }

    /// Finds out what is to be done about a token, and sees to it that somebody does it.
    fn board(&self) -> Boarded {
        let mut state = self.lock();
        let now = self.now();
        let good = match state.session.next(now) {
            Next::Use { token, until } => return Boarded::Use(state.token(token, now), until),
            Next::Renew { token } => Some(state.token(token, now)),
            Next::Fetch => None,
            Next::Wait { .. } if state.flight.is_some() => None,
            Next::Wait { until } => return Boarded::not(no_token(&state, None, now, until)),
            Next::Stop {
                reason: reason @ Stopped::NoCredential,
                ..
            } => return Boarded::not(Error::Stopped(reason)),
            Next::Stop { reason, until } => {
                return Boarded::not(no_token(&state, Some(reason), now, until));
            }
        };
        // Without one nobody can wait, either.
        let Ok(runtime) = Handle::try_current() else {
            // Somebody else will renew it.
            return good.map_or_else(
                || Boarded::not(Error::NoRuntime),
                |token| Boarded::Use(token, now),
            );
        };
        if let Some(flight) = state.flight.clone() {
            return Boarded::on(flight, good);
        }
        let (sender, flight) = watch::channel(None);
        state.flight = Some(flight.clone());
        drop(state);
        let landing = Landing {
            redox: self.clone(),
            sender,
        };
        let span = telemetry::flight(good.is_some());
        // Not while the state is locked: a runtime that is about to end drops the task, which takes the lock, at once.
        runtime.spawn(landing.fly().instrument(span));
        Boarded::on(flight, good)
    }

    /// Goes on without this flight, if it is still the one that everybody waits for.
    fn give_up(&self, flight: &Arrivals) {
        let mut state = self.lock();
        if state
            .flight
            .as_ref()
            .is_some_and(|it| it.same_channel(flight))
        {
            state.flight = None;
            state.session.abandon();
        }
    }
}

/// What there is for who asks for a token.
enum Boarded {
    /// This token until then, and nothing to be done.
    Use(Token, Instant),
    /// This token, and a flight that gets the next one.
    Renew(Token, Arrivals),
    /// A flight that gets one.
    Fetch(Arrivals),
    /// Nothing.
    Not(Box<Error>),
}

impl Boarded {
    fn on(flight: Arrivals, good: Option<Token>) -> Self {
        match good {
            Some(token) => Self::Renew(token, flight),
            None => Self::Fetch(flight),
        }
    }

    fn not(error: Error) -> Self {
        Self::Not(Box::new(error))
    }
}

/// Ends a flight, however it ends.
struct Landing {
    redox: Redox,
    sender: watch::Sender<Option<Outcome>>,
}

impl Landing {
    async fn fly(self) {
        let redox = self.redox.clone();
        let turn = redox.join_fleet().await;
        let before = redox.counters().tokens();
        self.land(redox.attempts().await);
        // Nobody here has to wait for the others.
        if redox.counters().tokens() != before {
            redox.share_token().await;
        }
        if let Some(turn) = turn {
            turn.end().await;
        }
    }

    /// Tells everybody. Whoever comes from now on comes too late for this flight.
    fn land(self, outcome: Result<Token, Error>) {
        self.leave();
        self.sender.send_replace(Some(outcome.map_err(Failure::of)));
    }

    /// Lets nobody wait for it any more who does not already.
    fn leave(&self) {
        let flight = self.sender.subscribe();
        let mut state = self.redox.lock();
        if state
            .flight
            .as_ref()
            .is_some_and(|it| it.same_channel(&flight))
        {
            state.flight = None;
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use core::pin::{Pin, pin};
    use core::task::{Context, Poll, Waker};
    use std::net::TcpListener;

    use redox_auth_core::Next;
    use tokio::sync::watch;

    use super::{Arrivals, Landing};
    use crate::Redox;

    /// A flight that has sent its request and waits for the answer.
    fn under_way(redox: &Redox) -> (Pin<Box<impl Future<Output = ()>>>, Arrivals) {
        let (sender, arrivals) = watch::channel(None);
        redox.lock().flight = Some(arrivals.clone());
        let landing = Landing {
            redox: redox.clone(),
            sender,
        };
        let mut flight = Box::pin(landing.fly());
        assert!(is_pending(flight.as_mut()));
        (flight, arrivals)
    }

    fn is_pending(future: Pin<&mut impl Future>) -> bool {
        let outcome = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
        matches!(outcome, Poll::Pending)
    }

    #[tokio::test]
    async fn a_flight_that_was_given_up_ends_without_the_one_after_it() {
        let nobody_answers = TcpListener::bind("127.0.0.1:0").unwrap();
        let redox = Redox::builder()
            .base_url(format!("http://{}", nobody_answers.local_addr().unwrap()))
            .legacy_key("id", "secret")
            .build()
            .unwrap();
        let is_under_way = || matches!(redox.lock().session.next(redox.now()), Next::Wait { .. });
        let (given_up, arrivals) = under_way(&redox);
        redox.give_up(&arrivals);
        assert!(!is_under_way());

        let (ended, _arrivals) = under_way(&redox);
        drop(given_up);
        assert!(is_under_way());
        drop(ended);
        assert!(!is_under_way());
    }
}
