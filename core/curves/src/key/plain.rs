use ecdsa::elliptic_curve::sec1::{Sec1Point, ToSec1Point as _};
use ecdsa::signature::Signer as _;
use ecdsa::{Signature, SigningKey};

use super::NotSigned;
use super::curve::Curve;

/// A private key that uses the crate `ecdsa` for signatures.
#[derive(Clone)]
pub(crate) struct Key<C: Curve>(SigningKey<C>);

impl<C: Curve> Key<C> {
    pub(crate) fn new(secret: &[u8]) -> Option<Self> {
        SigningKey::from_slice(secret).ok().map(Self)
    }

    pub(crate) fn point(&self, compressed: bool) -> Sec1Point<C> {
        self.0.verifying_key().as_affine().to_sec1_point(compressed)
    }

    pub(crate) fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), NotSigned> {
        let signed: Signature<C> = self.0.try_sign(message).map_err(|_| NotSigned)?;
        let (r, s) = signed.split_bytes();
        signature
            .iter_mut()
            .zip(r.iter().chain(s.iter()))
            .for_each(|(to, from)| *to = *from);
        Ok(())
    }
}
