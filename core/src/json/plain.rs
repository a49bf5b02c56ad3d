use core::ops::BitOr;

/// The number of leading bytes of `text` that need no escape in a JSON string: up to the first quote, backslash or
/// control character (RFC 8259 §7), or all bytes.
///
/// Checks several words at a time, then one word at a time. Tokens are long, and so are hostile bodies.
pub(crate) fn plain_len(text: &[u8]) -> usize {
    let mut rest = text;
    while AT_ONCE > 1
        && let Some((words, tail)) = rest.split_first_chunk::<{ AT_ONCE * WORD }>()
    {
        let marks = words.as_chunks().0.iter().map(specials);
        if marks.fold(0, BitOr::bitor) != 0 {
            break;
        }
        rest = tail;
    }
    let mut len = text.len().saturating_sub(rest.len());
    while let Some((word, tail)) = rest.split_first_chunk() {
        let marks = specials(word);
        if marks != 0 {
            return len.saturating_add(before_first(marks));
        }
        len = len.saturating_add(WORD);
        rest = tail;
    }
    let special = rest.iter().position(|&byte| is_special(byte));
    len.saturating_add(special.unwrap_or(rest.len()))
}

const fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Marks the first (lowest) byte of a word for which [`is_special`] holds, with its highest bit. It may also mark
/// higher bytes wrongly.
///
/// Inverting one bit moves the quote next to the control characters, which stay together. Subtracting `n` from a byte
/// less than `n` borrows, and sets the highest bit. The borrow may also change the bytes above. Bytes of 128 or more
/// are never special and are masked.
fn specials(word: &[u8; WORD]) -> usize {
    let word = usize::from_le_bytes(*word);
    let each = |byte: u8| usize::from_ne_bytes([byte; WORD]);
    let quotes_and_controls = (word ^ each(0x02)).wrapping_sub(each(0x21));
    let backslashes = (word ^ each(b'\\')).wrapping_sub(each(1));
    (quotes_and_controls | backslashes) & !word & each(0x80)
}

/// The number of bytes in a word before the first marked byte.
fn before_first(marks: usize) -> usize {
    usize::try_from(marks.trailing_zeros() / 8).unwrap_or(usize::MAX)
}

const WORD: usize = size_of::<usize>();

/// The number of words checked between two branches: a vector, or one word where there are no vectors and flash is
/// scarce.
const AT_ONCE: usize = if usize::BITS == 64 { 4 } else { 1 };

#[cfg(test)]
mod tests {
    use super::{is_special, plain_len};

    #[test]
    fn every_byte_is_judged_alike_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for len in 1..24 {
                for at in 0..len {
                    let mut text = [b'a'; 24];
                    text[at] = byte;
                    let expected = if is_special(byte) { at } else { len };
                    assert_eq!(plain_len(&text[..len]), expected, "{byte} at {at} of {len}");
                }
            }
        }
    }

    #[test]
    fn neighbours_do_not_hide_each_other() {
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                let text = [b'a', b'b', b'c', first, second, b'd', b'e', b'f', b'g'];
                let expected = text.iter().position(|&byte| is_special(byte));
                assert_eq!(plain_len(&text), expected.unwrap_or(9), "{first}, {second}");
            }
        }
    }
}
