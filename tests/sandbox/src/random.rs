use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A seeded generator: HMAC-SHA-256 of a counter. One seed gives the same sequence in every release.
///
/// A library's default generator may change its sequence with any release.
pub(crate) struct Random {
    key: hmac::Key,
    drawn: u64,
}

impl Random {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &seed),
            drawn: 0,
        }
    }

    /// 256 random bits as 43 characters of base64url: an opaque token or a secret.
    pub(crate) fn token(&mut self) -> String {
        URL_SAFE_NO_PAD.encode(self.draw())
    }

    /// A random UUID (RFC 9562 §5.4), the form of Redox's IDs.
    pub(crate) fn uuid(&mut self) -> String {
        let mut bits = [0; 16];
        for (bit, drawn) in bits.iter_mut().zip(self.draw().as_ref()) {
            *bit = *drawn;
        }
        let bits = u128::from_be_bytes(bits);
        let bits = bits & !(0xf << 76) | (0x4 << 76); // version 4
        let bits = bits & !(0x3 << 62) | (0x2 << 62); // variant 10
        let (first, second, third) = (bits >> 96, bits >> 80 & 0xffff, bits >> 64 & 0xffff);
        let (fourth, fifth) = (bits >> 48 & 0xffff, bits & 0xffff_ffff_ffff);
        format!("{first:08x}-{second:04x}-{third:04x}-{fourth:04x}-{fifth:012x}")
    }

    /// A nearly uniform number below `end`; 0 if `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let drawn = self.draw();
        let bits = drawn.as_ref().iter().take(4);
        let number = bits.fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        number.checked_rem(end).unwrap_or(0)
    }

    fn draw(&mut self) -> hmac::Tag {
        self.drawn = self.drawn.wrapping_add(1);
        hmac::sign(&self.key, &self.drawn.to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_sequence_and_no_value_twice() {
        let (mut one, mut same, mut other) = (
            Random::new([1; 32]),
            Random::new([1; 32]),
            Random::new([2; 32]),
        );
        let first = one.token();
        assert_eq!(first, same.token());
        assert_ne!(first, other.token());
        assert_ne!(first, one.token());
    }

    #[test]
    fn a_uuid_carries_version_4_and_its_variant() {
        let mut random = Random::new([3; 32]);
        for _ in 0..64 {
            let uuid = random.uuid();
            let parts: Vec<_> = uuid.split('-').map(str::len).collect();
            assert_eq!(parts, [8, 4, 4, 4, 12], "{uuid}");
            assert_eq!(&uuid[14..15], "4", "{uuid}");
            assert!("89ab".contains(&uuid[19..20]), "{uuid}");
        }
    }
}
