use core::fmt;

use super::VERSION;
use crate::identity::Policy;
use crate::write_error::WriteError;

/// Why a token was not saved.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SaveError {
    /// There is no token.
    NoToken,
    /// The time is unknown. Without it, a later reader could not tell whether the token is still valid.
    TimeUnknown,
    /// The buffer is too short.
    BufferTooSmall {
        /// The exact length needed, in bytes.
        needed: usize,
    },
}

impl From<WriteError> for SaveError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::BufferTooSmall { needed } => Self::BufferTooSmall { needed },
            // A buffer can have no other error.
            _ => Self::NoToken,
        }
    }
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken => f.write_str("no token to save"),
            Self::TimeUnknown => f.write_str("the time is unknown: a record would be useless"),
            Self::BufferTooSmall { needed } => write!(f, "buffer too small: need {needed} bytes"),
        }
    }
}

impl core::error::Error for SaveError {}

/// Why a record was rejected. The session uses no part of it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RestoreError {
    /// The record is truncated, altered, or no record at all.
    Damaged,
    /// Another version wrote the record.
    Version {
        /// The number of that version's format. This version's is 1.
        found: u8,
    },
    /// The record belongs to another client, another API key, another server or another scope.
    OtherIdentity,
    /// The record is dated later than now: one of the clocks is wrong.
    FromFuture,
    /// The token of the record has expired.
    Expired,
    /// The time is unknown, and therefore also whether the token is still valid.
    TimeUnknown,
    /// The policy does not allow such a token, or the session has no such credential.
    Policy(Policy),
    /// The tokens of the record do not fit the session.
    TooLong {
        /// Their length, in bytes.
        found: usize,
        /// The session's capacity, in bytes.
        capacity: usize,
    },
    /// The session has a token already, or one that lives as long.
    HasToken,
    /// An API no longer accepts the token of the record.
    Rejected,
}

impl fmt::Display for RestoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged => f.write_str("the record is damaged"),
            Self::Version { found } => {
                write!(f, "record of version {found}, expected version {VERSION}")
            }
            Self::OtherIdentity => f.write_str("the record belongs to another key or server"),
            Self::FromFuture => f.write_str("the record is from the future: a clock is wrong"),
            Self::Expired => f.write_str("the token of the record is expired"),
            Self::TimeUnknown => f.write_str("the time is unknown"),
            Self::Policy(_) => f.write_str("the policy does not allow the token of the record"),
            Self::TooLong { found, capacity } => write!(
                f,
                "record with tokens of {found} bytes, expected at most {capacity}: the session's capacity"
            ),
            Self::HasToken => f.write_str("the session has a token already"),
            Self::Rejected => f.write_str("the token of the record was rejected"),
        }
    }
}

impl core::error::Error for RestoreError {}
