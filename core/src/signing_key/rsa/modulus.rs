use crypto_bigint::{Limb, Uint, UintRef};

/// An odd modulus for Montgomery's method, without precomputed values and without a division. Each product is divided
/// by the radix, which is 2 to the power of the bits of `LIMBS`. A comparison must divide both sides equally often.
///
/// The time depends only on the number of words. A product is below the modulus if the product of the two factors is
/// below modulus times radix.
pub(super) struct Modulus<'n, const LIMBS: usize> {
    number: &'n Uint<LIMBS>,
    /// The negative inverse of the last word.
    factor: Limb,
}

impl<'n, const LIMBS: usize> Modulus<'n, LIMBS> {
    pub(super) fn new(number: &'n Uint<LIMBS>) -> Self {
        let last = number.as_limbs().first().copied().unwrap_or(Limb::ONE);
        // Every odd number is its own inverse modulo 8. Each round of Newton's method doubles the number of correct
        // bits.
        let mut inverse = last;
        for _ in 0..5 {
            let error = Limb::from(2_u8).wrapping_sub(last.wrapping_mul(inverse));
            inverse = inverse.wrapping_mul(error);
        }
        Self {
            number,
            factor: inverse.wrapping_neg(),
        }
    }

    /// Sets `a` to `a · b / radix`.
    #[inline(never)]
    pub(super) fn multiply(&self, a: &mut Uint<LIMBS>, b: &Uint<LIMBS>) {
        let mut wide = [[Limb::ZERO; LIMBS]; 2];
        let mut carry = Limb::ZERO;
        for (at, &digit) in a.as_limbs().iter().enumerate() {
            let rest = wide.as_flattened_mut().get_mut(at..);
            let Some((part, [above, ..])) = rest.and_then(|it| it.split_at_mut_checked(LIMBS))
            else {
                break;
            };
            let part = UintRef::new_mut(part);
            let product = part.carrying_add_assign_mul_limb(b.as_uint_ref(), digit, Limb::ZERO);
            // Add the multiple of the modulus that makes the last word 0.
            let last = part.as_limbs().first().copied().unwrap_or(Limb::ZERO);
            let times = last.wrapping_mul(self.factor);
            let zeroed =
                part.carrying_add_assign_mul_limb(self.number.as_uint_ref(), times, Limb::ZERO);
            (*above, carry) = product.carrying_add(zeroed, carry);
        }
        let [_, quotient] = &wide;
        let a = a.as_mut_uint_ref();
        a.copy_from_slice(quotient);
        let borrow = a.borrowing_sub_assign(self.number.as_uint_ref(), Limb::ZERO);
        let is_below = borrow.lsb_to_choice().and(carry.lsb_to_choice().not());
        a.conditional_add_assign(self.number.as_uint_ref(), Limb::ZERO, is_below);
    }

    /// Raises `base` to the power of `exponent`. The result is divided by the radix once for each multiplication:
    /// `exponent` less one times. It works bit by bit, because a public exponent has few bits, and nearly all are 0.
    pub(super) fn power(&self, base: &mut Uint<LIMBS>, exponent: u32) {
        let first = *base;
        let below_first = exponent.checked_ilog2().unwrap_or(0);
        for bit in (0..below_first).rev() {
            let half = *base;
            self.multiply(base, &half);
            if (exponent >> bit) & 1 == 1 {
                self.multiply(base, &first);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
    use crypto_bigint::{Limb, Odd, Uint, Word};
    use proptest::prelude::*;

    use super::Modulus;

    const LIMBS: usize = 3;

    /// `power`, with the division by the radix undone by the bignum crate.
    fn ours(modulus: &Uint<LIMBS>, base: &Uint<LIMBS>, exponent: u32) -> Uint<LIMBS> {
        let params = FixedMontyParams::new_vartime(Odd::new(*modulus).unwrap());
        let mut power = *base;
        Modulus::new(modulus).power(&mut power, exponent);
        let radix = FixedMontyForm::from_montgomery(*params.r2(), &params);
        let divided = FixedMontyForm::new(&power, &params);
        let undone = radix.pow(&Uint::<1>::from(exponent.saturating_sub(1)));
        divided.mul(&undone).retrieve()
    }

    fn theirs(modulus: &Uint<LIMBS>, base: &Uint<LIMBS>, exponent: u32) -> Uint<LIMBS> {
        let params = FixedMontyParams::new_vartime(Odd::new(*modulus).unwrap());
        let base = FixedMontyForm::new(base, &params);
        base.pow(&Uint::<1>::from(exponent)).retrieve()
    }

    fn word() -> impl Strategy<Value = Word> {
        prop_oneof![any::<Word>(), Just(0), Just(1), Just(Word::MAX)]
    }

    fn number() -> impl Strategy<Value = Uint<LIMBS>> {
        prop::array::uniform3(word()).prop_map(Uint::from_words)
    }

    proptest! {
        #[test]
        fn powers_are_those_of_the_bignum_crate(
            modulus in number(),
            base in number(),
            exponent in prop_oneof![Just(3), Just(65_537), any::<u32>().prop_map(|it| it | 1)],
        ) {
            let mut modulus = modulus;
            modulus.as_mut_words()[0] |= 1;
            let found = ours(&modulus, &base, exponent);
            prop_assert_eq!(found, theirs(&modulus, &base, exponent));
        }

        #[test]
        fn a_product_is_below_the_modulus_when_one_factor_is(a in number(), b in number(), modulus in number()) {
            let mut modulus = modulus;
            modulus.as_mut_words()[0] |= 1;
            modulus.as_mut_words()[LIMBS - 1] |= 1 << (Limb::BITS - 1);
            let below = b.rem_vartime(Odd::new(modulus).unwrap().as_nz_ref());
            let mut product = a;
            Modulus::new(&modulus).multiply(&mut product, &below);
            prop_assert!(product < modulus);
        }
    }
}
