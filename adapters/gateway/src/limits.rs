/// How much of an answer is taken, and how long it may take.
///
/// A server that goes beyond one of them gets a typed error and loses its connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// How many bytes of an answer's head are kept. Never more than fits the buffer for the wire, less
    /// [`Limits::BODY_ROOM`]. Headers beyond it are dropped, because the status says whether the server has done what it
    /// was asked for: those that are too long themselves, and those that come when the room is taken. The headers that
    /// frame the message are read anyway. Up to 64 KiB are dropped.
    ///
    /// As many bytes as are kept are allowed for the extensions and trailers of a chunked body.
    pub head_bytes: usize,
    /// How many headers of an answer are kept. Those that come later are dropped.
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
    /// A kept connection that was not used for longer than this is not used again, in milliseconds. A server that says
    /// how long it waits (`Keep-Alive: timeout=5`) is believed: its connection is used until a second before that.
    ///
    /// Servers close idle connections: Apache and Node after 5 s, nginx after 75 s unless they are told otherwise. A
    /// message that meets that moment gets no answer, and nobody knows whether it was done. Where messages are seconds
    /// apart, that happens to every second one of them. Stay below the server's time, and implement
    /// [`Connector::is_alive`](crate::Connector::is_alive).
    pub idle_ms: u32,
}

impl Limits {
    /// What an answer's body needs of the buffer for the wire beside the head, in bytes.
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
