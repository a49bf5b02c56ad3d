use core::num::NonZeroU16;

use crate::base64url;
use crate::division::div_rem;
use crate::json::plain_len;
use crate::write_error::WriteError;

/// Writes into a caller's buffer.
///
/// Past the end of the buffer it only counts. One check in [`Out::finish`] therefore covers every write before it and
/// gives the exact length needed.
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

    // Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
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
        let mut digits = [b'0'; 20];
        let mut start = digits.len();
        let mut rest = number;
        for (at, digit) in digits.iter_mut().enumerate().rev() {
            let (tens, ones) = div_rem(rest, TEN);
            *digit = digit.saturating_add(u8::try_from(ones).unwrap_or(0));
            start = at;
            rest = tens;
            if rest == 0 {
                break;
            }
        }
        self.put(digits.get(start..).unwrap_or(&[]));
    }

    /// Writes a JSON string with its quotes (RFC 8259 §7). Only `"`, `\` and control characters are escaped.
    pub(crate) fn put_json_str(&mut self, text: &str) {
        self.put(b"\"");
        self.put_json_text(text);
        self.put(b"\"");
    }

    /// Writes the text between the quotes of a JSON string.
    pub(crate) fn put_json_text(&mut self, text: &str) {
        let mut rest = text.as_bytes();
        while let Some((plain, tail)) = rest.split_at_checked(plain_len(rest)) {
            self.put(plain);
            let Some((&byte, tail)) = tail.split_first() else {
                break;
            };
            self.put_json_escape(byte);
            rest = tail;
        }
    }

    /// Writes the text before a JSON string, and the string. Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
    pub(crate) fn put_member(&mut self, before: &[u8], text: &str) {
        self.put(before);
        self.put_json_str(text);
    }

    fn put_json_escape(&mut self, byte: u8) {
        match byte {
            b'"' => self.put(br#"\""#),
            b'\\' => self.put(br"\\"),
            _ => self.put(&[b'\\', b'u', b'0', b'0', hex(byte >> 4), hex(byte & 15)]),
        }
    }

    /// Writes a value of `application/x-www-form-urlencoded`, with the serializer of the WHATWG URL Standard §5.2.
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

    /// Writes `bytes` as base64url without padding (RFC 7515 §2).
    pub(crate) fn put_base64url(&mut self, bytes: &[u8]) {
        let start = self.len;
        self.put(bytes);
        self.base64url_since(start);
    }

    /// Encodes everything written since `start` as base64url, in place.
    pub(crate) fn base64url_since(&mut self, start: usize) {
        let raw_len = self.len.saturating_sub(start);
        self.len = start.saturating_add(base64url::encoded_len(raw_len));
        if let Some(room) = self.buf.get_mut(start..self.len) {
            base64url::encode_in_place(room, raw_len);
        }
    }

    /// Encodes the whole groups written since `start` as base64url, in place. The last one or two bytes stay unencoded
    /// if they are no whole group. Returns the number of these bytes.
    pub(crate) fn base64url_groups_since(&mut self, start: usize) -> usize {
        let rest_len = self.len.saturating_sub(start) % 3;
        let groups_end = self.len.saturating_sub(rest_len);
        let mut rest = [0; 2];
        let rest = rest.get_mut(..rest_len).unwrap_or(&mut []);
        if let Some(bytes) = self.buf.get(groups_end..self.len) {
            rest.copy_from_slice(bytes);
        }
        self.len = groups_end;
        self.base64url_since(start);
        self.put(rest);
        rest_len
    }

    /// Checks that everything written fits, together with `room` more bytes.
    pub(crate) fn check_room(&self, room: usize) -> Result<(), WriteError> {
        let needed = self.len.saturating_add(room);
        if needed <= self.buf.len() {
            Ok(())
        } else {
            Err(WriteError::BufferTooSmall { needed })
        }
    }

    /// The bytes written since `start` and the next `room` bytes; empty if the buffer is too short.
    pub(crate) fn since_and_room(&mut self, start: usize, room: usize) -> (&[u8], &mut [u8]) {
        let (written, free) = self
            .buf
            .split_at_mut_checked(self.len)
            .unwrap_or((&mut [], &mut []));
        (
            written.get(start..).unwrap_or(&[]),
            free.get_mut(..room).unwrap_or(&mut []),
        )
    }

    /// The bytes written since `start`.
    pub(crate) fn since(&self, start: usize) -> &[u8] {
        self.buf.get(start..self.len).unwrap_or(&[])
    }

    /// Counts `len` bytes of [`Out::since_and_room`] as written.
    pub(crate) fn skip(&mut self, len: usize) {
        self.len = self.len.saturating_add(len);
    }

    pub(crate) fn finish_bytes(self) -> Result<&'o [u8], WriteError> {
        let needed = self.len;
        self.buf
            .get(..needed)
            .ok_or(WriteError::BufferTooSmall { needed })
    }

    pub(crate) fn finish(self) -> Result<&'o str, WriteError> {
        let needed = self.len;
        // Callers write only text, and therefore this does not fail.
        core::str::from_utf8(self.finish_bytes()?)
            .map_err(|_| WriteError::BufferTooSmall { needed })
    }
}

const TEN: NonZeroU16 = NonZeroU16::MIN.saturating_add(9);

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

const fn hex(nibble: u8) -> u8 {
    match nibble {
        0..10 => b'0'.saturating_add(nibble),
        _ => b'a'.saturating_add(nibble.saturating_sub(10)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Out, form_value_len, json_str_len};

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
