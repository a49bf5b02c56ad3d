use core::num::{NonZeroU16, NonZeroU32};

/// The quotient and the remainder, byte by byte.
///
/// The compiler's 64-bit division takes half a kilobyte where the processor has no such instruction. Core divides only
/// for digits and seconds, and this function is fast enough for both.
pub(crate) fn div_rem(number: u64, divisor: NonZeroU16) -> (u64, u32) {
    let divisor = NonZeroU32::from(divisor);
    // Nearly every number is this short: each time until 2106, and the remainder of a longer number.
    if let Ok(number) = u32::try_from(number) {
        return ((number / divisor).into(), number % divisor);
    }
    let mut bytes = number.to_be_bytes();
    let mut rest = 0_u32;
    for byte in &mut bytes {
        let part = (rest << 8) | u32::from(*byte);
        // The remainder is less than the divisor, and the quotient therefore fits in one byte.
        *byte = u8::try_from(part / divisor).unwrap_or(u8::MAX);
        rest = part % divisor;
    }
    (u64::from_be_bytes(bytes), rest)
}

#[cfg(test)]
mod tests {
    use core::num::NonZeroU16;

    use super::div_rem;

    #[test]
    fn it_divides_as_the_compiler_does() {
        for number in [
            0,
            1,
            9,
            10,
            999,
            1_000,
            65_535,
            1 << 32,
            u64::MAX - 1,
            u64::MAX,
        ] {
            for divisor in [1, 7, 10, 1_000, 2_000, u16::MAX] {
                let expected = (
                    number / u64::from(divisor),
                    u32::try_from(number % u64::from(divisor)).unwrap(),
                );
                let divisor = NonZeroU16::new(divisor).unwrap();
                assert_eq!(div_rem(number, divisor), expected, "{number} / {divisor}");
            }
        }
    }
}
