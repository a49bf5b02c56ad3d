use core::fmt;

use reqwest::Url;

use crate::error::proxy::{ProxyError, ProxyProblem};

/// A proxy that a variable names. It shows no user name and no password.
#[derive(Clone, Eq, PartialEq)]
pub struct Proxy {
    url: Url,
    variable: &'static str,
}

impl Proxy {
    /// Reads the value of a variable, which may lack `http://`.
    pub(super) fn parse(variable: &'static str, value: &str) -> Result<Self, ProxyProblem> {
        let value = value.trim();
        let url = match value.contains("://") {
            true => Url::parse(value),
            false => Url::parse(&format!("http://{value}")),
        };
        let mut url = url.map_err(|_| ProxyProblem::NotUrl)?;
        match url.scheme() {
            "http" | "https" => {}
            "socks4" | "socks4a" | "socks5" | "socks5h" if !cfg!(feature = "socks") => {
                return Err(ProxyProblem::NoSocks);
            }
            "socks4" | "socks4a" | "socks5" | "socks5h" => {
                if url.port().is_none() {
                    let set = url.set_port(Some(SOCKS_PORT));
                    set.map_err(|()| ProxyProblem::NotUrl)?;
                }
            }
            other => return Err(ProxyProblem::Scheme(other.to_owned())),
        }
        match url.host_str() {
            Some(host) if !host.is_empty() => Ok(Self { url, variable }),
            _ => Err(ProxyProblem::NotUrl),
        }
    }

    /// Its name or address.
    #[must_use]
    pub fn host(&self) -> &str {
        let host = self.url.host_str().unwrap_or_default();
        host.trim_matches(['[', ']'])
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        let port = self.url.port_or_known_default();
        port.unwrap_or(SOCKS_PORT)
    }

    /// The variable that names it.
    #[must_use]
    pub const fn variable(&self) -> &'static str {
        self.variable
    }

    /// Whether it is a SOCKS proxy instead of HTTP.
    #[must_use]
    pub fn is_socks(&self) -> bool {
        self.url.scheme().starts_with("socks")
    }

    /// Whether the connection to it is over TLS.
    #[must_use]
    pub fn is_over_tls(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The error of a connection through this proxy.
    #[must_use]
    pub fn failed(&self, problem: ProxyProblem, host: &str, port: u16) -> ProxyError {
        ProxyError {
            variable: self.variable,
            proxy: self.address(),
            server: format!("{host}:{port}"),
            problem,
        }
    }

    /// Whether the variable has a user name for the proxy.
    pub(crate) fn has_user(&self) -> bool {
        !self.url.username().is_empty() || self.url.password().is_some()
    }

    /// Without user name and password.
    pub(crate) fn address(&self) -> String {
        let (scheme, host) = (self.url.scheme(), self.url.host_str().unwrap_or_default());
        format!("{scheme}://{host}:{}", self.port())
    }

    /// With user name and password.
    pub(crate) const fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.address(), self.variable)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

/// The port of SOCKS, if the variable names none (RFC 1928 §3).
const SOCKS_PORT: u16 = 1080;
