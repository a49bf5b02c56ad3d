use core::fmt;

use super::words::Words;
use super::{ErrorCode, Reason};
use crate::json::{Member, Text, Value, members};
use crate::status::StatusMeaning;

/// A token endpoint's no (RFC 6749 §5.2), and the body that it came with.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Refusal<'b> {
    /// What is left when the words are gone: small, `Copy`, fit for an error.
    pub refused: Refused,
    body: &'b [u8],
}

impl<'b> Refusal<'b> {
    pub(crate) const fn new(refused: Refused, body: &'b [u8]) -> Self {
        Self { refused, body }
    }

    /// What the server said, for a person to read: shown by `Display`, without these `secrets`.
    ///
    /// A server or a proxy may say back what it was sent. Whatever looks like a JWT or another long secret is never shown;
    /// shorter ones must be named here: the secret of a legacy API key and its refresh token.
    #[must_use]
    pub const fn words<'s>(&self, secrets: &'s [&'s str]) -> Words<'b, 's> {
        Words::new(self.body, secrets)
    }

    /// Whether the server asks for another nonce in the proof of possession (RFC 9449 §8). It is in the header `DPoP-Nonce` of
    /// the same answer, and the request is worth one repetition with it: with a new assertion and a new proof.
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

    /// The whole body as it came. It may repeat a secret.
    #[must_use]
    pub const fn expose_body(&self) -> &'b [u8] {
        self.body
    }
}

impl fmt::Debug for Refusal<'_> {
    /// Without the body, which may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("refused", &self.refused)
            .finish_non_exhaustive()
    }
}

/// That the server said no, and why as far as it lets us tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// The OAuth error code, when the body had one.
    pub code: Option<ErrorCode>,
    /// Who has to do something about it.
    pub reason: Reason,
}

impl Refused {
    /// What it usually means and what to check, in a sentence or two for a person: by the status, where only that says
    /// something, or else [`Reason::hint`].
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

    /// `error` and `error_description` are texts in `body`.
    // One copy of it: a copy for each caller takes more flash.
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
            // A server that is busy or broken is in no state to judge.
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
