mod asynchronous;
mod blocking;
mod fetch;
mod found;

pub use found::Discovered;

use core::fmt;

use crate::link::Link;
use crate::{Connector, Device, Exchange, Limits};

/// Finds a server's token endpoint through the server's metadata: of an issuer (RFC 8414, OpenID Connect Discovery) or
/// of a FHIR server (SMART App Launch, UDAP). Call it once, before the session is made.
///
/// Documents are not trusted. The token endpoint must be on the host and at the port that was asked, or on a host from
/// [`Discovery::confirm_hosts`]. It must use https, or http to loopback. The issuer must be the one that was asked.
/// Anything else is a [`DiscoveryError`](crate::DiscoveryError), before an assertion is signed. The discovery follows
/// no redirect, and reads nothing over an unauthenticated connection.
///
/// The document stays in the caller's buffer, and the result borrows from it. A document that does not fit gives an
/// error with its length; real servers' documents take 1 to 10 KiB. There is no other cache: a device repeats the
/// discovery when it starts, or keeps the buffer.
///
/// ```
/// use redox_auth_core::{JwtType, Server};
/// use redox_auth_gateway::{Connect, Device, Discovery};
///
/// const FHIR: &str = "https://fhir.example/r4";
///
/// fn find<'m>(
///     board: &mut impl Device,
///     tls: &mut impl Connect,
///     document: &'m mut [u8],
/// ) -> Result<Server<'m>, Box<dyn core::error::Error>> {
///     let mut wire = [0; 2048];
///     let mut discovery = Discovery::new(board, tls, &mut wire).confirm_hosts(&["login.example"]);
///     let found = discovery.fhir_server(FHIR, document)?;
///     Ok(found.server(FHIR, JwtType::Jwt)?.with_scope("system/*.rs"))
/// }
/// ```
/// With an executor, call `discovery.fhir_server_async(FHIR, document).await?`.
pub struct Discovery<'b, D, C: Connector> {
    link: Link<'b, D, C>,
    confirmed: &'b [&'b str],
}

impl<'b, D: Device, C: Connector> Discovery<'b, D, C> {
    /// A discovery with [`Limits::DEFAULT`] that connects with `connector`, which may be a `&mut`. `wire` is the buffer
    /// for heads and bodies, as in [`Buffers`](crate::Buffers): 2 KiB are usually enough. It is wiped after each use.
    pub fn new(device: D, connector: C, wire: &'b mut [u8]) -> Self {
        let exchange = Exchange::new(wire, Limits::DEFAULT);
        Self {
            link: Link::new(device, connector, exchange),
            confirmed: &[],
        }
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.link.exchange.set_limits(limits);
        self
    }

    /// Hosts that may have the token endpoint in addition to the host that is asked: each as `login.example`, or as
    /// `login.example:8443` if the port is not that of the scheme. A text that is no host confirms nothing.
    ///
    /// A confirmed host may give tokens for every FHIR server that names it. If you trust several FHIR servers
    /// differently, make a discovery with its own hosts for each.
    #[must_use]
    pub const fn confirm_hosts(mut self, hosts: &'b [&'b str]) -> Self {
        self.confirmed = hosts;
        self
    }
}

impl<D, C: Connector> fmt::Debug for Discovery<'_, D, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discovery")
            .field("confirmed", &self.confirmed)
            .finish_non_exhaustive()
    }
}
