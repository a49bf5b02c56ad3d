use embedded_io::ErrorType;
use embedded_io_async::{Read, Write};
use embedded_tls::{TlsConfig, TlsConnection, TlsContext, TlsError};
use redox_auth_core::UnixTime;

use super::{Provider, ServerTime, Suite};
use crate::TcpStream;
use crate::room::{Guest, Room};

/// As [`TlsStream`](super::TlsStream), awaited.
pub struct AwaitedTlsStream {
    tls: Guest<Connection>,
    dates_checked: bool,
    ended: bool,
}

type Connection = TlsConnection<'static, TcpStream, Suite>;

static ROOM: Room<Connection> = Room::new();

impl AwaitedTlsStream {
    /// As [`TlsStream::open`](super::TlsStream::open), awaited.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn open(
        stream: TcpStream,
        host: &str,
        authority: &[u8],
        time: Option<UnixTime>,
    ) -> Result<Self, TlsError> {
        // SAFETY: the buffers are the connection's alone.
        let tls = unsafe { ROOM.take(|read, write| TlsConnection::new(stream, read, write)) };
        let mut tls = tls.ok_or(TlsError::OutOfMemory)?;
        ServerTime::set(time);
        let config = TlsConfig::new().with_server_name(host);
        let mut provider = Provider::new(authority);
        tls.open(TlsContext::new(&config, &mut provider)).await?;
        Ok(Self {
            tls,
            dates_checked: time.is_some(),
            ended: false,
        })
    }

    /// Whether the server's certificate was in date; false where the time was unknown.
    #[must_use]
    pub const fn dates_checked(&self) -> bool {
        self.dates_checked
    }
}

impl ErrorType for AwaitedTlsStream {
    type Error = TlsError;
}

impl Read for AwaitedTlsStream {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TlsError> {
        if self.ended {
            return Ok(0);
        }
        match self.tls.read(buffer).await {
            Err(TlsError::ConnectionClosed) => {
                self.ended = true;
                Ok(0)
            }
            read => read,
        }
    }
}

impl Write for AwaitedTlsStream {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, TlsError> {
        self.tls.write(bytes).await
    }

    async fn flush(&mut self) -> Result<(), TlsError> {
        self.tls.flush().await
    }
}
