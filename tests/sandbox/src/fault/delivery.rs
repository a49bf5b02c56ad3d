use core::time::Duration;

/// How the server sends an answer over its connection.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Delivery {
    /// At once and whole.
    #[default]
    Prompt,
    /// Until the connection ends, because of a [`Fault::Disconnect`](crate::Fault::Disconnect).
    Disconnect(Disconnect),
    /// This long after the request, because of a [`Fault::Late`](crate::Fault::Late).
    Late(Duration),
    /// In pieces, because of a [`Fault::Slow`](crate::Fault::Slow).
    Slow {
        /// The length of a piece in bytes, at least one.
        piece: usize,
        /// The pause before each piece.
        pause: Duration,
    },
    /// With an endless body of spaces, because of a [`Fault::Endless`](crate::Fault::Endless).
    Endless,
    /// With a body of this many spaces, because of a [`Fault::Oversized`](crate::Fault::Oversized).
    Oversized(u64),
}

/// When a connection ends.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Disconnect {
    /// In place of an answer: after the request has arrived.
    Unanswered,
    /// After the true answer's head, which announced the body's length: a token in it is issued and lost.
    BeforeBody,
    /// In the middle of the true answer's body, after announcing its length: a token in it is issued and lost.
    WithinBody,
    /// After the true answer, without notice: as when a server closes a connection that was idle for too long.
    AfterAnswer,
}
