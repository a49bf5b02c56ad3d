use core::fmt;
use core::mem::{self, ManuallyDrop};

use crate::algorithm::Algorithm;
use crate::base64url;
use crate::digest::Digest;
use crate::out::Out;
use crate::signer::{AsyncSigner, Signer};
use crate::write_error::WriteError;

/// An assertion, a token request or a proof of possession that lacks only its signature.
///
/// It comes from [`Assertion::prepare`](crate::Assertion::prepare),
/// [`TokenRequest::prepare`](crate::TokenRequest::prepare) or [`DpopProof::prepare`](crate::DpopProof::prepare). It
/// borrows only the buffer: the key, the signer and the assertion are free while the signature is made.
/// [`Unsigned::sign`] and [`Unsigned::sign_async`] sign it. Any other code can sign between [`Unsigned::digest`] (or
/// [`Unsigned::signing_input`]) and [`Unsigned::finish`].
///
/// If it is dropped unsigned, the buffer holds no part of a signature, only names, which are not secret.
#[cfg_attr(
    feature = "es256",
    doc = r##"
```
use redox_auth_core::{Algorithm, Digest, JwtId, OAuthKey, TokenRequest, UnixTime};
# use p256::ecdsa::signature::hazmat::PrehashSigner;
# struct SecureElement(p256::ecdsa::SigningKey);
# impl SecureElement {
#     fn sign_digest(&self, slot: u8, digest: [u8; 32]) -> Result<[u8; 64], p256::ecdsa::Error> {
#         let signature: p256::ecdsa::Signature = self.0.sign_prehash(&digest)?;
#         assert_eq!(slot, 0);
#         Ok(signature.to_bytes().into())
#     }
# }
# let secure_element = SecureElement(p256::ecdsa::SigningKey::from_slice(&[7; 32])?);
# let (random, now) = ([7; 16], UnixTime::from_secs(1_800_000_000));

let key = OAuthKey::without_signer("client-1", "slot-0", Algorithm::Es256, 64);
let jwt_id = JwtId::from_random(random);
let assertion = key.assertion("https://api.redoxengine.com/v2/auth/token", &jwt_id, now);

let mut buffer = [0; 1024];
let unsigned = TokenRequest::new(assertion).prepare(&mut buffer)?;
let Digest::Sha256(digest) = unsigned.digest() else {
    unreachable!("ES256 hashes with SHA-256")
};
let body = unsigned.finish(&secure_element.sign_digest(0, digest)?)?;
assert!(body.starts_with("grant_type=client_credentials&client_assertion_type="));
# Ok::<(), Box<dyn core::error::Error>>(())
```
"##
)]
#[must_use = "a text without its signature proves nothing"]
pub struct Unsigned<'o> {
    /// Everything up to the dot before the signature. The buffer has room for the signature after it.
    out: Out<'o>,
    /// The start of the signing input.
    start: usize,
    algorithm: Algorithm,
    signature_len: usize,
}

impl<'o> Unsigned<'o> {
    /// `out` holds the signing input from `start` on.
    pub(crate) fn new(
        mut out: Out<'o>,
        start: usize,
        algorithm: Algorithm,
        signature_len: usize,
    ) -> Result<Self, WriteError> {
        out.put(b".");
        out.check_room(base64url::encoded_len(signature_len))?;
        Ok(Self {
            out,
            start,
            algorithm,
            signature_len,
        })
    }

    /// The algorithm in the header.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The length that the signature must have, in bytes.
    #[must_use]
    pub const fn signature_len(&self) -> usize {
        self.signature_len
    }

    /// The bytes to sign: header and claims in base64url, joined by a dot (RFC 7515 §5.1).
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        without_dot(self.out.since(self.start))
    }

    /// The hash of [`Unsigned::signing_input`], for a signer that takes the digest instead of the message.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.algorithm, self.signing_input())
    }

    /// Adds a signature from another signer. ECDSA signatures are r‖s, not DER, as for [`Signer::sign`].
    /// [`parse_signature`](crate::parse_signature) converts DER and recognises text.
    ///
    /// This method does not verify the signature, because that needs the public key.
    ///
    /// # Errors
    /// [`WriteError::SignatureLen`], also for DER.
    pub fn finish(self, signature: &[u8]) -> Result<&'o str, WriteError> {
        self.check_signature_len(signature.len())?;
        let mut out = self.into_out();
        out.put_base64url(signature);
        out.finish()
    }

    /// Signs with `signer`, which must be the signer that the text was prepared for.
    ///
    /// # Errors
    /// [`WriteError::Sign`]; [`WriteError::WrongAlgorithm`] or [`WriteError::SignatureLen`] for another signer.
    pub fn sign<S: Signer + ?Sized>(mut self, signer: &S) -> Result<&'o str, WriteError> {
        self.check_signer(signer.algorithm(), signer.signature_len())?;
        let (signing_input, signature) = self.parts();
        signer
            .sign(signing_input, signature)
            .map_err(WriteError::Sign)?;
        self.encode_signature()
    }

    /// Signs with `signer`, which must be the signer that the text was prepared for, and waits for the signature.
    ///
    /// The future holds no copy of the text or the signature: both are in the buffer. If the future is dropped early,
    /// the buffer holds the same as after a dropped `Unsigned`.
    ///
    /// # Errors
    /// As [`Unsigned::sign`].
    ///
    /// # Panics
    /// If it is polled after its end, as the future of every `async fn`.
    pub async fn sign_async<S: AsyncSigner + ?Sized>(
        mut self,
        signer: &S,
    ) -> Result<&'o str, WriteError> {
        self.check_signer(signer.algorithm(), signer.signature_len())?;
        let (signing_input, signature) = self.parts();
        signer
            .sign(signing_input, signature)
            .await
            .map_err(WriteError::Sign)?;
        self.encode_signature()
    }

    fn check_signer(&self, algorithm: Algorithm, signature_len: usize) -> Result<(), WriteError> {
        if algorithm != self.algorithm {
            return Err(WriteError::WrongAlgorithm {
                found: algorithm,
                expected: self.algorithm,
            });
        }
        self.check_signature_len(signature_len)
    }

    fn check_signature_len(&self, found: usize) -> Result<(), WriteError> {
        let expected = self.signature_len;
        if found == expected {
            Ok(())
        } else {
            Err(WriteError::SignatureLen { found, expected })
        }
    }

    /// The signing input, and the place where the signer writes the raw signature. The signature is later encoded in
    /// the same place, and therefore no memory holds it twice. The place is cleared: a signer that writes nothing must
    /// not sign with earlier bytes of the buffer. Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
    fn parts(&mut self) -> (&[u8], &mut [u8]) {
        let (written, room) = self.out.since_and_room(self.start, self.signature_len);
        room.fill(0);
        (without_dot(written), room)
    }

    /// Encodes the raw signature in place.
    fn encode_signature(self) -> Result<&'o str, WriteError> {
        let signature_len = self.signature_len;
        let mut out = self.into_out();
        let start = out.len();
        out.skip(signature_len);
        out.base64url_since(start);
        out.finish()
    }

    /// Skips the `drop`, which would clear the buffer.
    fn into_out(self) -> Out<'o> {
        let mut unsigned = ManuallyDrop::new(self);
        mem::replace(&mut unsigned.out, Out::new(&mut []))
    }
}

impl Drop for Unsigned<'_> {
    fn drop(&mut self) {
        self.parts();
    }
}

impl fmt::Debug for Unsigned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsigned")
            .field("algorithm", &self.algorithm)
            .field("signature_len", &self.signature_len)
            .finish_non_exhaustive()
    }
}

/// The dot after the signing input belongs to the signature.
fn without_dot(written: &[u8]) -> &[u8] {
    written.split_last().map_or(&[], |(_, before)| before)
}
