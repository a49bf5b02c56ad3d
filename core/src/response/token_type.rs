use core::fmt;

/// The type of an access token (RFC 6749 §7.1), which decides how a request carries it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum TokenType {
    /// `Bearer` (RFC 6750): anyone who has the token can use it.
    #[default]
    Bearer,
    /// `DPoP` (RFC 9449): usable only with a proof signed with the token's key.
    Dpop,
}

impl TokenType {
    /// The text on the wire: the `token_type` of an answer, and the scheme of an `Authorization` header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }
}

impl fmt::Display for TokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
