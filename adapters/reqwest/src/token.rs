use core::fmt;
use core::time::Duration;
use std::time::SystemTime;

use redox_auth_core::AccessToken;
use zeroize::Zeroizing;

/// An access token, with what the server said about it. Wiped on drop; `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Token {
    secret: Zeroizing<String>,
    lifetime: Lifetime,
    scope: Option<String>,
    pub(crate) refresh_token: Option<Zeroizing<String>>,
}

/// The two ways in which servers say how long a token lives.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lifetime {
    /// From when the request for it was sent.
    For(Duration),
    /// Until a time.
    Until(SystemTime),
}

impl Token {
    pub(crate) fn new(
        token: AccessToken<'_>,
        lifetime: Lifetime,
        scope: Option<&str>,
        refresh_token: Option<&str>,
    ) -> Self {
        let secret = |text: &str| Zeroizing::new(text.to_owned());
        Self {
            secret: secret(token.expose()),
            lifetime,
            scope: scope.map(str::to_owned),
            refresh_token: refresh_token.map(secret),
        }
    }

    /// The token itself. For other HTTP clients; [`Redox::request`](crate::Redox::request) needs it not.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.secret
    }

    /// How long the token of an OAuth API key may be used, from when the request for it was sent.
    #[must_use]
    pub const fn expires_in(&self) -> Option<Duration> {
        match self.lifetime {
            Lifetime::For(duration) => Some(duration),
            Lifetime::Until(_) => None,
        }
    }

    /// Until when the token of a legacy API key may be used, by the server's clock.
    #[must_use]
    pub const fn expires_at(&self) -> Option<SystemTime> {
        match self.lifetime {
            Lifetime::For(_) => None,
            Lifetime::Until(time) => Some(time),
        }
    }

    /// The scope granted, where the server said so.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("lifetime", &self.lifetime)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
