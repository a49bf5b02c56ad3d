use core::fmt;

use embedded_io::ErrorKind;
use embedded_tls::TlsError;
use redox_auth_core::{Channel, UnixTime};
use redox_auth_gateway::{AsyncConnect, Connect, Connector, Endpoint};
use smoltcp::wire::Ipv4Address;

use crate::{AwaitedTlsStream, Network, TcpError, TlsStream};

/// Makes the connections of a gateway: TLS over the board's network.
///
/// Certificates have dates, and at first a device without a clock cannot read them. It asks a server for the time whose
/// chain and name are right, and believes it; then it connects anew, with the dates checked, before anything secret is sent.
/// Who has a certificate that was this server's own and has ended can still give such a device a wrong time, down to the
/// earliest one that its session takes: a device that stores the time now and then narrows that.
pub struct Dialer {
    network: &'static Network,
    /// There is no DNS here: the one host has one address.
    address: Ipv4Address,
    /// The certificate, in DER.
    authority: &'static [u8],
    connections: u32,
}

impl Dialer {
    /// Reaches every host at `address`, and believes certificates by this `authority`.
    #[must_use]
    pub const fn new(
        network: &'static Network,
        address: Ipv4Address,
        authority: &'static [u8],
    ) -> Self {
        Self {
            network,
            address,
            authority,
            connections: 0,
        }
    }

    /// How many connections were made.
    #[must_use]
    pub const fn connections(&self) -> u32 {
        self.connections
    }

    /// Whether the connection that there is will do.
    fn is_good_enough(&self, dates_checked: bool, time: Option<UnixTime>) -> bool {
        (dates_checked || time.is_none()) && self.network.is_quiet()
    }
}

impl Connector for Dialer {
    type Connection = TlsStream;
    type Error = DialError;

    fn is_alive(&mut self, connection: &mut TlsStream, to: Endpoint<'_>) -> bool {
        self.is_good_enough(connection.dates_checked(), to.time)
    }
}

impl Connect for Dialer {
    fn connect(&mut self, to: Endpoint<'_>) -> Result<(Self::Connection, Channel), DialError> {
        if !to.is_tls {
            return Err(DialError::Plain);
        }
        let stream = self.network.connect(self.address, to.port)?;
        let stream = TlsStream::open(stream, to.host, self.authority, to.time)?;
        self.connections += 1;
        Ok((stream, Channel::Authenticated))
    }
}

/// A [`Dialer`] whose connections are awaited.
pub struct AwaitedDialer(Dialer);

impl AwaitedDialer {
    /// The same, awaited.
    #[must_use]
    pub const fn new(dialer: Dialer) -> Self {
        Self(dialer)
    }

    /// How many connections were made.
    #[must_use]
    pub const fn connections(&self) -> u32 {
        self.0.connections
    }
}

impl Connector for AwaitedDialer {
    type Connection = AwaitedTlsStream;
    type Error = DialError;

    fn is_alive(&mut self, connection: &mut AwaitedTlsStream, to: Endpoint<'_>) -> bool {
        self.0.is_good_enough(connection.dates_checked(), to.time)
    }
}

impl AsyncConnect for AwaitedDialer {
    async fn connect(
        &mut self,
        to: Endpoint<'_>,
    ) -> Result<(Self::Connection, Channel), DialError> {
        let Dialer {
            network,
            address,
            authority,
            connections,
        } = &mut self.0;
        if !to.is_tls {
            return Err(DialError::Plain);
        }
        let stream = network.connect_async(*address, to.port).await?;
        let stream = AwaitedTlsStream::open(stream, to.host, authority, to.time).await?;
        *connections += 1;
        Ok((stream, Channel::Authenticated))
    }
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug)]
pub enum DialError {
    /// The URL says to do without TLS.
    Plain,
    /// The server cannot be reached.
    Tcp(TcpError),
    /// There was no handshake, or the server is another.
    Tls(TlsError),
}

impl From<TcpError> for DialError {
    fn from(error: TcpError) -> Self {
        Self::Tcp(error)
    }
}

impl From<TlsError> for DialError {
    fn from(error: TlsError) -> Self {
        Self::Tls(error)
    }
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain => f.write_str("expected an https URL, found http"),
            Self::Tcp(error) => error.fmt(f),
            Self::Tls(error) => write!(f, "TLS: {error:?}"),
        }
    }
}

impl core::error::Error for DialError {}

impl embedded_io::Error for DialError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Plain => ErrorKind::Unsupported,
            Self::Tcp(error) => error.kind(),
            Self::Tls(TlsError::Io(kind)) => *kind,
            // What remains says that the server is not who it should be, or speaks another language.
            Self::Tls(_) => ErrorKind::InvalidData,
        }
    }
}
