//! Connects to a server over a VPN, and tells apart what can be in the way.

use core::fmt;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;
use std::io::{self, ErrorKind};

use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::timeout;

use crate::terminal::shown;

/// Connects to `HOST:PORT`, from this address if there is one: to the first address of the host that answers. Addresses of
/// another family than the source are left out.
pub(crate) async fn dial(to: &str, source: Option<IpAddr>) -> Result<TcpStream, DialError> {
    let failed = |address, problem| DialError {
        to: shown(to),
        address,
        source,
        problem,
    };
    let found = lookup_host(to).await;
    let addresses = found.map_err(|error| failed(None, Problem::Name(error.to_string())))?;
    let none = match source {
        Some(source) => Problem::Family(source),
        None => Problem::Name("it has no address".to_owned()),
    };
    let mut last = failed(None, none);
    // Packets go from one address to another of the same family only.
    let is_of_family =
        |to: &SocketAddr| source.is_none_or(|source| source.is_ipv4() == to.is_ipv4());
    for address in addresses.filter(is_of_family) {
        match timeout(PATIENCE, connect(address, source)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = failed(Some(address), Problem::of(&error)),
            Err(_) => last = failed(Some(address), Problem::Silence),
        }
    }
    Err(last)
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

/// Why there is no connection.
#[derive(Debug)]
pub(crate) struct DialError {
    to: String,
    address: Option<SocketAddr>,
    source: Option<IpAddr>,
    problem: Problem,
}

#[derive(Debug)]
enum Problem {
    Name(String),
    /// The port is closed.
    Refused,
    /// Nothing came back.
    Silence,
    NoRoute,
    /// The host has no address of the family of the one to connect from.
    Family(IpAddr),
    /// This machine does not have the address to connect from.
    Source,
    Other(String),
}

impl Problem {
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
                ": refused. The way to it works, through the VPN if there is one, but nobody listens at this port",
            ),
            Problem::Silence => write!(
                f,
                ": no answer within {} s. The VPN tunnel is down, its policy does not cover these addresses, or a \
                 firewall drops the packets",
                PATIENCE.as_secs()
            ),
            Problem::NoRoute => f.write_str(
                ": no route. The VPN tunnel is down, or the route to its other side is missing",
            ),
            Problem::Family(source) => {
                let (missing, other) = match source {
                    IpAddr::V4(_) => ("IPv4", "IPv6"),
                    IpAddr::V6(_) => ("IPv6", "IPv4"),
                };
                write!(
                    f,
                    ": the host has no {missing} address, and --source is one; give an {other} address of this machine"
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
