//! Numbers with a fixed count of words: reading, writing and multiplying in place.

use crypto_bigint::{Limb, Uint, UintRef, Word};

/// Parses a big-endian number of any length, if it fits.
pub(super) fn read_be<const LIMBS: usize>(bytes: &[u8], number: &mut Uint<LIMBS>) -> Option<()> {
    let words = number.as_mut_words();
    words.fill(0);
    let mut slots = words.iter_mut();
    for chunk in bytes.rchunks(WORD_LEN) {
        let mut word: Word = 0;
        for &byte in chunk {
            word = (word << 8) | Word::from(byte);
        }
        match slots.next() {
            Some(slot) => *slot = word,
            None if word == 0 => {}
            None => return None,
        }
    }
    Some(())
}

/// Writes the last bytes of `number`, big-endian, as many as `out` holds.
pub(super) fn write_be<const LIMBS: usize>(number: &Uint<LIMBS>, out: &mut [u8]) {
    for (chunk, word) in out.rchunks_mut(WORD_LEN).zip(number.as_words()) {
        let bytes = word.to_be_bytes();
        for (slot, byte) in chunk.iter_mut().rev().zip(bytes.into_iter().rev()) {
            *slot = byte;
        }
    }
}

/// Adds `a` times `b` to `sum`, which has room for the result.
pub(super) fn add_product(sum: &mut [Limb], a: &[Limb], b: &[Limb]) {
    for (at, &digit) in a.iter().enumerate() {
        let Some(rest) = sum.get_mut(at..).filter(|rest| rest.len() >= b.len()) else {
            return;
        };
        UintRef::new_mut(rest).carrying_add_assign_mul_limb(UintRef::new(b), digit, Limb::ZERO);
    }
}

const WORD_LEN: usize = size_of::<Word>();
