use core::fmt;

/// Why secrets will not be sent to a URL.
///
/// Holds no part of the URL: that may be a secret, too.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UrlError {
    /// A character that programs do not agree on: white space, a control character, a backslash, or none of ASCII.
    Character {
        /// Where, in bytes from the beginning.
        at: usize,
    },
    /// The URL does not begin with `https://`, nor with `http://`.
    Scheme,
    /// `http` to another machine, where everybody in between reads along.
    PlainHttp,
    /// A user name or password: `user@host`.
    UserInfo,
    /// No host name, no IPv4 address of four decimal numbers, and no IPv6 address in brackets.
    Host,
    /// No number from 1 to 65535 after the colon.
    Port,
    /// A fragment: `#…`.
    Fragment,
    /// A query where none may be: in a base URL, or right after the host.
    Query,
    /// The URL is sound, but another server's: a token must not be sent there.
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
            Self::Scheme => "expected a URL that begins with https://, found another beginning",
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
