//! Hash and salt of an RSASSA-PSS signature (RFC 8017 §9.1.2), for the error about a wrong one: aws-lc does not report them.

use aws_lc_rs::digest::{self, SHA256, SHA384, SHA512, digest};
use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U4096, Word};

/// The hash of message and mask.
#[derive(Clone, Copy)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// The name of its scheme.
    pub(super) const fn scheme(self) -> &'static str {
        match self {
            Self::Sha256 => "RSASSA-PSS with SHA-256",
            Self::Sha384 => "RSASSA-PSS with SHA-384",
            Self::Sha512 => "RSASSA-PSS with SHA-512",
        }
    }

    fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha256 => &SHA256,
            Self::Sha384 => &SHA384,
            Self::Sha512 => &SHA512,
        }
    }
}

/// The hash, and the length of the salt in bytes, if this is an RSASSA-PSS signature of `message` with one hash for message
/// and mask.
pub(super) fn hash_and_salt(
    n: &[u8],
    e: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Option<(Hash, usize)> {
    let encoded = power(n, e, signature)?;
    let encoded = encoded.get(encoded.len().checked_sub(n.len())?..)?;
    // The number has one bit less than the modulus. Where that is a whole byte less, that byte is 0.
    let first_bits = n.first()?.leading_zeros().checked_add(1)?;
    let encoded = match first_bits {
        8 => encoded.strip_prefix(&[0])?,
        _ => encoded,
    };
    let hashes = [Hash::Sha256, Hash::Sha384, Hash::Sha512];
    hashes.into_iter().find_map(|hash| {
        let salt_len = salt_len(encoded, first_bits % 8, hash.algorithm(), message)?;
        Some((hash, salt_len))
    })
}

/// The length of the salt, if `encoded` is an encoding of `message` with this hash. Its first bits are not used.
fn salt_len(
    encoded: &[u8],
    unused_bits: u32,
    hash: &'static digest::Algorithm,
    message: &[u8],
) -> Option<usize> {
    let end_len = hash.output_len().checked_add(1)?;
    let (masked, end) = encoded.split_at_checked(encoded.len().checked_sub(end_len)?)?;
    let seed = end.strip_suffix(&[TRAILER])?;
    let mut data = unmasked(masked, seed, hash);
    let first = data.first_mut()?;
    *first &= 0xff_u8.unbounded_shr(unused_bits);
    let zeros = data.iter().take_while(|&&byte| byte == 0).count();
    let salt = data.get(zeros..)?.strip_prefix(&[1])?;
    let message_hash = digest(hash, message);
    let whole = [&[0; 8][..], message_hash.as_ref(), salt].concat();
    (digest(hash, &whole).as_ref() == seed).then_some(salt.len())
}

/// Removes the mask of MGF1 (RFC 8017 §B.2.1).
fn unmasked(masked: &[u8], seed: &[u8], hash: &'static digest::Algorithm) -> Vec<u8> {
    let blocks = (0_u32..).zip(masked.chunks(hash.output_len()));
    let blocks = blocks.flat_map(|(counter, block)| {
        let mask = digest(hash, &[seed, &counter.to_be_bytes()].concat());
        let bytes = block.iter().zip(mask.as_ref());
        bytes.map(|(byte, mask)| byte ^ mask).collect::<Vec<_>>()
    });
    blocks.collect()
}

/// `signature` to the power of `e` modulo `n`, big-endian. Nothing of it is secret.
fn power(n: &[u8], e: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
    let (n, signature) = (number(n)?, number(signature)?);
    // Values that aws-lc rejects as well (RFC 8017 §5.2.2).
    if signature >= n {
        return None;
    }
    let modulus = FixedMontyParams::new_vartime(Odd::new(n).into_option()?);
    let base = FixedMontyForm::new(&signature, &modulus);
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

/// The last byte of every encoded message.
const TRAILER: u8 = 0xbc;
