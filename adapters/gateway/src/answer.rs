use core::fmt;

use embedded_io::{Error as _, ErrorKind, Read};

use crate::link::Link;
use crate::{AsyncConnect, Connect, Connector, Device, Error, ExchangeError, Headers};

/// The answer to a request: its head was received, its body has not been read.
///
/// An answer read to its end leaves the connection open for the next request. An answer dropped before its end closes
/// the connection.
pub struct Answer<'g, 'b, D: Device, C: Connector> {
    link: &'g mut Link<'b, D, C>,
}

impl<'g, 'b, D: Device, C: Connector> Answer<'g, 'b, D, C> {
    pub(crate) const fn new(link: &'g mut Link<'b, D, C>) -> Self {
        Self { link }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.link.exchange.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        self.link.exchange.headers()
    }

    /// The value of the first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers().get(name)
    }

    /// The connection, and the buffer to read more into.
    fn source(&mut self) -> Result<(&mut C::Connection, &mut [u8]), Error> {
        match &mut self.link.open {
            Some(open) => Ok((&mut open.io, self.link.exchange.room())),
            None => Err(ExchangeError::Transport(ErrorKind::NotConnected).into()),
        }
    }

    fn received(&mut self, read: Result<usize, ErrorKind>) -> Result<(), Error> {
        let now = self.link.now();
        match read {
            Ok(len) => Ok(self.link.exchange.received(len, now)?),
            Err(kind) => {
                self.link.exchange.abort();
                Err(ExchangeError::Transport(kind).into())
            }
        }
    }
}

impl<D: Device, C: Connect> Answer<'_, '_, D, C> {
    /// Reads a part of the body into `out`. Returns 0 at the end of the body, or if `out` is empty.
    ///
    /// # Errors
    /// [`Error::Exchange`], again at every call. The bytes before it are not the whole body.
    pub fn read(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(len) = self.link.exchange.body(out)? {
                return Ok(len);
            }
            let (io, room) = self.source()?;
            let read = io.read(room).map_err(|error| error.kind());
            self.received(read)?;
        }
    }

    /// Reads the whole body into `out`.
    ///
    /// # Errors
    /// As [`read`](Self::read), and [`HttpError::BodyTooLong`](crate::HttpError::BodyTooLong) for a body that does not
    /// fit. `out` then holds a part of the body.
    pub fn read_all<'o>(&mut self, out: &'o mut [u8]) -> Result<&'o mut [u8], Error> {
        let mut len = 0;
        while !self.link.exchange.whole_body(out, &mut len)? {
            let (io, room) = self.source()?;
            let read = io.read(room).map_err(|error| error.kind());
            self.received(read)?;
        }
        Ok(out.get_mut(..len).unwrap_or(&mut []))
    }
}

impl<D: Device, C: AsyncConnect> Answer<'_, '_, D, C> {
    /// As [`read`](Self::read), asynchronously. If the future is dropped early, the connection's own `read` decides
    /// whether bytes are lost.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub async fn read_async(&mut self, out: &mut [u8]) -> Result<usize, Error> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(len) = self.link.exchange.body(out)? {
                return Ok(len);
            }
            let (io, room) = self.source()?;
            let read = embedded_io_async::Read::read(io, room).await;
            self.received(read.map_err(|error| error.kind()))?;
        }
    }

    /// As [`read_all`](Self::read_all), asynchronously.
    ///
    /// # Errors
    /// As for [`read_all`](Self::read_all).
    pub async fn read_all_async<'o>(&mut self, out: &'o mut [u8]) -> Result<&'o mut [u8], Error> {
        let mut len = 0;
        while !self.link.exchange.whole_body(out, &mut len)? {
            let (io, room) = self.source()?;
            let read = embedded_io_async::Read::read(io, room).await;
            self.received(read.map_err(|error| error.kind()))?;
        }
        Ok(out.get_mut(..len).unwrap_or(&mut []))
    }
}

impl<D: Device, C: Connector> Drop for Answer<'_, '_, D, C> {
    fn drop(&mut self) {
        self.link.end();
    }
}

impl<D: Device, C: Connector> fmt::Debug for Answer<'_, '_, D, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status())
            .field("headers", &self.headers())
            .finish_non_exhaustive()
    }
}
