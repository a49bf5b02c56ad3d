use core::fmt;

use crate::algorithm::Algorithm;
use crate::jwt::MAX_LIFETIME_SECS;
use crate::signer::{MAX_SIGNATURE_LEN, SignError};

/// Why a text could not be written. The caller can fix every case.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WriteError {
    /// The buffer is too short.
    BufferTooSmall {
        /// The exact length needed, in bytes.
        needed: usize,
    },
    /// The claim or header of this name must not be empty.
    EmptyClaim(&'static str),
    /// The lifetime of an assertion must be 1 to [`MAX_LIFETIME_SECS`] seconds.
    Lifetime {
        /// The requested lifetime, in seconds.
        found: u32,
    },
    /// The signer announces longer signatures than an RSA key of 4096 bits makes.
    SignatureTooLong {
        /// The length announced, in bytes.
        found: usize,
    },
    /// The signature, or the length that the signer announces, differs from that of this key's signatures.
    SignatureLen {
        /// The length given, in bytes.
        found: usize,
        /// The length of this key's signatures, in bytes.
        expected: usize,
    },
    /// The signer's algorithm is not the one in the header.
    WrongAlgorithm {
        /// The signer's algorithm.
        found: Algorithm,
        /// The algorithm in the header.
        expected: Algorithm,
    },
    /// The signer returned no signature.
    Sign(SignError),
    /// The slug of a destination must be one or more letters, digits, `-`, `.`, `_` and `~`, and neither `.` nor `..`.
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
