use core::fmt;

use crate::parse_error::ParseError;
use crate::response::Refused;
use crate::time::Instant;

/// What a session needs at one moment.
#[derive(Clone, Copy, Debug)]
#[must_use = "the answer says what to do"]
pub enum Next<'s> {
    /// Use this token; there is nothing else to do before `until`.
    Use {
        /// The token.
        token: Token<'s>,
        /// When to ask again.
        until: Instant,
    },
    /// Use this token, and get the next one now with [`Session::request`](crate::Session::request).
    Renew {
        /// The token, good until the next one is there.
        token: Token<'s>,
    },
    /// There is no token: get one now with [`Session::request`](crate::Session::request).
    Fetch,
    /// There is no token, and nothing to do before `until`: a request is on its way, or one has failed a moment ago.
    Wait {
        /// When to ask again.
        until: Instant,
    },
    /// There is no token, and waiting alone will not bring one.
    Stop {
        /// Why.
        reason: Stopped,
        /// When one more attempt is allowed, for what was wrong may have been put right since.
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

    /// When to ask again; `None` when something is to be done at once.
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

/// A token that a session holds. `Debug` shows nothing of it.
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

    /// The token itself, to put into an `Authorization` header and nowhere else: printable ASCII without spaces.
    ///
    /// [`Session::authorize`](crate::Session::authorize) first checks where it is going.
    #[must_use]
    pub fn expose(&self) -> &'s str {
        core::str::from_utf8(self.bytes).unwrap_or("")
    }

    /// Which of the session's tokens it is, for [`Session::rejected`](crate::Session::rejected).
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// Which credential got it.
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

/// The number of a token among those that one session got.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Generation(pub(super) u32);

/// The credential that got a token.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ServedBy {
    /// The OAuth API key.
    OAuth {
        /// Which of its keys signed: the index for [`Identity::oauth_key`](crate::Identity::oauth_key).
        key: usize,
    },
    /// The legacy API key.
    Legacy,
}

/// Why a session has no token and stops asking for one, but for rare attempts.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stopped {
    /// The server refused, for a reason that does not go away by itself.
    Refused(Refused),
    /// The server's answer is of no use, and the next one would not be either.
    Answer(AnswerError),
    /// Nobody knows what time it is: our own clock shows none, or one long past, and the server's answer had no `Date`
    /// that can be believed. Without the time nothing can be signed.
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

/// Why a good answer gave no token.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AnswerError {
    /// It is no answer of a token endpoint.
    Parse(ParseError),
    /// The token does not fit the session.
    TokenTooLong {
        /// The token's length, in bytes.
        found: usize,
        /// The session's capacity, in bytes.
        capacity: usize,
    },
    /// The token is dead already, by the server's clock or, where its answer has no `Date`, by ours.
    Expired,
    /// The token lives a day or longer, and the policy is [`Policy::Tefca`](crate::Policy::Tefca).
    LivesTooLong {
        /// How long it lives, in seconds.
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
