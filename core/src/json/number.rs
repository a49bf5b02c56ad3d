use super::cursor::Cursor;

/// The integer part of a non-negative JSON number; [`u32::MAX`] for a larger number.
///
/// `None` if `number` is negative or does not match the grammar of RFC 8259 §6. It is exact, where a float would not
/// be, and saves the kilobytes of code that parsing a float takes.
pub(crate) fn floor_of(number: &[u8]) -> Option<u32> {
    Cursor::new(number, 0).only_number()?;
    let is_exponent = |byte: &u8| matches!(byte, b'e' | b'E');
    let end = number.iter().position(is_exponent).unwrap_or(number.len());
    let (mantissa, exponent) = number.split_at_checked(end)?;
    let point = mantissa.iter().position(|&byte| byte == b'.');
    let whole_len = i32::try_from(point.unwrap_or(end)).ok()?;
    let mut places = whole_len.saturating_add(exponent_of(exponent));
    let mut value = 0_u32;
    for &byte in mantissa {
        match byte {
            b'-' => return None,
            b'.' => continue,
            _ if places > 0 => value = append(value, byte),
            _ => (),
        }
        places = places.saturating_sub(1);
    }
    while places > 0 && value != 0 && value != u32::MAX {
        value = append(value, b'0');
        places = places.saturating_sub(1);
    }
    Some(value)
}

/// The exponent after the digits: empty, or `e+10`.
fn exponent_of(text: &[u8]) -> i32 {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit());
    let exponent = digits.fold(0, |number, &byte| append(number, byte));
    let exponent = i32::try_from(exponent).unwrap_or(i32::MAX);
    if matches!(text, [_, b'-', ..]) {
        exponent.saturating_neg()
    } else {
        exponent
    }
}

/// Appends one digit to `number`.
fn append(number: u32, digit: u8) -> u32 {
    let digit = digit.saturating_sub(b'0');
    number.saturating_mul(10).saturating_add(digit.into())
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
