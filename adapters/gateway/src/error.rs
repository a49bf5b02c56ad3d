mod cause;
mod discovery;
mod head;

pub use cause::{Cause, ExchangeError};
pub use discovery::DiscoveryError;
pub use head::HeadError;

use core::fmt;

use embedded_io::ErrorKind;
use redox_auth_core::{AuthorizeError, Instant, RequestError, Trouble};

use crate::HttpError;

/// Why there is no token or no answer. No case holds a secret or a byte from the wire.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Error {
    /// There is no token, and it is too early for another attempt. The gateway never waits.
    NoToken {
        /// The time to call again, on the device's own clock.
        until: Instant,
        /// The error of the last attempt, if it is known.
        cause: Option<Cause>,
    },
    /// The pace of the host allows no request yet, see [`Device::pace`](crate::Device::pace). The gateway never waits.
    /// The application's request was not sent. Or it was sent and may be sent again: after a 401, or if repeating it
    /// does no harm.
    NotYet {
        /// The time to call again, on the device's own clock.
        until: Instant,
        /// The trouble in the server's last answer, if several pauses have not helped.
        trouble: Option<Trouble>,
    },
    /// The application's request got no answer. Unless no connection was made, the server may have processed the
    /// request.
    Exchange(ExchangeError),
    /// The request must not carry the token.
    Authorize(AuthorizeError),
    /// The token request could not be written or signed.
    NotWritten(RequestError),
    /// The device returned no random bytes.
    Random,
    /// The path of a request leads out of the base URL, or is not a path.
    Path,
    /// The head of a request could not be written.
    Head(HeadError),
    /// The body of a request could not be read, with the kind of the reader's error.
    Payload(ErrorKind),
    /// The body of a request ended before its announced length.
    PayloadTooShort {
        /// The number of missing bytes.
        missing: u64,
    },
}

impl Error {
    /// Whether the server may have received and processed the application's request.
    #[must_use]
    pub const fn may_have_arrived(&self) -> bool {
        matches!(
            self,
            Self::Exchange(ExchangeError::Transport(_) | ExchangeError::Http(_))
        )
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        Self::Exchange(ExchangeError::Http(error))
    }
}

impl From<ExchangeError> for Error {
    fn from(error: ExchangeError) -> Self {
        Self::Exchange(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken {
                cause: Some(cause), ..
            } => write!(f, "no token yet: {cause}"),
            Self::NoToken { cause: None, .. } => f.write_str("no token yet"),
            Self::NotYet {
                trouble: Some(trouble),
                ..
            } => trouble.fmt(f),
            Self::NotYet { trouble: None, .. } => {
                f.write_str("not yet: the server's limit allows no request at the moment")
            }
            Self::Exchange(error) => error.fmt(f),
            Self::Authorize(error) => error.fmt(f),
            Self::NotWritten(error) => write!(f, "the request was not made: {error}"),
            Self::Random => f.write_str("the device gave no random bytes"),
            Self::Path => f.write_str(
                "expected a path below the base URL or a URL of this server, found one that leads elsewhere",
            ),
            Self::Head(error) => error.fmt(f),
            Self::Payload(kind) => write!(f, "the body of the request could not be read: {kind}"),
            Self::PayloadTooShort { missing } => {
                write!(f, "the body of the request is {missing} bytes shorter than announced")
            }
        }
    }
}

impl core::error::Error for Error {}
