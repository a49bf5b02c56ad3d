mod asynchronous;

pub use asynchronous::{AsyncSigner, BlockingSigner};

use core::fmt;

use crate::algorithm::Algorithm;

/// Signs with one private key: in software, in a secure element, in a KMS.
///
/// All methods must describe the same key for as long as the value lives. The header of an assertion and its signature
/// then always agree. To change keys, use another `Signer`.
pub trait Signer {
    /// The algorithm of the key.
    fn algorithm(&self) -> Algorithm;

    /// The length of every signature in bytes: 64 for ES256, 96 for ES384, 132 for ES512, the modulus (256 to 512) for RSA.
    fn signature_len(&self) -> usize;

    /// Hashes and signs `message`, filling all of `signature`, which is `signature_len` bytes long.
    ///
    /// ECDSA signatures are r‖s, each half padded to the length of the curve (RFC 7518 §3.4), not DER.
    /// [`parse_signature_der`](crate::parse_signature_der) converts DER.
    ///
    /// # Errors
    /// [`SignError`] if there is no signature. `signature` then holds nothing to rely on.
    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError>;
}

impl<S: Signer + ?Sized> Signer for &S {
    fn algorithm(&self) -> Algorithm {
        (**self).algorithm()
    }

    fn signature_len(&self) -> usize {
        (**self).signature_len()
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        (**self).sign(message, signature)
    }
}

/// Why a [`Signer`] returned no signature.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SignError {
    /// The buffer has another length than [`Signer::signature_len`].
    SignatureLen {
        /// The length given, in bytes.
        found: usize,
        /// The length of this key's signatures, in bytes.
        expected: usize,
    },
    /// The private key made a signature that its own public key does not verify, or a table in flash holds a point that
    /// is not on its curve. The cause is a damaged key or a hardware fault. A faulty signature can reveal the key, and
    /// is therefore discarded.
    Faulty,
    /// The device, service or library that holds the key failed.
    Backend,
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignatureLen { found, expected } => {
                write!(f, "signature buffer of {found} bytes, expected {expected}")
            }
            Self::Faulty => {
                f.write_str("the key made a signature that its public key does not accept")
            }
            Self::Backend => f.write_str("the holder of the key could not sign"),
        }
    }
}

impl core::error::Error for SignError {}

/// The longest signature, in bytes: that of an RSA key of 4096 bits.
pub const MAX_SIGNATURE_LEN: usize = 512;
