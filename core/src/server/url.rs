use core::fmt;

use super::UrlError;
use super::host::Host;
use super::split::{eq_ignore_case, parse_decimal, split_at, split_before};

/// An absolute URL that secrets may be sent to: `https`, or `http` to this machine. Borrowed and checked.
///
/// Stricter than RFC 3986 where programs disagree on the target of a URL: printable ASCII only, no backslash, no user
/// name, no fragment, no escapes in the host, IPv4 addresses only as four decimal numbers. The `url` crate reads every
/// accepted URL in the same way.
///
/// ```
/// use redox_auth_core::{Url, UrlError};
///
/// let url = Url::parse("https://api.redoxengine.com/fhir/R4/clinic/Production/Patient?_id=1")?;
/// assert_eq!((url.host(), url.port()), ("api.redoxengine.com", 443));
/// assert!(url.path().starts_with("/fhir/R4"));
/// assert_eq!(Url::parse("http://api.redoxengine.com/"), Err(UrlError::PlainHttp));
/// # Ok::<(), UrlError>(())
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Url<'a> {
    text: &'a str,
    host: &'a str,
    path: &'a str,
    port: u16,
    is_https: bool,
    is_loopback: bool,
}

impl<'a> Url<'a> {
    /// Checks a URL.
    ///
    /// # Errors
    /// Every [`UrlError`] except [`UrlError::OtherOrigin`].
    pub const fn parse(text: &'a str) -> Result<Self, UrlError> {
        if let Err(error) = check_characters(text) {
            return Err(error);
        }
        let Some((is_https, rest)) = split_scheme(text) else {
            return Err(UrlError::Scheme);
        };
        let (authority, path) = split_before(rest, b'/');
        let (authority, query) = split_before(authority, b'?');
        if !split_before(authority, b'@').1.is_empty() {
            return Err(UrlError::UserInfo);
        }
        if !query.is_empty() {
            return Err(UrlError::Query);
        }
        // The colons in an IPv6 address do not start a port.
        let (address, after) = split_before(authority, b']');
        let (host, port) = match after.as_bytes() {
            [b']'] | [b']', b':', ..] => split_at(authority, address.len().saturating_add(1)),
            _ => split_before(authority, b':'),
        };
        let is_loopback = match Host::parse(host) {
            Some(Host::Loopback) => true,
            Some(Host::Other) => false,
            None => return Err(UrlError::Host),
        };
        let Some(port) = parse_port(port, is_https) else {
            return Err(UrlError::Port);
        };
        if !is_https && !is_loopback {
            return Err(UrlError::PlainHttp);
        }
        Ok(Self {
            text,
            host,
            path,
            port,
            is_https,
            is_loopback,
        })
    }

    /// The whole URL, unchanged.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.text
    }

    /// `https`, or `http` to this machine.
    #[must_use]
    pub const fn scheme(&self) -> &'static str {
        if self.is_https { "https" } else { "http" }
    }

    /// Whether the connection needs TLS.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.is_https
    }

    /// The host, unchanged, with the brackets of an IPv6 address. A `Host` header has it before the port.
    #[must_use]
    pub const fn host(&self) -> &'a str {
        self.host
    }

    /// Whether the host is this machine: `localhost`, `127.0.0.0/8` or `[::1]`.
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// The port; 443 or 80, depending on the scheme, if the URL has none.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Whether the port is that of the scheme.
    pub(crate) const fn has_default_port(&self) -> bool {
        self.port == default_port(self.is_https)
    }

    /// Path and query as in a request: `/` if the URL has none.
    #[must_use]
    pub const fn path(&self) -> &'a str {
        if self.path.is_empty() { "/" } else { self.path }
    }

    /// Whether scheme, host and port are the same (RFC 6454 §5). The case of a host does not matter, nor whether a
    /// default port is written.
    #[must_use]
    pub const fn same_origin(&self, other: Url<'_>) -> bool {
        self.is_https == other.is_https
            && self.port == other.port
            && eq_ignore_case(self.host, other.host)
    }

    pub(super) const fn has_query(&self) -> bool {
        !split_before(self.path, b'?').1.is_empty()
    }

    /// The URL without the slashes at its end.
    pub(super) const fn without_slash(mut self) -> Self {
        while let [.., b'/'] = self.path.as_bytes() {
            self.path = without_last(self.path);
            self.text = without_last(self.text);
        }
        self
    }
}

/// Omits the query, which may hold a secret.
impl fmt::Debug for Url<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, query) = split_before(self.text, b'?');
        write!(f, "Url({text}")?;
        if !query.is_empty() {
            f.write_str("?[redacted]")?;
        }
        f.write_str(")")
    }
}

const fn check_characters(text: &str) -> Result<(), UrlError> {
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        match byte {
            b'#' => return Err(UrlError::Fragment),
            b'\\' => {}
            b'!'..=b'~' => {
                rest = tail;
                continue;
            }
            _ => {}
        }
        let at = text.len().saturating_sub(rest.len());
        return Err(UrlError::Character { at });
    }
    Ok(())
}

/// Whether the scheme is `https`, and the text after the scheme.
const fn split_scheme(text: &str) -> Option<(bool, &str)> {
    let (scheme, rest) = split_before(text, b':');
    let is_https = eq_ignore_case(scheme, "https");
    match rest.as_bytes() {
        [b':', b'/', b'/', ..] if is_https || eq_ignore_case(scheme, "http") => {
            Some((is_https, split_at(rest, 3).1))
        }
        _ => None,
    }
}

/// The port in `:443`; that of the scheme for an empty text.
const fn parse_port(text: &str, is_https: bool) -> Option<u16> {
    match text.as_bytes() {
        [] => Some(default_port(is_https)),
        [b':', b'1'..=b'9', ..] => parse_decimal(split_at(text, 1).1),
        _ => None,
    }
}

const fn default_port(is_https: bool) -> u16 {
    if is_https { 443 } else { 80 }
}

const fn without_last(text: &str) -> &str {
    split_at(text, text.len().saturating_sub(1)).0
}
