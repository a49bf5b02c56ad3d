use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{ConstOne as _, Limb, Odd, Uint, UintRef};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::modulus::Modulus;
use super::number::{add_product, read_be};
use crate::key::{KeyError, RsaKeyMaterial};

/// The primes, and the numbers that the Chinese remainder theorem needs for them (RFC 8017 §3.2).
///
/// All computations are in place. The values that Montgomery's method precomputes for a prime are computed for each
/// signature. This takes one hundredth of the signature's time, halves the size of a key, and keeps large values off
/// the stack while a key is parsed.
#[derive(Clone)]
pub(super) struct PrivateNumbers<const HALF: usize> {
    p: Uint<HALF>,
    q: Uint<HALF>,
    dp: Uint<HALF>,
    dq: Uint<HALF>,
    q_inv: Uint<HALF>,
}

impl<const HALF: usize> PrivateNumbers<HALF> {
    pub(super) const ZERO: Self = Self {
        p: Uint::ZERO,
        q: Uint::ZERO,
        dp: Uint::ZERO,
        dq: Uint::ZERO,
        q_inv: Uint::ZERO,
    };

    /// Copies the primes, whose product must be `modulus`.
    pub(super) fn read_primes<const FULL: usize>(
        &mut self,
        material: &RsaKeyMaterial<'_>,
        modulus: &Uint<FULL>,
        too_long: KeyError,
    ) -> Result<(), KeyError> {
        read_be(material.p, &mut self.p).ok_or(too_long)?;
        read_be(material.q, &mut self.q).ok_or(too_long)?;
        let mut product = Uint::<FULL>::ZERO;
        add_product(product.as_mut_limbs(), self.p.as_limbs(), self.q.as_limbs());
        // The primes are then odd, too.
        if product == *modulus && modulus.as_uint_ref().is_odd().to_bool() {
            Ok(())
        } else {
            Err(KeyError::Inconsistent)
        }
    }

    /// Copies the other numbers. The exponents must invert the public exponent, and the coefficient must invert the
    /// second prime.
    pub(super) fn read_rest(
        &mut self,
        material: &RsaKeyMaterial<'_>,
        public_exponent: u32,
    ) -> Result<(), KeyError> {
        read_be(material.dp, &mut self.dp)
            .and_then(|()| read_be(material.dq, &mut self.dq))
            .and_then(|()| read_be(material.q_inv, &mut self.q_inv))
            .filter(|()| {
                inverts_exponent(&self.dp, &self.p, public_exponent)
                    && inverts_exponent(&self.dq, &self.q, public_exponent)
                    && self.inverts_prime()
            })
            .ok_or(KeyError::Inconsistent)
    }

    /// The first prime.
    #[cfg(feature = "ps256")]
    pub(super) fn p(&self) -> &Uint<HALF> {
        &self.p
    }

    /// Whether the coefficient times the second prime is 1 modulo the first. Both sides are divided by the radix twice.
    fn inverts_prime(&self) -> bool {
        let modulus = Modulus::new(&self.p);
        let mut product = self.q;
        modulus.multiply(&mut product, &Uint::ONE);
        modulus.multiply(&mut product, &self.q_inv);
        let mut one = Uint::ONE;
        modulus.multiply(&mut one, &Uint::ONE);
        modulus.multiply(&mut one, &Uint::ONE);
        product == one
    }

    /// Adds `message` to the power of the private exponent to `sum`, which is 0, with the two primes (RFC 8017 §5.2.1,
    /// 2.b).
    pub(super) fn add_power<const FULL: usize>(&self, message: &Uint<FULL>, sum: &mut Uint<FULL>) {
        let mut at_q = Uint::ZERO;
        let mut h = Uint::ZERO;
        self.at_q(message, &mut at_q);
        self.coefficient(message, &at_q, &mut h);
        let sum = sum.as_mut_uint_ref();
        sum.carrying_add_assign(at_q.as_uint_ref(), Limb::ZERO);
        add_product(sum.as_mut_limbs(), h.as_limbs(), self.q.as_limbs());
        at_q.zeroize();
        h.zeroize();
    }

    /// The power modulo `q`.
    #[inline(never)]
    fn at_q<const FULL: usize>(&self, message: &Uint<FULL>, power: &mut Uint<HALF>) {
        let base = {
            let params = prepared(&self.q);
            residue(message, &params)
        };
        *power = base.pow_amm(&self.dq).retrieve();
    }

    /// The multiple of `q` that turns the power modulo `q` into the power modulo `p`, too.
    #[inline(never)]
    fn coefficient<const FULL: usize>(
        &self,
        message: &Uint<FULL>,
        at_q: &Uint<HALF>,
        h: &mut Uint<HALF>,
    ) {
        let base = {
            let params = prepared(&self.p);
            residue(message, &params)
        };
        let at_p = base.pow_amm(&self.dp);
        divide_difference(&at_p, at_q, &self.q_inv, h);
    }
}

impl<const HALF: usize> Zeroize for PrivateNumbers<HALF> {
    fn zeroize(&mut self) {
        let Self {
            p,
            q,
            dp,
            dq,
            q_inv,
        } = self;
        p.zeroize();
        q.zeroize();
        dp.zeroize();
        dq.zeroize();
        q_inv.zeroize();
    }
}

impl<const HALF: usize> Drop for PrivateNumbers<HALF> {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl<const HALF: usize> ZeroizeOnDrop for PrivateNumbers<HALF> {}

/// Whether `exponent` times the public exponent is 1 modulo `prime - 1`. It subtracts once for each bit of the public
/// exponent, because a division in constant time takes 3 KB of flash.
fn inverts_exponent<const HALF: usize>(
    exponent: &Uint<HALF>,
    prime: &Uint<HALF>,
    public_exponent: u32,
) -> bool {
    let mut rest = [[Limb::ZERO; HALF]; 2];
    let mut multiple = rest;
    let rest = rest.as_flattened_mut();
    add_product(rest, &[Limb::from(public_exponent)], exponent.as_limbs());
    let rest = UintRef::new_mut(rest);

    let bits = public_exponent
        .checked_ilog2()
        .unwrap_or(0)
        .saturating_add(1);
    let multiple = UintRef::new_mut(multiple.as_flattened_mut());
    multiple.leading_mut(HALF).copy_from_slice(prime.as_limbs());
    multiple.borrowing_sub_assign(Uint::<1>::ONE.as_uint_ref(), Limb::ZERO);
    multiple.wrapping_shl_assign_vartime(bits);
    for _ in 0..=bits {
        let borrow = rest.borrowing_sub_assign(multiple, Limb::ZERO);
        rest.conditional_add_assign(multiple, Limb::ZERO, borrow.lsb_to_choice());
        multiple.shr1_assign();
    }
    rest.borrowing_sub_assign(Uint::<1>::ONE.as_uint_ref(), Limb::ZERO);
    rest.is_zero().to_bool()
}

/// `message` modulo the prime, in Montgomery form: the sum of its upper half times the radix and its lower half.
///
/// Montgomery's multiplication reduces any factor of `HALF` words. A multiplication by the square of the radix adds a
/// factor of the radix. No division is needed, whose time could depend on the prime.
#[inline(never)]
fn residue<const HALF: usize, const FULL: usize>(
    message: &Uint<FULL>,
    params: &FixedMontyParams<HALF>,
) -> FixedMontyForm<HALF> {
    let modulus = Modulus::new(params.modulus().as_ref());
    let (low, high) = message.as_uint_ref().split_at(HALF);
    let mut sum = high.to_uint_resize();
    modulus.multiply(&mut sum, params.r2());
    modulus.multiply(&mut sum, params.r2());
    let mut low = low.to_uint_resize();
    modulus.multiply(&mut low, params.r2());
    let sum = sum.add_mod(&low, params.modulus().as_nz_ref());
    FixedMontyForm::from_montgomery(sum, params)
}

/// The values that Montgomery's method precomputes for a prime, which is odd in every key. A function of its own: its
/// stack frame is free before the result is used.
#[inline(never)]
fn prepared<const HALF: usize>(prime: &Uint<HALF>) -> FixedMontyParams<HALF> {
    FixedMontyParams::new(Odd::new(*prime).unwrap_or(Odd::ONE))
}

/// `h = (at_p - at_q) · q_inv` modulo `p`.
#[inline(never)]
fn divide_difference<const HALF: usize>(
    at_p: &FixedMontyForm<HALF>,
    at_q: &Uint<HALF>,
    q_inv: &Uint<HALF>,
    h: &mut Uint<HALF>,
) {
    let difference = at_p.sub(&FixedMontyForm::new(at_q, at_p.params()));
    let q_inv = FixedMontyForm::new(q_inv, at_p.params());
    *h = difference.mul(&q_inv).retrieve();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wiped_private_numbers_are_gone() {
        let number = Uint::<2>::from(7_u64);
        let mut private = PrivateNumbers {
            p: number,
            q: number,
            dp: number,
            dq: number,
            q_inv: number,
        };
        private.zeroize();
        let numbers = [private.p, private.q, private.dp, private.dq, private.q_inv];
        assert_eq!(numbers, [Uint::ZERO; 5]);
    }
}
