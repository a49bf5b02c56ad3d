/// CRC-64/XZ of several parts of a text, in order.
///
/// Computed bit by bit: a record is rarely written or read, and the tables of a library take more flash than all of
/// this.
#[derive(Clone, Copy)]
pub(super) struct Checksum(u64);

impl Checksum {
    pub(super) const fn new() -> Self {
        Self(u64::MAX)
    }

    pub(super) fn of(bytes: &[u8]) -> u64 {
        let mut checksum = Self::new();
        checksum.update(bytes);
        checksum.finish()
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 ^= u64::from(byte);
            for _ in 0..8 {
                let is_odd = self.0 & 1 == 1;
                self.0 >>= 1;
                if is_odd {
                    self.0 ^= POLYNOMIAL;
                }
            }
        }
    }

    pub(super) const fn finish(self) -> u64 {
        !self.0
    }
}

/// The polynomial of ECMA-182, with its bits reversed.
const POLYNOMIAL: u64 = 0xc96c_5795_d787_0f42;

#[cfg(test)]
mod tests {
    use super::Checksum;

    #[test]
    fn the_check_value_of_the_catalogue_of_crcs_comes_out() {
        assert_eq!(Checksum::of(b"123456789"), 0x995d_c9bb_df19_39fa);
        let mut parts = Checksum::new();
        parts.update(b"12345");
        parts.update(b"6789");
        assert_eq!(parts.finish(), 0x995d_c9bb_df19_39fa);
    }
}
