/// The start block of MLLP, VT.
pub(crate) const START: u8 = 0x0b;

/// The end block of MLLP, FS.
pub(crate) const END: u8 = 0x1c;

/// Where the first control character is, a byte below the space: those of MLLP and the ends of segments are such.
///
/// With it comes whether everything before it is ASCII.
pub(crate) fn find_control(bytes: &[u8]) -> (Option<usize>, bool) {
    let (words, rest) = bytes.as_chunks::<WORD>();
    let mut seen = 0;
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The top bit of each byte that is below the space. A borrow may mark a byte behind the first one, never before it.
        let marks = word.wrapping_sub(SPACES) & !word & TOP_BITS;
        if marks != 0 {
            let before = (marks & marks.wrapping_neg()).wrapping_sub(1);
            let within = usize::try_from(marks.trailing_zeros() >> 3).unwrap_or(0);
            let at = index.saturating_mul(WORD).saturating_add(within);
            return (Some(at), (seen | word & before) & TOP_BITS == 0);
        }
        seen |= word;
    }
    let control = rest.iter().position(|byte| *byte < b' ');
    let before = rest.get(..control.unwrap_or(rest.len()));
    let is_ascii = seen & TOP_BITS == 0 && before.is_some_and(<[u8]>::is_ascii);
    let skipped = bytes.len().saturating_sub(rest.len());
    (control.map(|at| at.saturating_add(skipped)), is_ascii)
}

/// How many bytes come before the next byte of MLLP.
pub(crate) fn until_block(bytes: &[u8]) -> usize {
    until(bytes, |byte| matches!(byte, START | END))
}

/// Takes the next segment off the beginning of `bytes`, without its end.
pub(crate) fn next_segment<'b>(bytes: &mut &'b [u8]) -> &'b [u8] {
    let len = until(bytes, |byte| matches!(byte, b'\r' | b'\n'));
    let (segment, rest) = bytes.split_at_checked(len).unwrap_or((bytes, &[]));
    *bytes = rest.get(1..).unwrap_or(&[]);
    segment
}

/// How many bytes come before the next control character of this kind.
fn until(bytes: &[u8], is_wanted: impl Fn(u8) -> bool) -> usize {
    let mut at: usize = 0;
    while let Some(rest) = bytes.get(at..) {
        let (Some(control), _) = find_control(rest) else {
            break;
        };
        at = at.saturating_add(control);
        if bytes.get(at).is_some_and(|byte| is_wanted(*byte)) {
            return at;
        }
        at = at.saturating_add(1);
    }
    bytes.len()
}

/// Moves `len` bytes from `from` down to `to`, where both may overlap.
pub(crate) fn move_down(bytes: &mut [u8], from: usize, len: usize, to: usize) {
    let Some(skipped) = from.checked_sub(to).filter(|skipped| *skipped > 0) else {
        return;
    };
    let Some(end) = skipped.checked_add(len) else {
        return;
    };
    let part = bytes.get_mut(to..).and_then(|rest| rest.get_mut(..end));
    if let Some(part) = part {
        part.copy_within(skipped.., 0);
    }
}

/// As much as is looked at together, in bytes: on a processor of 32 bits as well, for which the compiler makes two words of it.
const WORD: usize = 8;

const SPACES: u64 = u64::from_ne_bytes([b' '; WORD]);

const TOP_BITS: u64 = u64::from_ne_bytes([0x80; WORD]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_control_character_is_found_at_every_place() {
        for len in 0..40 {
            for at in 0..len {
                for byte in 0..=255 {
                    let mut bytes = [b'x'; 40];
                    bytes[at] = byte;
                    // What stands behind it marks nothing before it.
                    bytes[len - 1] = if at + 1 == len { byte } else { 0 };
                    let expected = if byte < b' ' { at } else { len - 1 };
                    let expected = (bytes[expected] < b' ').then_some(expected);
                    let is_ascii = bytes[..expected.unwrap_or(len)].is_ascii();
                    assert_eq!(
                        find_control(&bytes[..len]),
                        (expected, is_ascii),
                        "{byte} at {at} of {len}"
                    );
                }
            }
        }
    }

    #[test]
    fn other_control_characters_are_passed_over() {
        assert_eq!(until_block(b"a\tb\r\n\0c\x0bd\x1c"), 7);
        assert_eq!(until_block(b"a\r\x1c"), 2);
        assert_eq!(until_block(b"a\r\n"), 3);
        assert_eq!(until_block(b""), 0);
    }

    #[test]
    fn segments_end_in_cr_or_lf() {
        let mut bytes = &b"MSH|\t\x0b\rEVN\r\n\nZ"[..];
        let mut found = std::vec::Vec::new();
        while !bytes.is_empty() {
            found.push(next_segment(&mut bytes));
        }
        assert_eq!(found, [&b"MSH|\t\x0b"[..], b"EVN", b"", b"", b"Z"]);
        assert_eq!(next_segment(&mut bytes), b"");
    }

    #[test]
    fn bytes_move_down_over_themselves() {
        let mut bytes = *b"0123456789";
        move_down(&mut bytes, 3, 6, 1);
        assert_eq!(&bytes, b"0345678789");
        move_down(&mut bytes, 3, 0, 1);
        move_down(&mut bytes, 3, 2, 3);
        assert_eq!(&bytes, b"0345678789");
    }
}
