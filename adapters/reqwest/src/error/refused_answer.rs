use core::fmt;

use redox_auth_core::{Algorithm, Refusal, Refused};

/// A server's no in its own words, for a person to read.
///
/// The texts are the server's: [`words`](Self::words) and `Display` escape control characters in them and cut them at
/// 500 characters.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefusedAnswer {
    /// What the no means.
    pub refused: Refused,
    /// `error`.
    pub error: Option<String>,
    /// `error_description`.
    pub description: Option<String>,
    /// `error_uri`.
    pub uri: Option<String>,
    /// What was sent that the server may not know; `None` where the assertion came from elsewhere.
    pub sent: Option<SentNames>,
}

/// The names in a refused assertion, to compare with the server's settings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SentNames {
    /// `iss` and `sub`.
    pub client_id: String,
    /// `kid`.
    pub key_id: String,
    /// `alg`.
    pub algorithm: Algorithm,
    /// `aud`.
    pub audience: String,
}

impl RefusedAnswer {
    pub(crate) fn new(refusal: &Refusal<'_>, sent: Option<SentNames>) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            refused: refusal.refused,
            error: owned(refusal.error),
            description: owned(refusal.description),
            uri: owned(refusal.uri),
            sent,
        }
    }

    /// `error` and `error_description`, quoted and fit for a terminal; `None` when the server said neither.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let quoted: Vec<String> = [&self.error, &self.description]
            .into_iter()
            .flatten()
            .map(|text| {
                let text = text.chars().take(SHOWN_CHARS);
                let shown: String = text.flat_map(char::escape_debug).collect();
                format!("\"{shown}\"")
            })
            .collect();
        (!quoted.is_empty()).then(|| quoted.join(": "))
    }
}

impl fmt::Display for RefusedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server refused with status {}", self.refused.status)?;
        if let Some(words) = self.words() {
            write!(f, ": {words}")?;
        }
        write!(f, "; {}", self.refused.reason.hint())?;
        match &self.sent {
            Some(sent) => write!(f, "; sent were {sent}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for SentNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "client ID {:?}, key ID {:?} with {}, audience {:?}",
            self.client_id, self.key_id, self.algorithm, self.audience
        )
    }
}

/// How many characters of a server's text an error shows.
const SHOWN_CHARS: usize = 500;
