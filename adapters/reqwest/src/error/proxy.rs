use core::fmt;
use std::io;

use rustls::InvalidMessage;

use super::no_answer::Reason;
use super::tls::{TlsFailure, find};

/// Why no connection came through a proxy. It names the proxy and the variable, and shows neither user name nor password.
#[derive(Debug)]
#[non_exhaustive]
pub struct ProxyError {
    /// The variable that names the proxy.
    pub variable: &'static str,
    /// The proxy as `scheme://host:port`; empty where the variable names none.
    pub proxy: String,
    /// The server, as `host:port`; empty if the request named none.
    pub server: String,
    /// The fault.
    pub problem: ProxyProblem,
}

/// The fault of a proxy.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProxyProblem {
    /// The variable holds no URL.
    NotUrl,
    /// The URL has this scheme, which no proxy has.
    Scheme(String),
    /// It is a SOCKS proxy, and this build of the crate lacks the feature `socks`.
    NoSocks,
    /// Its name has no address.
    NoAddress(io::Error),
    /// It accepts no connection.
    NoConnection(io::Error),
    /// It did not answer in time, after a connection.
    Silent,
    /// TLS with the proxy itself failed.
    Tls(io::Error),
    /// It closed the connection instead of answering.
    Closed,
    /// Its answer is not HTTP.
    NotHttp {
        /// Whether it begins as TLS does.
        is_tls: bool,
    },
    /// The head of its answer is too long.
    TooLong {
        /// The longest head that the client reads, in bytes.
        limit: usize,
    },
    /// It answered `CONNECT` with this status.
    Status {
        /// The status.
        status: u16,
        /// The words after it, if there are any.
        reason: String,
        /// Whether the client sent a user name.
        has_user: bool,
        /// The ways of authentication that it accepts.
        schemes: Vec<String>,
    },
    /// It let the connection through, and the server does not speak TLS.
    NotTunnel,
    /// Reading or writing failed.
    Io(io::Error),
    /// The connection through it failed for another reason.
    Through(Box<reqwest::Error>),
}

impl ProxyProblem {
    /// The fault of a proxy that a failed TLS handshake with the server shows: [`NotTunnel`](Self::NotTunnel) if the other
    /// side did not speak TLS.
    #[must_use]
    pub fn of_handshake(error: &io::Error) -> Option<Self> {
        let not_tls = rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType);
        find(error)
            .filter(|error: &&rustls::Error| **error == not_tls)
            .map(|_| Self::NotTunnel)
    }
}

impl ProxyError {
    pub(crate) const fn of_variable(variable: &'static str, problem: ProxyProblem) -> Self {
        Self {
            variable,
            proxy: String::new(),
            server: String::new(),
            problem,
        }
    }
}

impl From<io::Error> for ProxyProblem {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Io(error),
        }
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            variable,
            proxy,
            server,
            problem,
        } = self;
        match problem {
            ProxyProblem::NotUrl | ProxyProblem::Scheme(_) | ProxyProblem::NoSocks => {
                write!(f, "{variable}: ")
            }
            ProxyProblem::Through(_) => {
                write!(f, "no answer through the proxy {proxy} ({variable}): ")
            }
            _ => write!(f, "the proxy {proxy} ({variable}) "),
        }?;
        problem.fmt(f)?;
        match problem {
            ProxyProblem::Status {
                status,
                has_user,
                schemes,
                ..
            } => {
                let remedy = remedy(*status, *has_user, schemes);
                let remedy = remedy.replace("SERVER", server);
                write!(f, "; {}", remedy.replace("VARIABLE", variable))
            }
            _ => match problem.remedy() {
                Some(remedy) => write!(f, "; {}", remedy.replace("VARIABLE", variable)),
                None => Ok(()),
            },
        }
    }
}

impl ProxyProblem {
    /// The remedy, in which `VARIABLE` stands for the variable.
    const fn remedy(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoAddress(_) => "correct the name in VARIABLE, or this machine's DNS",
            Self::NoConnection(_) => {
                "check host and port in VARIABLE, and the firewall on the way to it"
            }
            Self::Silent => "check host and port in VARIABLE, and whether the proxy is overloaded",
            Self::Tls(_) => {
                "write http:// in VARIABLE if the proxy speaks plain HTTP; trust its authority (--ca-file) if that is the problem"
            }
            Self::Closed => {
                "check that VARIABLE names the port of an HTTP proxy; of a SOCKS proxy write socks5h://"
            }
            Self::NotHttp { is_tls: true } => "write https:// in VARIABLE",
            Self::NotHttp { is_tls: false } | Self::TooLong { .. } => {
                "check that VARIABLE names the port of an HTTP proxy"
            }
            Self::NotTunnel => {
                "it shows a page of its own, often to have somebody log in: open one in a browser, or ask its operator"
            }
            _ => return None,
        })
    }
}

/// The remedy for a status, in which `SERVER` and `VARIABLE` stand for theirs.
fn remedy(status: u16, has_user: bool, schemes: &[String]) -> &'static str {
    let accepts = |name: &str| schemes.iter().any(|it| it.eq_ignore_ascii_case(name));
    match status {
        407 if !schemes.is_empty() && !accepts("Basic") => {
            "it does not accept Basic, the only way of authentication that is known here; ask its operator for an exception for SERVER, or use a local proxy that authenticates"
        }
        407 if has_user => {
            "it does not accept user name and password of VARIABLE; write @ as %40, : as %3A, / as %2F and % as %25 in them"
        }
        407 => {
            "it wants a user name and a password; write http://USER:PASSWORD@HOST:PORT in VARIABLE"
        }
        401 | 403 | 451 => {
            "it does not allow connections to SERVER; ask its operator to allow them, or list the host in NO_PROXY if it is reached directly"
        }
        400 | 404 | 405 | 501 => {
            "it does not understand CONNECT, or not for this port; check that VARIABLE names a proxy and not a web server"
        }
        502..=504 => {
            "it does not reach SERVER; check the name, and list the host in NO_PROXY if only this machine reaches it"
        }
        429 => "it has too many connections; try again later",
        301..=308 => "it wants somebody to log in elsewhere first; ask its operator",
        _ => "ask its operator, with SERVER and the time",
    }
}

impl fmt::Display for ProxyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUrl => f.write_str(
                "expected a proxy as http://HOST:PORT, with USER:PASSWORD@ before the host where it wants them, found no URL",
            ),
            Self::Scheme(found) => write!(
                f,
                "expected a proxy that begins with http://, https:// or socks5h://, found {found:?}"
            ),
            Self::NoSocks => f.write_str(
                "this program was built without SOCKS; build it with the feature `socks` of redox-auth-reqwest, or name an HTTP proxy",
            ),
            Self::NoAddress(error) => write!(f, "has no address: {error}"),
            Self::NoConnection(error) => write!(f, "takes no connection: {error}"),
            Self::Silent => f.write_str("did not answer in time"),
            Self::Tls(error) => {
                f.write_str("does not speak TLS as expected: ")?;
                match TlsFailure::of(error) {
                    Some(failure) => f.write_str(failure.problem()),
                    None => error.fmt(f),
                }
            }
            Self::Closed => f.write_str("closed the connection without an answer"),
            Self::NotHttp { is_tls: true } => f.write_str("speaks TLS"),
            Self::NotHttp { is_tls: false } => f.write_str("answered something else than HTTP"),
            Self::TooLong { limit } => {
                write!(f, "answered with a head of more than {limit} bytes")
            }
            Self::Status { status, reason, .. } if reason.is_empty() => {
                write!(f, "answered CONNECT with status {status}")
            }
            Self::Status { status, reason, .. } => {
                write!(f, "answered CONNECT with status {status} ({reason})")
            }
            Self::NotTunnel => {
                f.write_str("answered CONNECT with status 200, and then something else than TLS")
            }
            Self::Io(error) => write!(f, "broke off: {error}"),
            Self::Through(error) => Reason(error).fmt(f),
        }
    }
}

impl core::error::Error for ProxyError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.problem {
            // An explained failure shows no words of the library.
            ProxyProblem::Tls(error) if TlsFailure::of(error).is_some() => Some(error),
            ProxyProblem::Through(error) => Some(error),
            _ => None,
        }
    }
}
