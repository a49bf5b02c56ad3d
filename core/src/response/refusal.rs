use core::fmt;

use super::words::Words;
use super::{ErrorCode, Reason};
use crate::json::{Member, Text, Value, members};
use crate::status::StatusMeaning;

/// A refusal of a token endpoint (RFC 6749 §5.2), with its body.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Refusal<'b> {
    /// The refusal without the server's words: small, `Copy`, fit for an error.
    pub refused: Refused,
    body: &'b [u8],
}

impl<'b> Refusal<'b> {
    pub(crate) const fn new(refused: Refused, body: &'b [u8]) -> Self {
        Self { refused, body }
    }

    /// The server's words, for a person to read. `Display` hides these `secrets`.
    ///
    /// A server or a proxy may repeat the request in its answer. JWTs and other long secrets are always hidden. Pass
    /// shorter secrets here: the secret of a legacy API key and its refresh token.
    #[must_use]
    pub const fn words<'s>(&self, secrets: &'s [&'s str]) -> Words<'b, 's> {
        Words::new(self.body, secrets)
    }

    /// Whether the server asks for another nonce in the proof of possession (RFC 9449 §8). The nonce is in the header
    /// `DPoP-Nonce` of the same answer. Repeat the request once with it, with a new assertion and a new proof.
    #[must_use]
    pub fn asks_for_dpop_nonce(&self) -> bool {
        let found = members(self.body, ["error"]);
        let error = found.ok().and_then(|[error]| error);
        let is_text = |error: Member| match error.value {
            Value::Text(text) => text.equals(self.body, "use_dpop_nonce"),
            _ => false,
        };
        matches!(self.refused.status, 400 | 401) && error.is_some_and(is_text)
    }

    /// The whole body, unchanged. It may repeat a secret.
    #[must_use]
    pub const fn expose_body(&self) -> &'b [u8] {
        self.body
    }
}

impl fmt::Debug for Refusal<'_> {
    /// Omits the body, which may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("refused", &self.refused)
            .finish_non_exhaustive()
    }
}

/// A server's refusal, with its status, its OAuth error code and its probable reason.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// The OAuth error code, if the body has one.
    pub code: Option<ErrorCode>,
    /// The probable reason, sorted by the party that has to act.
    pub reason: Reason,
}

impl Refused {
    /// The usual meaning and the checks to make, in one or two sentences for a person. The hint comes from
    /// [`Reason::hint`], or from the status if only the status is known.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        let meaning = StatusMeaning::of(self.status);
        let by_status = Reason::of_status(self.status);
        let says_something = by_status != Reason::Unknown || meaning == StatusMeaning::Forbidden;
        if self.code.is_none() && self.reason == by_status && says_something {
            meaning.hint()
        } else {
            self.reason.hint()
        }
    }

    /// `error` and `error_description` are texts in `body`. Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
    pub(crate) fn read(
        status: u16,
        error: Option<Text>,
        description: Option<Text>,
        body: &[u8],
    ) -> Self {
        let code = error.map(|error| ErrorCode::read(error, body));
        let by_status = Reason::of_status(status);
        let reason = match code {
            // The words of a server that is busy or broken do not count.
            Some(code) if by_status != Reason::TryLater => {
                Reason::of_error(code, description, body)
            }
            _ => by_status,
        };
        Self {
            status,
            code,
            reason,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server refused with status {}", self.status)?;
        if let Some(code) = self.code {
            write!(f, " and the error {code}")?;
        }
        write!(f, ": {}", self.reason.hint())
    }
}

impl core::error::Error for Refused {}
