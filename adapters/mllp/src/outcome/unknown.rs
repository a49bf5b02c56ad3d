use core::fmt;

use embedded_io::ErrorKind;

use crate::acknowledgment::Code;
use crate::reader::FrameError;
use crate::segments::BodyError;
use crate::text::Text;

/// The receiver may have the message, and no acknowledgment says so. The fields tell what arrived instead.
#[derive(Clone, Copy, Debug)]
pub struct Unknown<'a> {
    /// What ended the wait.
    pub cause: Cause,
    /// How many acknowledgments of other messages came.
    pub others: u32,
    /// How many frames came that were no acknowledgments.
    pub unreadable: u32,
    /// The last refusal that named no message of this connection: some receivers refuse without repeating the control ID.
    pub refusal: Option<(Code, Text<'a>)>,
    /// The message has characters beyond ASCII, and MSH-18 names no character set. Some receivers never answer such a message.
    pub is_undeclared: bool,
}

impl fmt::Display for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no acknowledgment of this message: {}", self.cause)?;
        if let Some((code, text)) = self.refusal {
            write!(f, "; the receiver sent {code} for no message that was sent")?;
            if !text.is_empty() {
                write!(f, ": {text}")?;
            }
        }
        if self.others > 0 {
            write!(f, "; acknowledgments of other messages: {}", self.others)?;
        }
        if self.unreadable > 0 {
            write!(f, "; frames that acknowledge nothing: {}", self.unreadable)?;
        }
        if self.is_undeclared {
            f.write_str(
                "; the message has characters beyond ASCII, and MSH-18 does not name their character set: \
                 the receiver may take ASCII only",
            )?;
        }
        Ok(())
    }
}

impl core::error::Error for Unknown<'_> {}

/// What ended the wait for an acknowledgment.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cause {
    /// Nothing came in time, or the connection took no more of the message.
    TimedOut {
        /// The longest wait, in milliseconds.
        limit_ms: u32,
    },
    /// The receiver closed the connection.
    Closed,
    /// The connection failed, with the kind of its error.
    Transport(ErrorKind),
    /// A read ended before the longest wait was over, with an error of the kind [`Other`](ErrorKind::Other). A `TcpStream` of
    /// the standard library has this kind on Unix when its own time-out is shorter than the wait.
    EarlyEnd {
        /// The length of the wait, in milliseconds.
        waited_ms: u32,
        /// The longest wait, in milliseconds.
        limit_ms: u32,
    },
    /// The bytes that arrived are not MLLP, or exceed the limit.
    Frame(FrameError),
    /// The message has a byte that no frame can hold, behind a part that was sent already. The frame has no end.
    Body(BodyError),
    /// A part of the message was sent before the rest could not be read, with the kind of its source's error. Its frame has
    /// no end.
    Source(ErrorKind),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut { limit_ms } => write!(f, "nothing within {limit_ms} ms"),
            Self::Closed => f.write_str("the receiver closed the connection"),
            Self::Transport(kind) => write!(f, "the connection failed: {kind}"),
            Self::EarlyEnd {
                waited_ms,
                limit_ms,
            } => write!(
                f,
                "a read failed after {waited_ms} ms: {}; if that is the read time-out of the connection, set it to at least \
                 {limit_ms} ms",
                ErrorKind::Other
            ),
            Self::Frame(error) => error.fmt(f),
            Self::Body(error) => write!(f, "sent in part, without its end: {error}"),
            Self::Source(kind) => {
                write!(
                    f,
                    "sent in part, without its end: it could not be read: {kind}"
                )
            }
        }
    }
}

impl core::error::Error for Cause {}
