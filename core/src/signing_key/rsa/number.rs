//! Numbers of a fixed count of words: reading, writing, taking apart and joining.

use crypto_bigint::{Uint, Word};

/// A big-endian number of any length, if it fits.
pub(super) fn uint<const LIMBS: usize>(bytes: &[u8]) -> Option<Uint<LIMBS>> {
    let mut words: [Word; LIMBS] = [0; LIMBS];
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
    Some(Uint::from_words(words))
}

/// The last bytes of `number`, big-endian, as many as `out` takes.
pub(super) fn write_be<const LIMBS: usize>(number: &Uint<LIMBS>, out: &mut [u8]) {
    for (chunk, word) in out.rchunks_mut(WORD_LEN).zip(number.as_words()) {
        let bytes = word.to_be_bytes();
        for (slot, byte) in chunk.iter_mut().rev().zip(bytes.into_iter().rev()) {
            *slot = byte;
        }
    }
}

pub(super) fn halves<const FULL: usize, const HALF: usize>(
    number: &Uint<FULL>,
) -> (Uint<HALF>, Uint<HALF>) {
    number.split_resize()
}

pub(super) fn join<const HALF: usize, const FULL: usize>(
    (low, high): (Uint<HALF>, Uint<HALF>),
) -> Uint<FULL> {
    let mut words: [Word; FULL] = [0; FULL];
    let halves = low.as_words().iter().chain(high.as_words());
    for (slot, word) in words.iter_mut().zip(halves) {
        *slot = *word;
    }
    Uint::from_words(words)
}

const WORD_LEN: usize = size_of::<Word>();
