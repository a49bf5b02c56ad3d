use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::algorithm::Algorithm;

/// The digest of a message to sign, for a secure element or a KMS that takes the digest instead of the message.
///
/// For PS256 this is also the hash of the message. The holder of the key adds salt and mask (RFC 8017 §9.1.1, from step
/// 3 on), with SHA-256 for both hashes and a salt of 32 bytes.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Digest {
    /// SHA-256, for ES256, RS256 and PS256.
    Sha256([u8; 32]),
    /// SHA-384, for ES384 and RS384.
    Sha384([u8; 48]),
    /// SHA-512, for ES512 and RS512.
    Sha512([u8; 64]),
}

impl Digest {
    /// Hashes `message` with the hash function of `algorithm` (RFC 7518 §3.3, §3.4 and §3.5).
    #[must_use]
    pub fn of(algorithm: Algorithm, message: &[u8]) -> Self {
        match algorithm {
            Algorithm::Es256 | Algorithm::Rs256 | Algorithm::Ps256 => {
                Self::Sha256(Sha256::digest(message).into())
            }
            Algorithm::Es384 | Algorithm::Rs384 => Self::Sha384(Sha384::digest(message).into()),
            Algorithm::Es512 | Algorithm::Rs512 => Self::Sha512(Sha512::digest(message).into()),
        }
    }

    /// The bytes: 32 for SHA-256, 48 for SHA-384, 64 for SHA-512.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sha256(bytes) => bytes,
            Self::Sha384(bytes) => bytes,
            Self::Sha512(bytes) => bytes,
        }
    }
}
