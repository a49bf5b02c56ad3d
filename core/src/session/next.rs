use core::fmt;

use crate::parse_error::ParseError;
use crate::response::Refused;
use crate::time::Instant;

/// The next step of a session.
#[derive(Clone, Copy, Debug)]
#[must_use = "the answer says what to do"]
pub enum Next<'s> {
    /// Use this token. There is nothing else to do before `until`.
    Use {
        /// The token.
        token: Token<'s>,
        /// When to ask again.
        until: Instant,
    },
    /// Use this token, and renew it now with [`Session::request`](crate::Session::request).
    Renew {
        /// The token, valid until it is renewed.
        token: Token<'s>,
    },
    /// There is no token: obtain one now with [`Session::request`](crate::Session::request).
    Fetch,
    /// There is no token, and nothing to do before `until`: a request is under way, or an attempt has just failed.
    Wait {
        /// When to ask again.
        until: Instant,
    },
    /// There is no token, and waiting alone does not help.
    Stop {
        /// The cause.
        reason: Stopped,
        /// The time of the next attempt, because someone may have fixed the cause by then.
        until: Instant,
    },
}

impl<'s> Next<'s> {
    /// The token to use, if there is one.
    #[must_use]
    pub const fn token(&self) -> Option<Token<'s>> {
        match self {
            Self::Use { token, .. } | Self::Renew { token } => Some(*token),
            Self::Fetch | Self::Wait { .. } | Self::Stop { .. } => None,
        }
    }

    /// The time to ask again; `None` if there is something to do now.
    #[must_use]
    pub const fn until(&self) -> Option<Instant> {
        match self {
            Self::Use { until, .. } | Self::Wait { until } | Self::Stop { until, .. } => {
                Some(*until)
            }
            Self::Renew { .. } | Self::Fetch => None,
        }
    }
}

/// A token of a session. `Debug` omits the token itself.
#[derive(Clone, Copy)]
pub struct Token<'s> {
    bytes: &'s [u8],
    generation: Generation,
    served_by: ServedBy,
}

impl<'s> Token<'s> {
    pub(super) const fn new(bytes: &'s [u8], generation: Generation, served_by: ServedBy) -> Self {
        Self {
            bytes,
            generation,
            served_by,
        }
    }

    /// The token itself, printable ASCII without spaces. Put it into an `Authorization` header and nowhere else.
    ///
    /// [`Session::authorize`](crate::Session::authorize) also checks the URL.
    #[must_use]
    pub fn expose(&self) -> &'s str {
        core::str::from_utf8(self.bytes).unwrap_or("")
    }

    /// The number of the token, for [`Session::rejected`](crate::Session::rejected).
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// The credential that obtained the token.
    #[must_use]
    pub const fn served_by(&self) -> ServedBy {
        self.served_by
    }
}

impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("token", &format_args!("[redacted]"))
            .field("generation", &self.generation)
            .field("served_by", &self.served_by)
            .finish()
    }
}

/// The number of a token among those of one session.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Generation(pub(super) u32);

/// The credential that obtained a token.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ServedBy {
    /// The OAuth API key.
    OAuth {
        /// The key that signed: its index for [`Identity::oauth_key`](crate::Identity::oauth_key).
        key: usize,
    },
    /// The legacy API key.
    Legacy,
}

/// Why a session has no token and makes only rare attempts to obtain one.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stopped {
    /// The server refused, for a reason that waiting does not remove.
    Refused(Refused),
    /// The server's answer is unusable, and the next answer would be, too.
    Answer(AnswerError),
    /// The time is unknown: the device's clock shows none, or a time long past, and the server's answer had no trusted
    /// `Date`. Without the time nothing can be signed.
    ClockUnknown,
    /// There is no credential, or none that the preference and the policy allow.
    NoCredential,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => refused.fmt(f),
            Self::Answer(error) => error.fmt(f),
            Self::ClockUnknown => f.write_str(
                "the time is unknown: expected a clock, or a Date header over an authenticated channel",
            ),
            Self::NoCredential => {
                f.write_str("no credential that the preference and the policy allow")
            }
        }
    }
}

impl core::error::Error for Stopped {}

/// Why a successful answer gave no token.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AnswerError {
    /// The answer is not that of a token endpoint.
    Parse(ParseError),
    /// The token is longer than the session's capacity.
    TokenTooLong {
        /// The token's length, in bytes.
        found: usize,
        /// The session's capacity, in bytes.
        capacity: usize,
    },
    /// The token has already expired, according to the server's clock, or to the client's if the answer has no `Date`.
    Expired,
    /// The token lives a day or longer, and the policy is [`Policy::Tefca`](crate::Policy::Tefca).
    LivesTooLong {
        /// The lifetime of the token, in seconds.
        found_secs: u32,
    },
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parse(error) => error.fmt(f),
            Self::TokenTooLong { found, capacity } => write!(
                f,
                "token of {found} bytes, expected at most {capacity}: the session's capacity"
            ),
            Self::Expired => f.write_str(
                "the token is expired on arrival; compare this machine's clock with the Date header of the answer",
            ),
            Self::LivesTooLong { found_secs } => write!(
                f,
                "token of {found_secs} s, expected one shorter than a day, as TEFCA asks for"
            ),
        }
    }
}

impl core::error::Error for AnswerError {}
