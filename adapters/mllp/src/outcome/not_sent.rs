use core::fmt;

use embedded_io::ErrorKind;

use crate::header::HeaderError;
use crate::segments::BodyError;

/// Why no byte of a message was sent.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NotSent {
    /// The connection has ended, or the outcome of an earlier message over it is unknown. Make another connection.
    Closed,
    /// The connection failed at the first byte, with the kind of its error.
    Transport(ErrorKind),
    /// The message has no byte.
    Empty,
    /// The header of the message is wrong.
    Header(HeaderError),
    /// The message cannot be put into a frame.
    Body(BodyError),
    /// The message could not be read, with the kind of its source's error.
    Source(ErrorKind),
    /// One of the last messages over this connection had the same control ID. An acknowledgment could belong to either message.
    /// Give each message a control ID of its own, or make another connection.
    ControlIdAgain,
    /// The buffer is too short.
    BufferTooSmall {
        /// The shortest length that is enough, in bytes. The header of a message must fit as well.
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
