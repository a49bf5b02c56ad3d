//! Const functions that split ASCII texts. The methods of `str` and slices are not const yet.

/// The text before the first `byte`, and the rest with the `byte`: empty if there is none. Not inlined: a copy for each
/// caller takes more flash.
#[inline(never)]
pub(super) const fn split_before(text: &str, byte: u8) -> (&str, &str) {
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == byte {
            break;
        }
        rest = tail;
    }
    split_at(text, text.len().saturating_sub(rest.len()))
}

/// The text split at `at`; the whole text and an empty one if `at` is not between two characters. Not inlined: a copy
/// for each caller takes more flash.
#[inline(never)]
pub(super) const fn split_at(text: &str, at: usize) -> (&str, &str) {
    match text.split_at_checked(at) {
        Some(parts) => parts,
        None => (text, ""),
    }
}

/// Whether two texts are equal except for upper and lower case.
pub(super) const fn eq_ignore_case(text: &str, other: &str) -> bool {
    if text.len() != other.len() {
        return false;
    }
    let (mut ours, mut theirs) = (text.as_bytes(), other.as_bytes());
    while let (Some((a, ours_tail)), Some((b, theirs_tail))) =
        (ours.split_first(), theirs.split_first())
    {
        if !a.eq_ignore_ascii_case(b) {
            return false;
        }
        (ours, theirs) = (ours_tail, theirs_tail);
    }
    true
}

/// The number of one or more decimal digits, without leading zeros.
pub(super) const fn parse_decimal(text: &str) -> Option<u16> {
    let mut rest = match text.as_bytes() {
        [] | [b'0', _, ..] => return None,
        digits => digits,
    };
    let mut number = 0_u16;
    while let Some((&byte, tail)) = rest.split_first() {
        if !byte.is_ascii_digit() {
            return None;
        }
        // Lossless. `From` is not const yet.
        let digit = byte.saturating_sub(b'0') as u16;
        number = match number.checked_mul(10) {
            Some(tens) => match tens.checked_add(digit) {
                Some(number) => number,
                None => return None,
            },
            None => return None,
        };
        rest = tail;
    }
    Some(number)
}
