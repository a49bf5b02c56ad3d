use core::fmt;

use embedded_io::ErrorKind;

use crate::header::HeaderError;
use crate::segments::BodyError;

/// Why no byte of a message was sent.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotSent {
    /// The connection has ended, or was given up after an outcome that is unknown. Make another one.
    Closed,
    /// The connection failed at the first byte, with the kind of its error.
    Transport(ErrorKind),
    /// The message has no byte.
    Empty,
    /// The message has no header that could be sent.
    Header(HeaderError),
    /// The message cannot be put into a frame.
    Body(BodyError),
    /// The message could not be read, with the kind of its source's error.
    Source(ErrorKind),
    /// One of the last messages over this connection had the same control ID, and its acknowledgment could be taken for this
    /// one's. Give each message a control ID of its own, or make another connection.
    ControlIdAgain,
    /// The buffer is too short.
    BufferTooSmall {
        /// The least that does, in bytes. The header of a message must fit as well.
        needed: usize,
    },
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the connection is closed: make another one"),
            Self::Transport(kind) => write!(f, "the connection failed: {kind}"),
            Self::Empty => f.write_str("the message is empty"),
            Self::Header(error) => error.fmt(f),
            Self::Body(error) => error.fmt(f),
            Self::Source(kind) => write!(f, "the message could not be read: {kind}"),
            Self::ControlIdAgain => f.write_str(
                "the control ID in MSH-10 was used before on this connection: give each message its own",
            ),
            Self::BufferTooSmall { needed } => {
                write!(f, "buffer too small: need {needed} bytes")
            }
        }
    }
}

impl core::error::Error for NotSent {}
