use core::cell::Cell;

use embedded_io::{ErrorType, Read, Write};

/// A stream that counts the reads that received bytes.
///
/// The TLS connection owns its stream and does not show bytes received within a record. This counter makes them
/// visible.
pub(crate) struct Counted<'r, S> {
    stream: S,
    received: &'r Cell<u32>,
}

impl<'r, S> Counted<'r, S> {
    pub(crate) const fn new(stream: S, received: &'r Cell<u32>) -> Self {
        Self { stream, received }
    }

    fn count(&self) {
        self.received.set(self.received.get().wrapping_add(1));
    }
}

impl<S: ErrorType> ErrorType for Counted<'_, S> {
    type Error = S::Error;
}

impl<S: Read> Read for Counted<'_, S> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, S::Error> {
        let read = self.stream.read(buf);
        self.count();
        read
    }
}

impl<S: Write> Write for Counted<'_, S> {
    fn write(&mut self, buf: &[u8]) -> Result<usize, S::Error> {
        self.stream.write(buf)
    }

    fn flush(&mut self) -> Result<(), S::Error> {
        self.stream.flush()
    }
}

impl<S: embedded_io_async::Read> embedded_io_async::Read for Counted<'_, S> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, S::Error> {
        let read = self.stream.read(buf).await;
        self.count();
        read
    }
}

impl<S: embedded_io_async::Write> embedded_io_async::Write for Counted<'_, S> {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, S::Error> {
        self.stream.write(buf).await
    }

    async fn flush(&mut self) -> Result<(), S::Error> {
        self.stream.flush().await
    }
}
