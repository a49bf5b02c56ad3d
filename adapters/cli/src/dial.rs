//! Connects to a server over a VPN, and distinguishes the reasons why a connection fails.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;
use std::io::{self, ErrorKind};
use std::net::UdpSocket;

use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::timeout;

use crate::terminal::shown;

/// Connects to `HOST:PORT`, from this address if one is given. Tries the host's addresses of the source's family until
/// one answers.
pub(crate) async fn dial(to: &str, source: Option<IpAddr>) -> Result<TcpStream, DialError> {
    let mut last = None;
    for address in addresses(to, source).await? {
        let problem = match timeout(PATIENCE, connect(address, source)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => Problem::of(&error),
            Err(_) => Problem::Silence,
        };
        let route = route_to(address, source);
        let problem = match (problem, &route) {
            // Only this machine reports this, before it sends a packet.
            (Problem::NoRoute, Ok(_)) => Problem::Unreachable,
            (problem, _) => problem,
        };
        last = Some(DialError {
            to: shown(to),
            address: Some(address),
            source: source.or(route.ok()),
            problem,
        });
    }
    let nothing = || DialError::without_address(to, source, Problem::nowhere(source));
    Err(last.unwrap_or_else(nothing))
}

/// The source address of packets to `HOST:PORT`, from this machine's routes. Sends no packet.
pub(crate) async fn route(
    to: &str,
    source: Option<IpAddr>,
) -> Result<(SocketAddr, IpAddr), DialError> {
    let mut last = None;
    for address in addresses(to, source).await? {
        match route_to(address, source) {
            Ok(from) => return Ok((address, from)),
            Err(error) => {
                last = Some(DialError {
                    address: Some(address),
                    ..DialError::without_address(to, source, Problem::of(&error))
                });
            }
        }
    }
    let nothing = || DialError::without_address(to, source, Problem::nowhere(source));
    Err(last.unwrap_or_else(nothing))
}

/// The addresses of a host, of the source's family: packets go from one address to another of the same family only.
async fn addresses(
    to: &str,
    source: Option<IpAddr>,
) -> Result<impl Iterator<Item = SocketAddr>, DialError> {
    let found = lookup_host(to).await.map_err(|error| {
        DialError::without_address(to, source, Problem::Name(error.to_string()))
    })?;
    let found: Vec<_> = found.collect();
    let is_of_family =
        move |to: &SocketAddr| source.is_none_or(|source| source.is_ipv4() == to.is_ipv4());
    Ok(found.into_iter().filter(is_of_family))
}

/// Asks the routes of this machine: connecting a datagram socket sends no packet.
fn route_to(address: SocketAddr, source: Option<IpAddr>) -> io::Result<IpAddr> {
    let any: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind(SocketAddr::new(source.unwrap_or(any), 0))?;
    socket.connect(address)?;
    Ok(socket.local_addr()?.ip())
}

async fn connect(to: SocketAddr, source: Option<IpAddr>) -> io::Result<TcpStream> {
    let socket = match to {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    if let Some(source) = source {
        socket.bind(SocketAddr::new(source, 0))?;
    }
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Why a connection failed.
#[derive(Debug)]
pub(crate) struct DialError {
    to: String,
    address: Option<SocketAddr>,
    source: Option<IpAddr>,
    problem: Problem,
}

impl DialError {
    fn without_address(to: &str, source: Option<IpAddr>, problem: Problem) -> Self {
        Self {
            to: shown(to),
            address: None,
            source,
            problem,
        }
    }
}

#[derive(Debug)]
enum Problem {
    Name(String),
    /// The port is closed.
    Refused,
    /// No answer arrived.
    Silence,
    /// This machine has no route.
    NoRoute,
    /// This machine has a route, but a router on the path has none.
    Unreachable,
    /// The host has no address of the source address's family.
    Family(IpAddr),
    /// This machine does not have the source address.
    Source,
    Other(String),
}

impl Problem {
    /// The host has no usable address.
    fn nowhere(source: Option<IpAddr>) -> Self {
        source.map_or_else(|| Self::Name("it has no address".to_owned()), Self::Family)
    }

    fn of(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::ConnectionRefused => Self::Refused,
            ErrorKind::TimedOut => Self::Silence,
            ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => Self::NoRoute,
            ErrorKind::AddrNotAvailable => Self::Source,
            _ => Self::Other(error.to_string()),
        }
    }
}

impl fmt::Display for DialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no connection to {}", self.to)?;
        if let Some(address) = self.address.map(|it| it.to_string())
            && address != self.to
        {
            write!(f, " ({address})")?;
        }
        if let Some(source) = self.source {
            write!(f, " from {source}")?;
        }
        match &self.problem {
            Problem::Name(error) => write!(f, ": the name was not found: {error}"),
            Problem::Refused => f.write_str(
                ": refused. The route works, through the VPN if there is one, but no program listens at this port",
            ),
            Problem::Silence => write!(
                f,
                ": no answer within {} s. This machine has a route. The VPN tunnel is down, its policy does not cover these \
                 addresses (see --source), or a firewall drops the packets",
                PATIENCE.as_secs()
            ),
            Problem::NoRoute => f.write_str(
                ": no route from this machine. If this machine is the end of the VPN tunnel, the tunnel is down. If a gateway \
                 is, this machine has no route to the gateway",
            ),
            Problem::Unreachable => f.write_str(
                ": unreachable. This machine has a route, but its gateway cannot forward the packets: the VPN tunnel is \
                 down, or the tunnel's policy does not cover these addresses",
            ),
            Problem::Family(source) => {
                let (missing, other) = match source {
                    IpAddr::V4(_) => ("IPv4", "IPv6"),
                    IpAddr::V6(_) => ("IPv6", "IPv4"),
                };
                write!(
                    f,
                    ": --source is an {missing} address, and the host has none; give an {other} address of this machine"
                )
            }
            Problem::Source => f.write_str(
                ": this machine does not have that address; --source must name one of its own",
            ),
            Problem::Other(error) => write!(f, ": {error}"),
        }
    }
}

/// The longest wait for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
