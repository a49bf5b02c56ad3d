use core::fmt;
use core::time::Duration;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use redox_auth_core::{Generation, LegacyTokenReply, ServedBy, Target, TokenReply, UnixTime};
use zeroize::Zeroizing;

/// An access token, with what the server said about it. Wiped on drop; `Debug` shows nothing of it.
///
/// Its clones share all of it.
#[derive(Clone)]
pub struct Token(Arc<Parts>);

struct Parts {
    secret: Zeroizing<String>,
    served_by: Option<ServedBy>,
    details: Details,
}

impl Token {
    pub(crate) fn new(token: &str, served_by: Option<ServedBy>, details: Details) -> Self {
        Self(Arc::new(Parts {
            secret: Zeroizing::new(token.to_owned()),
            served_by,
            details,
        }))
    }

    /// The token itself. For other HTTP clients; [`Redox::send`](crate::Redox::send) needs it not.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0.secret
    }

    /// Which of the client's credentials got it; `None` when an assertion from elsewhere did.
    #[must_use]
    pub fn served_by(&self) -> Option<ServedBy> {
        self.0.served_by
    }

    /// The key ID under which the assertion for it was signed; `None` for the token of a legacy API key, of an assertion
    /// from elsewhere, or of another run.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.0.details.key_id.as_deref()
    }

    /// How long the token of an OAuth API key may be used, from when the request for it was sent: what the server said.
    /// `None` for one of another run, too.
    #[must_use]
    pub fn expires_in(&self) -> Option<Duration> {
        match self.0.details.lifetime {
            Some(Lifetime::For(duration)) => Some(duration),
            _ => None,
        }
    }

    /// Until when the token of a legacy API key may be used, by the server's clock. `None` for one of another run, too.
    #[must_use]
    pub fn expires_at(&self) -> Option<SystemTime> {
        match self.0.details.lifetime {
            Some(Lifetime::Until(time)) => Some(time),
            _ => None,
        }
    }

    /// The scope granted, where the server said so.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.0.details.scope.as_deref()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("served_by", &self.0.served_by)
            .field("details", &self.0.details)
            .finish_non_exhaustive()
    }
}

/// What a server said about a token, to be shown: a session decides by what it remembers itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    /// Of which token, where a session numbers them.
    pub(crate) generation: Option<Generation>,
    key_id: Option<String>,
    lifetime: Option<Lifetime>,
    scope: Option<String>,
}

/// The two ways in which servers say how long a token lives.
#[derive(Clone, Copy, Debug)]
enum Lifetime {
    /// From when the request for it was sent.
    For(Duration),
    /// Until a time.
    Until(SystemTime),
}

impl Details {
    /// Reads them from a copy of an answer, whose escapes are replaced in place. Nothing from one that is no token.
    pub(crate) fn read(target: Target, status: u16, body: &mut [u8]) -> Self {
        match target {
            Target::Token => match TokenReply::parse(status, body) {
                Ok(TokenReply::Token(token)) => Self::of(token.lifetime_secs(), token.scope),
                _ => Self::default(),
            },
            Target::LegacyAuthenticate | Target::LegacyRefresh => {
                match LegacyTokenReply::parse(status, body) {
                    Ok(LegacyTokenReply::Token(token)) => Self {
                        lifetime: system_time(token.expires_at).map(Lifetime::Until),
                        ..Self::default()
                    },
                    _ => Self::default(),
                }
            }
            Target::Time => Self::default(),
        }
    }

    /// The same, of this token of a session's.
    pub(crate) fn with(self, generation: Generation, key_id: Option<String>) -> Self {
        Self {
            generation: Some(generation),
            key_id,
            ..self
        }
    }

    pub(crate) fn of(lifetime_secs: u32, scope: Option<&str>) -> Self {
        Self {
            lifetime: Some(Lifetime::For(Duration::from_secs(lifetime_secs.into()))),
            scope: scope.map(str::to_owned),
            ..Self::default()
        }
    }
}

fn system_time(time: UnixTime) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_secs(time.as_secs()))
}
