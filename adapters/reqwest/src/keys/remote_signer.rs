use core::pin::Pin;

use redox_auth_core::{Algorithm, SignError};

/// Something that signs with one private key over a network or in a device, and has to be waited for: a KMS, an HSM.
///
/// The three methods speak of the same key for as long as the value lives, as those of [`Signer`](crate::Signer) do.
pub trait RemoteSigner: Send + Sync + 'static {
    /// What the key signs with.
    fn algorithm(&self) -> Algorithm;

    /// The length of every signature in bytes: 64 for ES256, 96 for ES384, 132 for ES512, the modulus (256 to 512) for
    /// RSA. [`PublicKey::signature_len`](crate::PublicKey::signature_len) knows it.
    fn signature_len(&self) -> usize;

    /// Hashes and signs `message`. A signature of ECDSA may be r‖s or DER, which [`Key`](crate::Key) tells apart; it is
    /// bytes, not base64. For what takes no message there is [`Digest`](crate::Digest).
    ///
    /// # Errors
    /// [`SignError`] when there is no signature.
    fn sign<'s>(&'s self, message: &'s [u8]) -> SignatureFuture<'s>;
}

/// A signature, when it is there.
pub type SignatureFuture<'s> =
    Pin<Box<dyn Future<Output = Result<Vec<u8>, SignError>> + Send + 's>>;
