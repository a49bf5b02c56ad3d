use core::time::Duration;

/// How the server sends an answer over its connection, where a fault has a say in that.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Delivery {
    /// At once and whole.
    #[default]
    Prompt,
    /// Until the connection ends, by a [`Fault::Disconnect`](crate::Fault::Disconnect).
    Disconnect(Disconnect),
    /// So long after the request, by a [`Fault::Late`](crate::Fault::Late).
    Late(Duration),
    /// In pieces, by a [`Fault::Slow`](crate::Fault::Slow).
    Slow {
        /// How many bytes a piece has, and one at least.
        piece: usize,
        /// How long it is quiet before each of them.
        pause: Duration,
    },
    /// With spaces without an end for a body, by a [`Fault::Endless`](crate::Fault::Endless).
    Endless,
    /// With so many spaces for a body, by a [`Fault::Oversized`](crate::Fault::Oversized).
    Oversized(u64),
}

/// When a connection ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Disconnect {
    /// In place of an answer: once the request is there.
    Unanswered,
    /// After the true answer's head, which announced the body's length: what it gave out is given out and lost.
    BeforeBody,
    /// In the middle of the true answer's body, whose length was announced: what it gave out is given out and lost.
    WithinBody,
    /// After the true answer, which said nothing of it: as when a server closes a connection that was idle for too long.
    AfterAnswer,
}
