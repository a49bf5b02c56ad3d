use core::pin::Pin;

use redox_auth_core::{Algorithm, SignError};

/// Something that signs with one private key over a network or in a device, and has to be waited for: a KMS, an HSM.
///
/// The three methods speak of the same key for as long as the value lives, as those of [`Signer`](crate::Signer) do.
pub trait RemoteSigner: Send + Sync + 'static {
    /// What the key signs with.
    fn algorithm(&self) -> Algorithm;

    /// The length of a signature as JWS has it, in bytes: 64 for ES256, 96 for ES384, 132 for ES512, the modulus (256 to
    /// 512) for RSA; see [`PublicKey::signature_len`](crate::PublicKey::signature_len). DER is longer.
    fn signature_len(&self) -> usize;

    /// Hashes and signs `message`. A signature of ECDSA may be r‖s or DER; [`Key`](crate::Key) converts DER. The signature
    /// is bytes, not base64. [`Digest::of`](crate::Digest::of) hashes the message for a service that takes digests.
    ///
    /// # Errors
    /// [`SignError`] when there is no signature.
    fn sign<'s>(&'s self, message: &'s [u8]) -> SignatureFuture<'s>;
}

/// A signature, when it is there.
pub type SignatureFuture<'s> =
    Pin<Box<dyn Future<Output = Result<Vec<u8>, SignError>> + Send + 's>>;
