/// How long a receiver may take, and how much it may answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The longest wait, in milliseconds: for the connection to take the next bytes of a message, and then for the
    /// acknowledgment, counted from the last byte of the message.
    pub wait_ms: u32,
    /// How long the CR behind an acknowledgment's FS may be late, in milliseconds. Without it the acknowledgment counts
    /// then.
    pub end_ms: u32,
    /// The longest acknowledgment, in bytes. Only as much of it as fits the buffer is kept.
    pub ack_bytes: u32,
}

impl Limits {
    /// The limits of a new [`Exchange`](crate::Exchange).
    pub const DEFAULT: Self = Self {
        wait_ms: 30_000,
        end_ms: 500,
        ack_bytes: 1024 * 1024,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
