//! What a signature by RSASSA-PSS has for a salt (RFC 8017 §9.1.2), to name a wrong one.

use aws_lc_rs::digest::{SHA256, digest};
use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U4096, Word};

/// The length of the salt, where this is a signature of `message` by RSASSA-PSS with SHA-256 in hash and mask.
pub(super) fn salt_len(n: &[u8], e: &[u8], message: &[u8], signature: &[u8]) -> Option<usize> {
    let encoded = power(n, e, signature)?;
    let encoded = encoded.get(encoded.len().checked_sub(n.len())?..)?;
    // The number has one bit less than the modulus. Where that is a whole byte less, that byte is 0.
    let first_bits = n.first()?.leading_zeros().checked_add(1)?;
    let encoded = match first_bits {
        8 => encoded.strip_prefix(&[0])?,
        _ => encoded,
    };
    let (masked, end) =
        encoded.split_at_checked(encoded.len().checked_sub(HASH_LEN.saturating_add(1))?)?;
    let hash = end.strip_suffix(&[TRAILER])?;
    let mut data = unmasked(masked, hash);
    let first = data.first_mut()?;
    *first &= 0xff_u8.unbounded_shr(first_bits % 8);
    let zeros = data.iter().take_while(|&&byte| byte == 0).count();
    let salt = data.get(zeros..)?.strip_prefix(&[1])?;
    let message_hash = digest(&SHA256, message);
    let whole = [&[0; 8][..], message_hash.as_ref(), salt].concat();
    (digest(&SHA256, &whole).as_ref() == hash).then_some(salt.len())
}

/// Takes off the mask of MGF1 (RFC 8017 §B.2.1).
fn unmasked(masked: &[u8], seed: &[u8]) -> Vec<u8> {
    let blocks = (0_u32..).zip(masked.chunks(HASH_LEN));
    let blocks = blocks.flat_map(|(counter, block)| {
        let mask = digest(&SHA256, &[seed, &counter.to_be_bytes()].concat());
        let bytes = block.iter().zip(mask.as_ref());
        bytes.map(|(byte, mask)| byte ^ mask).collect::<Vec<_>>()
    });
    blocks.collect()
}

/// `signature` to the power of `e` modulo `n`, big-endian. Nothing of it is secret.
fn power(n: &[u8], e: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
    let modulus = Odd::new(number(n)?).into_option()?;
    let modulus = FixedMontyParams::new_vartime(modulus);
    let base = FixedMontyForm::new(&number(signature)?, &modulus);
    let e = e.iter().try_fold(0_u64, |e, &byte| {
        Some(e.checked_mul(0x100)? | u64::from(byte))
    })?;
    let mut power = base;
    for bit in (0..e.checked_ilog2()?).rev() {
        power = power.square();
        if (e >> bit) & 1 == 1 {
            power = power.mul(&base);
        }
    }
    let power = power.retrieve();
    let words = power.as_words().iter().rev();
    Some(words.flat_map(|word| word.to_be_bytes()).collect())
}

fn number(bytes: &[u8]) -> Option<U4096> {
    let mut words = [0; U4096::LIMBS];
    let chunks = bytes.rchunks(size_of::<Word>());
    if chunks.len() > words.len() {
        return None;
    }
    for (slot, chunk) in words.iter_mut().zip(chunks) {
        *slot = chunk
            .iter()
            .fold(0, |word, &byte| (word << 8) | Word::from(byte));
    }
    Some(U4096::from_words(words))
}

/// That of SHA-256, and of the salt of PS256 (RFC 7518 §3.5), in bytes.
pub(super) const HASH_LEN: usize = 32;

/// The last byte of every encoded message.
const TRAILER: u8 = 0xbc;
