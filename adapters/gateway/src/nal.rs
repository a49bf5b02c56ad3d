//! Connections through the shared traits of network stacks.

#[cfg(feature = "edge-nal")]
mod edge;
#[cfg(feature = "embedded-nal-async")]
mod embedded;

#[cfg(feature = "edge-nal")]
pub use edge::EdgeNal;
#[cfg(feature = "embedded-nal-async")]
pub use embedded::EmbeddedNal;

use core::fmt;
use core::net::{IpAddr, SocketAddr};
use core::pin::pin;
use core::task::{Context, Waker};

use embedded_io::ErrorKind;
use embedded_io_async::Read;
use redox_auth_core::Channel;

use crate::Endpoint;

/// Why `EmbeddedNal` or `EdgeNal` made no connection.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NalError {
    /// The URL starts with https, and this connector makes plain TCP connections. Wrap it in a connector with TLS.
    NoTls,
    /// The stack found no address for the host name.
    Lookup(ErrorKind),
    /// The stack did not connect, with the kind of its error.
    Connect(ErrorKind),
}

impl fmt::Display for NalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTls => f.write_str(
                "this connector has no TLS: put a connector with TLS around it for an https URL",
            ),
            Self::Lookup(kind) => write!(f, "no address for the host name: {kind}"),
            Self::Connect(kind) => write!(f, "no TCP connection: {kind}"),
        }
    }
}

impl core::error::Error for NalError {}

impl embedded_io::Error for NalError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoTls => ErrorKind::Unsupported,
            Self::Lookup(kind) | Self::Connect(kind) => *kind,
        }
    }
}

/// The address of a host: the host itself if it is an address, otherwise the result of `lookup`.
async fn address(
    to: Endpoint<'_>,
    lookup: impl AsyncFnOnce(&str) -> Result<IpAddr, ErrorKind>,
) -> Result<SocketAddr, NalError> {
    if to.is_tls {
        return Err(NalError::NoTls);
    }
    let host = to.host.strip_prefix('[').unwrap_or(to.host);
    let host = host.strip_suffix(']').unwrap_or(host);
    let address = match host.parse() {
        Ok(address) => address,
        Err(_) => lookup(host).await.map_err(NalError::Lookup)?,
    };
    Ok(SocketAddr::new(address, to.port))
}

/// Plain TCP counts as authenticated only if it stays on this machine.
const fn channel(remote: SocketAddr) -> Channel {
    match remote.ip().is_loopback() {
        true => Channel::Authenticated,
        false => Channel::Unauthenticated,
    }
}

/// Whether a read would wait. If an unexpected byte, an end or an error comes, the connection is closed, and therefore
/// the byte that was read does not matter.
fn is_quiet(connection: &mut impl Read) -> bool {
    let mut byte = [0];
    let read = pin!(connection.read(&mut byte));
    read.poll(&mut Context::from_waker(Waker::noop()))
        .is_pending()
}

#[cfg(test)]
mod tests;
