/// The limits on the size and the duration of an answer.
///
/// A server that exceeds a limit causes a typed error, and its connection is closed.
///
/// ```
/// use redox_auth_gateway::Limits;
///
/// let mut limits = Limits::DEFAULT;
/// limits.idle_ms = 60_000;
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The number of bytes kept of an answer's head. It is at most the length of the wire buffer less
    /// [`Limits::BODY_ROOM`]. Headers that are too long, or that come after the room is full, are dropped: the status
    /// alone says whether the server processed the request. The headers that frame the message are always read. Up to
    /// 64 KiB are dropped.
    ///
    /// The same limit applies to the extensions and trailers of a chunked body.
    pub head_bytes: usize,
    /// The number of headers kept of an answer. Later headers are dropped.
    pub headers: usize,
    /// The longest body of an answer, in bytes. A body that is read as a whole must also fit the caller's buffer. The
    /// answer of a token endpoint must also fit the token buffer.
    pub body_bytes: u64,
    /// The greatest number of interim answers (1xx) before the final answer.
    pub interim_answers: u8,
    /// The greatest duration of an exchange, from the first byte of the request to the last byte of the answer's body,
    /// in milliseconds. It is checked after each read, and therefore also stops a server that sends one byte a second.
    /// The connection's own time-out must stop a server that sends nothing.
    pub exchange_ms: u32,
    /// A kept connection that was idle for longer than this is not used again, in milliseconds. If the server names its
    /// time-out (`Keep-Alive: timeout=5`), the connection is used until a second before that.
    ///
    /// Servers close idle connections: by default Apache and Node after 5 s, nginx after 75 s. A message sent at that
    /// moment gets no answer, and may or may not have been processed. With seconds between messages, this can happen to
    /// every second message. Set it below the server's time-out, and implement
    /// [`Connector::is_alive`](crate::Connector::is_alive).
    pub idle_ms: u32,
}

impl Limits {
    /// The room that an answer's body needs in the wire buffer in addition to the head, in bytes.
    pub const BODY_ROOM: usize = 64;

    /// The limits of a new [`Gateway`](crate::Gateway).
    pub const DEFAULT: Self = Self {
        head_bytes: 8 * 1024,
        headers: 64,
        body_bytes: 1024 * 1024,
        interim_answers: 4,
        exchange_ms: 30_000,
        idle_ms: 4_000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
