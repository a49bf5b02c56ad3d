use sha2::{Digest as _, Sha256, Sha384};

use crate::algorithm::Algorithm;

/// The hash that a signature is made over, for a secure element or a KMS that takes no message but its digest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Digest {
    /// SHA-256, for ES256.
    Sha256([u8; 32]),
    /// SHA-384, for ES384 and RS384.
    Sha384([u8; 48]),
}

impl Digest {
    /// Hashes `message` as `algorithm` does before it signs (RFC 7518 §3.3 and §3.4).
    #[must_use]
    pub fn of(algorithm: Algorithm, message: &[u8]) -> Self {
        match algorithm {
            Algorithm::Es256 => Self::Sha256(Sha256::digest(message).into()),
            Algorithm::Es384 | Algorithm::Rs384 => Self::Sha384(Sha384::digest(message).into()),
        }
    }

    /// The bytes: 32 of SHA-256, 48 of SHA-384.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sha256(bytes) => bytes,
            Self::Sha384(bytes) => bytes,
        }
    }
}
