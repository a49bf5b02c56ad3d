//! Why a request got no answer, in one sentence that names the host. The library's own error is the source of this one.

use core::fmt;
use std::io;

use super::tls::{TlsFailure, find};

/// A whole sentence about a failed request: `cannot connect to 127.0.0.1 port 1: connection refused`.
pub(crate) struct NoAnswer<'e>(pub(crate) &'e reqwest::Error);

impl fmt::Display for NoAnswer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(error) = *self;
        let url = error.url();
        let host = url.and_then(|url| url.host_str()).unwrap_or("the server");
        match url.and_then(|url| url.port_or_known_default()) {
            Some(port) if is_about_connecting(error) => {
                write!(f, "cannot connect to {host} port {port}: ")?;
            }
            None if is_about_connecting(error) => write!(f, "cannot connect to {host}: ")?,
            _ if error.is_timeout() => return write!(f, "no answer from {host} in time"),
            _ => write!(f, "no answer from {host}: ")?,
        }
        Reason(error).fmt(f)
    }
}

fn is_about_connecting(error: &reqwest::Error) -> bool {
    error.is_connect() || TlsFailure::of(error).is_some()
}

/// The reason alone: `connection refused`.
pub(crate) struct Reason<'e>(pub(crate) &'e reqwest::Error);

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(error) = *self;
        if let Some(failure) = TlsFailure::of(error) {
            return failure.fmt(f);
        }
        if is_of_dns(error) {
            return f.write_str("DNS has no address for this name, or does not answer");
        }
        if error.is_timeout() {
            return f.write_str("no answer in time");
        }
        let words = find::<h2::Error>(error)
            .and_then(of_http2)
            .or_else(|| find::<hyper::Error>(error).and_then(of_http))
            .or_else(|| of_connection(find::<io::Error>(error)?.kind()));
        match words {
            Some(words) => f.write_str(words),
            None => write!(f, "{}", last_cause(error)),
        }
    }
}

/// The resolver's errors have no type that is public.
fn is_of_dns(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.to_string() == "dns error")
}

fn of_http2(error: &h2::Error) -> Option<&'static str> {
    Some(match error.reason()? {
        h2::Reason::REFUSED_STREAM => "the server refused the HTTP/2 stream",
        h2::Reason::NO_ERROR | h2::Reason::CANCEL => "the server ended the HTTP/2 stream",
        h2::Reason::ENHANCE_YOUR_CALM => "the server found the HTTP/2 traffic too heavy",
        h2::Reason::HTTP_1_1_REQUIRED => "the server wants HTTP/1.1 for this request",
        _ => "the server ended the HTTP/2 connection with an error",
    })
}

fn of_http(error: &hyper::Error) -> Option<&'static str> {
    if error.is_incomplete_message() {
        Some("the server closed the connection before its answer was complete")
    } else if error.is_parse() && error.to_string().contains("head is too large") {
        // Only a build with hyper's server has a method for this.
        Some("the head of the answer is too long")
    } else if error.is_parse() {
        Some("the answer is not HTTP; check scheme and port of the URL")
    } else if error.is_canceled() || error.is_closed() {
        Some("the connection was closed")
    } else {
        None
    }
}

fn of_connection(kind: io::ErrorKind) -> Option<&'static str> {
    Some(match kind {
        io::ErrorKind::ConnectionRefused => "connection refused",
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            "the connection was reset"
        }
        io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof => {
            "the server closed the connection before its answer was complete"
        }
        io::ErrorKind::NetworkUnreachable => "there is no route to this network",
        io::ErrorKind::HostUnreachable => "there is no route to this host",
        io::ErrorKind::NetworkDown => "the network is down",
        io::ErrorKind::AddrNotAvailable => "this machine has no free address or port for it",
        io::ErrorKind::PermissionDenied => "this machine does not allow the connection",
        io::ErrorKind::TimedOut => "no answer in time",
        _ => return None,
    })
}

/// The cause of a wrong setting, which has neither host nor answer.
pub(crate) struct Setup<'e>(pub(crate) &'e reqwest::Error);

impl fmt::Display for Setup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match TlsFailure::of(self.0) {
            Some(failure) => failure.fmt(f),
            None => write!(f, "{}", last_cause(self.0)),
        }
    }
}

/// The error with the host that it is about. Path and query may be about a patient, and errors end in logs.
pub(crate) fn about_host(error: reqwest::Error, mut url: reqwest::Url) -> reqwest::Error {
    url.set_path("");
    url.set_query(None);
    error.with_url(url)
}

/// The error that the others come from.
fn last_cause<'e>(error: &'e reqwest::Error) -> &'e (dyn core::error::Error + 'static) {
    causes(error).last().unwrap_or(error)
}

fn causes<'e>(
    error: &'e reqwest::Error,
) -> impl Iterator<Item = &'e (dyn core::error::Error + 'static)> {
    core::iter::successors(core::error::Error::source(error), |cause| cause.source())
}
