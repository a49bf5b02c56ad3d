mod delimiters;
mod error;
mod found;

pub use error::HeaderError;
pub use found::Found;

use core::fmt;

use delimiters::Delimiters;

/// The header of a message: its segment MSH, read by the message's own delimiters (HL7 v2, chapter 2).
///
/// ```
/// use redox_auth_mllp::Header;
///
/// let header = Header::parse(b"MSH|^~\\&|ADT1|MCM|LABADT|MCM|20261130||ADT^A01|MSG00001|P|2.5.1\rEVN|...")?;
/// assert_eq!(header.control_id(), b"MSG00001");
/// assert_eq!(header.message_type(), b"ADT^A01");
/// assert_eq!(header.field(3), b"ADT1");
/// # Ok::<(), redox_auth_mllp::HeaderError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Header<'m> {
    delimiters: Delimiters,
    /// MSH-2 and what follows it, without the end of the segment.
    fields: &'m [u8],
}

impl<'m> Header<'m> {
    /// The longest control ID, in bytes: MSH-10 may have 20 characters, and 199 since HL7 v2.7.
    pub const MAX_CONTROL_ID: usize = 199;

    /// Reads the header at the beginning of a message, and ignores all that follows the segment.
    ///
    /// # Errors
    /// [`HeaderError`]: no MSH, delimiters that are none, or a control ID that is missing or too long. An acknowledgment
    /// could not be told to be this message's then.
    pub fn parse(message: &'m [u8]) -> Result<Self, HeaderError> {
        let header = Self::of(message)?;
        match header.control_id().len() {
            0 => Err(HeaderError::NoControlId),
            found if found > Self::MAX_CONTROL_ID => Err(HeaderError::ControlIdTooLong { found }),
            _ => Ok(header),
        }
    }

    /// The same, whatever its control ID.
    pub(crate) fn of(message: &'m [u8]) -> Result<Self, HeaderError> {
        let Some(rest) = message.strip_prefix(b"MSH") else {
            return Err(HeaderError::NotMsh(Found::of(message)));
        };
        let len = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        let segment = rest.get(..len.unwrap_or(rest.len())).unwrap_or(rest);
        let Some((&separator, fields)) = segment.split_first() else {
            return Err(HeaderError::CutOff);
        };
        let delimiters = Delimiters::parse(separator, fields)?;
        Ok(Self { delimiters, fields })
    }

    /// The field of this number as HL7 counts them: MSH-1 is the separator, MSH-2 the other delimiters. Empty when there is none.
    #[must_use]
    pub fn field(&self, number: usize) -> &'m [u8] {
        let separator = self.separator();
        match number.checked_sub(2) {
            Some(skipped) => nth(self.fields, separator, skipped),
            None => &[],
        }
    }

    /// The field separator, MSH-1: `|` nearly everywhere.
    #[must_use]
    pub const fn separator(&self) -> u8 {
        self.delimiters.field
    }

    /// The component separator, the first of MSH-2: `^` nearly everywhere.
    #[must_use]
    pub const fn component_separator(&self) -> u8 {
        self.delimiters.component
    }

    /// MSH-7: when the message was made.
    #[must_use]
    pub fn time(&self) -> &'m [u8] {
        self.field(7)
    }

    /// MSH-9, such as `ADT^A01`.
    #[must_use]
    pub fn message_type(&self) -> &'m [u8] {
        self.field(9)
    }

    /// MSH-10: what the acknowledgment repeats in MSA-2.
    #[must_use]
    pub fn control_id(&self) -> &'m [u8] {
        self.field(10)
    }

    /// MSH-11: `P` in production, `T` for training, `D` while debugging.
    #[must_use]
    pub fn processing_id(&self) -> &'m [u8] {
        self.field(11)
    }

    /// MSH-12, such as `2.5.1`.
    #[must_use]
    pub fn version(&self) -> &'m [u8] {
        self.field(12)
    }

    /// MSH-15: when the sender wants an accept acknowledgment. Empty in the original mode.
    #[must_use]
    pub fn accept_acknowledgment(&self) -> &'m [u8] {
        self.field(15)
    }

    /// MSH-16: when the sender wants an application acknowledgment.
    #[must_use]
    pub fn application_acknowledgment(&self) -> &'m [u8] {
        self.field(16)
    }

    /// MSH-18: the character sets. Empty says ASCII.
    #[must_use]
    pub fn character_sets(&self) -> &'m [u8] {
        self.field(18)
    }
}

/// Shows the fields that identify the message. Other fields may be about a patient.
impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header").finish_non_exhaustive()
    }
}

/// The part between separators with this index, from 0 on; empty when there is none.
pub(crate) fn nth(bytes: &[u8], separator: u8, index: usize) -> &[u8] {
    bytes
        .split(|byte| *byte == separator)
        .nth(index)
        .unwrap_or(&[])
}

#[cfg(test)]
mod tests;
