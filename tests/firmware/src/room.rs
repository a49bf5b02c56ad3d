use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicBool, Ordering};

/// Memory for one TLS connection and its records, for one connection after the other.
///
/// A connection keeps what it borrows for as long as it lives, and the borrow checker cannot know that the next one comes
/// only after it. Here it does not move either: it takes more than a kilobyte, and each function that hands it on would
/// have that on its stack.
pub(crate) struct Room<T> {
    read: UnsafeCell<[u8; READ_LEN]>,
    write: UnsafeCell<[u8; WRITE_LEN]>,
    connection: UnsafeCell<MaybeUninit<T>>,
    is_taken: AtomicBool,
}

impl<T> Room<T> {
    pub(crate) const fn new() -> Self {
        Self {
            read: UnsafeCell::new([0; READ_LEN]),
            write: UnsafeCell::new([0; WRITE_LEN]),
            connection: UnsafeCell::new(MaybeUninit::uninit()),
            is_taken: AtomicBool::new(false),
        }
    }

    /// Makes a connection, unless there is one: of a buffer to read into, and one to write from.
    ///
    /// # Safety
    ///
    /// `make` keeps the buffers nowhere but in the connection.
    pub(crate) unsafe fn take(
        &'static self,
        make: impl FnOnce(&'static mut [u8], &'static mut [u8]) -> T,
    ) -> Option<Guest<T>> {
        if self.is_taken.swap(true, Ordering::Acquire) {
            return None;
        }
        // SAFETY: nobody else has them: the room was free, and turns free only when the connection that had them before
        // is dropped.
        let (read, write) = unsafe { (&mut *self.read.get(), &mut *self.write.get()) };
        let connection = make(read, write);
        // SAFETY: as before.
        unsafe { (*self.connection.get()).write(connection) };
        Some(Guest(self))
    }
}

// SAFETY: nobody reaches the memory but by `take`, and that gives it to one at a time.
unsafe impl<T> Sync for Room<T> {}

/// The connection in a [`Room`], which is free again when this is dropped.
pub(crate) struct Guest<T: 'static>(&'static Room<T>);

impl<T> Deref for Guest<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: `take` made it, and there is one guest at a time.
        unsafe { (*self.0.connection.get()).assume_init_ref() }
    }
}

impl<T> DerefMut for Guest<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as in `deref`.
        unsafe { (*self.0.connection.get()).assume_init_mut() }
    }
}

impl<T> Drop for Guest<T> {
    fn drop(&mut self) {
        // SAFETY: as in `deref`, and nobody uses it after this.
        unsafe { (*self.0.connection.get()).assume_init_drop() };
        self.0.is_taken.store(false, Ordering::Release);
    }
}

/// A whole record: what it may hold (RFC 8446 §5.2), and what the TLS library says goes around it.
const READ_LEN: usize = 16_640;

/// What we send is cut into records of about this length; the first message has to fit.
const WRITE_LEN: usize = 1_024;
