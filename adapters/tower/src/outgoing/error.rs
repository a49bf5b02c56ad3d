use core::fmt;

use redox_auth_reqwest::Error;

/// Why a request has no answer.
#[non_exhaustive]
#[derive(Debug)]
pub enum OutgoingError<E> {
    /// There is no token for it. The layer sent nothing, or the API answered 401.
    NotAuthorized(Error),
    /// The client behind the layer failed.
    Service(E),
}

impl<E: fmt::Display> fmt::Display for OutgoingError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAuthorized(error) => error.fmt(f),
            Self::Service(error) => error.fmt(f),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for OutgoingError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::NotAuthorized(error) => error.source(),
            Self::Service(error) => error.source(),
        }
    }
}

impl<E> From<Error> for OutgoingError<E> {
    fn from(error: Error) -> Self {
        Self::NotAuthorized(error)
    }
}
