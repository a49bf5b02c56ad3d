use core::fmt;

use super::VERSION;
use crate::identity::Policy;
use crate::write_error::WriteError;

/// Why a token was not saved.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SaveError {
    /// There is none.
    NoToken,
    /// Nobody knows what time it is, and without the time no one could tell later whether the token is still good.
    TimeUnknown,
    /// The buffer is too short.
    BufferTooSmall {
        /// The exact length, in bytes, that would do.
        needed: usize,
    },
}

impl From<WriteError> for SaveError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::BufferTooSmall { needed } => Self::BufferTooSmall { needed },
            // Nothing else can go wrong with a buffer.
            _ => Self::NoToken,
        }
    }
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken => f.write_str("no token to save"),
            Self::TimeUnknown => f.write_str("the time is unknown, so a record would be of no use"),
            Self::BufferTooSmall { needed } => write!(f, "buffer too small: need {needed} bytes"),
        }
    }
}

impl core::error::Error for SaveError {}

/// Why a record was refused. Nothing of it is in use then.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RestoreError {
    /// It is cut off, altered, or no record at all.
    Damaged,
    /// It was written by another version.
    Version {
        /// The number of that version's format; ours is 1.
        found: u8,
    },
    /// It is that of another client, another API key, another server or another scope.
    OtherIdentity,
    /// It was written later than now: one of the clocks is wrong.
    FromFuture,
    /// Its token is dead.
    Expired,
    /// Nobody knows what time it is, so nobody knows whether the token is good.
    TimeUnknown,
    /// The policy does not allow such a token, or the session has no such credential.
    Policy(Policy),
    /// Its tokens do not fit the session.
    TooLong {
        /// Their length, in bytes.
        found: usize,
        /// The session's capacity, in bytes.
        capacity: usize,
    },
    /// The session has a token already, or one that is as good.
    HasToken,
    /// An API does not take its token any more.
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
