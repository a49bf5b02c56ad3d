use core::fmt;
use std::sync::Arc;

use redox_auth_core::{
    Algorithm, KeyError, KeyRoom, PrivateKey, PublicKey, SignError, Signer, SigningKey,
};

use super::wiped_stack::wipe_stack;

/// A private key that signs in pure Rust: without a random generator, which aws-lc seeds before its first signature.
///
/// It never moves: values that are moved leave copies behind.
pub(crate) struct RustKey {
    room: KeyRoom<SigningKey>,
    algorithm: Algorithm,
    signature_len: usize,
}

impl RustKey {
    /// Checks a private key as core does, which checks more than aws-lc.
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
    /// Nothing of the private key is on the stack when it is made: values that are moved take along what lay in the bytes
    /// that they do not use.
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
