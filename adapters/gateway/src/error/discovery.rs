use core::fmt;

use embedded_io::ErrorKind;
use redox_auth_core::{MetadataError, ParseError, UrlError, WriteError};

use super::{ExchangeError, HeadError};
use crate::HttpError;

/// Why a server could not be discovered. Nothing was signed, and no secret was sent.
///
/// Holds no byte from the wire. [`Discovery::metadata`](crate::Discovery::metadata) shows a document's values.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DiscoveryError {
    /// The URL of the issuer or of the FHIR server cannot be used.
    Url(UrlError),
    /// The document buffer is too short for the URL of the document, which it holds while the request is written.
    NotWritten(WriteError),
    /// The head of the request could not be written.
    Head(HeadError),
    /// The server did not answer.
    Exchange(ExchangeError),
    /// The answer is a redirect, which the discovery does not follow.
    Redirect {
        /// The status of the answer.
        status: u16,
    },
    /// There is no document, or the server does not show it to this client.
    Status {
        /// The status of the answer.
        status: u16,
    },
    /// A web page came in place of the document.
    WebPage,
    /// Both documents of an issuer, or of a FHIR server, are absent.
    Neither {
        /// The status of the first answer.
        first: u16,
        /// The status of the second answer.
        second: u16,
    },
    /// The document does not fit its buffer.
    BufferTooSmall {
        /// The length of the document in bytes, or a lower bound if the server does not announce the length. The server
        /// chooses this number: compare it with a limit before you allocate.
        needed: u64,
    },
    /// The document violates its specification.
    Document(ParseError),
    /// The document must not be used.
    Untrusted(MetadataError),
}

impl From<ExchangeError> for DiscoveryError {
    fn from(error: ExchangeError) -> Self {
        Self::Exchange(error)
    }
}

impl From<HttpError> for DiscoveryError {
    fn from(error: HttpError) -> Self {
        Self::Exchange(ExchangeError::Http(error))
    }
}

impl From<ErrorKind> for DiscoveryError {
    fn from(kind: ErrorKind) -> Self {
        Self::Exchange(ExchangeError::Transport(kind))
    }
}

impl fmt::Display for DiscoveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(error) => write!(f, "the URL of the issuer or server: {error}"),
            Self::NotWritten(error) => write!(f, "the buffer for the document: {error}"),
            Self::Head(error) => error.fmt(f),
            Self::Exchange(error) => error.fmt(f),
            Self::Redirect { status } => write!(
                f,
                "a redirect with status {status} in place of a metadata document; redirects are not followed, ask for the URL that it leads to if the server is yours"
            ),
            Self::Status { status } => {
                write!(
                    f,
                    "no metadata document, but an answer with status {status}"
                )
            }
            Self::WebPage => f.write_str("a web page in place of a metadata document"),
            Self::Neither { first, second } => write!(
                f,
                "neither of the server's two metadata documents is there: it answered with status {first} and status {second}"
            ),
            Self::BufferTooSmall { needed } => write!(
                f,
                "the buffer for the metadata document is too small: it needs at least {needed} bytes"
            ),
            Self::Document(error) => write!(f, "the metadata document: {error}"),
            Self::Untrusted(error) => write!(f, "the metadata document: {error}"),
        }
    }
}

impl core::error::Error for DiscoveryError {}
