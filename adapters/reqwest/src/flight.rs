use core::time::Duration;
use std::sync::Arc;

use redox_auth_core::{Next, Stopped};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::Error;
use crate::client::Redox;
use crate::exchange::no_token;
use crate::token::Token;

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
    /// Gets a token where none is at hand.
    ///
    /// The request for it is a task of its own, so that nobody's going away ends it; whoever comes while it is under way
    /// waits for the same outcome. When the runtime that it runs on ends, the next of those who wait begins again, on
    /// their own.
    #[cold]
    #[inline(never)]
    pub(crate) async fn wait_for_token(&self) -> Result<Token, Error> {
        loop {
            let mut flight = match self.board() {
                Boarded::Not(answer) => return *answer,
                Boarded::Flight(flight) => flight,
            };
            match tokio::time::timeout(self.shared.patience, outcome_of(&mut flight)).await {
                Ok(Some(outcome)) => return Ok(outcome?),
                Ok(None) => {}
                // On a runtime that nobody runs any more.
                Err(_) => self.give_up(&flight),
            }
        }
    }

    /// Finds out what is to be done about a token, and sees to it that somebody does it.
    fn board(&self) -> Boarded {
        let mut state = self.lock();
        let now = self.now();
        let good = match state.session.next(now) {
            Next::Use { token, .. } => return Boarded::token(state.token(token, now)),
            Next::Renew { token } => Some(state.token(token, now)),
            Next::Fetch => None,
            Next::Wait { until } => {
                return match &state.flight {
                    Some(flight) => Boarded::Flight(flight.clone()),
                    None => Boarded::error(no_token(&state, None, now, until)),
                };
            }
            Next::Stop {
                reason: reason @ Stopped::NoCredential,
                ..
            } => return Boarded::error(Error::Stopped(reason)),
            Next::Stop { reason, until } => {
                return Boarded::error(no_token(&state, Some(reason), now, until));
            }
        };
        if let Some(flight) = &state.flight {
            let flight = flight.clone();
            return good.map_or(Boarded::Flight(flight), Boarded::token);
        }
        let Ok(runtime) = Handle::try_current() else {
            return good.map_or_else(|| Boarded::error(Error::NoRuntime), Boarded::token);
        };
        let (sender, flight) = watch::channel(None);
        state.flight = Some(flight.clone());
        drop(state);
        let landing = Landing {
            redox: self.clone(),
            sender,
        };
        // Not while the state is locked: a runtime that is about to end drops the task, which takes the lock, at once.
        runtime.spawn(landing.fly());
        good.map_or(Boarded::Flight(flight), Boarded::token)
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

/// `None` when the flight is given up.
async fn outcome_of(flight: &mut Arrivals) -> Option<Outcome> {
    flight.wait_for(Option::is_some).await.ok()?.clone()
}

enum Boarded {
    Not(Box<Result<Token, Error>>),
    Flight(Arrivals),
}

impl Boarded {
    fn token(token: Token) -> Self {
        Self::Not(Box::new(Ok(token)))
    }

    fn error(error: Error) -> Self {
        Self::Not(Box::new(Err(error)))
    }
}

/// Ends a flight, however it ends.
struct Landing {
    redox: Redox,
    sender: watch::Sender<Option<Outcome>>,
}

impl Landing {
    async fn fly(self) {
        let outcome = self.redox.attempts().await.map_err(Failure::of);
        self.sender.send_replace(Some(outcome));
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
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
