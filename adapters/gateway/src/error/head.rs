use core::fmt;

/// Why the head of a request could not be written. Every case is the caller's to fix.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HeadError {
    /// The path has a character that cannot stand in a request line.
    Path,
    /// A header's name has a character that none has, or is one that only the gateway writes.
    Name,
    /// A header's value has a character that cannot stand in it, such as a line break.
    Value,
    /// The buffer for the wire is too short.
    BufferTooSmall {
        /// The length, in bytes, that would do.
        needed: usize,
    },
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path => f.write_str("a path that is not printable ASCII, or has a fragment"),
            Self::Name => {
                f.write_str("a header's name that is none, or that is left to the gateway")
            }
            Self::Value => f.write_str("a header's value that is not printable ASCII"),
            Self::BufferTooSmall { needed } => {
                write!(f, "buffer for the wire too small: need {needed} bytes")
            }
        }
    }
}

impl core::error::Error for HeadError {}
