mod code;
mod error;
mod reply;

pub use code::Code;
pub use error::AckError;
pub use reply::{Reply, ReplyError};

use core::fmt;

use crate::header::{Header, nth};
use crate::scan::next_segment;
use crate::text::Text;

/// An acknowledgment: the answer to one message (HL7 v2, chapter 2), read from the body of a frame.
///
/// Its segments may end in CR, LF or CR LF, the last one in nothing.
///
/// ```
/// use redox_auth_mllp::{Ack, Code};
///
/// let ack = Ack::parse(b"MSH|^~\\&|||||||ACK|7|P|2.3\rMSA|AE|MSG00001|no such patient\r")?;
/// assert_eq!(ack.code(), Code::Ae);
/// assert_eq!(ack.control_id(), b"MSG00001");
/// assert_eq!(ack.text().to_string(), "no such patient");
/// # Ok::<(), redox_auth_mllp::AckError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Ack<'a> {
    header: Header<'a>,
    code: Code,
    /// The first segments of these names, without their ends.
    msa: &'a [u8],
    err: &'a [u8],
}

impl<'a> Ack<'a> {
    /// Reads an acknowledgment.
    ///
    /// # Errors
    /// [`AckError`]: the body is not an acknowledgment of one message.
    pub fn parse(body: &'a [u8]) -> Result<Self, AckError> {
        let header = Header::of(body).map_err(AckError::Header)?;
        let separator = header.separator();
        let (mut msa, mut err) = (None, None);
        let mut rest = body;
        // That of the header.
        next_segment(&mut rest);
        while !rest.is_empty() {
            let segment = next_segment(&mut rest);
            match nth(segment, separator, 0) {
                b"MSA" if msa.is_some() => return Err(AckError::MsaTwice),
                b"MSA" => msa = Some(segment),
                b"MSH" => return Err(AckError::MshTwice),
                b"ERR" if err.is_none() => err = Some(segment),
                _ => (),
            }
        }
        let msa = msa.ok_or(AckError::NoMsa)?;
        let code = Code::parse(nth(msa, separator, 1)).ok_or(AckError::Code)?;
        let err = err.unwrap_or(&[]);
        Ok(Self {
            header,
            code,
            msa,
            err,
        })
    }

    /// The header of the acknowledgment itself.
    #[must_use]
    pub const fn header(&self) -> Header<'a> {
        self.header
    }

    /// MSA-1: whether the receiver accepts the message.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// MSA-2: the control ID of the message that it answers. Some receivers leave it empty, or make one up.
    #[must_use]
    pub fn control_id(&self) -> &'a [u8] {
        nth(self.msa, self.header.separator(), 2)
    }

    /// The receiver's words for a person: the first of ERR-8, MSA-3 and ERR-3 that is not empty.
    #[must_use]
    pub fn text(&self) -> Text<'a> {
        let separator = self.header.separator();
        let texts = [
            nth(self.err, separator, 8),
            nth(self.msa, separator, 3),
            nth(self.err, separator, 3),
        ];
        let first = texts.into_iter().find(|text| !text.is_empty());
        Text::new(first.unwrap_or(&[]))
    }

    /// ERR-3: the code of the error, such as `204^Unknown key identifier^HL70357`. Empty when there is none.
    #[must_use]
    pub fn error_code(&self) -> Text<'a> {
        Text::new(nth(self.err, self.header.separator(), 3))
    }
}

impl fmt::Debug for Ack<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ack")
            .field("code", &self.code)
            .field("text", &self.text())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn every_end_of_segments_is_read() {
        for end in ["\r", "\n", "\r\n"] {
            for last in ["", end] {
                let segments = [
                    "MSH|^~\\&|||||||ACK^A01|9|P|2.5.1",
                    "MSA|AR|M1",
                    "ERR|||204^No key|E",
                ];
                let body = segments.join(end) + last;
                let ack = Ack::parse(body.as_bytes()).unwrap();
                assert_eq!((ack.code(), ack.control_id()), (Code::Ar, &b"M1"[..]));
                assert_eq!(ack.header().control_id(), b"9");
                assert_eq!(ack.error_code().to_string(), "204^No key");
                assert_eq!(ack.text().to_string(), "204^No key");
            }
        }
    }

    #[test]
    fn the_text_for_a_person_is_the_best_that_is_there() {
        for (segments, expected) in [
            ("MSA|AE|1", ""),
            ("MSA|AE|1|msa\rERR|||err3", "msa"),
            ("MSA|AE|1|msa\rERR|||err3|E||||err8", "err8"),
            (
                "ERR|||err3|E||||first\rMSA|AE|1|msa\rERR|||||||second",
                "first",
            ),
        ] {
            let body = ["MSH|^~\\&|\r", segments].concat();
            let ack = Ack::parse(body.as_bytes()).unwrap();
            assert_eq!(ack.text().to_string(), expected, "{segments}");
        }
    }

    #[test]
    fn delimiters_are_those_of_the_acknowledgment() {
        let ack = Ack::parse(b"MSH*^~\\&*\rMSA*CA*M|1*fine").unwrap();
        assert_eq!((ack.code(), ack.control_id()), (Code::Ca, &b"M|1"[..]));
        assert_eq!(
            std::format!("{ack:?}"),
            r#"Ack { code: Ca, text: "fine", .. }"#
        );
    }

    #[test]
    fn what_acknowledges_nothing_is_told_apart() {
        for (body, expected) in [
            ("MSH|^~\\&|", AckError::NoMsa),
            ("MSH|^~\\&|\rMSAX|AA|1", AckError::NoMsa),
            ("MSH|^~\\&|\rMSA", AckError::Code),
            ("MSH|^~\\&|\rMSA|aa|1", AckError::Code),
            ("MSH|^~\\&|\rMSA|AX|1", AckError::Code),
            ("MSH|^~\\&|\rMSA|AA|1\rMSA|AE|1", AckError::MsaTwice),
            ("MSH|^~\\&|\rMSA|AA|1\rMSH|^~\\&|", AckError::MshTwice),
        ] {
            assert_eq!(Ack::parse(body.as_bytes()).err(), Some(expected), "{body}");
        }
        assert!(matches!(
            Ack::parse(b"MSA|AA|1").err(),
            Some(AckError::Header(_))
        ));
    }
}
