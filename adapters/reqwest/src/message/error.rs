use core::fmt;

use redox_auth_core::{Done, MetaError, MetaFault, ParseError, StatusMeaning};
use reqwest::StatusCode;

use super::Log;
use crate::error::Error;
use crate::error::answer_head::CODED;
use crate::requests::body::Body;
use crate::requests::retry::was_not_done;

/// Why a message or a file was not taken, or nobody knows whether it was. Nothing of it or of the answer's body is shown,
/// but for two source IDs and Redox's own words.
#[non_exhaustive]
#[derive(Debug)]
pub enum MessageError {
    /// `serde` cannot write the message as JSON. It was not sent.
    Json(serde_json::Error),
    /// The message lacks what Redox requires, or is none. It was not sent.
    Meta(MetaError),
    /// The message names another source than the client, or than [`Message::source_id`](crate::Message::source_id). It
    /// was not sent.
    OtherSource {
        /// The source ID that was given.
        expected: String,
        /// What the message has as `Meta.Source.ID`.
        found: String,
    },
    /// There was no token, or no answer.
    Call(Error),
    /// Redox did not take it, by its status or by `Meta.Errors`.
    Refused(Box<RefusedMessage>),
    /// Redox took it, and answered something else than it should.
    Answer {
        /// The status, a good one.
        status: StatusCode,
        /// What is wrong with the answer.
        error: ParseError,
        /// What it is instead, where that can be seen: a web page, by its title, or a body that is coded.
        found: Option<String>,
        /// The answer.
        body: Body,
    },
}

impl MessageError {
    /// Whether it may have arrived, and been stored, all the same: after an answer 504 or one of the same meaning, a
    /// connection that broke or an answer that cannot be read. Whether it may be sent again then, only the caller knows.
    ///
    /// This is about the last time that it was sent: one that may be repeated may have arrived before that.
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
                "expected `Meta.Source.ID` to be {expected:?}, the source ID that was given, found {found:?}"
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
                    "the API took it with status {}, and answered something else: {error}",
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

/// Redox's no to a message or a file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefusedMessage {
    /// The status: a good one, too, where a query found nothing or its destination was down.
    pub status: StatusCode,
    /// `Meta.Errors`; none where the answer is something else than Redox's.
    pub errors: Vec<MessageFault>,
    /// `Meta.Logs`.
    pub logs: Vec<Log>,
    /// The answer as far as it was read.
    pub body: Body,
    /// Where a redirect leads (`Location`), in quotation marks, without a user name, a query or a fragment.
    pub location: Option<String>,
    /// When to ask again (`Retry-After`): seconds, with their unit, or a date.
    pub retry_after: Option<String>,
    /// The title of a web page, which is none of Redox's: that of a proxy, a gateway or a network.
    pub page_title: Option<String>,
    /// How the body is coded (`Content-Encoding`), though the request asks for `identity`.
    pub content_encoding: Option<String>,
    pub(super) hint: &'static str,
}

impl RefusedMessage {
    /// What the status usually means and what to change. Redox's own words, where there are any, say more.
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
            f.write_str("; it may have arrived all the same")?;
        }
        Ok(())
    }
}

fn may_have_arrived(status: StatusCode) -> bool {
    StatusMeaning::of(status.as_u16()).done() == Done::Perhaps
}

/// One of `Meta.Errors`: what is wrong with a message, in Redox's words. Control characters in them are escaped.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct MessageFault {
    /// `ID`: the number of this kind of error.
    pub id: Option<String>,
    /// `Text`: what is wrong, for people.
    pub text: Option<String>,
    /// `Type`: `message`, `transmission` or `query`.
    pub fault_type: Option<String>,
    /// `Module`: the part of Redox that found it.
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

/// How many of Redox's errors are shown.
const SHOWN_ERRORS: usize = 10;

/// How many characters of each are shown.
const SHOWN_CHARS: usize = 500;
