use ecdsa::elliptic_curve::ff::{Field as _, PrimeField};
use ecdsa::elliptic_curve::group::{CurveAffine as _, Group as _};
use ecdsa::elliptic_curve::point::AffineCoordinates as _;
use ecdsa::elliptic_curve::subtle::{
    Choice, ConditionallySelectable as _, ConstantTimeEq as _, CtOption,
};
use ecdsa::elliptic_curve::zeroize::Zeroizing;
use ecdsa::elliptic_curve::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use redox_auth_tables::{COMBS, Comb};

use super::curve::Curve;

/// The base point times `number`; nothing if a point of the table is not on the curve.
///
/// With s = (`number` + 2<sup>n</sup> − 1) / 2 modulo the order, `number` is the sum of ±2<sup>i</sup> for all i below
/// n, with a plus if bit i of s is 1. Every digit is therefore a point of the table or its negative, never the
/// identity. No branch and no address depends on `number`: each look-up reads all points of its table.
pub(crate) fn multiply<C: Curve, const POINTS: usize, const WORDS: usize, const BYTES: usize>(
    number: &Scalar<C>,
    comb: &Comb<POINTS, WORDS, BYTES>,
) -> CtOption<ProjectivePoint<C>> {
    let (signs, mut sound) = signs::<C>(number, &comb.offset);
    let rows = COMBS.saturating_mul(comb.columns);
    let mut sum = ProjectivePoint::<C>::identity();
    for column in (0..comb.columns).rev() {
        for (position, table) in comb.tables.iter().enumerate() {
            let lowest = position.saturating_mul(comb.columns).saturating_add(column);
            let bits = |tooth: u32| bit(&signs, lowest, rows, tooth);
            let point = look_up::<C, POINTS, WORDS>(table, bits);
            sound &= point.is_some();
            sum += point.unwrap_or(AffinePoint::<C>::identity());
        }
        if column > 0 {
            sum = sum.double();
        }
    }
    CtOption::new(sum, sound)
}

/// The signs of the powers of two, as bits of a big-endian number, and whether `offset` is a scalar.
fn signs<C: Curve>(number: &Scalar<C>, offset: &[u8]) -> (Zeroizing<FieldBytes<C>>, Choice) {
    let mut bytes = FieldBytes::<C>::default();
    bytes
        .iter_mut()
        .zip(offset)
        .for_each(|(to, from)| *to = *from);
    let offset = <Scalar<C> as PrimeField>::from_repr(bytes);
    let sound = offset.is_some();
    let half = *number * <Scalar<C> as PrimeField>::TWO_INV;
    let signs = half + offset.unwrap_or(<Scalar<C>>::ZERO);
    (Zeroizing::new(signs.to_repr()), sound)
}

/// The bit of this tooth, 1 or 0, in a big-endian number. The bits above the number are zeros.
fn bit(bytes: &[u8], lowest: usize, rows: usize, tooth: u32) -> u8 {
    let position = rows.saturating_mul(tooth as usize).saturating_add(lowest);
    let byte = bytes.iter().rev().nth(position / 8).copied().unwrap_or(0);
    let within = u32::try_from(position % 8).unwrap_or(0);
    byte.wrapping_shr(within) & 1
}

/// The point for the bits of a digit. If the bit of the highest tooth is 0, it is the negative of the complement's
/// point.
fn look_up<C: Curve, const POINTS: usize, const WORDS: usize>(
    table: &[[u32; POINTS]; WORDS],
    bit: impl Fn(u32) -> u8,
) -> CtOption<AffinePoint<C>> {
    let highest = POINTS.trailing_zeros();
    let negative = bit(highest) ^ 1;
    let index = (0..highest).fold(0_u8, |index, tooth| {
        index | (bit(tooth) ^ negative).wrapping_shl(tooth)
    });
    let mut masks = Zeroizing::new([0_u32; POINTS]);
    for (candidate, mask) in (0_u8..).zip(masks.iter_mut()) {
        *mask = u32::conditional_select(&0, &u32::MAX, candidate.ct_eq(&index));
    }
    let mut bytes = table
        .iter()
        .flat_map(|words| chosen(words, &*masks).to_be_bytes());
    let mut coordinate = || {
        let mut coordinate = FieldBytes::<C>::default();
        let bytes = coordinate.iter_mut().zip(&mut bytes);
        bytes.for_each(|(to, from)| *to = from);
        coordinate
    };
    let (x, y) = (coordinate(), coordinate());
    AffinePoint::<C>::from_coordinates(&x, &y)
        .map(|point| AffinePoint::<C>::conditional_select(&point, &-point, Choice::from(negative)))
}

/// The word whose mask has all bits set.
fn chosen(words: &[u32], masks: &[u32]) -> u32 {
    // Four words at a time, because a loop that is optimized for size counts after each word.
    let (words, masks) = (words.as_chunks::<4>().0, masks.as_chunks::<4>().0);
    words
        .iter()
        .zip(masks)
        .fold(0, |found, ([a, b, c, d], [e, f, g, h])| {
            found | (a & e) | (b & f) | (c & g) | (d & h)
        })
}
