use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::ptr::NonNull;

/// The two record buffers of a TLS connection, for one connection after the other.
///
/// A connection of `embedded-tls` borrows its buffers for as long as it lives, and never gives them back. So a value that
/// outlives its connections, as a connector does, could lend the buffers only once. This one lends them anew as soon as the
/// connection before is dropped, and says no until then.
pub struct Records<'b> {
    read: NonNull<[u8]>,
    write: NonNull<[u8]>,
    is_lent: Cell<bool>,
    /// How many times bytes came for the connection that there is.
    received: Cell<u32>,
    lent_to_us: PhantomData<&'b mut [u8]>,
}

/// The buffers, for as long as it lives.
pub(crate) struct Loan<'r>(&'r Cell<bool>);

/// What a connection borrows.
pub(crate) struct Lent<'r> {
    pub(crate) read: &'r mut [u8],
    pub(crate) write: &'r mut [u8],
    pub(crate) received: &'r Cell<u32>,
    pub(crate) loan: Loan<'r>,
}

impl<'b> Records<'b> {
    /// What `read` must hold at least for a server that sends records of the greatest length (RFC 8446 §5.2), in bytes.
    pub const READ_LEN: usize = 16_640;

    /// What `write` should hold at least: the first message of a handshake, in bytes. Longer requests go out in records of
    /// the length of `write`.
    pub const WRITE_LEN: usize = 1_024;

    /// Lends these two buffers. `read` takes what comes, see [`Records::READ_LEN`], and `write` what goes out.
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

    /// The buffers, unless a connection has them.
    ///
    /// # Safety
    ///
    /// The loan is dropped after the last use of the buffers.
    #[expect(unsafe_code, reason = "the signature says what the caller must do")]
    pub(crate) unsafe fn lend(&self) -> Option<Lent<'_>> {
        if self.is_lent.replace(true) {
            return None;
        }
        self.received.set(0);
        let (mut read, mut write) = (self.read, self.write);
        // SAFETY: `new` borrowed both for `'b`, which lasts longer than `self`, and this value gives them to nobody else: the
        // loan before was dropped, and with it the last use of the buffers.
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
