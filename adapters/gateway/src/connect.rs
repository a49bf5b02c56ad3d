use embedded_io::{Error, ErrorType, Read, Write};
use redox_auth_core::{Channel, UnixTime, Url};

/// The part that [`Connect`] and [`AsyncConnect`] share: the types of a connection and of its error.
pub trait Connector {
    /// A connection, including TLS. Dropping it closes it.
    type Connection: ErrorType;

    /// Why there is no connection.
    type Error: Error;

    /// Whether a kept connection can be used again, as far as this can be checked without waiting. Return `false` if
    /// the server has closed it, or has sent bytes that no request asked for.
    ///
    /// `to` is the endpoint of the connection, with the current time. A connection made before the time was known
    /// should be made again: the verifier could not check the dates of the server's certificate.
    ///
    /// The default always returns `true`, which is dangerous. A message on a connection that the server has closed gets
    /// no answer, and may or may not have been processed ([`Error::may_have_arrived`](crate::Error::may_have_arrived)).
    /// With TCP, check for a `FIN` or for received bytes, such as with a read that does not wait. Without this check,
    /// only [`Limits::idle_ms`](crate::Limits::idle_ms) keeps messages off closed connections.
    /// [`Limits::idle_ms`](crate::Limits::idle_ms) keeps messages off dead connections.
    fn is_alive(&mut self, connection: &mut Self::Connection, to: Endpoint<'_>) -> bool {
        let _ = (connection, to);
        true
    }
}

/// Makes blocking connections.
///
/// There is at most one connection: the gateway drops the previous connection before it calls this, and its buffers may
/// be lent to the next. The connections of `embedded-tls` never give their record buffers back; the crate
/// [`redox-auth-embedded-tls`](https://docs.rs/redox-auth-embedded-tls) lends them anew: its `Tls` and `AsyncTls` add
/// TLS to any connector. [The list of network stacks][stacks] has the tested combinations.
///
/// [stacks]: https://docs.rs/crate/redox-auth-gateway/latest/source/STACKS.md
pub trait Connect: Connector<Connection: Read + Write> {
    /// Connects, and returns whether the other end is authenticated.
    ///
    /// Return [`Channel::Authenticated`] for a connection with TLS if the server's certificate was verified for
    /// `to.host`, and for a connection without TLS if it does not leave this machine. The gateway sends no secret over
    /// any other connection.
    ///
    /// A read of the connection must end with an error after a while, even if nothing comes: the gateway checks its
    /// deadline between reads.
    ///
    /// # Errors
    /// The error of a failed connection or verification.
    fn connect(
        &mut self,
        to: Endpoint<'_>,
    ) -> Result<(Self::Connection, Channel), <Self as Connector>::Error>;
}

/// Makes asynchronous connections. The rules of [`Connect`] apply, except that a read may wait without end: the caller
/// ends the whole call by dropping it.
pub trait AsyncConnect:
    Connector<Connection: embedded_io_async::Read + embedded_io_async::Write>
{
    /// As [`Connect::connect`].
    ///
    /// # Errors
    /// As for [`Connect::connect`].
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

/// The endpoint of a connection.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Endpoint<'u> {
    /// A name or an address; an IPv6 address with its brackets.
    pub host: &'u str,
    /// The TCP port.
    pub port: u16,
    /// Whether the connection needs TLS. A connection without TLS may only lead to this machine.
    pub is_tls: bool,
    /// The session's estimate of the server's time, for the dates of a certificate. On a device without a clock it is
    /// unknown until the first answer.
    pub time: Option<UnixTime>,
}

impl<'u> Endpoint<'u> {
    /// The endpoint that `url` names, with the `time` for the dates of a certificate.
    #[must_use]
    pub const fn new(url: Url<'u>, time: Option<UnixTime>) -> Self {
        Self {
            host: url.host(),
            port: url.port(),
            is_tls: url.is_https(),
            time,
        }
    }
}
