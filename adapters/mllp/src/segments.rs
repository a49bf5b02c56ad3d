use core::fmt;

use crate::scan::{END, START, find_control, move_down};

/// Turns a message into the body of a frame: ends every segment in one CR, and rejects bytes that no message has.
///
/// A segment may end in CR, LF or CR LF, and the last one in nothing. Empty lines are left out. Receivers differ: some accept CR
/// alone as the end, and others ignore CR alone once CR LF occurs anywhere. Every segment must begin with its name. Therefore a
/// line end inside a field is an error, and does not tear the segment in two.
///
/// It works within the caller's buffer, piece by piece. The message as a whole is never in memory.
#[derive(Clone, Debug)]
pub struct Segments {
    separator: u8,
    /// How many bytes were taken.
    at: u32,
    /// The number of the segment, from 1 on.
    segment: u32,
    /// How many bytes of the segment's name and of the separator behind it were taken: 4 are all.
    named: u8,
    is_ascii: bool,
}

impl Segments {
    /// The longest end, in bytes: of the last segment and of the frame.
    pub const MAX_END: usize = 3;

    /// For a message with this field separator, from its first byte on.
    #[must_use]
    pub const fn new(separator: u8) -> Self {
        Self {
            separator,
            at: 0,
            segment: 1,
            named: 0,
            is_ascii: true,
        }
    }

    /// Turns the next piece of the message into its part of the frame, and returns that part. It is never longer than the piece.
    /// The rest of `piece` has no meaning afterwards.
    ///
    /// # Errors
    /// [`BodyError`]: the message must not be sent.
    pub fn take<'p>(&mut self, piece: &'p mut [u8]) -> Result<&'p mut [u8], BodyError> {
        let (mut read, mut written) = (0, 0);
        while let Some(rest) = piece.get(read..)
            && !rest.is_empty()
        {
            let name = if self.named == 0 && self.begins_with_name(rest) {
                self.named = NAMED;
                NAMED.into()
            } else {
                0
            };
            let mut control = Some(0);
            let mut run = name;
            if self.named == NAMED {
                let text = rest.get(name..).unwrap_or(&[]);
                let (found, is_ascii) = find_control(text);
                self.is_ascii &= is_ascii;
                control = found;
                run = found.map_or(rest.len(), |at| at.saturating_add(name));
            }
            move_down(piece, read, run, written);
            self.pass(run);
            read = read.saturating_add(run);
            written = written.saturating_add(run);
            let Some(&byte) = control.and(piece.get(read)) else {
                continue;
            };
            if let Some(byte) = self.take_one(byte)? {
                if let Some(to) = piece.get_mut(written) {
                    *to = byte;
                }
                written = written.saturating_add(1);
            }
            self.pass(1);
            read = read.saturating_add(1);
        }
        Ok(piece.get_mut(..written).unwrap_or(&mut []))
    }

    /// The end of the frame, with that of the last segment if it has none: at most [`MAX_END`](Self::MAX_END) bytes.
    ///
    /// # Errors
    /// [`BodyError::Name`] when the last segment is shorter than a name.
    pub const fn end(&self) -> Result<&'static [u8], BodyError> {
        match self.named {
            0 => Ok(b"\x1c\r"),
            NAME.. => Ok(b"\r\x1c\r"),
            _ => Err(self.name_error()),
        }
    }

    /// Whether all that was taken is ASCII.
    #[must_use]
    pub const fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    /// Whether a name and the separator stand there, whole.
    fn begins_with_name(&self, rest: &[u8]) -> bool {
        let Some(&[first, second, third, separator]) = rest.first_chunk() else {
            return false;
        };
        first.is_ascii_alphabetic()
            && second.is_ascii_alphanumeric()
            && third.is_ascii_alphanumeric()
            && separator == self.separator
    }

    /// Takes a byte of a name that comes in parts, or a control character. Nothing comes of an empty line.
    fn take_one(&mut self, byte: u8) -> Result<Option<u8>, BodyError> {
        match (self.named, byte) {
            (_, START | END) => return Err(BodyError::Block { byte, at: self.at }),
            (0, b'\r' | b'\n') => return Ok(None),
            (NAME.., b'\r' | b'\n') => {
                self.named = 0;
                self.segment = self.segment.saturating_add(1);
                return Ok(Some(b'\r'));
            }
            (NAMED.., _) => return Ok(Some(byte)),
            (0, _) if byte.is_ascii_alphabetic() => (),
            (1 | 2, _) if byte.is_ascii_alphanumeric() => (),
            (NAME, _) if byte == self.separator => (),
            _ => return Err(self.name_error()),
        }
        self.named = self.named.saturating_add(1);
        Ok(Some(byte))
    }

    const fn name_error(&self) -> BodyError {
        BodyError::Name {
            segment: self.segment,
            at: self.at,
        }
    }

    fn pass(&mut self, len: usize) {
        self.at = self
            .at
            .saturating_add(u32::try_from(len).unwrap_or(u32::MAX));
    }
}

/// Why a message cannot be put into a frame. The sender has to correct the message.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BodyError {
    /// A byte VT or FS, which begin and end frames.
    Block {
        /// Which of them.
        byte: u8,
        /// How many bytes of the message stand before it.
        at: u32,
    },
    /// A segment does not begin with a name of three letters or digits and the field separator. Often the line before it was
    /// torn by a line end inside a field.
    Name {
        /// The number of the segment, from 1 on, empty lines apart.
        segment: u32,
        /// How many bytes of the message stand before what is wrong.
        at: u32,
    },
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Block { byte, at } => {
                let name = if byte == START { "VT" } else { "FS" };
                write!(
                    f,
                    "the message has a byte {name} (0x{byte:02X}) behind {at} bytes, which no frame can hold: escape it"
                )
            }
            Self::Name { segment, at } => write!(
                f,
                "segment {segment} does not begin with a name such as PID and the field separator, behind {at} bytes: \
                 escape a line end inside a field (\\.br\\ or \\X0A\\)"
            ),
        }
    }
}

impl core::error::Error for BodyError {}

/// How many bytes the name of a segment has.
const NAME: u8 = 3;

/// The same, and the separator behind it.
const NAMED: u8 = 4;

#[cfg(test)]
mod tests {
    use std::string::ToString;
    use std::vec::Vec;

    use super::*;

    /// The body and the end of the frame, from pieces of so many bytes.
    fn framed(message: &[u8], step: usize) -> Result<Vec<u8>, BodyError> {
        let mut segments = Segments::new(b'|');
        let mut out = Vec::new();
        for piece in message.chunks(step) {
            out.extend_from_slice(segments.take(&mut piece.to_vec())?);
        }
        out.extend_from_slice(segments.end()?);
        assert_eq!(segments.is_ascii(), message.is_ascii());
        Ok(out)
    }

    #[test]
    fn every_segment_ends_in_one_cr() {
        let expected = b"MSH|^~\\&|A\rEVN\rPID|1|M\xc3\xbcller^T\tx|\rZ12|\r\x1c\r";
        for end in ["\r", "\n", "\r\n", "\r\r\n", "\n\n", "\r\n\r\n"] {
            for last in ["", end] {
                let message = ["MSH|^~\\&|A", "EVN", "PID|1|Müller^T\tx|", "Z12|"].join(end) + last;
                for step in 1..=message.len() {
                    let found = framed(message.as_bytes(), step).unwrap();
                    let text = found.escape_ascii().to_string();
                    assert_eq!(found, expected, "{text}, {end:?}, in steps of {step}");
                }
            }
        }
    }

    #[test]
    fn what_no_message_has_is_found_where_it_stands() {
        let block = |byte, at| BodyError::Block { byte, at };
        let name = |segment, at| BodyError::Name { segment, at };
        for (message, expected) in [
            (&b"MSH|^~\\&|A\x0bB"[..], block(0x0b, 10)),
            (b"MSH|^~\\&|A\r\n\x1c", block(0x1c, 12)),
            (b"MSH|^~\\&|A\x1c\r", block(0x1c, 10)),
            (b"MSH|A\rPI\x1c", block(0x1c, 8)),
            (b"MSH|A\rNTE|1|first\nsecond line\r", name(3, 21)),
            (b"MSH|A\rNTE|1|first\n2nd line\r", name(3, 18)),
            (b"MSH|A\r PID|1", name(2, 6)),
            (b"MSH|A\rPI\rEVN|", name(2, 8)),
            (b"MSH|A\rPIDX|", name(2, 9)),
            (b"MSH|A\r\r\nPI", name(2, 10)),
        ] {
            for step in 1..=message.len() {
                let text = message.escape_ascii();
                assert_eq!(framed(message, step), Err(expected), "{text} in {step}");
            }
        }
    }
}
