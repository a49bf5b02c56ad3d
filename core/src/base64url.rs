//! Base64url without padding (RFC 4648 §5, RFC 7515 §2), in place. No published crate encodes in place.

/// Encodes the first `raw_len` bytes of `room`. `room` must have the length of the encoded text.
///
/// Encodes a word of characters at a time, from the last to the first. The characters never begin before the bytes that
/// they encode, and therefore overwrite no byte that is still needed. The time does not depend on the bytes.
pub(crate) fn encode_in_place(room: &mut [u8], raw_len: usize) {
    for group in (0..raw_len.div_ceil(GROUP)).rev() {
        // No group begins beyond the buffer.
        let (from, to) = (group.wrapping_mul(GROUP), group.wrapping_mul(WORD));
        let rest = room.get(..raw_len).and_then(|raw| raw.get(from..));
        let word = rest.and_then(<[u8]>::first_chunk).copied();
        let word = word.unwrap_or_else(|| padded(rest.unwrap_or(&[])));
        let characters = characters(word);
        let place = room.get_mut(to..).unwrap_or(&mut []);
        match place.first_chunk_mut() {
            Some(place) => *place = characters,
            None => copy(&characters, place),
        }
    }
}

/// The encoded length of `len` bytes.
pub(crate) const fn encoded_len(len: usize) -> usize {
    let rest = match len % 3 {
        0 => 0,
        1 => 2,
        _ => 3,
    };
    (len / 3).saturating_mul(4).saturating_add(rest)
}

/// Encodes enough bytes to fill one word with characters, all characters at once. Each byte of the word takes six bits,
/// and is then moved to its place in the alphabet.
fn characters(word: [u8; WORD]) -> [u8; WORD] {
    let bits = usize::from_be_bytes(word) >> (8 * (WORD - GROUP));
    // Three bytes in each half of a word of 64 bits.
    #[cfg(target_pointer_width = "64")]
    let bits = ((bits & 0x0000_ffff_ff00_0000) << 8) | (bits & 0x0000_0000_00ff_ffff);
    let bits = ((bits & every([0, 0xff, 0xf0, 0])) << 4) | (bits & every([0, 0, 0x0f, 0xff]));
    let bits = ((bits & every([0x0f, 0xc0, 0x0f, 0xc0])) << 2) | (bits & every([0, 0x3f, 0, 0x3f]));
    let leap = |at: u8, by: usize| {
        let reached = bits.wrapping_add(every([0x80_u8.wrapping_sub(at); 4])) & every([0x80; 4]);
        (reached >> 7).wrapping_mul(by)
    };
    bits.wrapping_add(every([b'A'; 4]))
        .wrapping_add(leap(26, 6))
        .wrapping_sub(leap(52, 75))
        .wrapping_sub(leap(62, 13))
        .wrapping_add(leap(63, 49))
        .to_be_bytes()
}

/// A word that repeats these bytes.
const fn every([a, b, c, d]: [u8; 4]) -> usize {
    #[cfg(target_pointer_width = "64")]
    let word = [a, b, c, d, a, b, c, d];
    #[cfg(not(target_pointer_width = "64"))]
    let word = [a, b, c, d];
    usize::from_be_bytes(word)
}

/// As many of these bytes as fit, followed by zeros.
fn padded(bytes: &[u8]) -> [u8; WORD] {
    let mut word = [0; WORD];
    copy(bytes, &mut word);
    word
}

/// Copies as many bytes as fit.
fn copy(from: &[u8], to: &mut [u8]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

/// The number of characters encoded at once.
const WORD: usize = size_of::<usize>();

/// The number of bytes that these characters encode.
const GROUP: usize = WORD / 4 * 3;

#[cfg(test)]
mod tests {
    use base64ct::{Base64UrlUnpadded, Encoding};

    use super::{encode_in_place, encoded_len};

    #[test]
    fn it_writes_what_base64ct_writes() {
        let text: [u8; 256] = core::array::from_fn(|at| u8::try_from(at).unwrap());
        for start in 0..text.len() {
            for len in 0..=text.len() - start {
                let text = &text[start..start + len];
                let (mut in_place, mut copied) = ([0; 400], [0; 400]);
                in_place[..len].copy_from_slice(text);
                let room = &mut in_place[..encoded_len(len)];
                encode_in_place(room, len);
                let expected = Base64UrlUnpadded::encode(text, &mut copied).unwrap();
                assert_eq!(room, expected.as_bytes(), "{len} bytes from {start}");
            }
        }
    }
}
