use core::fmt;

use crate::algorithm::Algorithm;
use crate::jwt::MAX_LIFETIME_SECS;
use crate::signer::{MAX_SIGNATURE_LEN, SignError};

/// Why something could not be written. Every case is the caller's to fix.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WriteError {
    /// The buffer is too short.
    BufferTooSmall {
        /// The exact length, in bytes, that would do.
        needed: usize,
    },
    /// The claim or header of this name must not be empty.
    EmptyClaim(&'static str),
    /// The assertion may live from 1 to [`MAX_LIFETIME_SECS`] seconds.
    Lifetime {
        /// The lifetime asked for, in seconds.
        found: u32,
    },
    /// The signer announces signatures longer than any RSA key of 4096 bits makes.
    SignatureTooLong {
        /// The length announced, in bytes.
        found: usize,
    },
    /// The signature, or what the signer announces, has another length than those of this key.
    SignatureLen {
        /// The length given, in bytes.
        found: usize,
        /// The length of this key's signatures, in bytes.
        expected: usize,
    },
    /// The signer has another algorithm than the header names.
    WrongAlgorithm {
        /// The signer's.
        found: Algorithm,
        /// The header's.
        expected: Algorithm,
    },
    /// The signer gave no signature.
    Sign(SignError),
    /// The slug of a destination is one or more letters, digits, `-`, `.`, `_` and `~`, but not `.` or `..`.
    DestinationSlug,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooSmall { needed } => write!(f, "buffer too small: need {needed} bytes"),
            Self::EmptyClaim(name) => write!(f, "`{name}` is empty"),
            Self::Lifetime { found } => write!(
                f,
                "lifetime of {found} s, expected 1 to {MAX_LIFETIME_SECS} s"
            ),
            Self::SignatureTooLong { found } => write!(
                f,
                "signer announces signatures of {found} bytes, expected at most {MAX_SIGNATURE_LEN}"
            ),
            Self::SignatureLen { found, expected } => {
                write!(f, "signature of {found} bytes, expected {expected}")
            }
            Self::WrongAlgorithm { found, expected } => {
                write!(f, "signer for {found}, expected one for {expected}")
            }
            Self::Sign(error) => write!(f, "not signed: {error}"),
            Self::DestinationSlug => f.write_str(
                "expected a destination slug of letters, digits, `-`, `.`, `_` and `~`, found another character or nothing",
            ),
        }
    }
}

impl core::error::Error for WriteError {}
