use core::fmt;

use crate::parse_error::ParseError;

/// Why a `Meta` is not written, or a message not fit to be sent. Every case is the caller's to fix.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MetaError {
    /// What Redox requires and is absent, `null` or empty, by its path, such as `Meta.Destinations[].ID`.
    Missing(&'static str),
    /// `Meta.EventDateTime` is no time as in RFC 3339, or lies before 1970.
    EventDateTime,
    /// The text for `Meta.Extensions` is not one JSON object.
    Extensions(ParseError),
    /// The message is no JSON object, or its `Meta` has a member twice or of another type.
    Message(ParseError),
    /// The buffer is too short.
    BufferTooSmall {
        /// The exact length, in bytes, that would do.
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

/// For reading a message.
impl From<ParseError> for MetaError {
    fn from(error: ParseError) -> Self {
        Self::Message(error)
    }
}

impl core::error::Error for MetaError {}
