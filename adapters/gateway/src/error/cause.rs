use core::fmt;

use embedded_io::ErrorKind;
use redox_auth_core::{AnswerError, Refused, Stopped, WriteError};

use crate::HttpError;

/// What went wrong with an attempt to get a token.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cause {
    /// The server said no.
    Refused(Refused),
    /// The server answered with success, and with nothing that can be used.
    Answer(AnswerError),
    /// This device's clock is unset or wrong, and the server did not show the time.
    NoTime {
        /// The status of the server's answer.
        status: u16,
    },
    /// The request could not be signed.
    NotSigned(WriteError),
    /// There was no answer.
    Exchange(ExchangeError),
    /// The session stopped asking.
    Stopped(Stopped),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => refused.fmt(f),
            Self::Answer(error) => error.fmt(f),
            Self::NoTime { status } => write!(
                f,
                "the clock is unset or wrong: expected the time in the answer with status {status}, found none"
            ),
            Self::NotSigned(error) => error.fmt(f),
            Self::Exchange(error) => error.fmt(f),
            Self::Stopped(reason) => reason.fmt(f),
        }
    }
}

impl core::error::Error for Cause {}

/// Why a request got no answer.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ExchangeError {
    /// There was no connection, with the kind of the connector's error. Nothing was sent.
    Connect(ErrorKind),
    /// The connector could not tell who is at the other end, so nothing secret was sent.
    Unauthenticated,
    /// The connection failed, with the kind of its error.
    Transport(ErrorKind),
    /// What came is no answer.
    Http(HttpError),
}

impl ExchangeError {
    /// Whether this is how it looks when a server closes a kept connection just when it is used again.
    pub(crate) const fn is_loss(self) -> bool {
        match self {
            Self::Http(error) => matches!(error, HttpError::Closed),
            Self::Transport(kind) => !matches!(kind, ErrorKind::TimedOut),
            Self::Connect(_) | Self::Unauthenticated => false,
        }
    }
}

impl From<HttpError> for ExchangeError {
    fn from(error: HttpError) -> Self {
        Self::Http(error)
    }
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(kind) => write!(f, "no connection: {kind}"),
            Self::Unauthenticated => f.write_str(
                "the connection is not authenticated, so nothing secret was sent over it",
            ),
            Self::Transport(kind) => write!(f, "the connection failed: {kind}"),
            Self::Http(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ExchangeError {}
