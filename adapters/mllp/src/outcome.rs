mod not_sent;
mod unknown;

pub use not_sent::NotSent;
pub use unknown::{Cause, Unknown};

use core::fmt;

use crate::acknowledgment::Ack;

/// The outcome of one message. This crate never repeats a message on its own.
#[derive(Clone, Copy, Debug)]
#[must_use = "only `Outcome::Ok` says that the receiver has the message"]
pub enum Outcome<'a> {
    /// The receiver has the message: it acknowledged the control ID of this message with AA or CA.
    Ok(Ack<'a>),
    /// The receiver refused this message with AE, AR, CE or CR. The acknowledgment has its reason.
    Refused(Ack<'a>),
    /// The receiver got no byte of the message. The caller may send it again.
    NotSent(NotSent),
    /// The receiver may have the message, and no acknowledgment says so. If it is sent again, the receiver may process it twice.
    /// Nothing more is sent over the connection, so that a late acknowledgment is never taken for that of another message.
    Unknown(Unknown<'a>),
}

impl Outcome<'_> {
    /// `ok`, `refused`, `not_sent` or `unknown`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Ok(_) => "ok",
            Self::Refused(_) => "refused",
            Self::NotSent(_) => "not_sent",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Whether the receiver has the message.
    #[must_use]
    pub const fn is_ok(&self) -> bool {
        matches!(self, Self::Ok(_))
    }
}

/// For a log: the outcome, and its reason.
impl fmt::Display for Outcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok(ack) => write!(f, "ok: {}", ack.code()),
            Self::Refused(ack) if ack.text().is_empty() => write!(f, "refused: {}", ack.code()),
            Self::Refused(ack) => write!(f, "refused: {}: {}", ack.code(), ack.text()),
            Self::NotSent(reason) => write!(f, "not sent: {reason}"),
            Self::Unknown(unknown) => write!(f, "unknown: {unknown}"),
        }
    }
}
