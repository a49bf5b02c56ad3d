use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use rand_core::{CryptoRng, Error, RngCore};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

/// The common start of all nonces of a key on P-256 (RFC 6979 §3.2), computed once.
///
/// This implementation takes half of the instructions of the crate `rfc6979`. It computes the part that depends only on
/// the key once, hashes no constant input twice, and prepares a second nonce only on request. The tests compare it with
/// that crate.
#[derive(Clone)]
pub(super) struct Seed {
    /// Step d before the digest: an HMAC with a key of 0 over V, 0 and the secret.
    begun: Hmac<Sha256>,
}

impl Seed {
    pub(super) fn new(secret: &[u8; 32]) -> Self {
        let mut begun = keyed(&[0; 32]);
        begun.update(&FIRST_VALUE);
        begun.update(&[0]);
        begun.update(secret);
        Self { begun }
    }

    /// The nonces for one signature with the same secret. `hedge` is mixed in (RFC 6979 §3.6). If it is empty, the
    /// nonces depend only on secret and digest.
    pub(super) fn nonces(&self, secret: &[u8; 32], digest: &[u8; 32], hedge: &[u8]) -> Nonces {
        let digest = reduced(digest);
        let mut begun = self.begun.clone();
        begun.update(&digest);
        begun.update(hedge);
        let mut nonces = Nonces {
            key: keyed(&finished(begun)),
            value: Zeroizing::new(FIRST_VALUE),
            is_used: false,
        };
        nonces.next_value();
        nonces.next_key(&[&[1], secret, &digest, hedge]);
        nonces.next_value();
        nonces
    }
}

/// The nonces for one signature on P-256 (RFC 6979), in the form of the random source that `p256-cortex-m4` expects.
///
/// The crate uses the 32 bytes as `k`, the least significant first. It asks for others if they are not a number below
/// the order, or if they give no signature. Step h has the same rule for the next candidate.
pub(super) struct Nonces {
    key: Hmac<Sha256>,
    value: Zeroizing<[u8; 32]>,
    is_used: bool,
}

impl Nonces {
    /// Sets K to the HMAC of V and `parts`.
    fn next_key(&mut self, parts: &[&[u8]]) {
        let mut mac = self.key.clone();
        mac.update(self.value.as_ref());
        for part in parts {
            mac.update(part);
        }
        self.key = keyed(&finished(mac));
    }

    /// Sets V to the HMAC of V.
    fn next_value(&mut self) {
        let mut mac = self.key.clone();
        mac.update(self.value.as_ref());
        self.value = finished(mac);
    }
}

impl RngCore for Nonces {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        for part in dest.chunks_mut(32) {
            if core::mem::replace(&mut self.is_used, true) {
                self.next_key(&[&[0]]);
                self.next_value();
            }
            self.next_value();
            for (to, from) in part.iter_mut().zip(self.value.iter().rev()) {
                *to = *from;
            }
        }
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

/// Without the key, the nonces cannot be distinguished from random bytes (RFC 6979 §3.3).
impl CryptoRng for Nonces {}

/// An HMAC with this key and no input yet.
fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    // A key shorter than a block is padded with zeros (RFC 2104 §2).
    let mut block = Zeroizing::new([0; 64]);
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    Hmac::new((&*block).into())
}

fn finished(mac: Hmac<Sha256>) -> Zeroizing<[u8; 32]> {
    let mut output = mac.finalize().into_bytes();
    let copy = Zeroizing::new(output.into());
    output.as_mut_slice().zeroize();
    copy
}

/// `bits2octets` (RFC 6979 §2.3.4): the digest, less the order of the curve if it is not below the order. A digest is
/// no secret.
fn reduced(digest: &[u8; 32]) -> [u8; 32] {
    let mut reduced = *digest;
    if *digest >= ORDER {
        let mut borrow = false;
        for (byte, order) in reduced.iter_mut().zip(ORDER).rev() {
            let (difference, first) = byte.overflowing_sub(order);
            let (difference, second) = difference.overflowing_sub(borrow.into());
            *byte = difference;
            borrow = first | second;
        }
    }
    reduced
}

/// V before the first step.
const FIRST_VALUE: [u8; 32] = [1; 32];

/// SEC2 §2.4.2.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_core::RngCore as _;
    use redox_auth_core::{Algorithm, Digest};
    use rfc6979::KGenerator;
    use rfc6979::bigint::U256;
    use sha2::Sha256;

    use super::{ORDER, Seed};

    const SECRET: [u8; 32] = [
        0xc9, 0xaf, 0xa9, 0xd8, 0x45, 0xba, 0x75, 0x16, 0x6b, 0x5c, 0x21, 0x57, 0x67, 0xb1, 0xd6,
        0x93, 0x4e, 0x50, 0xc3, 0xdb, 0x36, 0xe8, 0x9b, 0x12, 0x7b, 0x8a, 0x62, 0x2b, 0x12, 0x0f,
        0x67, 0x21,
    ];

    /// The first three nonces, big-endian.
    fn ours(secret: &[u8; 32], digest: &[u8; 32], hedge: &[u8]) -> [[u8; 32]; 3] {
        let mut nonces = Seed::new(secret).nonces(secret, digest, hedge);
        [(); 3].map(|()| {
            let mut nonce = [0; 32];
            nonces.fill_bytes(&mut nonce);
            nonce.reverse();
            nonce
        })
    }

    fn theirs(secret: &[u8; 32], digest: &[u8; 32], hedge: &[u8]) -> [[u8; 32]; 3] {
        let order = U256::from_be_slice(&ORDER);
        let mut nonces = KGenerator::<Sha256, U256>::new(secret, digest, hedge, &order);
        [(); 3].map(|()| {
            let mut nonce = [0; 32];
            nonces.fill_next_k(&mut nonce);
            nonce
        })
    }

    #[test]
    fn the_first_nonce_is_that_of_rfc_6979_appendix_a_2_5() {
        let expected = [
            0xa6, 0xe3, 0xc5, 0x7d, 0xd0, 0x1a, 0xbe, 0x90, 0x08, 0x65, 0x38, 0x39, 0x83, 0x55,
            0xdd, 0x4c, 0x3b, 0x17, 0xaa, 0x87, 0x33, 0x82, 0xb0, 0xf2, 0x4d, 0x61, 0x29, 0x49,
            0x3d, 0x8a, 0xad, 0x60,
        ];
        let digest = Digest::of(Algorithm::Es256, b"sample");
        let digest = digest.as_bytes().try_into().unwrap();
        assert_eq!(ours(&SECRET, digest, &[])[0], expected);
        assert_ne!(ours(&SECRET, digest, &[7; 32])[0], expected, "hedged");
    }

    #[test]
    fn digests_around_the_order_are_reduced() {
        let mut above = ORDER;
        above[31] += 1;
        let mut below = ORDER;
        below[31] -= 1;
        for digest in [[0; 32], below, ORDER, above, [0xff; 32]] {
            assert_eq!(ours(&SECRET, &digest, &[]), theirs(&SECRET, &digest, &[]));
        }
    }

    proptest! {
        #[test]
        fn nonces_are_those_of_the_rfc6979_crate(
            secret in prop::array::uniform32(any::<u8>()),
            digest in prop::array::uniform32(any::<u8>()),
            hedge in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            // Below the order, like every secret.
            let secret = { let mut secret = secret; secret[4] = 0; secret[0] &= 0x7f; secret };
            prop_assert_eq!(ours(&secret, &digest, &hedge), theirs(&secret, &digest, &hedge));
        }
    }
}
