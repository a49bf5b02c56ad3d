use core::fmt;

use crate::header::HeaderError;

/// Why a frame is not the acknowledgment of any message.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AckError {
    /// It has no header.
    Header(HeaderError),
    /// It has a second header: two messages in one frame.
    MshTwice,
    /// It has no segment MSA: it is another message, or one that did not fit.
    NoMsa,
    /// It has two segments MSA, which may say different things.
    MsaTwice,
    /// MSA-1 is none of the six codes.
    Code,
}

impl fmt::Display for AckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(error) => write!(f, "no acknowledgment: {error}"),
            Self::MshTwice => f.write_str("no acknowledgment: two segments MSH in one frame"),
            Self::NoMsa => f.write_str("no acknowledgment: no segment MSA"),
            Self::MsaTwice => f.write_str("no acknowledgment: two segments MSA"),
            Self::Code => f.write_str("no acknowledgment: MSA-1 must be AA, AE, AR, CA, CE or CR"),
        }
    }
}

impl core::error::Error for AckError {}
