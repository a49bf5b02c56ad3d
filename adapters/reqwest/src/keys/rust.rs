use core::fmt;
use std::sync::Arc;

use redox_auth_core::{
    Algorithm, KeyError, KeyRoom, PrivateKey, PublicKey, SignError, Signer, SigningKey,
};

use super::wiped_stack::wipe_stack;

/// A private key that signs in pure Rust: without a random generator, which aws-lc seeds before its first signature.
///
/// It never moves, because moved values leave copies behind.
pub(crate) struct RustKey {
    room: KeyRoom<SigningKey>,
    algorithm: Algorithm,
    signature_len: usize,
}

impl RustKey {
    /// Checks a private key as core does, with more checks than aws-lc.
    ///
    /// # Errors
    /// As [`SigningKey::from_private_key`].
    pub(super) fn new(key: &PrivateKey<'_>) -> Result<Arc<Self>, KeyError> {
        let mut own = Arc::new(Self {
            room: KeyRoom::new(),
            algorithm: key.algorithm(),
            signature_len: 0,
        });
        if let Some(own) = Arc::get_mut(&mut own) {
            own.signature_len = own.room.read(key)?.signature_len();
        }
        wipe_stack();
        Ok(own)
    }

    /// Its public half.
    ///
    /// The stack holds nothing of the private key at this point, because moved values copy the old content of their unused
    /// bytes.
    pub(super) fn public_key(&self) -> Result<PublicKey, KeyError> {
        Ok(self.room.key()?.public_key())
    }
}

impl Signer for RustKey {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn signature_len(&self) -> usize {
        self.signature_len
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        let key = self.room.key().map_err(|_| SignError::Backend)?;
        key.sign(message, signature)
    }
}

impl fmt::Debug for RustKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RustKey({}, [redacted])", self.algorithm)
    }
}
