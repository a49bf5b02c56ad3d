use base64ct::{Base64UrlUnpadded, Encoding};

use crate::WriteError;

/// A caller's buffer being filled.
///
/// Past the end it only counts, so that one check in [`Out::finish`] covers every write before it and can name the
/// exact need.
pub(crate) struct Out<'o> {
    buf: &'o mut [u8],
    len: usize,
}

impl<'o> Out<'o> {
    pub(crate) fn new(buf: &'o mut [u8]) -> Self {
        Self { buf, len: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn put(&mut self, bytes: &[u8]) {
        let rest = self.buf.get_mut(self.len..);
        if let Some(dst) = rest.and_then(|rest| rest.get_mut(..bytes.len())) {
            dst.copy_from_slice(bytes);
        }
        self.len = self.len.saturating_add(bytes.len());
    }

    pub(crate) fn put_str(&mut self, text: &str) {
        self.put(text.as_bytes());
    }

    pub(crate) fn put_u64(&mut self, number: u64) {
        let mut digits = [0; 20];
        let mut start = digits.len();
        let mut rest = number;
        for (at, digit) in digits.iter_mut().enumerate().rev() {
            *digit = b'0'.saturating_add(u8::try_from(rest % 10).unwrap_or(0));
            start = at;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.put(digits.get(start..).unwrap_or(&[]));
    }

    /// A JSON string with its quotes (RFC 8259 §7): `"`, `\` and control characters are escaped, all else goes as is.
    pub(crate) fn put_json_str(&mut self, text: &str) {
        self.put(b"\"");
        let mut rest = text.as_bytes();
        while let Some(at) = rest.iter().position(|&byte| needs_escape(byte)) {
            let (plain, tail) = rest.split_at_checked(at).unwrap_or((rest, &[]));
            self.put(plain);
            if let Some((&byte, tail)) = tail.split_first() {
                self.put_json_escape(byte);
                rest = tail;
            }
        }
        self.put(rest);
        self.put(b"\"");
    }

    fn put_json_escape(&mut self, byte: u8) {
        match byte {
            b'"' => self.put(br#"\""#),
            b'\\' => self.put(br"\\"),
            _ => self.put(&[b'\\', b'u', b'0', b'0', hex(byte >> 4), hex(byte & 15)]),
        }
    }

    /// A value of `application/x-www-form-urlencoded`, by the serializer of the WHATWG URL Standard §5.2.
    pub(crate) fn put_form_value(&mut self, text: &str) {
        for &byte in text.as_bytes() {
            match byte {
                b' ' => self.put(b"+"),
                _ if is_form_literal(byte) => self.put(&[byte]),
                _ => self.put(&[
                    b'%',
                    hex(byte >> 4).to_ascii_uppercase(),
                    hex(byte & 15).to_ascii_uppercase(),
                ]),
            }
        }
    }

    /// `bytes` as base64url without padding (RFC 7515 §2).
    pub(crate) fn put_base64url(&mut self, bytes: &[u8]) {
        let end = self.len.saturating_add(base64url_len(bytes.len()));
        if let Some(dst) = self.buf.get_mut(self.len..end) {
            // The lengths agree, so this cannot fail.
            let _ = Base64UrlUnpadded::encode(bytes, dst);
        }
        self.len = end;
    }

    /// Turns everything written since `start` into base64url, in place.
    ///
    /// The text is moved to the end of the room that its encoding needs and encoded from there to the front: 48 bytes
    /// are read before the 64 characters that stand for them are written, so the writing never overtakes the reading.
    pub(crate) fn base64url_since(&mut self, start: usize) {
        let raw_len = self.len.saturating_sub(start);
        let end = start.saturating_add(base64url_len(raw_len));
        self.len = end;
        let Some(room) = self.buf.get_mut(start..end) else {
            return;
        };
        let Some(mut read) = room.len().checked_sub(raw_len) else {
            return;
        };
        room.copy_within(..raw_len, read);
        let mut written = 0_usize;
        let mut chunk = [0; CHUNK];
        while let Some(rest) = room.get(read..).filter(|rest| !rest.is_empty()) {
            let chunk_len = rest.len().min(CHUNK);
            let (Some(from), Some(to)) = (rest.get(..chunk_len), chunk.get_mut(..chunk_len)) else {
                return;
            };
            to.copy_from_slice(from);
            let next = written.saturating_add(base64url_len(chunk_len));
            if let Some(dst) = room.get_mut(written..next) {
                // The lengths agree, so this cannot fail.
                let _ = Base64UrlUnpadded::encode(to, dst);
            }
            read = read.saturating_add(chunk_len);
            written = next;
        }
    }

    /// What has been written since `start`, when all of it fits and `room` more bytes would too.
    pub(crate) fn since_with_room(&self, start: usize, room: usize) -> Result<&[u8], WriteError> {
        let needed = self.len.saturating_add(room);
        match self.buf.get(start..self.len) {
            Some(written) if needed <= self.buf.len() => Ok(written),
            _ => Err(WriteError::BufferTooSmall { needed }),
        }
    }

    pub(crate) fn finish(self) -> Result<&'o str, WriteError> {
        let needed = self.len;
        let written = self
            .buf
            .get(..needed)
            .ok_or(WriteError::BufferTooSmall { needed })?;
        // All that is put is text, so this does not fail.
        core::str::from_utf8(written).map_err(|_| WriteError::BufferTooSmall { needed })
    }
}

/// How much [`Out::base64url_since`] encodes at a time: a multiple of three, so that no chunk but the last has a rest.
const CHUNK: usize = 48;

/// The length of `len` bytes in base64url without padding.
pub(crate) const fn base64url_len(len: usize) -> usize {
    let rest = match len % 3 {
        0 => 0,
        1 => 2,
        _ => 3,
    };
    (len / 3).saturating_mul(4).saturating_add(rest)
}

/// The length of `text` as a JSON string, quotes included.
pub(crate) const fn json_str_len(text: &str) -> usize {
    let mut rest = text.as_bytes();
    let mut len = 2_usize;
    while let Some((&byte, tail)) = rest.split_first() {
        len = len.saturating_add(match byte {
            b'"' | b'\\' => 2,
            0..0x20 => 6,
            _ => 1,
        });
        rest = tail;
    }
    len
}

/// The length of `text` as a value of a form.
pub(crate) const fn form_value_len(text: &str) -> usize {
    let mut rest = text.as_bytes();
    let mut len = 0_usize;
    while let Some((&byte, tail)) = rest.split_first() {
        len = len.saturating_add(if is_form_literal(byte) || byte == b' ' {
            1
        } else {
            3
        });
        rest = tail;
    }
    len
}

const fn is_form_literal(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'.' | b'_')
}

const fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

const fn hex(nibble: u8) -> u8 {
    match nibble {
        0..10 => b'0'.saturating_add(nibble),
        _ => b'a'.saturating_add(nibble.saturating_sub(10)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Out, base64url_len, form_value_len, json_str_len};

    #[test]
    fn base64url_in_place_equals_base64url_of_a_copy() {
        let text: [u8; 200] = core::array::from_fn(|at| u8::try_from(at).unwrap());
        for start in [0, 1, 7] {
            for len in 0..=text.len() {
                let (mut in_place, mut copied) = ([0; 300], [0; 300]);
                let mut out = Out::new(&mut in_place);
                out.put(&[b'.'; 7][..start]);
                out.put(&text[..len]);
                out.base64url_since(start);
                let in_place = out.finish().unwrap();
                let mut out = Out::new(&mut copied);
                out.put(&[b'.'; 7][..start]);
                out.put_base64url(&text[..len]);
                assert_eq!(in_place, out.finish().unwrap(), "{len} bytes after {start}");
                assert_eq!(in_place.len(), start + base64url_len(len));
            }
        }
    }

    #[test]
    fn numbers_are_written_to_the_last_digit() {
        for number in [0, 9, 10, 1_700_000_000, u64::MAX] {
            let mut buf = [0; 20];
            let mut out = Out::new(&mut buf);
            out.put_u64(number);
            assert_eq!(out.finish().unwrap().parse(), Ok(number));
        }
    }

    #[test]
    fn lengths_known_in_advance_are_the_lengths_written() {
        for text in [
            "",
            "plain",
            "quote\" slash\\ \u{0} \u{1f} \u{7f} é 👍",
            "a+b&c=d",
        ] {
            let mut buf = [0; 100];
            let mut out = Out::new(&mut buf);
            out.put_json_str(text);
            assert_eq!(out.len(), json_str_len(text), "{text:?} as JSON");
            let mut out = Out::new(&mut buf);
            out.put_form_value(text);
            assert_eq!(out.len(), form_value_len(text), "{text:?} in a form");
        }
    }
}
