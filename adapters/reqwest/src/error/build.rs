use core::fmt;

use redox_auth_core::{Algorithm, UrlError};

use super::write_with_causes;

/// Why a [`Redox`](crate::Redox) cannot be made. Every case is the caller's to fix.
#[non_exhaustive]
#[derive(Debug)]
pub enum BuildError {
    /// This was not given.
    Missing(&'static str),
    /// This is empty.
    Empty(&'static str),
    /// Secrets will not be sent to this URL.
    Url {
        /// Which of the URLs.
        name: &'static str,
        /// What is wrong with it.
        error: UrlError,
    },
    /// The audience is no absolute URL.
    Audience {
        /// What was given.
        found: String,
    },
    /// A key signs with an algorithm that the server's metadata does not list.
    Algorithm {
        /// The key's.
        key: Algorithm,
        /// Those that the server lists.
        listed: String,
    },
    /// The source ID cannot stand in a header.
    SourceId,
    /// TLS could not be set up.
    Http(reqwest::Error),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "expected {what}, found none"),
            Self::Empty(what) => write!(f, "the {what} is empty"),
            Self::Url { name, error } => write!(f, "{name}: {error}"),
            Self::Audience { found } => write!(
                f,
                "audience: expected the URL of the token endpoint or of the issuer, found no absolute URL: {found:?}"
            ),
            Self::Algorithm { key, listed } => write!(
                f,
                "the key signs with {key}, and the server's metadata lists {listed}: use a key for one of these, choose another algorithm of an RSA key, or name the token endpoint without discovery where the list is wrong"
            ),
            Self::SourceId => {
                f.write_str("source ID: expected visible ASCII, found another character or nothing")
            }
            Self::Http(error) => {
                f.write_str("HTTP could not be set up: ")?;
                write_with_causes(f, error)
            }
        }
    }
}

impl core::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Url { error, .. } => Some(error),
            Self::Http(error) => Some(error),
            _ => None,
        }
    }
}
