/// The longest waits, and the longest acknowledgment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The longest wait, in milliseconds: for the connection to take the next bytes of a message, and then for the
    /// acknowledgment, counted from the last byte of the message.
    pub wait_ms: u32,
    /// The longest wait for the CR behind an acknowledgment's FS, in milliseconds. Afterwards the acknowledgment counts without
    /// its CR.
    pub end_ms: u32,
    /// The longest acknowledgment, in bytes. The buffer keeps its beginning; the rest is read and dropped.
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
