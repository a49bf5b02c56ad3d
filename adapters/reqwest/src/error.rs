pub(crate) mod answer_head;
pub(crate) mod authorities;
pub(crate) mod build;
pub(crate) mod certificate;
pub(crate) mod client_certificate;
pub(crate) mod discovery;
mod label;
pub(crate) mod no_answer;
pub(crate) mod proxy;
pub(crate) mod refused_answer;
pub(crate) mod store;
pub(crate) mod tenant;
pub(crate) mod tls;
pub(crate) mod wrong_signature;

use core::fmt;
use core::time::Duration;
use std::io;
use std::sync::Arc;

use redox_auth_core::{
    AnswerError, AuthorizeError, DpopNonceError, ParseErrorKind, RequestError, RestoreError,
    SaveError, Stopped, Trouble, Words, WriteError,
};

use answer_head::{AnswerHead, CODED};
use no_answer::{NoAnswer, Setup};
use proxy::ProxyError;
use refused_answer::RefusedAnswer;
use wrong_signature::WrongSignature;

/// Why a request failed, or why the client did not send it. No error holds a secret.
#[non_exhaustive]
#[derive(Debug)]
pub enum Error {
    /// There is no token, and another attempt to obtain one is not allowed yet.
    NoToken {
        /// The error of the last attempt, by this caller or another, if known.
        cause: Option<Arc<Self>>,
        /// When another attempt is allowed, counted from the end of that attempt.
        retry_in: Duration,
    },
    /// This host, with its port, asked a client of this process for a pause (`Retry-After`). The client sent nothing.
    Paused(String),
    /// Several pauses brought no answer to a request, see [`Builder::pace`](crate::Builder::pace). This is the last answer
    /// of the server, or of a gateway before it. The server did not process the request.
    Trouble(Trouble),
    /// The pace of this host, with its port, lets no request begin within
    /// [`Pacing::longest_wait`](crate::Pacing::longest_wait). The client sent nothing this time.
    NoTurn(String),
    /// The function of [`Call::before`](crate::Call::before) failed. The client sent nothing this time.
    Before(io::Error),
    /// Too many token requests were under way with this host, and none ended in time. The client sent nothing.
    Busy(String),
    /// The server refused.
    Refused(Box<RefusedAnswer>),
    /// The server answered with success, but without anything usable.
    Answer(AnswerError),
    /// The server answered with success and a web page that has this title, of at most 200 characters.
    Page(String),
    /// The server answered with success, but coded the body in this way (`Content-Encoding`), although the request asks for
    /// `identity`.
    Coded(String),
    /// The token has this type instead of `Bearer`: up to 40 characters of `token_type`.
    TokenType(String),
    /// The token has this type instead of `DPoP`: the server has not bound it to the key.
    NotBound(String),
    /// The server asks for a nonce in proofs of possession, but the client cannot send that nonce back.
    DpopNonce(DpopNonceError),
    /// The answer is longer than an answer with a token can be.
    AnswerTooLong {
        /// The longest answer that the client reads, in bytes.
        limit: usize,
    },
    /// This machine's clock is unset or wrong, and the server did not show the time.
    NoTime {
        /// The status of the server's answer.
        status: u16,
    },
    /// There is no credential to obtain a token with, or none that preference and policy allow.
    Stopped(Stopped),
    /// The token request could not be written or signed.
    NotWritten(RequestError),
    /// A signer of the caller's returned no signature, or one that its public key does not verify. The client sent nothing.
    WrongSignature(WrongSignature),
    /// The operating system gave no random bytes.
    Random,
    /// The token must not go with this request.
    Authorize(AuthorizeError),
    /// A request to the API has this text instead of a URL; it must be a path below the base URL or a URL of this server.
    Path(&'static str),
    /// The request is malformed, or the settings of the connections are wrong. The client sent nothing.
    NotBuilt(reqwest::Error),
    /// This call needs another kind of key.
    WrongCredential {
        /// The kind that it needs.
        expected: &'static str,
    },
    /// No answer: DNS, TCP, TLS or HTTP failed, or the timeout passed. The request changed nothing: it never left, or came
    /// back undone, or only reads, or may be repeated any number of times.
    Transport(reqwest::Error),
    /// The proxy on the way let no connection through, or a variable names no usable proxy. The client sent nothing.
    Proxy(Box<ProxyError>),
    /// No answer to a request that changes something: the server may have done the request. The client did not send it
    /// again; only the caller knows whether a repetition is harmless.
    Ambiguous(reqwest::Error),
    /// The API's answer is longer than the caller's limit.
    BodyTooLong {
        /// The longest body that the client reads, in bytes.
        limit: usize,
    },
    /// The API's answer is not the JSON that was expected. The error does not show the answer, which may be about a patient.
    NotJson {
        /// The line of the fault, counted from 1.
        line: usize,
        /// The column of the fault.
        column: usize,
    },
    /// A token request needs a tokio runtime, and there was none.
    NoRuntime,
    /// The blocking client cannot wait inside a tokio runtime, where it would block other tasks.
    InRuntime,
    /// The token was not saved.
    Save(SaveError),
    /// The token of a record cannot be used.
    Restore(RestoreError),
}

impl Error {
    /// The cause of [`Error::NoToken`], or else the error itself.
    #[must_use]
    pub fn cause(&self) -> &Self {
        match self {
            Self::NoToken {
                cause: Some(cause), ..
            } => cause.cause(),
            other => other,
        }
    }

    /// The server's refusal, if the error comes from one.
    #[must_use]
    pub fn refused(&self) -> Option<&RefusedAnswer> {
        match self.cause() {
            Self::Refused(answer) => Some(answer),
            _ => None,
        }
    }

    /// This error, or a more exact one from the answer: the type of a token that was not requested, the coding of the body,
    /// or the title of a web page.
    pub(crate) fn with_answer(self, head: &AnswerHead, body: &[u8]) -> Self {
        let Self::Answer(AnswerError::Parse(error)) = self else {
            return self;
        };
        if let Some(coding) = &head.coding {
            return Self::Coded(coding.clone());
        }
        match error.token_type(body) {
            Some(found) if error.kind == ParseErrorKind::NotDpop => {
                Self::NotBound(found.to_string())
            }
            Some(found) => Self::TokenType(found.to_string()),
            None => match Words::new(body, &[]).page_title() {
                Some(title) => Self::Page(title.to_string()),
                None => self,
            },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken { cause, retry_in } => {
                match cause {
                    Some(cause) => cause.fmt(f),
                    None => f.write_str("no token"),
                }?;
                match retry_in.as_millis().div_ceil(1_000) {
                    0 => Ok(()),
                    secs => write!(f, "; another attempt is allowed in {secs} s"),
                }
            }
            Self::Paused(host) => write!(f, "{host} asked its clients to wait (Retry-After)"),
            Self::Trouble(trouble) => trouble.fmt(f),
            Self::NoTurn(host) => write!(
                f,
                "not sent: {host} lets no request begin within the longest wait; send fewer requests, or raise `Pacing::longest_wait`"
            ),
            Self::Busy(host) => write!(
                f,
                "too many token requests to {host} are under way; raise `Connections::token_requests_at_once`, or find the reason why the host is slow"
            ),
            Self::Refused(answer) => answer.fmt(f),
            Self::Answer(AnswerError::TokenTooLong { found, capacity }) => write!(
                f,
                "the token endpoint sent a token of {found} bytes, expected at most {capacity}: raise `Builder::longest_token`"
            ),
            Self::Answer(error) => {
                write!(f, "the token endpoint sent no usable token: {error}")?;
                match error {
                    AnswerError::Parse(error)
                        if matches!(error.kind, ParseErrorKind::Empty | ParseErrorKind::Html) =>
                    {
                        write!(f, "; {NO_TOKEN_ENDPOINT}")
                    }
                    _ => Ok(()),
                }
            }
            Self::Page(title) => write!(
                f,
                "the token endpoint sent no usable token: expected a JSON object, found the web page \"{title}\"; {NO_TOKEN_ENDPOINT}"
            ),
            Self::Coded(coding) => write!(
                f,
                "the token endpoint sent no usable token: the body of its answer is coded ({coding}); {CODED}"
            ),
            Self::TokenType(found) => {
                write!(
                    f,
                    "the token endpoint sent a token of the type \"{found}\": only tokens of the type Bearer can be used"
                )?;
                match found.eq_ignore_ascii_case("DPoP") {
                    true => f.write_str(" without a DPoP key"),
                    false => Ok(()),
                }
            }
            Self::NotBound(found) => write!(
                f,
                "the token endpoint sent a token of the type \"{found}\", which is not bound to the DPoP key: switch DPoP on for this client at the server, or leave the key out"
            ),
            Self::DpopNonce(error) => error.fmt(f),
            Self::AnswerTooLong { limit } => write!(
                f,
                "the token endpoint sent no token: expected an answer of at most {limit} bytes, found a longer one"
            ),
            Self::NoTime { status } => write!(
                f,
                "the clock of this machine is unset or wrong: expected the time in the server's answer with status {status}, found none"
            ),
            Self::Stopped(reason) => reason.fmt(f),
            Self::NotWritten(error) => write!(f, "the token request could not be made: {error}"),
            Self::WrongSignature(error) => error.fmt(f),
            Self::Before(error) => write!(f, "not sent: {error}"),
            Self::Random => f.write_str("the operating system gave no random bytes"),
            Self::Authorize(error) => error.fmt(f),
            Self::Path(found) => write!(
                f,
                "the request needs a path below the base URL or a URL of this server, found {found}"
            ),
            Self::NotBuilt(error) => write!(f, "the request was not sent: {}", Setup(error)),
            Self::WrongCredential { expected } => {
                write!(f, "this call needs {expected}, which the client does not have")
            }
            Self::Transport(error) => NoAnswer(error).fmt(f),
            Self::Proxy(error) => error.fmt(f),
            Self::Ambiguous(error) => {
                write!(f, "{}; the request may have been done anyway", NoAnswer(error))
            }
            Self::BodyTooLong { limit } => write!(
                f,
                "expected an answer of at most {limit} bytes from the API, found a longer one"
            ),
            Self::NotJson { line, column } => write!(
                f,
                "the answer of the API is not the expected JSON: the fault is at line {line}, column {column}"
            ),
            Self::NoRuntime => f.write_str("this call needs a tokio runtime, and there is none; call it from async code, or use `blocking::Redox`"),
            Self::InRuntime => f.write_str(
                "the blocking client cannot wait inside a tokio runtime; use the async client there, or a thread outside of the runtime",
            ),
            Self::Save(error) => error.fmt(f),
            Self::Restore(error) => error.fmt(f),
        }
    }
}

/// The usual meaning of an answer with success and without a token.
const NO_TOKEN_ENDPOINT: &str = "check its URL, and whether a proxy, a gateway or a network's sign-in page answered in place of the server";

impl core::error::Error for Error {
    /// The error of the library that failed, which `Display` puts into other words. `Display` of this project's errors says
    /// everything, therefore they are no sources.
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::NoToken { cause, .. } => cause.as_deref().and_then(core::error::Error::source),
            Self::Transport(error) | Self::Ambiguous(error) => Some(error),
            Self::Proxy(error) => error.source(),
            _ => None,
        }
    }
}

impl From<RefusedAnswer> for Error {
    fn from(answer: RefusedAnswer) -> Self {
        Self::Refused(Box::new(answer))
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Self {
        Self::NotWritten(error)
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        Self::NotWritten(RequestError::Write(error))
    }
}

impl From<WrongSignature> for Error {
    fn from(error: WrongSignature) -> Self {
        Self::WrongSignature(error)
    }
}

impl From<AuthorizeError> for Error {
    fn from(error: AuthorizeError) -> Self {
        Self::Authorize(error)
    }
}

impl From<ProxyError> for Error {
    fn from(error: ProxyError) -> Self {
        Self::Proxy(Box::new(error))
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Transport(error)
    }
}
