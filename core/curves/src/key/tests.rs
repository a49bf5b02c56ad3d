use std::vec;
use std::vec::Vec;

use ecdsa::elliptic_curve::bigint::Encoding as _;
use ecdsa::elliptic_curve::ff::{Field as _, PrimeField as _};
use ecdsa::elliptic_curve::group::Group as _;
use ecdsa::elliptic_curve::{FieldBytes, ProjectivePoint, Scalar};

#[cfg(feature = "es256")]
use redox_auth_tables::Comb;

use super::curve::Curve;
use super::{comb, equation, plain};

/// Calls a generic function for each curve of this build.
macro_rules! on_each_curve {
    ($check:ident) => {
        #[cfg(feature = "es256")]
        $check::<p256::NistP256>("P-256");
        #[cfg(feature = "es384")]
        $check::<p384::NistP384>("P-384");
        #[cfg(feature = "es512")]
        $check::<p521::NistP521>("P-521");
    };
}

#[test]
fn the_table_gives_what_the_curve_gives() {
    fn check<C: Curve>(curve: &str) {
        for number in numbers::<C>() {
            let product = Option::<ProjectivePoint<C>>::from(C::multiply(&number));
            let expected = ProjectivePoint::<C>::mul_by_generator(&number);
            assert_eq!(product, Some(expected), "{curve}, {:?}", number.to_repr());
        }
    }
    on_each_curve!(check);
}

#[test]
fn both_ways_sign_alike() {
    fn check<C: Curve>(curve: &str) {
        for number in numbers::<C>().into_iter().skip(1).step_by(8) {
            let secret = number.to_repr();
            let by_table = equation::Key::<C>::new(&secret).expect("it is in the range");
            let plain = plain::Key::<C>::new(&secret).expect("it is in the range");
            assert_eq!(by_table.point(true), plain.point(true), "{curve}");
            for message in [&b""[..], b"sample", &[0xff; 300]] {
                let [mut expected, mut found] = [(); 2].map(|()| vec![0; 2 * secret.len()]);
                plain.sign(message, &mut expected).expect("it signs");
                by_table.sign(message, &mut found).expect("it signs");
                assert_eq!(found, expected, "{curve}, {secret:?}, {message:?}");
            }
        }
    }
    on_each_curve!(check);
}

#[test]
fn zero_and_the_order_are_no_keys() {
    fn check<C: Curve>(curve: &str) {
        let zero = FieldBytes::<C>::default();
        let order = C::ORDER.to_be_bytes();
        let order = &order.as_ref()[order.as_ref().len() - zero.len()..];
        for secret in [&zero[..], order, &[0xff; 80][..zero.len()], &[1]] {
            assert!(
                equation::Key::<C>::new(secret).is_none(),
                "{curve}, {secret:?}"
            );
        }
    }
    on_each_curve!(check);
}

#[cfg(feature = "es256")]
#[test]
fn a_damaged_table_gives_no_product() {
    let one = p256::Scalar::ONE;
    let product = |damage: fn(&mut Comb<32, 16, 32>)| {
        let Comb {
            columns,
            offset,
            tables,
        } = redox_auth_tables::P256;
        let mut comb = Comb {
            columns,
            offset,
            tables,
        };
        damage(&mut comb);
        bool::from(comb::multiply::<p256::NistP256, _, _, _>(&one, &comb).is_some())
    };
    assert!(product(|_| ()));
    assert!(!product(|comb| {
        let words = comb.tables.as_flattened_mut().as_flattened_mut().iter_mut();
        words.for_each(|word| *word ^= 1 << 7);
    }));
    assert!(!product(|comb| comb.offset = [0xff; 32]));
}

/// The smallest, the greatest, powers of two, and others.
fn numbers<C: Curve>() -> Vec<Scalar<C>> {
    let one = Scalar::<C>::ONE;
    let mut numbers = vec![
        Scalar::<C>::ZERO,
        one,
        -one,
        Scalar::<C>::TWO_INV,
        -Scalar::<C>::TWO_INV,
    ];
    let mut power = one;
    for _ in 0..Scalar::<C>::NUM_BITS {
        power = power.double();
        numbers.push(power);
    }
    let mut other = Scalar::<C>::MULTIPLICATIVE_GENERATOR;
    for _ in 0..100 {
        other = other.square() + one;
        numbers.push(other);
    }
    numbers
}
