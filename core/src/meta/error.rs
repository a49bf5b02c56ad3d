use core::fmt;

use crate::parse_error::ParseError;

/// Why a `Meta` cannot be written, or a message must not be sent. The caller can fix every case.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MetaError {
    /// The required member at this path is absent, `null` or empty. A path is written as `Meta.Destinations[].ID`.
    Missing(&'static str),
    /// `Meta.EventDateTime` is not a time in RFC 3339, or lies before 1970.
    EventDateTime,
    /// The text for `Meta.Extensions` is not one JSON object.
    Extensions(ParseError),
    /// The message is not a JSON object, or its `Meta` has a duplicate member or a member of another type.
    Message(ParseError),
    /// The buffer is too short.
    BufferTooSmall {
        /// The exact length needed, in bytes.
        needed: usize,
    },
}

impl fmt::Display for MetaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "`{path}` is missing"),
            Self::EventDateTime => f.write_str(
                "expected `Meta.EventDateTime` to be a time as in RFC 3339, found another value",
            ),
            Self::Extensions(error) => write!(f, "`Meta.Extensions`: {error}"),
            Self::Message(error) => write!(f, "no usable message: {error}"),
            Self::BufferTooSmall { needed } => write!(f, "buffer too small: need {needed} bytes"),
        }
    }
}

/// For parsing a message.
impl From<ParseError> for MetaError {
    fn from(error: ParseError) -> Self {
        Self::Message(error)
    }
}

impl core::error::Error for MetaError {}
