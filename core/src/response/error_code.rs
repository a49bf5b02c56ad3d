use core::fmt;

use crate::json::Text;

/// An OAuth error code (RFC 6749 §5.2).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorCode {
    /// `invalid_request`: Redox answers it to every wrong request.
    InvalidRequest,
    /// `invalid_client`: the code of SMART and RFC 6749 for a failed client authentication.
    InvalidClient,
    /// `invalid_grant`.
    InvalidGrant,
    /// `unauthorized_client`.
    UnauthorizedClient,
    /// `unsupported_grant_type`.
    UnsupportedGrantType,
    /// `invalid_scope`.
    InvalidScope,
    /// `temporarily_unavailable` (RFC 6749 §4.1.2.1). Some servers use it at the token endpoint.
    TemporarilyUnavailable,
    /// `server_error` (RFC 6749 §4.1.2.1). Some servers use it at the token endpoint.
    ServerError,
    /// A code that is in none of these standards.
    Other,
}

impl ErrorCode {
    /// The code that `error`, a text in `body`, names.
    pub(super) fn read(error: Text, body: &[u8]) -> Self {
        Self::KNOWN
            .into_iter()
            .find(|known| error.equals(body, known.as_str()))
            .unwrap_or(Self::Other)
    }

    /// The code on the wire; `(another)` for [`ErrorCode::Other`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
            Self::Other => "(another)",
        }
    }

    const KNOWN: [Self; 8] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::InvalidScope,
        Self::TemporarilyUnavailable,
        Self::ServerError,
    ];
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
