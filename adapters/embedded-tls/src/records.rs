use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::ptr::NonNull;

/// The two record buffers of a TLS connection. Successive connections share them.
///
/// A connection of `embedded-tls` borrows its buffers for its whole life, and never gives them back. A connector
/// outlives its connections, and could lend the buffers only once. This type lends them again after the previous
/// connection is dropped, and returns an error before that.
pub struct Records<'b> {
    read: NonNull<[u8]>,
    write: NonNull<[u8]>,
    is_lent: Cell<bool>,
    /// The number of times that bytes came for the current connection.
    received: Cell<u32>,
    lent_to_us: PhantomData<&'b mut [u8]>,
}

/// The right to use the buffers. Dropping it returns them.
pub(crate) struct Loan<'r>(&'r Cell<bool>);

/// The buffers that a connection borrows.
pub(crate) struct Lent<'r> {
    pub(crate) read: &'r mut [u8],
    pub(crate) write: &'r mut [u8],
    pub(crate) received: &'r Cell<u32>,
    pub(crate) loan: Loan<'r>,
}

impl<'b> Records<'b> {
    /// The shortest `read` buffer for a server that sends records of the greatest length (RFC 8446 §5.2), in bytes.
    pub const READ_LEN: usize = 16_640;

    /// The shortest recommended `write` buffer, in bytes: the length of the first message of a handshake. Longer
    /// requests are sent in records with the length of `write`.
    pub const WRITE_LEN: usize = 1_024;

    /// Lends these two buffers: `read` for received records, see [`Records::READ_LEN`], and `write` for sent records.
    #[must_use]
    pub fn new(read: &'b mut [u8], write: &'b mut [u8]) -> Self {
        Self {
            read: NonNull::from(read),
            write: NonNull::from(write),
            is_lent: Cell::new(false),
            received: Cell::new(0),
            lent_to_us: PhantomData,
        }
    }

    /// The buffers, unless another connection uses them.
    ///
    /// # Safety
    ///
    /// The loan must be dropped after the last use of the buffers.
    #[expect(unsafe_code, reason = "the signature says what the caller must do")]
    pub(crate) unsafe fn lend(&self) -> Option<Lent<'_>> {
        if self.is_lent.replace(true) {
            return None;
        }
        self.received.set(0);
        let (mut read, mut write) = (self.read, self.write);
        // SAFETY: `new` borrowed both buffers for `'b`, which lasts longer than `self`, and this value lends them to
        // one connection at a time. The previous loan was dropped, after the last use of the buffers.
        let (read, write) = unsafe { (read.as_mut(), write.as_mut()) };
        Some(Lent {
            read,
            write,
            received: &self.received,
            loan: Loan(&self.is_lent),
        })
    }
}

impl fmt::Debug for Records<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records")
            .field("is_lent", &self.is_lent)
            .finish_non_exhaustive()
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}
