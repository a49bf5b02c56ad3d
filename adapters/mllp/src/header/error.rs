use core::fmt;

use super::Header;
use super::found::Found;

/// Why the header of a message cannot be sent or answered. The sender has to correct the message.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HeaderError {
    /// It does not begin with MSH.
    NotMsh(Found),
    /// It ends before MSH-3.
    CutOff,
    /// A delimiter is no punctuation mark.
    Delimiter {
        /// The byte that was found.
        found: u8,
    },
    /// Two delimiters are the same.
    DelimiterTwice {
        /// The byte that stands for both.
        found: u8,
    },
    /// MSH-2 does not have four delimiters, or five.
    Encoding {
        /// How many bytes it has.
        found: usize,
    },
    /// MSH-10 is empty, so no acknowledgment could be matched to the message.
    NoControlId,
    /// MSH-10 is longer than [`Header::MAX_CONTROL_ID`].
    ControlIdTooLong {
        /// Its length, in bytes.
        found: usize,
    },
    /// The segment MSH does not fit into the buffer.
    TooLong {
        /// The most that it may have, in bytes.
        limit: usize,
    },
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NotMsh(found) => write!(f, "a message must begin with MSH: this is {found}"),
            Self::CutOff => f.write_str("the message ends before MSH-3"),
            Self::Delimiter { found } => write!(
                f,
                "the delimiters in MSH-1 and MSH-2 must be punctuation marks: found 0x{found:02X}"
            ),
            Self::DelimiterTwice { found } => write!(
                f,
                "the delimiters in MSH-1 and MSH-2 must differ: `{}` stands there twice",
                char::from(found).escape_default()
            ),
            Self::Encoding { found } => write!(
                f,
                "MSH-2 must have 4 delimiters, such as ^~\\&, or 5, and none may be that of MSH-1: found {found}"
            ),
            Self::NoControlId => f.write_str(
                "MSH-10 is empty: give every message a control ID, or no acknowledgment can be told to be its own",
            ),
            Self::ControlIdTooLong { found } => write!(
                f,
                "the control ID in MSH-10 must have at most {} bytes: found {found}",
                Header::MAX_CONTROL_ID
            ),
            Self::TooLong { limit } => write!(
                f,
                "the segment MSH does not end within {limit} bytes: use a larger buffer"
            ),
        }
    }
}

impl core::error::Error for HeaderError {}
