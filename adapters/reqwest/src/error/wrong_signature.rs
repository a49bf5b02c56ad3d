use core::fmt;

use redox_auth_core::{Algorithm, SignatureError};

/// Why the client did not use the signature of a caller's signer, as far as the signature shows it. The client sent nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum WrongSignature {
    /// It is not a signature of the key's algorithm, from any key.
    Form(SignatureError),
    /// It signs the digest of the message's digest: the signer hashed a digest.
    HashedTwice,
    /// It signs the beginning of the message: the signer used the message as a digest.
    NotHashed,
    /// It is a signature of this key and message with another scheme or another hash, which this names.
    OtherScheme(&'static str),
    /// It is an RSASSA-PSS signature with a salt of another length than PS256 requires.
    Salt {
        /// The length of its salt, in bytes.
        found: usize,
        /// The length that PS256 requires, in bytes.
        expected: usize,
    },
    /// None of these: another key made it, or it is damaged.
    OtherKey(Algorithm),
}

impl fmt::Display for WrongSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Form(error) = self {
            return write!(f, "the signer returned no usable signature: {error}");
        }
        f.write_str("the signer's signature does not verify with the public key: ")?;
        match self {
            Self::Form(error) => error.fmt(f),
            Self::HashedTwice => f.write_str(
                "it signs the digest of the digest; tell the signer that its input is a digest, or give it the message",
            ),
            Self::NotHashed => f.write_str(
                "it signs the beginning of the message instead of its digest; tell the signer that its input is a message, or give it the digest",
            ),
            Self::OtherScheme(found) => write!(
                f,
                "it is a signature by {found}; set the signer's algorithm to that of the key"
            ),
            Self::Salt { found, expected } => write!(
                f,
                "its salt has {found} bytes, and PS256 has {expected} (RFC 7518 section 3.5); set the length of the salt, or use RS256 or RS384"
            ),
            Self::OtherKey(algorithm) => write!(
                f,
                "another key made it, or it is no signature of {algorithm}; compare the public key with the one that the signer's service shows"
            ),
        }
    }
}

impl core::error::Error for WrongSignature {}
