//! EMSA-PSS (RFC 8017 §9.1.1) with the parameters of RFC 7518 §3.5: SHA-256, MGF1 with SHA-256, a salt of 32 bytes.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Fills `encoded`, which has the length of a modulus of `modulus_bits`. `None` if it is too short for a hash and a
/// salt.
///
/// The salt depends on the message and on `secret`, a part of the private key; see [`salt`].
pub(super) fn encode(
    message: &[u8],
    modulus_bits: usize,
    secret: &[u8],
    encoded: &mut [u8],
) -> Option<()> {
    let digest = Sha256::digest(message).into();
    let salt = salt(secret, &digest)?;
    let hash: [u8; HASH_LEN] = Sha256::new()
        .chain_update([0; 8])
        .chain_update(digest)
        .chain_update(salt)
        .finalize()
        .into();

    encoded.fill(0);
    let masked_len = encoded.len().checked_sub(HASH_LEN.saturating_add(1))?;
    let (masked, end) = encoded.split_at_mut_checked(masked_len)?;
    copy(hash.into_iter().chain([TRAILER]), end);
    let zeros_len = masked_len.checked_sub(SALT_LEN.saturating_add(1))?;
    copy([1].into_iter().chain(salt), masked.get_mut(zeros_len..)?);

    // The number has one bit less than the modulus. If that saves a whole byte, the mask starts after that byte.
    let unused_bits = 8_usize.saturating_sub(modulus_bits.wrapping_sub(1) % 8);
    mask(&hash, masked.get_mut(unused_bits / 8..)?);
    let first = masked.first_mut()?;
    *first &= 0xff_u8.unbounded_shr(u32::try_from(unused_bits).ok()?);
    Some(())
}

/// A salt without a random source: the HMAC-SHA-256 of the message's digest. Its key is a part of the private key, as
/// for the nonce of ECDSA in RFC 6979.
///
/// Every verifier can read the salt from the signature. It is therefore no secret, and the security of RSASSA-PSS does
/// not depend on it: even an empty salt is allowed (RFC 8017 §8.1). A salt gives a tighter bound in the proof if nobody
/// can predict the salt of a message before the message is signed (Katz and Wang, CCS 2003). Without the private key
/// nobody can predict this salt. It reveals nothing about the key, as long as HMAC-SHA-256 is a pseudorandom function.
/// The same message has the same signature, as with the other algorithms here.
fn salt(secret: &[u8], digest: &[u8; HASH_LEN]) -> Option<[u8; SALT_LEN]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(SALT_LABEL);
    mac.update(digest);
    Some(mac.finalize().into_bytes().into())
}

/// Adds the mask of MGF1 (RFC 8017 §B.2.1) to `data`, bit by bit modulo 2.
fn mask(seed: &[u8; HASH_LEN], data: &mut [u8]) {
    for (counter, block) in (0_u32..).zip(data.chunks_mut(HASH_LEN)) {
        let mask = Sha256::new()
            .chain_update(seed)
            .chain_update(counter.to_be_bytes())
            .finalize();
        for (byte, mask) in block.iter_mut().zip(mask) {
            *byte ^= mask;
        }
    }
}

fn copy(bytes: impl Iterator<Item = u8>, to: &mut [u8]) {
    to.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
}

const HASH_LEN: usize = 32;

const SALT_LEN: usize = 32;

/// This key has no other use with HMAC.
const SALT_LABEL: &[u8] = b"redox-auth: salt of PS256";

/// The last byte of every encoded message.
const TRAILER: u8 = 0xbc;
