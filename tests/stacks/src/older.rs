use core::fmt;

use embedded_io::{ErrorKind, ErrorType, Read, Write};

/// A stream of `embedded-io` 0.6 as one of 0.7, for drivers that have not moved yet, such as `usbd-serial` 0.2 and
/// `stm32f4xx-hal` 0.23. Their asynchronous traits too.
#[derive(Clone, Copy, Debug)]
pub struct Older<T>(pub T);

/// An error of such a stream.
#[derive(Clone, Copy, Debug)]
pub struct OlderError(ErrorKind);

impl OlderError {
    fn new(error: impl embedded_io_06::Error) -> Self {
        use embedded_io_06::ErrorKind as Old;
        Self(match error.kind() {
            Old::NotFound => ErrorKind::NotFound,
            Old::PermissionDenied => ErrorKind::PermissionDenied,
            Old::ConnectionRefused => ErrorKind::ConnectionRefused,
            Old::ConnectionReset => ErrorKind::ConnectionReset,
            Old::ConnectionAborted => ErrorKind::ConnectionAborted,
            Old::NotConnected => ErrorKind::NotConnected,
            Old::AddrInUse => ErrorKind::AddrInUse,
            Old::AddrNotAvailable => ErrorKind::AddrNotAvailable,
            Old::BrokenPipe => ErrorKind::BrokenPipe,
            Old::AlreadyExists => ErrorKind::AlreadyExists,
            Old::InvalidInput => ErrorKind::InvalidInput,
            Old::InvalidData => ErrorKind::InvalidData,
            Old::TimedOut => ErrorKind::TimedOut,
            Old::Interrupted => ErrorKind::Interrupted,
            Old::Unsupported => ErrorKind::Unsupported,
            Old::OutOfMemory => ErrorKind::OutOfMemory,
            Old::WriteZero => ErrorKind::WriteZero,
            _ => ErrorKind::Other,
        })
    }
}

impl fmt::Display for OlderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl core::error::Error for OlderError {}

impl embedded_io::Error for OlderError {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

impl<T> ErrorType for Older<T> {
    type Error = OlderError;
}

impl<T: embedded_io_06::Read> Read for Older<T> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, OlderError> {
        self.0.read(buf).map_err(OlderError::new)
    }
}

impl<T: embedded_io_06::Write> Write for Older<T> {
    fn write(&mut self, buf: &[u8]) -> Result<usize, OlderError> {
        self.0.write(buf).map_err(OlderError::new)
    }

    fn flush(&mut self) -> Result<(), OlderError> {
        self.0.flush().map_err(OlderError::new)
    }
}

impl<T: embedded_io_async_06::Read> embedded_io_async::Read for Older<T> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, OlderError> {
        self.0.read(buf).await.map_err(OlderError::new)
    }
}

impl<T: embedded_io_async_06::Write> embedded_io_async::Write for Older<T> {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, OlderError> {
        self.0.write(buf).await.map_err(OlderError::new)
    }

    async fn flush(&mut self) -> Result<(), OlderError> {
        self.0.flush().await.map_err(OlderError::new)
    }
}
