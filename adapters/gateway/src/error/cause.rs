use core::fmt;

use embedded_io::ErrorKind;
use redox_auth_core::{AnswerError, Refused, Stopped, WriteError};

use crate::HttpError;

/// The error of an attempt to obtain a token.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cause {
    /// The server refused.
    Refused(Refused),
    /// The server answered with success, but the answer is unusable.
    Answer(AnswerError),
    /// This device's clock is unset or wrong, and the server's answer had no time.
    NoTime {
        /// The status of the server's answer.
        status: u16,
    },
    /// The request could not be signed.
    NotSigned(WriteError),
    /// The server did not answer.
    Exchange(ExchangeError),
    /// The session makes no more attempts for now.
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
    /// No connection was made, with the kind of the connector's error. Nothing was sent.
    Connect(ErrorKind),
    /// The connector could not authenticate the other end, and therefore the gateway sent no secret.
    Unauthenticated,
    /// The connection failed, with the kind of its error.
    Transport(ErrorKind),
    /// The received bytes are not a valid answer.
    Http(HttpError),
}

impl ExchangeError {
    /// Whether the error is typical of a server that closes a kept connection just as it is used again.
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
            Self::Unauthenticated => {
                f.write_str("the connection is not authenticated: no secret was sent over it")
            }
            Self::Transport(kind) => write!(f, "the connection failed: {kind}"),
            Self::Http(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ExchangeError {}
