use ecdsa::DigestAlgorithm;
use ecdsa::elliptic_curve::ff::{Field as _, PrimeField as _};
use ecdsa::elliptic_curve::group::Curve as _;
use ecdsa::elliptic_curve::ops::{Invert as _, Reduce as _};
use ecdsa::elliptic_curve::point::AffineCoordinates as _;
use ecdsa::elliptic_curve::sec1::{Sec1Point, ToSec1Point as _};
use ecdsa::elliptic_curve::zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};
use ecdsa::elliptic_curve::{AffinePoint, FieldBytes, NonZeroScalar, Scalar};
use rfc6979::KGenerator;
use sha2::Digest as _;

use super::NotSigned;
use super::curve::Curve;

/// A private key that multiplies the base point with the table of its curve.
#[derive(Clone)]
pub(crate) struct Key<C: Curve> {
    secret: NonZeroScalar<C>,
    point: AffinePoint<C>,
}

/// r and s.
type Numbers<C> = (Scalar<C>, Scalar<C>);

impl<C: Curve> Key<C> {
    pub(crate) fn new(secret: &[u8]) -> Option<Self> {
        let secret: FieldBytes<C> = secret.try_into().ok()?;
        let secret = Option::<NonZeroScalar<C>>::from(NonZeroScalar::<C>::from_repr(secret))?;
        let point = Option::<C::ProjectivePoint>::from(C::multiply(&secret))?.to_affine();
        Some(Self { secret, point })
    }

    pub(crate) fn point(&self, compressed: bool) -> Sec1Point<C> {
        self.point.to_sec1_point(compressed)
    }

    /// ECDSA (FIPS 186-5 §6.4.1) with a nonce from RFC 6979.
    pub(crate) fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), NotSigned> {
        let digest = <C as DigestAlgorithm>::Digest::digest(message);
        let own = Zeroizing::new(self.secret.to_repr());
        let order = C::ORDER;
        let mut nonces = KGenerator::<C::Digest, C::Uint>::new(&own, &digest, &[], &order);
        let mut bytes = Zeroizing::new(FieldBytes::<C>::default());
        loop {
            nonces.fill_next_k(&mut bytes);
            let nonce = Option::<NonZeroScalar<C>>::from(NonZeroScalar::<C>::from_repr(*bytes));
            let nonce = Zeroizing::new(nonce.ok_or(NotSigned)?);
            // No nonce in 2^256 tries gives a zero.
            if let Some((r, s)) = self.equation(&nonce, &digest)? {
                let numbers = r.to_repr().into_iter().chain(s.to_repr());
                signature
                    .iter_mut()
                    .zip(numbers)
                    .for_each(|(to, from)| *to = from);
                return Ok(());
            }
        }
    }

    /// The two numbers of the signature; `None` if one of them is zero.
    fn equation(
        &self,
        nonce: &NonZeroScalar<C>,
        digest: &[u8],
    ) -> Result<Option<Numbers<C>>, NotSigned> {
        let point = Option::<C::ProjectivePoint>::from(C::multiply(nonce)).ok_or(NotSigned)?;
        let r = Scalar::<C>::reduce(&point.to_affine().x());
        let mut inverse = nonce.invert();
        let s = *inverse * (leftmost::<C>(digest) + r * *self.secret);
        inverse.zeroize();
        let is_zero = r.is_zero() | s.is_zero();
        Ok((!bool::from(is_zero)).then_some((r, s)))
    }
}

impl<C: Curve> Drop for Key<C> {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl<C: Curve> ZeroizeOnDrop for Key<C> {}

/// The digest as a number (FIPS 186-5 §6.4.1 step 2). No digest here is longer than the order of its curve.
fn leftmost<C: Curve>(digest: &[u8]) -> Scalar<C> {
    let mut bytes = FieldBytes::<C>::default();
    bytes
        .iter_mut()
        .rev()
        .zip(digest.iter().rev())
        .for_each(|(to, from)| *to = *from);
    Scalar::<C>::reduce(&bytes)
}
