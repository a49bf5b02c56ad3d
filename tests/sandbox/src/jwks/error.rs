use core::fmt;

use super::LEAST_RSA_BITS;

/// Why the sandbox does not register a JWK Set. `key` counts the keys of the set from 0.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JwksError {
    /// It is no JSON.
    NotJson,
    /// It is JSON, but neither a JWK Set nor a JWK.
    NotAKeySet,
    /// It is DER, but neither a public key nor a certificate of one, for RSA, P-256, P-384 or P-521.
    NotAPublicKey,
    /// The set is empty.
    NoKeys,
    /// A key lacks a member; every key needs `kid` and `kty`.
    MissingMember {
        /// Which key.
        key: usize,
        /// The member's name.
        member: &'static str,
    },
    /// A member is no text, no base64url, of the wrong length, or no valid key.
    WrongMember {
        /// Which key.
        key: usize,
        /// The member's name.
        member: &'static str,
    },
    /// A key has a private or secret member, which must not leave its owner.
    PrivateMember {
        /// Which key.
        key: usize,
        /// The member's name.
        member: &'static str,
    },
    /// A key has the same `kid` as an earlier one.
    DuplicateKeyId {
        /// Which key.
        key: usize,
    },
    /// An RSA modulus is shorter than 2048 bits.
    WeakRsaKey {
        /// Which key.
        key: usize,
        /// Its length in bits.
        bits: usize,
    },
}

impl fmt::Display for JwksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson => f.write_str("not JSON"),
            Self::NotAKeySet => f.write_str("neither a JWK Set nor a JWK"),
            Self::NotAPublicKey => f.write_str(
                "neither a public key nor a certificate, for RSA, P-256, P-384 or P-521",
            ),
            Self::NoKeys => f.write_str("the JWK Set is empty"),
            Self::MissingMember { key, member } => write!(f, "key {key} has no {member}"),
            Self::WrongMember { key, member } => write!(f, "key {key} has an invalid {member}"),
            Self::PrivateMember { key, member } => {
                write!(f, "key {key} is private: it has {member}")
            }
            Self::DuplicateKeyId { key } => write!(f, "key {key} has the same kid as another key"),
            Self::WeakRsaKey { key, bits } => {
                write!(
                    f,
                    "key {key} is an RSA key of {bits} bits, which needs at least {LEAST_RSA_BITS}"
                )
            }
        }
    }
}

impl core::error::Error for JwksError {}
