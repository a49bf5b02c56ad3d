/// The `typ` of an assertion's header.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum JwtType {
    /// `JWT`: the value of Redox and SMART.
    #[default]
    Jwt,
    /// `client-authentication+jwt`: the value of draft-ietf-oauth-rfc7523bis.
    ClientAuthentication,
}

impl JwtType {
    /// The text on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jwt => "JWT",
            Self::ClientAuthentication => "client-authentication+jwt",
        }
    }
}

/// The longest lifetime of an assertion, in seconds: 5 minutes, according to SMART and Redox's rule for `iat`.
pub const MAX_LIFETIME_SECS: u32 = 300;

/// How far `iat` lies before the time given, in seconds. Redox refuses an `iat` more than 10 s ahead of its own clock.
pub const BACKDATE_SECS: u64 = 5;
