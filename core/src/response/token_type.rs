use core::fmt;

/// The type of an access token (RFC 6749 §7.1): how it goes on a request.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum TokenType {
    /// `Bearer` (RFC 6750): of use to anybody who has it.
    #[default]
    Bearer,
    /// `DPoP` (RFC 9449): of use only with a proof by the key that it is bound to.
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
