use core::fmt;

use super::{Found, KeyError};

/// Why [`PublicKey::from_spki`](super::PublicKey::from_spki) returned no public key.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PublicKeyError {
    /// The input is not a public key.
    NoPublicKey(Found),
    /// A private key.
    PrivateKey,
    /// A public key in PEM or DER, but damaged, truncated or of another structure than `SubjectPublicKeyInfo`.
    Malformed,
    /// A public key of an unsupported type, curve or size.
    Unusable(KeyError),
}

impl fmt::Display for PublicKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPublicKey(found) => write!(f, "{EXPECTED}, found {found}"),
            Self::PrivateKey => write!(f, "{EXPECTED}, found a private key"),
            Self::Malformed => write!(f, "{EXPECTED}, found a damaged or truncated one"),
            Self::Unusable(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for PublicKeyError {}

impl From<KeyError> for PublicKeyError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::NoPrivateKey(found) => Self::NoPublicKey(found),
            KeyError::Malformed(_) => Self::Malformed,
            other => Self::Unusable(other),
        }
    }
}

const EXPECTED: &str = "expected a public key (SubjectPublicKeyInfo) in PEM or DER";
