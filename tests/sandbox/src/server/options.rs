use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::Clock;
use crate::shared::Log;

/// How to start a [`Server`](crate::Server); the default is plain http on a free loopback port, the machine's clock, and
/// tokens that nobody can foresee.
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

/// Who knows it knows every token to come.
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

    /// Listens at this address; port 0 is a free one. Without this call the address is 127.0.0.1, with the port that a
    /// [state file](Self::state) keeps, or a free one.
    #[must_use]
    pub const fn address(mut self, address: SocketAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Speaks https, TLS 1.3 or 1.2, with a new certificate by a new authority: see
    /// [`Server::ca_certificate`](crate::Server::ca_certificate). It is for `localhost`, for the address that the server
    /// listens at, and for what clients call it.
    #[must_use]
    pub const fn tls(mut self) -> Self {
        self.scheme = Scheme::Https;
        self
    }

    /// Has the certificate end as this day begins (UTC) instead of after a year: soon, or long ago. That of the authority
    /// is good all the same.
    #[must_use]
    pub const fn certificate_until(mut self, end: Timestamp) -> Self {
        self.certificate_until = Some(end);
        self
    }

    /// Says what clients call the host, where that is not the address it listens at; the port stays.
    #[must_use]
    pub fn host(mut self, name: &str) -> Self {
        self.host = Some(name.to_owned());
        self
    }

    /// Says what clients call the server, where the port is another one, too: a proxy, the host as an emulated board sees
    /// it. An assertion's `aud` has to begin with it.
    #[must_use]
    pub fn base_url(mut self, url: &str) -> Self {
        self.base_url = Some(url.trim_end_matches('/').to_owned());
        self
    }

    /// Has a token endpoint by the rules of another server than Redox: one of
    /// [`Rules::names`](crate::Rules::names).
    #[must_use]
    pub fn like(mut self, server: &str) -> Self {
        self.like = Some(server.to_owned());
        self
    }

    /// Serves a dashboard on this port of the loopback address; port 0 is a free one, and
    /// [`Server::dashboard_url`](crate::Server::dashboard_url) has it.
    ///
    /// Only then is traffic kept: the latest 2,000 exchanges, and at most 16 MiB of them.
    #[must_use]
    pub const fn dashboard(mut self, port: u16) -> Self {
        self.dashboard = Some(port);
        self
    }

    /// Keeps in this file, over a restart, what is registered: sources, destinations, OAuth and legacy API keys with their
    /// secrets, what [`Sandbox::remember`](crate::Sandbox::remember) was given, and the port. Tokens, faults and the
    /// clock are not kept.
    ///
    /// The file does not exist at first, or holds the state of an earlier server. It is written, for its owner only and
    /// whole or not at all, by [`Server::save`](crate::Server::save), by [`Server::stop`](crate::Server::stop), and before
    /// a change through the dashboard or the Platform API is answered. A lock on a file beside it, which ends with
    /// `.lock`, keeps other servers away.
    #[must_use]
    pub fn state(mut self, file: impl Into<PathBuf>) -> Self {
        self.state = Some(file.into());
        self
    }

    /// Gives a line about each request to this function: method, path, status, and the true reason of a refusal. No line
    /// shows a secret. A state file that cannot be written is reported here, too.
    #[must_use]
    pub fn log(mut self, line: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.log = Some(Log(Arc::new(line)));
        self
    }

    /// Draws tokens and IDs from this seed, so that a run can be repeated.
    #[must_use]
    pub const fn seed(mut self, seed: [u8; 32]) -> Self {
        self.seed = Some(Seed(seed));
        self
    }

    /// Goes by this clock, for example a frozen one.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Where to listen, where a state file keeps this port.
    pub(super) fn address_or(&self, kept_port: Option<u16>) -> SocketAddr {
        let usual = || SocketAddr::from((Ipv4Addr::LOCALHOST, kept_port.unwrap_or(0)));
        self.address.unwrap_or_else(usual)
    }

    /// What clients call a server that listens at `address`.
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

/// Nobody can connect to "any address", so it is called by the loopback address.
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(any) if any.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(any) if any.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        host => host,
    };
    SocketAddr::new(host, address.port())
}
