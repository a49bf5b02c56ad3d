use core::fmt;

use embedded_io::{Error as _, ErrorType, Read, Write};
use embedded_tls::blocking::TlsConnection;
use embedded_tls::{CryptoProvider, TlsConfig, TlsContext, TlsError};
use redox_auth_core::{Channel, UnixTime};
use redox_auth_gateway::{Connect, Connector, Endpoint};

use crate::counted::Counted;
use crate::records::{Lent, Loan};
use crate::{ConnectError, Records};

/// Adds TLS to the connections of another connector, as [`AsyncTls`](crate::AsyncTls) does, for blocking calls.
///
/// A blocking read cannot be cancelled, and therefore this connector does not detect that a server has closed a kept
/// connection. Use [`Tls::with_look`] to detect it, or keep [`Limits::idle_ms`](redox_auth_gateway::Limits::idle_ms)
/// below the time after which the server closes the connection.
pub struct Tls<'r, C, P> {
    transport: C,
    records: &'r Records<'r>,
    provider: P,
    set_time: fn(Option<UnixTime>),
    is_quiet: fn(&mut C) -> bool,
}

impl<'r, C, P> Tls<'r, C, P> {
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
            is_quiet: |_| true,
        }
    }

    /// Calls `set_time` before each handshake with the session's time. Set the [`TlsClock`](embedded_tls::TlsClock) of
    /// the verifier with it: the verifier reads the time without an argument.
    #[must_use]
    pub const fn on_handshake(mut self, set_time: fn(Option<UnixTime>)) -> Self {
        self.set_time = set_time;
        self
    }

    /// Calls `is_quiet` before a kept connection is used again. It must return whether the inner connector has an open
    /// connection without received bytes, and it must not wait.
    #[must_use]
    pub const fn with_look(mut self, is_quiet: fn(&mut C) -> bool) -> Self {
        self.is_quiet = is_quiet;
        self
    }

    /// The inner connector.
    pub const fn transport_mut(&mut self) -> &mut C {
        &mut self.transport
    }
}

impl<'r, C, P> Connector for Tls<'r, C, P>
where
    C: Connect<Connection: 'r>,
    P: CryptoProvider<CipherSuite: 'static>,
{
    type Connection = TlsStream<'r, C::Connection, P::CipherSuite>;
    type Error = ConnectError;

    fn is_alive(&mut self, connection: &mut Self::Connection, to: Endpoint<'_>) -> bool {
        (connection.knew_time || to.time.is_none()) && (self.is_quiet)(&mut self.transport)
    }
}

impl<'r, C, P> Connect for Tls<'r, C, P>
where
    C: Connect<Connection: 'r>,
    P: CryptoProvider<CipherSuite: 'static>,
{
    fn connect(&mut self, to: Endpoint<'_>) -> Result<(Self::Connection, Channel), ConnectError> {
        if !to.is_tls {
            return Err(ConnectError::NoTls);
        }
        let mut below = to;
        below.is_tls = false;
        let connected = self.transport.connect(below);
        let (stream, _) = connected.map_err(|error| ConnectError::Transport(error.kind()))?;
        let mut stream = TlsStream::new(stream, self.records, to.time.is_some())?;
        (self.set_time)(to.time);
        let config = TlsConfig::new().with_server_name(to.host);
        let context = TlsContext::new(&config, &mut self.provider);
        stream.tls.open(context)?;
        Ok((stream, Channel::Authenticated))
    }
}

impl<C, P> fmt::Debug for Tls<'_, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// A TLS 1.3 connection that [`Tls`] made.
pub struct TlsStream<'r, S, C>
where
    S: Read + Write,
    C: embedded_tls::TlsCipherSuite + 'static,
{
    // Dropped before the loan, in this order.
    tls: TlsConnection<'r, Counted<'r, S>, C>,
    knew_time: bool,
    has_ended: bool,
    _loan: Loan<'r>,
}

impl<'r, S, C> TlsStream<'r, S, C>
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
            knew_time,
            has_ended: false,
            _loan: loan,
        })
    }
}

impl<S, C> ErrorType for TlsStream<'_, S, C>
where
    S: Read + Write,
    C: embedded_tls::TlsCipherSuite + 'static,
{
    type Error = TlsError;
}

impl<S, C> Read for TlsStream<'_, S, C>
where
    S: Read + Write,
    C: embedded_tls::TlsCipherSuite + 'static,
{
    /// Only an end that the server announced counts as the end. Any other end is an error (RFC 8446 §6.1).
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, TlsError> {
        if self.has_ended {
            return Ok(0);
        }
        match self.tls.read(buf) {
            Err(TlsError::ConnectionClosed) => {
                self.has_ended = true;
                Ok(0)
            }
            read => read,
        }
    }
}

impl<S, C> Write for TlsStream<'_, S, C>
where
    S: Read + Write,
    C: embedded_tls::TlsCipherSuite + 'static,
{
    fn write(&mut self, buf: &[u8]) -> Result<usize, TlsError> {
        self.tls.write(buf)
    }

    fn flush(&mut self) -> Result<(), TlsError> {
        self.tls.flush()
    }
}

impl<S, C> fmt::Debug for TlsStream<'_, S, C>
where
    S: Read + Write,
    C: embedded_tls::TlsCipherSuite + 'static,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsStream").finish_non_exhaustive()
    }
}
