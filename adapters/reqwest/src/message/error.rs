use core::fmt;

use redox_auth_core::{Done, MetaError, MetaFault, ParseError, StatusMeaning};
use reqwest::StatusCode;

use super::Log;
use crate::error::Error;
use crate::error::answer_head::CODED;
use crate::requests::body::Body;
use crate::requests::retry::was_not_done;

/// Why a message or a file was refused, or may have arrived or not. It shows nothing of the message or of the answer's body,
/// except two source IDs and Redox's own words.
#[non_exhaustive]
#[derive(Debug)]
pub enum MessageError {
    /// `serde` cannot write the message as JSON. The client did not send it.
    Json(serde_json::Error),
    /// The message is not valid, or lacks a member that Redox requires. The client did not send it.
    Meta(MetaError),
    /// The message names another source than the client, or than [`Message::source_id`](crate::Message::source_id). The
    /// client did not send it.
    OtherSource {
        /// The source ID of the client or the caller.
        expected: String,
        /// `Meta.Source.ID` of the message.
        found: String,
    },
    /// There was no token, or no answer.
    Call(Error),
    /// Redox refused it, by its status or by `Meta.Errors`.
    Refused(Box<RefusedMessage>),
    /// Redox accepted it, and sent an unexpected answer.
    Answer {
        /// The status of success.
        status: StatusCode,
        /// The fault of the answer.
        error: ParseError,
        /// The kind of answer, if it is recognizable: a web page, by its title, or a coded body.
        found: Option<String>,
        /// The answer.
        body: Body,
    },
}

impl MessageError {
    /// Whether the message may have arrived: after an answer 504 or one of the same meaning, a broken connection or an
    /// unreadable answer. Only the caller knows whether a repetition is harmless.
    ///
    /// This is about the last attempt: a message that may be repeated may have arrived in an earlier one.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        match self {
            Self::Answer { .. } | Self::Call(Error::Ambiguous(_) | Error::BodyTooLong { .. }) => {
                true
            }
            // Of a message that may be repeated.
            Self::Call(Error::Transport(error)) => !was_not_done(error),
            Self::Refused(refused) => may_have_arrived(refused.status),
            _ => false,
        }
    }
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => write!(f, "the message cannot be written as JSON: {error}"),
            Self::Meta(error) => error.fmt(f),
            Self::OtherSource { expected, found } => write!(
                f,
                "`Meta.Source.ID` must be {expected:?}, the source ID of the client or of the call, found {found:?}"
            ),
            Self::Call(error @ Error::BodyTooLong { .. }) => {
                write!(f, "{error}; it was sent")
            }
            Self::Call(error) => error.fmt(f),
            Self::Refused(refused) => refused.fmt(f),
            Self::Answer {
                status,
                error,
                found,
                ..
            } => {
                write!(
                    f,
                    "the API accepted it with status {}, but the answer is unusable: {error}",
                    status.as_u16()
                )?;
                match found {
                    Some(found) => write!(f, "; {found}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl core::error::Error for MessageError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Call(error) => error.source(),
            _ => None,
        }
    }
}

impl From<Error> for MessageError {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

/// Redox's refusal of a message or a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefusedMessage {
    /// The status, which may be one of success: a query found nothing, or its destination was down.
    pub status: StatusCode,
    /// `Meta.Errors`; empty if the answer is not Redox's.
    pub errors: Vec<MessageFault>,
    /// `Meta.Logs`.
    pub logs: Vec<Log>,
    /// The answer as far as the client read it.
    pub body: Body,
    /// Where a redirect leads (`Location`), in quotation marks, without a user name, a query or a fragment.
    pub location: Option<String>,
    /// When to try again (`Retry-After`): seconds, with their unit, or a date.
    pub retry_after: Option<String>,
    /// The title of a web page, which comes from a proxy, a gateway or a network.
    pub page_title: Option<String>,
    /// How the body is coded (`Content-Encoding`), although the request asks for `identity`.
    pub content_encoding: Option<String>,
    pub(super) hint: &'static str,
}

impl RefusedMessage {
    /// The usual meaning of the status, and the remedy. Redox's own words, if there are any, are more exact.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        self.hint
    }
}

impl fmt::Display for RefusedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.as_u16();
        write!(f, "the API refused it with status {status}")?;
        let mut separator = ": ";
        for error in self.errors.iter().take(SHOWN_ERRORS) {
            write!(f, "{separator}{error}")?;
            separator = "; ";
        }
        if let Some(title) = &self.page_title {
            write!(f, "{separator}the web page \"{title}\"")?;
        }
        if let Some(location) = &self.location {
            write!(f, "; it redirects to {location}")?;
        }
        if let Some(coding) = &self.content_encoding {
            write!(f, "; the body of the answer is coded ({coding}): {CODED}")?;
        }
        if self.errors.is_empty() {
            write!(f, "; {}", self.hint)?;
        }
        if may_have_arrived(self.status) {
            f.write_str("; it may have arrived anyway")?;
        }
        Ok(())
    }
}

fn may_have_arrived(status: StatusCode) -> bool {
    StatusMeaning::of(status.as_u16()).done() == Done::Perhaps
}

/// One of `Meta.Errors`: a fault of a message, in Redox's words. Control characters in them are escaped.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct MessageFault {
    /// `ID`: the number of this kind of error.
    pub id: Option<String>,
    /// `Text`: the fault, for people.
    pub text: Option<String>,
    /// `Type`: `message`, `transmission` or `query`.
    pub fault_type: Option<String>,
    /// `Module`: the part of Redox that found the fault.
    pub module: Option<String>,
    shown: String,
}

impl MessageFault {
    pub(super) fn of(fault: MetaFault<'_>) -> Self {
        Self {
            id: fault.id.as_ref().map(ToString::to_string),
            text: fault.text.as_ref().map(ToString::to_string),
            fault_type: fault.fault_type.as_ref().map(ToString::to_string),
            module: fault.module.as_ref().map(ToString::to_string),
            shown: fault.to_string(),
        }
    }
}

impl fmt::Display for MessageFault {
    /// All of it in one line, cut at 500 characters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.SHOWN_CHARS$}", self.shown)
    }
}

/// The maximum number of Redox's errors in the text.
const SHOWN_ERRORS: usize = 10;

/// The maximum number of characters of each.
const SHOWN_CHARS: usize = 500;
