//! Reading `application/x-www-form-urlencoded`, by the parser of the WHATWG URL Standard §5.1.

use super::IncomingError;

/// The values of the parameters of these `names`, in their order.
///
/// A known name that comes twice is refused, however it is written: two readers could each believe another one of them.
pub(super) fn parameters<'q, const N: usize>(
    query: &'q [u8],
    names: [&'static str; N],
) -> Result<[Option<Decoded<'q>>; N], IncomingError> {
    let mut found = [const { None }; N];
    for parameter in query.split(|&byte| byte == b'&') {
        let equals = parameter.iter().position(|&byte| byte == b'=');
        let (name, value) = equals
            .and_then(|at| parameter.split_at_checked(at))
            .unwrap_or((parameter, &[]));
        for (known, slot) in names.iter().zip(&mut found) {
            if !Decoded(name).eq(known.bytes()) {
                continue;
            }
            if slot.is_some() {
                return Err(IncomingError::Duplicate(known));
            }
            *slot = Some(Decoded(value.strip_prefix(b"=").unwrap_or(value)));
        }
    }
    Ok(found)
}

/// The bytes that an encoded name or value stands for. A `%` without two digits after it stands for itself.
#[derive(Clone)]
pub(super) struct Decoded<'q>(&'q [u8]);

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

/// The byte that two digits spell, and what follows them.
fn escaped(digits: &[u8]) -> Option<(u8, &[u8])> {
    let (&[high, low], rest) = digits.split_first_chunk()?;
    Some(((nibble(high)? << 4) | nibble(low)?, rest))
}

fn nibble(digit: u8) -> Option<u8> {
    u8::try_from(char::from(digit).to_digit(16)?).ok()
}
