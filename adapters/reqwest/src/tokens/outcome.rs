use core::time::Duration;
use std::sync::Arc;

use tokio::sync::watch;

use super::token::Token;
use crate::error::Error;

/// The outcome of a flight, for all callers that wait. A flight that was given up has none.
pub(crate) type Outcome = Result<Token, Failure>;

/// The place of a flight's outcome.
pub(crate) type OutcomeReceiver = watch::Receiver<Option<Outcome>>;

/// Why a flight brought no token, for all callers.
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
