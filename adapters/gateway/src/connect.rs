use embedded_io::{Error, ErrorType, Read, Write};
use redox_auth_core::{Channel, UnixTime, Url};

/// What makes connections: the part that [`Connect`] and [`AsyncConnect`] share, as [`ErrorType`] is of `Read` and
/// `Write`.
pub trait Connector {
    /// A connection, TLS included. Dropping it closes it.
    type Connection: ErrorType;

    /// Why there is no connection.
    type Error: Error;

    /// Whether a kept connection can be used again, as far as it can be told without waiting. `false` when the server has
    /// closed it, or has sent what nobody asked for.
    ///
    /// `to` is where it leads, with the time as it is now. A connection that was made before the time was known, so that nobody
    /// could look at the dates of the server's certificate, is better made again once it is.
    ///
    /// The default says that it always can. That is dangerous: a message on a connection that the server has closed gets no
    /// answer, and nobody knows whether it was done ([`Error::may_have_arrived`](crate::Error::may_have_arrived)). With TCP
    /// it takes one look for a `FIN` or for bytes that came, such as a read that does not wait. Without it, nothing but
    /// [`Limits::idle_ms`](crate::Limits::idle_ms) keeps messages off dead connections.
    fn is_alive(&mut self, connection: &mut Self::Connection, to: Endpoint<'_>) -> bool {
        let _ = (connection, to);
        true
    }
}

/// Makes connections that wait.
///
/// There is never more than one: the connection before is dropped before this is called, so its buffers may be lent to
/// the next. For the record buffers of `embedded-tls`, whose connections never give them back, the crate
/// [`redox-auth-embedded-tls`](https://docs.rs/redox-auth-embedded-tls) does that: `Tls` and `AsyncTls` put TLS around any
/// connector. [The list of network stacks][stacks] says what was run over which.
///
/// [stacks]: https://docs.rs/crate/redox-auth-gateway/latest/source/STACKS.md
pub trait Connect: Connector<Connection: Read + Write> {
    /// Connects, and tells whether a stranger could be at the other end.
    ///
    /// A connection to an endpoint with TLS is [`Channel::Authenticated`] when the server's certificate was verified for
    /// `to.host`, one without TLS when it does not leave this machine. Over any other nothing secret is sent.
    ///
    /// A read of the connection must end after a while with an error even when nothing comes: the gateway's deadline is
    /// looked at between reads.
    ///
    /// # Errors
    /// Whatever keeps it from connecting, or from verifying.
    fn connect(
        &mut self,
        to: Endpoint<'_>,
    ) -> Result<(Self::Connection, Channel), <Self as Connector>::Error>;
}

/// Makes connections that are awaited. All that is said of [`Connect`] holds here, but that a read may wait for ever: the
/// caller ends the whole call by dropping it.
pub trait AsyncConnect:
    Connector<Connection: embedded_io_async::Read + embedded_io_async::Write>
{
    /// As [`Connect::connect`].
    ///
    /// # Errors
    /// As there.
    fn connect(
        &mut self,
        to: Endpoint<'_>,
    ) -> impl Future<Output = Result<(Self::Connection, Channel), <Self as Connector>::Error>>;
}

impl<C: Connector + ?Sized> Connector for &mut C {
    type Connection = C::Connection;
    type Error = C::Error;

    fn is_alive(&mut self, connection: &mut Self::Connection, to: Endpoint<'_>) -> bool {
        (**self).is_alive(connection, to)
    }
}

impl<C: Connect + ?Sized> Connect for &mut C {
    fn connect(
        &mut self,
        to: Endpoint<'_>,
    ) -> Result<(Self::Connection, Channel), <Self as Connector>::Error> {
        (**self).connect(to)
    }
}

impl<C: AsyncConnect + ?Sized> AsyncConnect for &mut C {
    fn connect(
        &mut self,
        to: Endpoint<'_>,
    ) -> impl Future<Output = Result<(Self::Connection, Channel), <Self as Connector>::Error>> {
        (**self).connect(to)
    }
}

/// Where a connection leads.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Endpoint<'u> {
    /// A name or an address; an IPv6 address in its brackets.
    pub host: &'u str,
    /// The TCP port.
    pub port: u16,
    /// Whether the connection is to be made with TLS. Without it only to this machine.
    pub is_tls: bool,
    /// The time at the server as far as the session knows it, to look at the dates of a certificate. On a device without a
    /// clock that is unknown until the first answer.
    pub time: Option<UnixTime>,
}

impl<'u> Endpoint<'u> {
    pub(crate) const fn new(url: Url<'u>, time: Option<UnixTime>) -> Self {
        Self {
            host: url.host(),
            port: url.port(),
            is_tls: url.is_https(),
            time,
        }
    }
}
