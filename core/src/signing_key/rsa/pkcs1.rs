//! EMSA-PKCS1-v1_5 (RFC 8017 §9.2).

/// Fills `encoded` with 0, 1, as many 255 as fit, 0, the start of a `DigestInfo`, and the digest.
pub(super) fn encode(digest_info: &[u8; 19], digest: &[u8], encoded: &mut [u8]) {
    encoded.fill(0xff);
    for (slot, byte) in encoded.iter_mut().zip([0, 1]) {
        *slot = byte;
    }
    let end = [0].iter().chain(digest_info).chain(digest);
    for (slot, byte) in encoded.iter_mut().rev().zip(end.rev()) {
        *slot = *byte;
    }
}

/// The start of a `DigestInfo` (RFC 8017 §9.2, note 1). `hash` is the last number of the hash's object identifier,
/// 2.16.840.1.101.3.4.2.x, and `len` the length of a digest in bytes.
pub(super) const fn digest_info(hash: u8, len: u8) -> [u8; 19] {
    [
        0x30,
        0x11_u8.saturating_add(len),
        0x30,
        0x0d,
        0x06,
        0x09,
        0x60,
        0x86,
        0x48,
        0x01,
        0x65,
        0x03,
        0x04,
        0x02,
        hash,
        0x05,
        0x00,
        0x04,
        len,
    ]
}
