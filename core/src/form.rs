//! `application/x-www-form-urlencoded`, read with the parser of the WHATWG URL Standard §5.1.

/// The decoded bytes of a name or value. A `%` without two hexadecimal digits after it stands for itself.
#[derive(Clone)]
pub(crate) struct Decoded<'q>(&'q [u8]);

impl<'q> Decoded<'q> {
    pub(crate) const fn of(encoded: &'q [u8]) -> Self {
        Self(encoded)
    }
}

impl Iterator for Decoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        let (byte, rest) = match first {
            b'+' => (b' ', rest),
            b'%' => escaped(rest).unwrap_or((b'%', rest)),
            _ => (first, rest),
        };
        self.0 = rest;
        Some(byte)
    }
}

/// The byte that two digits encode, and the bytes after them.
fn escaped(digits: &[u8]) -> Option<(u8, &[u8])> {
    let (&[high, low], rest) = digits.split_first_chunk()?;
    Some(((nibble(high)? << 4) | nibble(low)?, rest))
}

fn nibble(digit: u8) -> Option<u8> {
    u8::try_from(char::from(digit).to_digit(16)?).ok()
}
