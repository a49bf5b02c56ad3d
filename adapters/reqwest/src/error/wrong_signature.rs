use core::fmt;

use redox_auth_core::Algorithm;

/// Why a signature is not one that the public key accepts, as far as the signature shows it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum WrongSignature {
    /// It is one of the message's digest: the holder of the key hashed what was hashed already.
    HashedTwice,
    /// It is one of this key and message by another scheme or with another hash.
    OtherScheme(&'static str),
    /// It is one of RSASSA-PSS with a salt of another length than PS256 has.
    Salt {
        /// The length of its salt, in bytes.
        found: usize,
        /// The length that PS256 has, in bytes.
        expected: usize,
    },
    /// None of these: another key made it, or it is faulty.
    OtherKey(Algorithm),
}

impl fmt::Display for WrongSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the signer's signature does not verify with the public key: ")?;
        match self {
            Self::HashedTwice => f.write_str(
                "it signs the digest of the digest; tell the signer that it gets a digest, or give it the message",
            ),
            Self::OtherScheme(found) => write!(
                f,
                "it is a signature by {found}; set the signer's algorithm to that of the key"
            ),
            Self::Salt { found, expected } => write!(
                f,
                "its salt has {found} bytes, and PS256 has {expected} (RFC 7518 section 3.5); set the salt's length, or use RS256 or RS384"
            ),
            Self::OtherKey(algorithm) => write!(
                f,
                "another key made it, or it is no signature of {algorithm}; compare the public key with the one that the signer's service shows"
            ),
        }
    }
}

impl core::error::Error for WrongSignature {}
