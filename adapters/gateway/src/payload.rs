use core::convert::Infallible;

use embedded_io::{ErrorType, Read};

/// The body of a request. Its bytes come from `embedded_io::Read`, or from `embedded_io_async::Read` for an asynchronous
/// call, a part at a time, so that it is never needed as a whole.
pub trait Payload {
    /// How many bytes there are from the beginning on, if that is known; else it is sent in chunks.
    fn content_length(&self) -> Option<u64>;

    /// Goes back to the beginning, to be sent once more after a 401. `false` when it cannot: then it is not.
    fn rewind(&mut self) -> bool;
}

impl<P: Payload + ?Sized> Payload for &mut P {
    fn content_length(&self) -> Option<u64> {
        (**self).content_length()
    }

    fn rewind(&mut self) -> bool {
        (**self).rewind()
    }
}

/// A body of bytes in memory.
#[derive(Clone, Copy, Debug)]
pub struct Bytes<'r> {
    all: &'r [u8],
    rest: &'r [u8],
}

impl<'r> Bytes<'r> {
    pub(crate) const fn new(bytes: &'r [u8]) -> Self {
        Self {
            all: bytes,
            rest: bytes,
        }
    }

    /// Moves what fits into `out`; its length.
    pub(crate) fn take(&mut self, out: &mut [u8]) -> usize {
        let len = self.rest.len().min(out.len());
        if let (Some((part, rest)), Some(out)) =
            (self.rest.split_at_checked(len), out.get_mut(..len))
        {
            out.copy_from_slice(part);
            self.rest = rest;
        }
        len
    }
}

impl Payload for Bytes<'_> {
    fn content_length(&self) -> Option<u64> {
        u64::try_from(self.all.len()).ok()
    }

    fn rewind(&mut self) -> bool {
        self.rest = self.all;
        true
    }
}

impl ErrorType for Bytes<'_> {
    type Error = Infallible;
}

impl Read for Bytes<'_> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        Ok(self.take(buf))
    }
}

impl embedded_io_async::Read for Bytes<'_> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        Ok(self.take(buf))
    }
}
