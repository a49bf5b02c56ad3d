use crate::json::{Chars, Text};

/// The characters of a server's text, with escapes decoded.
#[derive(Clone)]
pub(super) enum Letters<'b> {
    /// A string in JSON.
    Json(Chars<'b>),
    /// A URL in a JSON string. Percent-encoded printable ASCII (RFC 3986 §2.1) is decoded.
    Uri(Chars<'b>),
    /// Bytes that may not be UTF-8.
    Plain(&'b [u8]),
}

impl<'b> Letters<'b> {
    pub(super) fn json(text: Text, body: &'b [u8]) -> Self {
        Self::Json(chars(text, body))
    }

    pub(super) fn uri(text: Text, body: &'b [u8]) -> Self {
        Self::Uri(chars(text, body))
    }
}

impl Iterator for Letters<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::Json(chars) => chars.next(),
            Self::Uri(chars) => {
                let letter = chars.next()?;
                let mut ahead = chars.clone();
                match decoded(letter, &mut ahead) {
                    None => Some(letter),
                    decoded => {
                        *chars = ahead;
                        decoded
                    }
                }
            }
            Self::Plain(bytes) => {
                let letter = first_of(bytes);
                *bytes = bytes.get(letter.map_or(1, char::len_utf8)..)?;
                Some(letter.unwrap_or(char::REPLACEMENT_CHARACTER))
            }
        }
    }
}

fn chars<'b>(text: Text, body: &'b [u8]) -> Chars<'b> {
    // The parser has checked that the body is UTF-8, and a string in it begins and ends between two characters.
    Chars::new(core::str::from_utf8(text.raw(body)).unwrap_or(""))
}

/// The first character; `None` if the bytes do not start with one.
fn first_of(bytes: &[u8]) -> Option<char> {
    // The longest character has four bytes. A character after a shorter one may be cut off.
    let beginning = bytes.get(..4).unwrap_or(bytes);
    let valid = match core::str::from_utf8(beginning) {
        Err(error) => beginning.get(..error.valid_up_to())?,
        Ok(_) => beginning,
    };
    core::str::from_utf8(valid).ok()?.chars().next()
}

/// The byte that a percent sign and the two digits `ahead` encode.
fn decoded(sign: char, ahead: &mut Chars<'_>) -> Option<char> {
    if sign != '%' {
        return None;
    }
    let mut digit = || ahead.next()?.to_digit(16);
    let byte = (digit()? << 4) | digit()?;
    char::from_u32(byte).filter(|letter| matches!(letter, ' '..='~'))
}
