//! Random values that are the same in every run.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

/// `SplitMix64` (Steele, Lea and Flood, 2014): small, and good enough to select test cases.
pub(crate) struct Random(u64);

impl Random {
    /// Prints the seed: a failure then identifies its run.
    pub(crate) fn from_seed(seed: u64) -> Self {
        println!("seed {seed:#x}");
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap()
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }

    pub(crate) fn bytes(&mut self) -> [u8; 16] {
        (u128::from(self.next()) << 64 | u128::from(self.next())).to_be_bytes()
    }

    /// A text of one character, of up to sixty, or of two thousand, from one random alphabet.
    pub(crate) fn text(&mut self) -> String {
        let len = match self.below(100) {
            0..10 => 1,
            10..98 => self.below(60) + 1,
            _ => 2000,
        };
        let alphabet = self.pick(&ALPHABETS);
        (0..len).map(|_| self.char(alphabet)).collect()
    }

    fn char(&mut self, alphabet: &[(u32, u32)]) -> char {
        let (first, last) = self.pick(alphabet);
        let span = u64::from(last.checked_sub(first).unwrap()) + 1;
        let point = first + u32::try_from(self.below(span)).unwrap();
        char::from_u32(point).unwrap()
    }
}

/// Ranges of code points, selected with equal probability.
const ALPHABETS: [&[(u32, u32)]; 6] = [
    &[(0x20, 0x7e)],
    &[(0x22, 0x22), (0x5c, 0x5c), (0x61, 0x7a)],
    &[(0, 0x1f), (0x7f, 0x7f), (0x61, 0x7a)],
    &[
        (0xa0, 0x24f),
        (0x4e00, 0x9fff),
        (0x2028, 0x2029),
        (0x20, 0x7e),
    ],
    &[(0x1_0000, 0x10_ffff), (0x20, 0x7e)],
    &[
        (0, 0x1f),
        (0x22, 0x22),
        (0x5c, 0x5c),
        (0x20, 0x7e),
        (0x80, 0xd7ff),
        (0xe000, 0xffff),
        (0x1_0000, 0x10_ffff),
    ],
];
