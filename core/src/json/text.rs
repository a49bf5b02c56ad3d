use super::span::Span;

/// The content of a checked JSON string: its place, without the quotes, and whether it has escapes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    pub(super) span: Span,
    pub(super) escaped: bool,
}

impl Text {
    /// Whether this string of `body` equals `expected`.
    pub(crate) fn equals(self, body: &[u8], expected: &str) -> bool {
        let mut raw = self.raw(body);
        if !self.escaped {
            return raw == expected.as_bytes();
        }
        let mut expected = expected.as_bytes();
        while let Some((piece, rest)) = Piece::first_of(raw) {
            raw = rest;
            match expected.strip_prefix(piece.bytes()) {
                Some(rest) => expected = rest,
                None => return false,
            }
        }
        expected.is_empty()
    }

    /// The start of the content, after the quote, in bytes.
    pub(crate) fn at(self) -> usize {
        self.span.start()
    }

    /// This string as it is in `body`, escapes included.
    pub(crate) fn raw(self, body: &[u8]) -> &[u8] {
        self.span.of(body)
    }

    /// This string; `None` if it has escapes.
    pub(crate) fn plain(self, body: &[u8]) -> Option<&str> {
        if self.escaped {
            return None;
        }
        core::str::from_utf8(self.raw(body)).ok()
    }

    /// Copies this string from `raw`, the result of [`Text::raw`], to the start of `room`, with escapes decoded.
    pub(crate) fn copy_to<'r>(self, raw: &[u8], room: &'r mut [u8]) -> Option<&'r str> {
        room.get_mut(..raw.len())?.copy_from_slice(raw);
        let mut copy = Self {
            span: Span::new(0..raw.len()),
            escaped: self.escaped,
        };
        copy.unescape(room);
        core::str::from_utf8(copy.raw(room)).ok()
    }

    /// Decodes the escapes of this string in `body`. This moves the end of the string forward.
    ///
    /// A decoded escape is never longer than the escape, and therefore fits in its place.
    pub(crate) fn unescape(&mut self, body: &mut [u8]) {
        if !self.escaped {
            return;
        }
        let (start, end) = (self.span.start(), self.span.end());
        let (mut read, mut written) = (start, start);
        while let Some((piece, rest)) = body.get(read..end).and_then(Piece::first_of) {
            read = end.saturating_sub(rest.len());
            for &byte in piece.bytes() {
                if let Some(slot) = body.get_mut(written) {
                    *slot = byte;
                }
                written = written.saturating_add(1);
            }
        }
        self.span = Span::new(start..written);
        self.escaped = false;
    }
}

/// A byte of a string, or the UTF-8 of the character that an escape encodes.
struct Piece {
    utf8: [u8; 4],
    len: usize,
}

impl Piece {
    /// The first piece of `raw` and the rest; nothing at the end.
    fn first_of(raw: &[u8]) -> Option<(Self, &[u8])> {
        let (&first, rest) = raw.split_first()?;
        if first != b'\\' {
            let utf8 = [first, 0, 0, 0];
            return Some((Self { utf8, len: 1 }, rest));
        }
        let (character, rest) = escape(rest)?;
        let mut utf8 = [0; 4];
        let len = character.encode_utf8(&mut utf8).len();
        Some((Self { utf8, len }, rest))
    }

    fn bytes(&self) -> &[u8] {
        self.utf8.get(..self.len).unwrap_or(&[])
    }
}

/// The decoded characters of a checked string.
#[derive(Clone)]
pub(crate) struct Chars<'b>(&'b str);

impl<'b> Chars<'b> {
    pub(crate) const fn new(raw: &'b str) -> Self {
        Self(raw)
    }
}

impl Iterator for Chars<'_> {
    type Item = char;

    // Not inlined where flash is scarce: a copy for each caller takes more.
    #[cfg_attr(target_os = "none", inline(never))]
    fn next(&mut self) -> Option<char> {
        let mut chars = self.0.chars();
        let first = chars.next()?;
        self.0 = chars.as_str();
        if first != '\\' {
            return Some(first);
        }
        let (character, rest) = escape(self.0.as_bytes())?;
        self.0 = self.0.get(self.0.len().checked_sub(rest.len())?..)?;
        Some(character)
    }
}

/// The character that an escape encodes, from the text after its backslash.
fn escape(raw: &[u8]) -> Option<(char, &[u8])> {
    let (&kind, rest) = raw.split_first()?;
    Some(match kind {
        b'b' => ('\u{8}', rest),
        b'f' => ('\u{c}', rest),
        b'n' => ('\n', rest),
        b'r' => ('\r', rest),
        b't' => ('\t', rest),
        b'u' => return unicode_escape(rest),
        other => (char::from(other), rest),
    })
}

/// The character that the digits after `\u` encode, with a second `\u` if it is a surrogate pair.
fn unicode_escape(digits: &[u8]) -> Option<(char, &[u8])> {
    let (unit, rest) = code_unit(digits)?;
    let high = match unit {
        0xd800..0xdc00 => unit & 0x3ff,
        _ => return Some((char::from_u32(unit)?, rest)),
    };
    let (low, rest) = code_unit(rest.strip_prefix(br"\u")?)?;
    let point = ((high << 10) | (low & 0x3ff)).checked_add(0x1_0000)?;
    Some((char::from_u32(point)?, rest))
}

fn code_unit(digits: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = digits.split_at_checked(4)?;
    let mut unit = 0;
    for &digit in digits {
        unit = (unit << 4) | char::from(digit).to_digit(16)?;
    }
    Some((unit, rest))
}

#[cfg(test)]
mod tests {
    use crate::json::{Value, members};

    #[test]
    fn escapes_are_replaced_where_they_stand() {
        for (json, expected) in [
            (r#"{"a":"plain"}"#, "plain"),
            (r#"{"a":""}"#, ""),
            (r#"{"a":"\"\\\/\b\f\n\r\t"}"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r#"{"a":"\u00e9 \ud83d\udc4d! \u20AC"}"#, "é 👍! €"),
            (r#"{"a":"é\u0000ü"}"#, "é\0ü"),
        ] {
            let mut body = json.as_bytes().to_vec();
            let [member] = members(&body, ["a"]).unwrap();
            let Value::Text(mut text) = member.unwrap().value else {
                panic!("no text in {json}");
            };
            assert!(text.equals(&body, expected), "{json}");
            assert!(!text.equals(&body, "other"), "{json}");
            text.unescape(&mut body);
            assert_eq!(text.plain(&body), Some(expected), "{json}");
        }
    }
}
