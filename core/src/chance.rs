/// A number from 0 to `max`, from a hash of `seed` and `nonce` (the finalizer of `MurmurHash3`).
pub(crate) fn scatter(seed: u32, nonce: u32, max: u32) -> u32 {
    let mut hash = seed ^ nonce.wrapping_mul(0x9e37_79b9);
    for factor in [0x85eb_ca6b, 0xc2b2_ae35] {
        hash = (hash ^ (hash >> 16)).wrapping_mul(factor);
    }
    hash ^= hash >> 16;
    let scaled = u64::from(hash).saturating_mul(u64::from(max).saturating_add(1)) >> 32;
    u32::try_from(scaled).unwrap_or(max)
}
