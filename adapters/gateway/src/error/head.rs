use core::fmt;

/// Why the head of a request could not be written. The caller can fix every case.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HeadError {
    /// The path has a character that a request line cannot carry.
    Path,
    /// The name of a header has an invalid character, or only the gateway may write this header.
    Name,
    /// The value of a header has a character that it cannot carry, such as a line break.
    Value,
    /// The buffer for the wire is too short.
    BufferTooSmall {
        /// The length needed, in bytes.
        needed: usize,
    },
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path => f.write_str("the path must be printable ASCII without a fragment"),
            Self::Name => f.write_str("a header's name is malformed, or only the gateway sets it"),
            Self::Value => f.write_str("a header's value must be printable ASCII"),
            Self::BufferTooSmall { needed } => {
                write!(f, "buffer for the wire too small: need {needed} bytes")
            }
        }
    }
}

impl core::error::Error for HeadError {}
