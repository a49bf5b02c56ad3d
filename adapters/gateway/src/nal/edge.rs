use core::fmt;

use edge_nal::{AddrType, Dns, TcpConnect};
use embedded_io::Error as _;
use redox_auth_core::Channel;

use super::{NalError, address, channel, is_quiet};
use crate::{AsyncConnect, Connector, Endpoint};

/// Makes plain TCP connections over a network stack that implements the traits of `edge-nal`.
///
/// Over plain TCP the gateway sends secrets only to this machine. For any other server, wrap this connector in a
/// connector with TLS, such as `redox_auth_embedded_tls::AsyncTls`. The outer connector passes the endpoint on with
/// [`is_tls`](Endpoint::is_tls) off.
///
/// A kept connection is alive while a read of it waits. The gateway starts that read and drops it. A dropped read must
/// therefore lose no bytes, as in every stack that was tested.
///
/// ```
/// use edge_nal::{Dns, TcpConnect};
/// use redox_auth_gateway::{AsyncConnect, EdgeNal};
///
/// fn connector<'n>(tcp: &'n impl TcpConnect, dns: &'n impl Dns) -> impl AsyncConnect {
///     EdgeNal::new(tcp, dns)
/// }
/// ```
pub struct EdgeNal<'n, T, D> {
    tcp: &'n T,
    dns: &'n D,
}

impl<'n, T, D> EdgeNal<'n, T, D> {
    /// Connects over `tcp`, to addresses from `dns`. Many stacks implement both.
    #[must_use]
    pub const fn new(tcp: &'n T, dns: &'n D) -> Self {
        Self { tcp, dns }
    }
}

impl<'n, T: TcpConnect, D: Dns> Connector for EdgeNal<'n, T, D> {
    type Connection = T::Socket<'n>;
    type Error = NalError;

    fn is_alive(&mut self, connection: &mut Self::Connection, _: Endpoint<'_>) -> bool {
        is_quiet(connection)
    }
}

impl<T: TcpConnect, D: Dns> AsyncConnect for EdgeNal<'_, T, D> {
    async fn connect(&mut self, to: Endpoint<'_>) -> Result<(Self::Connection, Channel), NalError> {
        let dns = self.dns;
        let remote = address(to, async |host| {
            let found = dns.get_host_by_name(host, AddrType::Either).await;
            found.map_err(|error| error.kind())
        });
        let remote = remote.await?;
        let connected = self.tcp.connect(remote).await;
        let connection = connected.map_err(|error| NalError::Connect(error.kind()))?;
        Ok((connection, channel(remote)))
    }
}

impl<T, D> Clone for EdgeNal<'_, T, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, D> Copy for EdgeNal<'_, T, D> {}

impl<T, D> fmt::Debug for EdgeNal<'_, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EdgeNal").finish_non_exhaustive()
    }
}
