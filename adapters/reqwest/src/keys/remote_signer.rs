use core::pin::Pin;

use redox_auth_core::{Algorithm, SignError};

/// A signer with one private key over a network or in a device, such as a KMS or an HSM, whose signatures take time.
///
/// The three methods must describe the same key for the lifetime of the value, as those of [`Signer`](crate::Signer) do.
pub trait RemoteSigner: Send + Sync + 'static {
    /// The algorithm of the key.
    fn algorithm(&self) -> Algorithm;

    /// The length of a signature in the form of JWS, in bytes: 64 for ES256, 96 for ES384, 132 for ES512, the modulus (256
    /// to 512) for RSA; see [`PublicKey::signature_len`](crate::PublicKey::signature_len). DER is longer.
    fn signature_len(&self) -> usize;

    /// Hashes and signs `message`. An ECDSA signature may be r‖s or DER; [`Key`](crate::Key) converts DER. The signature is
    /// bytes, not base64. [`Digest::of`](crate::Digest::of) hashes the message for a service that takes digests.
    ///
    /// # Errors
    /// [`SignError`] if there is no signature.
    fn sign<'s>(&'s self, message: &'s [u8]) -> SignatureFuture<'s>;
}

/// The future of a signature.
pub type SignatureFuture<'s> =
    Pin<Box<dyn Future<Output = Result<Vec<u8>, SignError>> + Send + 's>>;
