use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::Clock;
use crate::shared::Log;

/// How to start a [`Server`](crate::Server); the default is plain http on a free loopback port, the machine's clock,
/// and unpredictable tokens.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    address: Option<SocketAddr>,
    pub(super) scheme: Scheme,
    pub(super) clock: Clock,
    pub(super) certificate_until: Option<Timestamp>,
    pub(super) like: Option<String>,
    pub(super) dashboard: Option<u16>,
    pub(super) state: Option<PathBuf>,
    pub(super) log: Option<Log>,
    host: Option<String>,
    base_url: Option<String>,
    seed: Option<Seed>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Scheme {
    Http,
    Https,
}

/// A secret: it determines all future tokens.
#[derive(Clone, Copy)]
struct Seed([u8; 32]);

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed([redacted])")
    }
}

impl ServerOptions {
    /// The default options.
    #[must_use]
    pub fn new() -> Self {
        Self {
            address: None,
            scheme: Scheme::Http,
            clock: Clock::system(),
            certificate_until: None,
            like: None,
            dashboard: None,
            state: None,
            log: None,
            host: None,
            base_url: None,
            seed: None,
        }
    }

    /// Listens at this address; port 0 selects a free port. The default is 127.0.0.1, with the port of a [state
    /// file](Self::state) or a free one.
    #[must_use]
    pub const fn address(mut self, address: SocketAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Speaks https, TLS 1.3 or 1.2, with a new certificate from a new authority: see
    /// [`Server::ca_certificate`](crate::Server::ca_certificate). The certificate is for `localhost`, for the server's
    /// address, and for its host name.
    #[must_use]
    pub const fn tls(mut self) -> Self {
        self.scheme = Scheme::Https;
        self
    }

    /// Makes the certificate expire at the start of this day (UTC) instead of after a year. The day may be in the past.
    /// The authority's own certificate stays valid.
    #[must_use]
    pub const fn certificate_until(mut self, end: Timestamp) -> Self {
        self.certificate_until = Some(end);
        self
    }

    /// Sets the host name for clients, if it is not the listening address. The port stays the same.
    #[must_use]
    pub fn host(mut self, name: &str) -> Self {
        self.host = Some(name.to_owned());
        self
    }

    /// Sets the server's URL for clients, if the port also differs: behind a proxy, or for an emulated board. An
    /// assertion's `aud` must begin with this URL.
    #[must_use]
    pub fn base_url(mut self, url: &str) -> Self {
        self.base_url = Some(url.trim_end_matches('/').to_owned());
        self
    }

    /// Gives the token endpoint the rules of a server other than Redox: one of [`Rules::names`](crate::Rules::names).
    #[must_use]
    pub fn like(mut self, server: &str) -> Self {
        self.like = Some(server.to_owned());
        self
    }

    /// Serves a dashboard on this port of the loopback address. Port 0 selects a free port;
    /// [`Server::dashboard_url`](crate::Server::dashboard_url) returns it.
    ///
    /// Only with a dashboard, the server keeps traffic: the latest 2,000 exchanges, and at most 16 MiB of them.
    #[must_use]
    pub const fn dashboard(mut self, port: u16) -> Self {
        self.dashboard = Some(port);
        self
    }

    /// Keeps registrations in this file, across restarts: sources, destinations, OAuth and legacy API keys with their
    /// secrets, values of [`Sandbox::remember`](crate::Sandbox::remember), and the port. Does not keep tokens, faults
    /// and the clock.
    ///
    /// The file need not exist at first. The server writes it for its owner only, whole or not at all: in
    /// [`Server::save`](crate::Server::save), in [`Server::stop`](crate::Server::stop), and before it answers a change
    /// through the dashboard or the Platform API. A lock on a file next to it, whose name ends with `.lock`, excludes
    /// other servers.
    #[must_use]
    pub fn state(mut self, file: impl Into<PathBuf>) -> Self {
        self.state = Some(file.into());
        self
    }

    /// Passes a line about each request to this function: method, path, status, and the reason of a refusal. No line
    /// shows a secret. Failures to write the state file are also lines.
    #[must_use]
    pub fn log(mut self, line: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.log = Some(Log(Arc::new(line)));
        self
    }

    /// Draws tokens and IDs from this seed, which makes a run repeatable.
    #[must_use]
    pub const fn seed(mut self, seed: [u8; 32]) -> Self {
        self.seed = Some(Seed(seed));
        self
    }

    /// Uses this clock, for example a frozen one.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The address to listen on, given the port of a state file.
    pub(super) fn address_or(&self, kept_port: Option<u16>) -> SocketAddr {
        let usual = || SocketAddr::from((Ipv4Addr::LOCALHOST, kept_port.unwrap_or(0)));
        self.address.unwrap_or_else(usual)
    }

    /// The URL for clients of a server that listens at `address`.
    pub(super) fn url_at(&self, address: SocketAddr) -> String {
        if let Some(url) = &self.base_url {
            return url.clone();
        }
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        match &self.host {
            Some(host) => format!("{scheme}://{host}:{}", address.port()),
            None => format!("{scheme}://{}", reachable(address)),
        }
    }

    pub(super) fn seed_or_random(&self) -> io::Result<[u8; 32]> {
        if let Some(Seed(seed)) = self.seed {
            return Ok(seed);
        }
        let mut seed = [0; 32];
        aws_lc_rs::rand::fill(&mut seed).map_err(io::Error::other)?;
        Ok(seed)
    }
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// Clients cannot connect to the unspecified address, therefore they use the loopback address.
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(any) if any.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(any) if any.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        host => host,
    };
    SocketAddr::new(host, address.port())
}
