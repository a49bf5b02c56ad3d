/// The whole part of a JSON number that is not negative; [`u32::MAX`] for what is larger.
///
/// `None` when `number` is negative or no number by the grammar of RFC 8259 §6. Exact where a float would not be, and
/// without the kilobytes of code that parsing a float takes.
pub(crate) fn floor_of(number: &[u8]) -> Option<u32> {
    let (mantissa, exponent) = match number.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (number.get(..at)?, exponent_of(number.get(at..)?.get(1..)?)?),
        None => (number, 0),
    };
    let (whole, fraction) = match mantissa.iter().position(|&byte| byte == b'.') {
        Some(at) => (mantissa.get(..at)?, mantissa.get(at..)?.get(1..)?),
        None => (mantissa, &b"0"[..]),
    };
    if whole.is_empty() || fraction.is_empty() {
        return None;
    }
    let mut places = i32::try_from(whole.len()).ok()?.saturating_add(exponent);
    let mut value = 0_u32;
    for &byte in whole.iter().chain(fraction) {
        let digit = digit_of(byte)?;
        if places > 0 {
            value = value.saturating_mul(10).saturating_add(digit);
        }
        places = places.saturating_sub(1);
    }
    while places > 0 && value != 0 && value != u32::MAX {
        value = value.saturating_mul(10);
        places = places.saturating_sub(1);
    }
    Some(value)
}

fn exponent_of(text: &[u8]) -> Option<i32> {
    let (negative, digits) = match text.split_first()? {
        (b'-', digits) => (true, digits),
        (b'+', digits) => (false, digits),
        _ => (false, text),
    };
    if digits.is_empty() {
        return None;
    }
    let mut exponent = 0_i32;
    for &byte in digits {
        let digit = i32::try_from(digit_of(byte)?).ok()?;
        exponent = exponent.saturating_mul(10).saturating_add(digit);
    }
    Some(if negative {
        exponent.saturating_neg()
    } else {
        exponent
    })
}

fn digit_of(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(10)
}

#[cfg(test)]
mod tests {
    use super::floor_of;

    #[test]
    fn numbers_are_rounded_down_and_saturate() {
        for (number, expected) in [
            ("0", Some(0)),
            ("300", Some(300)),
            ("300.0", Some(300)),
            ("299.99", Some(299)),
            ("3e2", Some(300)),
            ("3E+2", Some(300)),
            ("30000e-2", Some(300)),
            ("0.0003e6", Some(300)),
            ("1e-400", Some(0)),
            ("0e400", Some(0)),
            ("1e400", Some(u32::MAX)),
            ("1e99999999999999999999", Some(u32::MAX)),
            ("99999999999999999999", Some(u32::MAX)),
            ("4294967295", Some(u32::MAX)),
            ("4294967294", Some(u32::MAX - 1)),
            ("4294967296", Some(u32::MAX)),
            ("-1", None),
            ("-0", None),
            ("", None),
            ("300s", None),
            (" 300", None),
            ("3.", None),
            (".3", None),
            ("3e", None),
            ("3e+", None),
            ("0x12c", None),
        ] {
            assert_eq!(floor_of(number.as_bytes()), expected, "{number:?}");
        }
    }
}
