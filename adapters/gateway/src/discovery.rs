mod asynchronous;
mod blocking;
mod fetch;
mod found;

pub use found::Discovered;

use core::fmt;

use crate::link::Link;
use crate::{Connector, Device, Exchange, Limits};

/// Finds a server's token endpoint by the metadata that it publishes: of an issuer (RFC 8414, OpenID Connect Discovery) or
/// of a FHIR server (SMART App Launch, UDAP). One call, before the session is made.
///
/// A document is a stranger's word. The token endpoint that it names is used only on the host, and at the port, that was
/// asked, or that the program has confirmed by [`Discovery::confirm_hosts`]; only over https, or http to loopback; and the
/// issuer must be the one that was asked. Anything else is a [`DiscoveryError`](crate::DiscoveryError), before an assertion
/// is signed. No redirect is followed, and nothing is read over a connection that is not authenticated.
///
/// The document stays in the caller's buffer, and what was found borrows from it. A document that does not fit is an error
/// with its length; those of real servers take 1 to 10 KiB. There is no other cache: a device asks again when it starts, or
/// keeps the buffer.
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
/// With an executor it is `discovery.fhir_server_async(FHIR, document).await?`.
pub struct Discovery<'b, D, C: Connector> {
    link: Link<'b, D, C>,
    confirmed: &'b [&'b str],
}

impl<'b, D: Device, C: Connector> Discovery<'b, D, C> {
    /// A discovery that speaks with [`Limits::DEFAULT`] through `connector`, which may be a `&mut` of one. `wire` is for what
    /// goes over the wire, as in [`Buffers`](crate::Buffers): 2 KiB usually do. It is wiped after each use.
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

    /// The hosts that token endpoints may be on as well as on the host that is asked: each as `login.example`, or
    /// `login.example:8443` where the port is not that of the scheme. What is no host confirms nothing.
    ///
    /// A confirmed host gives tokens for every FHIR server that names it: where several FHIR servers are not trusted alike,
    /// ask each with hosts of its own.
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
