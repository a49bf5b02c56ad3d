use core::fmt;

use http::{HeaderValue, StatusCode};
use url::Url;

use crate::directory::is_confidential;

/// The endpoint of a customer, which Redox calls: its URL, and the verification token that proves that the caller is
/// Redox.
///
/// `Debug` shows neither the token nor the query.
#[derive(Clone)]
pub struct Customer {
    url: Url,
    token: String,
}

impl Customer {
    /// An endpoint at this URL, https or http on this machine.
    ///
    /// # Errors
    /// [`CallError::UrlNotAllowed`], and [`CallError::UnusableToken`] for a token that no header can hold.
    pub fn new(url: &str, verification_token: &str) -> Result<Self, CallError> {
        let url = Url::parse(url).ok().filter(is_confidential);
        let url = url.ok_or(CallError::UrlNotAllowed)?;
        if verification_token.is_empty() || HeaderValue::from_str(verification_token).is_err() {
            return Err(CallError::UnusableToken);
        }
        let token = verification_token.to_owned();
        Ok(Self { url, token })
    }

    pub(crate) const fn url(&self) -> &Url {
        &self.url
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer")
            .field("host", &self.url.host_str())
            .field("path", &self.url.path())
            .field("token", &"[redacted]")
            .finish_non_exhaustive()
    }
}

/// How Redox sends the challenge, which the customer chooses.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verb {
    /// In the body, as Redox recommends.
    Post,
    /// In the query.
    Get,
}

/// A customer's answer to the challenge.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Challenge {
    /// The status.
    pub status: StatusCode,
    /// Where the challenge was in the body.
    pub echo: Echo,
}

impl Challenge {
    /// Whether Redox would accept the answer: 200, and the challenge anywhere in the body.
    #[must_use]
    pub fn is_verified(self) -> bool {
        self.status == StatusCode::OK && self.echo != Echo::Absent
    }
}

/// The place of the challenge in the body of the answer.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Echo {
    /// The body is only the challenge, which older pages of Redox require.
    Alone,
    /// The challenge is a part of the body, which newer pages allow.
    Within,
    /// The body does not contain the challenge.
    Absent,
}

impl Echo {
    pub(crate) fn of(challenge: &str, body: &[u8]) -> Self {
        let challenge = challenge.as_bytes();
        if body == challenge {
            return Self::Alone;
        }
        match body.windows(challenge.len()).any(|part| part == challenge) {
            true => Self::Within,
            false => Self::Absent,
        }
    }
}

/// Why the sandbox did not call a customer, or got no answer.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CallError {
    /// The URL is neither https nor http on this machine, or it carries a password.
    UrlNotAllowed,
    /// The verification token is empty, or no header can hold it.
    UnusableToken,
    /// The connection failed, or no complete answer arrived within five seconds and a megabyte.
    NoAnswer,
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UrlNotAllowed => {
                "the URL must be https, or http on this machine, without a password"
            }
            Self::UnusableToken => "the verification token must be text that a header can hold",
            Self::NoAnswer => "no complete answer within 5 s and 1 MB",
        })
    }
}

impl core::error::Error for CallError {}

/// The header, and the member of a challenge, that holds the token (Redox: create and verify an endpoint).
pub(crate) const TOKEN_NAME: &str = "verification-token";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_is_told_by_where_it_is() {
        for (body, echo) in [
            ("c-1", Echo::Alone),
            ("\"c-1\"", Echo::Within),
            ("c-2", Echo::Absent),
            ("c-", Echo::Absent),
            ("", Echo::Absent),
        ] {
            assert_eq!(Echo::of("c-1", body.as_bytes()), echo, "{body}");
        }
    }

    #[test]
    fn debug_shows_neither_token_nor_query() {
        let customer = Customer::new("https://example.org/in?key=hush", "hush").unwrap();
        assert!(!format!("{customer:?}").contains("hush"));
    }
}
