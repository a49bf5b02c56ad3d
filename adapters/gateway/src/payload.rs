use core::convert::Infallible;

use embedded_io::{ErrorType, Read};

/// The body of a request. Its bytes come from `embedded_io::Read`, or from `embedded_io_async::Read` for an
/// asynchronous call, in parts. The whole body need never be in memory.
pub trait Payload {
    /// The total number of bytes, if it is known. Otherwise the body is sent in chunks.
    fn content_length(&self) -> Option<u64>;

    /// Returns to the start, for a second attempt after a 401. If it returns `false`, there is no second attempt.
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

    /// Copies as many bytes as fit into `out`, and returns their number.
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
