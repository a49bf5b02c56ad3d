use core::fmt;

use super::Code;
use crate::header::Header;
use crate::scan::{END, START};

/// An acknowledgment to write, for a program that receives messages. The sender of the message becomes its receiver, and the
/// receiver its sender.
///
/// ```
/// use redox_auth_mllp::{Code, Header, Reply};
///
/// let message = Header::parse(b"MSH|^~\\&|ADT1|MCM|LAB|SEATTLE|20261130||ADT^A01|MSG1|P|2.5.1\r")?;
/// let mut out = [0; 256];
/// let frame = Reply::new(&message, Code::Ae).text("no such patient").write("20261130101500", "7", &mut out)?;
/// let expected = b"\x0bMSH|^~\\&|LAB|SEATTLE|ADT1|MCM|20261130101500||ACK^A01|7|P|2.5.1\rMSA|AE|MSG1|no such patient\r\x1c\r";
/// assert_eq!(frame, expected);
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Reply<'m> {
    header: Header<'m>,
    code: Code,
    text: &'m str,
}

impl<'m> Reply<'m> {
    /// An acknowledgment of the message with this header.
    #[must_use]
    pub const fn new(header: &Header<'m>, code: Code) -> Self {
        Self {
            header: *header,
            code,
            text: "",
        }
    }

    /// The same with a text for a person, MSA-3. Characters that would be delimiters or line ends become spaces.
    #[must_use]
    pub const fn text(mut self, text: &'m str) -> Self {
        self.text = text;
        self
    }

    /// Writes the acknowledgment in its frame, and returns the part of `out` that was written. `time` becomes MSH-7
    /// (`YYYYMMDDHHMMSS`), `control_id` MSH-10, other ones for each acknowledgment.
    ///
    /// # Errors
    /// [`ReplyError`]: `out` holds a part of it then.
    pub fn write<'o>(
        &self,
        time: &str,
        control_id: &str,
        out: &'o mut [u8],
    ) -> Result<&'o [u8], ReplyError> {
        let mut writer = Writer { out, len: 0 };
        self.put(time, control_id, &mut writer);
        let Writer { out, len } = writer;
        out.get(..len)
            .ok_or(ReplyError::BufferTooSmall { needed: len })
    }

    fn put(&self, time: &str, control_id: &str, out: &mut Writer<'_>) {
        let header = &self.header;
        let separator = header.separator();
        out.put(&[START]);
        out.put(b"MSH");
        // The names change places: the receiver answers.
        for number in [1, 2, 5, 6, 3, 4] {
            if number != 1 {
                out.put(header.field(number));
            }
            out.put(&[separator]);
        }
        self.put_text(time, out);
        out.put(&[separator, separator]);
        out.put(b"ACK");
        let component = header.component_separator();
        if let Some(trigger) = header
            .message_type()
            .split(|byte| *byte == component)
            .nth(1)
        {
            out.put(&[component]);
            out.put(trigger);
        }
        out.put(&[separator]);
        self.put_text(control_id, out);
        for number in [11, 12] {
            out.put(&[separator]);
            out.put(header.field(number));
        }
        out.put(b"\rMSA");
        out.put(&[separator]);
        out.put(self.code.as_str().as_bytes());
        out.put(&[separator]);
        out.put(header.control_id());
        if !self.text.is_empty() {
            out.put(&[separator]);
            self.put_text(self.text, out);
        }
        out.put(&[b'\r', END, b'\r']);
    }

    fn put_text(&self, text: &str, out: &mut Writer<'_>) {
        let delimiters = self.header.field(2);
        for byte in text.bytes() {
            let is_special =
                byte < b' ' || byte == self.header.separator() || delimiters.contains(&byte);
            out.put(&[if is_special { b' ' } else { byte }]);
        }
    }
}

/// Counts past the end of the buffer, so that one check covers every `put`.
struct Writer<'o> {
    out: &'o mut [u8],
    len: usize,
}

impl Writer<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let room = self.out.get_mut(self.len..);
        if let Some(to) = room.and_then(|room| room.get_mut(..bytes.len())) {
            to.copy_from_slice(bytes);
        }
        self.len = self.len.saturating_add(bytes.len());
    }
}

/// Why an acknowledgment was not written.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReplyError {
    /// The buffer is too short.
    BufferTooSmall {
        /// The exact length, in bytes, that would do.
        needed: usize,
    },
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooSmall { needed } => write!(f, "buffer too small: need {needed} bytes"),
        }
    }
}

impl core::error::Error for ReplyError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acknowledgment::Ack;

    const MESSAGE: &[u8] = b"MSH*:;!/*A*B*C*D*2026**ADT*ID:7*T*2.3\r";

    #[test]
    fn an_acknowledgment_has_the_delimiters_of_its_message() {
        let header = Header::parse(MESSAGE).unwrap();
        let reply = Reply::new(&header, Code::Ar).text("a*b:c\rd");
        let mut out = [0; 128];
        let frame = reply.write("2026", "1", &mut out).unwrap();
        let expected = b"\x0bMSH*:;!/*C*D*A*B*2026**ACK*1*T*2.3\rMSA*AR*ID:7*a b c d\r\x1c\r";
        assert_eq!(
            frame.escape_ascii().to_string(),
            expected.escape_ascii().to_string()
        );
        let ack = Ack::parse(&frame[1..frame.len() - 2]).unwrap();
        assert_eq!(ack.control_id(), header.control_id());
        assert_eq!(ack.text().as_bytes(), b"a b c d");
    }

    #[test]
    fn every_shorter_buffer_is_refused_with_the_exact_need() {
        let header = Header::parse(MESSAGE).unwrap();
        let reply = Reply::new(&header, Code::Aa);
        let mut out = [0; 128];
        let needed = reply.write("2026", "1", &mut out).unwrap().len();
        for short in 0..needed {
            let got = reply.write("2026", "1", &mut out[..short]);
            assert_eq!(got, Err(ReplyError::BufferTooSmall { needed }));
        }
    }

    use std::string::ToString;
}
