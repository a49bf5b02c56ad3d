use core::fmt;

use redox_auth_core::{Algorithm, ParseError, Refusal, Refused, WriteError};

use crate::EndpointError;

/// Why an exchange or a request did not come to be. None of them holds a secret.
#[non_exhaustive]
#[derive(Debug)]
pub enum Error {
    /// The server said no.
    Refused(Box<RefusedAnswer>),
    /// The server answered with success and something that is no token.
    Answer(ParseError),
    /// The answer is longer than a token's can be.
    AnswerTooLong {
        /// The longest answer that is read, in bytes.
        limit: usize,
    },
    /// The request could not be written or signed.
    Write(WriteError),
    /// This machine's clock stands before 1970.
    Clock,
    /// The operating system gave no random bytes.
    Random,
    /// A request would have taken a token elsewhere than to the API it is for.
    Endpoint(EndpointError),
    /// What was asked for needs another kind of key.
    WrongCredential {
        /// The kind that is needed.
        expected: &'static str,
    },
    /// No answer: DNS, TCP, TLS or HTTP failed, or the time was over.
    Transport(reqwest::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(answer) => answer.fmt(f),
            Self::Answer(error) => write!(f, "the token endpoint sent no token: {error}"),
            Self::AnswerTooLong { limit } => write!(
                f,
                "the token endpoint sent no token: expected an answer of at most {limit} bytes, found a longer one"
            ),
            Self::Write(error) => write!(f, "the request was not made: {error}"),
            Self::Clock => f.write_str("expected a clock after 1970, found an earlier time"),
            Self::Random => f.write_str("the operating system gave no random bytes"),
            Self::Endpoint(error) => error.fmt(f),
            Self::WrongCredential { expected } => {
                write!(f, "expected {expected}, found the other kind of key")
            }
            Self::Transport(error) => {
                f.write_str("no answer: ")?;
                write_with_causes(f, error)
            }
        }
    }
}

/// An error of reqwest with its causes, in which a person finds the name or the certificate that is wrong.
pub(crate) fn write_with_causes(f: &mut fmt::Formatter<'_>, error: &reqwest::Error) -> fmt::Result {
    write!(f, "{error}")?;
    let mut cause = core::error::Error::source(error);
    while let Some(error) = cause {
        write!(f, ": {error}")?;
        cause = error.source();
    }
    Ok(())
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Refused(answer) => Some(&answer.refused),
            Self::Answer(error) => Some(error),
            Self::Write(error) => Some(error),
            Self::Endpoint(error) => Some(error),
            Self::Transport(error) => Some(error),
            _ => None,
        }
    }
}

impl From<RefusedAnswer> for Error {
    fn from(answer: RefusedAnswer) -> Self {
        Self::Refused(Box::new(answer))
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Transport(error)
    }
}

impl From<EndpointError> for Error {
    fn from(error: EndpointError) -> Self {
        Self::Endpoint(error)
    }
}

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
