/// How much of an answer is taken, and how long it may take.
///
/// A server that goes beyond one of them gets a typed error and loses its connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The longest head of an answer, in bytes. Never more than fits the buffer for the wire, less
    /// [`Limits::BODY_ROOM`]. As many bytes are allowed for the extensions and trailers of a chunked body.
    pub head_bytes: usize,
    /// The most headers of an answer; above [`Limits::MAX_HEADERS`] it counts as that.
    pub headers: usize,
    /// The longest body of an answer, in bytes. Beside it the caller's buffer limits a body that is read as a whole, and
    /// the buffer for tokens the answer of a token endpoint.
    pub body_bytes: u64,
    /// The most interim answers (1xx) before the final one.
    pub interim_answers: u8,
    /// The longest that an exchange may take, from the first byte of the request to the last byte of the answer's body,
    /// in milliseconds. It is looked at after each read, so a server that sends a byte a second does not get around it;
    /// one that sends nothing is up to the connection's own time-out.
    pub exchange_ms: u32,
    /// A kept connection that was not used for longer than this is not used again, in milliseconds: servers close idle
    /// connections, and a request that meets that moment is lost.
    pub idle_ms: u32,
}

impl Limits {
    /// What an answer's body needs of the buffer for the wire beside the head, in bytes.
    pub const BODY_ROOM: usize = 64;

    /// The most headers that an answer may have at all.
    pub const MAX_HEADERS: usize = 64;

    /// The limits of a new [`Gateway`](crate::Gateway).
    pub const DEFAULT: Self = Self {
        head_bytes: 8 * 1024,
        headers: Self::MAX_HEADERS,
        body_bytes: 1024 * 1024,
        interim_answers: 4,
        exchange_ms: 30_000,
        idle_ms: 15_000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
