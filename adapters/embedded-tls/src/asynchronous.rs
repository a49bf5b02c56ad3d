use core::cell::Cell;
use core::fmt;
use core::pin::pin;
use core::task::{Context, Waker};

use embedded_io::{Error as _, ErrorType};
use embedded_io_async::{Read, Write};
use embedded_tls::{CryptoProvider, TlsConfig, TlsConnection, TlsContext, TlsError};
use redox_auth_core::{Channel, UnixTime};
use redox_auth_gateway::{AsyncConnect, Connector, Endpoint};

use crate::counted::Counted;
use crate::records::{Lent, Loan};
use crate::{ConnectError, Records};

/// Adds TLS to the connections of another connector.
pub struct AsyncTls<'r, C, P> {
    transport: C,
    records: &'r Records<'r>,
    provider: P,
    set_time: fn(Option<UnixTime>),
}

impl<'r, C, P> AsyncTls<'r, C, P> {
    /// Adds TLS to the connections of `transport`, with these buffers. `provider` supplies the keys, the random numbers
    /// and the verifier.
    ///
    /// The provider's verifier checks the server's identity. Without a verifier, every server is accepted, also an
    /// attacker's.
    #[must_use]
    pub const fn new(transport: C, records: &'r Records<'r>, provider: P) -> Self {
        Self {
            transport,
            records,
            provider,
            set_time: |_| {},
        }
    }

    /// Calls `set_time` before each handshake with the session's time. Set the [`TlsClock`](embedded_tls::TlsClock) of
    /// the verifier with it: the verifier reads the time without an argument.
    #[must_use]
    pub const fn on_handshake(mut self, set_time: fn(Option<UnixTime>)) -> Self {
        self.set_time = set_time;
        self
    }

    /// The inner connector.
    pub const fn transport_mut(&mut self) -> &mut C {
        &mut self.transport
    }
}

impl<'r, C, P> Connector for AsyncTls<'r, C, P>
where
    C: AsyncConnect<Connection: 'r>,
    P: CryptoProvider<CipherSuite: 'static>,
{
    type Connection = AsyncTlsStream<'r, C::Connection, P::CipherSuite>;
    type Error = ConnectError;

    fn is_alive(&mut self, connection: &mut Self::Connection, to: Endpoint<'_>) -> bool {
        (connection.knew_time || to.time.is_none()) && connection.is_quiet()
    }
}

impl<'r, C, P> AsyncConnect for AsyncTls<'r, C, P>
where
    C: AsyncConnect<Connection: 'r>,
    P: CryptoProvider<CipherSuite: 'static>,
{
    async fn connect(
        &mut self,
        to: Endpoint<'_>,
    ) -> Result<(Self::Connection, Channel), ConnectError> {
        if !to.is_tls {
            return Err(ConnectError::NoTls);
        }
        let mut below = to;
        below.is_tls = false;
        let connected = self.transport.connect(below).await;
        let (stream, _) = connected.map_err(|error| ConnectError::Transport(error.kind()))?;
        let mut stream = AsyncTlsStream::new(stream, self.records, to.time.is_some())?;
        (self.set_time)(to.time);
        let config = TlsConfig::new().with_server_name(to.host);
        let context = TlsContext::new(&config, &mut self.provider);
        stream.tls.open(context).await?;
        Ok((stream, Channel::Authenticated))
    }
}

impl<C, P> fmt::Debug for AsyncTls<'_, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncTls").finish_non_exhaustive()
    }
}

/// A TLS 1.3 connection that [`AsyncTls`] made.
pub struct AsyncTlsStream<'r, S, C>
where
    S: Read + Write,
    C: embedded_tls::TlsCipherSuite + 'static,
{
    // Dropped before the loan, in this order.
    tls: TlsConnection<'r, Counted<'r, S>, C>,
    received: &'r Cell<u32>,
    knew_time: bool,
    has_ended: bool,
    _loan: Loan<'r>,
}

impl<'r, S, C> AsyncTlsStream<'r, S, C>
where
    S: Read + Write,
    C: embedded_tls::TlsCipherSuite + 'static,
{
    fn new(stream: S, records: &'r Records<'r>, knew_time: bool) -> Result<Self, ConnectError> {
        // SAFETY: the buffers go into `tls`. No code can take `tls` out of this value, and it is dropped before the
        // loan.
        #[expect(unsafe_code, reason = "fields are dropped in their order")]
        let lent = unsafe { records.lend() };
        let Lent {
            read,
            write,
            received,
            loan,
        } = lent.ok_or(ConnectError::Busy)?;
        Ok(Self {
            tls: TlsConnection::new(Counted::new(stream, received), read, write),
            received,
            knew_time,
            has_ended: false,
            _loan: loan,
        })
    }

    /// Whether a read would wait, and no byte has come since the last read.
    ///
    /// A read that is dropped within a record loses the part that came. A connection with any received byte is
    /// therefore closed, even if the byte was part of a session ticket.
    fn is_quiet(&mut self) -> bool {
        let before = self.received.get();
        let mut byte = [0];
        let waits = pin!(self.read(&mut byte))
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending();
        waits && self.received.get() == before
    }
}

impl<S, C> ErrorType for AsyncTlsStream<'_, S, C>
where
    S: Read + Write,
    C: embedded_tls::TlsCipherSuite + 'static,
{
    type Error = TlsError;
}

impl<S, C> Read for AsyncTlsStream<'_, S, C>
where
    S: Read + Write,
    C: embedded_tls::TlsCipherSuite + 'static,
{
    /// Only an end that the server announced counts as the end. Any other end is an error (RFC 8446 §6.1).
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, TlsError> {
        if self.has_ended {
            return Ok(0);
        }
        match self.tls.read(buf).await {
            Err(TlsError::ConnectionClosed) => {
                self.has_ended = true;
                Ok(0)
            }
            read => read,
        }
    }
}

impl<S, C> Write for AsyncTlsStream<'_, S, C>
where
    S: Read + Write,
    C: embedded_tls::TlsCipherSuite + 'static,
{
    async fn write(&mut self, buf: &[u8]) -> Result<usize, TlsError> {
        self.tls.write(buf).await
    }

    async fn flush(&mut self) -> Result<(), TlsError> {
        self.tls.flush().await
    }
}

impl<S, C> fmt::Debug for AsyncTlsStream<'_, S, C>
where
    S: Read + Write,
    C: embedded_tls::TlsCipherSuite + 'static,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncTlsStream").finish_non_exhaustive()
    }
}
