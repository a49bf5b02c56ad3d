use core::fmt;

/// Why secrets must not be sent to a URL.
///
/// Holds no part of the URL, which may itself be a secret.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UrlError {
    /// A character that programs interpret differently: white space, a control character, a backslash, or none of
    /// ASCII.
    Character {
        /// The place of the character, in bytes from the start.
        at: usize,
    },
    /// The URL starts neither with `https://` nor with `http://`.
    Scheme,
    /// `http` to another machine, where every machine on the path can read the request.
    PlainHttp,
    /// A user name or password: `user@host`.
    UserInfo,
    /// Neither a host name, an IPv4 address of four decimal numbers, nor an IPv6 address in brackets.
    Host,
    /// No number from 1 to 65535 after the colon.
    Port,
    /// A fragment: `#…`.
    Fragment,
    /// A query where none is allowed: in a base URL, or right after the host.
    Query,
    /// The URL is valid, but belongs to another server. The token must not be sent there.
    OtherOrigin,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Character { at } => {
                return write!(
                    f,
                    "expected a URL of printable ASCII, found white space, a backslash or another character at byte {at}"
                );
            }
            Self::Scheme => "the URL must start with https:// (http:// only to localhost)",
            Self::PlainHttp => {
                "expected https, or http to this machine (localhost, 127.0.0.0/8, [::1]), found http to another host"
            }
            Self::UserInfo => "expected a URL without a user name, found an @ before the path",
            Self::Host => {
                "expected a host name, an IPv4 address of four decimal numbers or an IPv6 address in brackets, found another host or none"
            }
            Self::Port => "expected a port from 1 to 65535 after the colon, found another or none",
            Self::Fragment => "expected a URL without a fragment, found a #",
            Self::Query => "expected a path and no query, found a question mark",
            Self::OtherOrigin => {
                "expected a URL of the server that the token is for, found one of another origin"
            }
        })
    }
}

impl core::error::Error for UrlError {}
