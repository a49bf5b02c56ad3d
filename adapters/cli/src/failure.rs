use core::fmt;
use core::time::Duration;
use std::io::{self, ErrorKind};
use std::process::ExitCode;

use redox_auth_reqwest::{
    AnswerError, BuildError, DiscoveryError, Error, MetadataError, ProxyError, ProxyProblem,
    Reason, RefusedAnswer, RequestError, StatusMeaning, WriteError,
};

use crate::hardware;

/// The reason why the command failed, and its exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
    /// The variable of the setting that caused the failure, if one did.
    variable: Option<&'static str>,
}

/// Ordered from the least to the most serious.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    /// The server said no.
    Refused,
    /// The command was used or configured wrongly.
    Usage,
    /// The reader of standard output has closed it.
    ClosedPipe,
    /// A person or a service manager ended the command.
    Interrupted,
    /// There was no answer, or none that can be used.
    NoAnswer,
    /// The command changed only a part: neither the old nor the new state holds.
    HalfDone,
}

impl Failure {
    /// The server said no.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, message)
    }

    /// The command was used or configured wrongly.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// There was no answer, or none that can be used.
    pub(crate) fn no_answer(message: impl Into<String>) -> Self {
        Self::new(Kind::NoAnswer, message)
    }

    /// A person or a service manager ended the command.
    pub(crate) fn interrupted() -> Self {
        Self::new(Kind::Interrupted, "interrupted")
    }

    /// Standard output accepts no more data.
    pub(crate) fn not_printed(error: &io::Error) -> Self {
        let message = format!("standard output: {error}");
        match error.kind() {
            ErrorKind::BrokenPipe => Self::new(Kind::ClosedPipe, message),
            _ => Self::usage(message),
        }
    }

    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            variable: None,
        }
    }

    /// The same failure, caused by the setting with this variable.
    pub(crate) fn about(mut self, variable: &'static str) -> Self {
        self.variable = Some(variable);
        self
    }

    /// The variable of the setting that caused the failure.
    pub(crate) const fn variable(&self) -> Option<&'static str> {
        self.variable
    }

    /// The same failure, in other words.
    pub(crate) fn with_message(&self, message: impl Into<String>) -> Self {
        Self::new(self.kind, message)
    }

    /// The same failure, after which only a part of the change is done.
    pub(crate) fn left_half_done(self) -> Self {
        Self::new(Kind::HalfDone, self.message)
    }

    /// The same failure with one more labelled line.
    pub(crate) fn and(mut self, name: &str, line: &str) -> Self {
        let name = format!("{name}:");
        self.message.push_str(&format!("\n  {name:13} {line}"));
        self
    }

    /// The message in one line.
    pub(crate) fn in_one_line(&self) -> String {
        let lines = self.message.lines();
        let lines = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.collect::<Vec<_>>().join("; ")
    }

    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether the reader of standard output closed the pipe, as `head` does after its lines.
    pub(crate) const fn is_closed_pipe(&self) -> bool {
        matches!(self.kind, Kind::ClosedPipe)
    }

    /// Whether only a person on this machine can fix it.
    pub(crate) const fn is_usage(&self) -> bool {
        matches!(self.kind, Kind::Usage)
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self.kind {
            Kind::Refused => ExitCode::from(1),
            Kind::Usage => ExitCode::from(2),
            Kind::NoAnswer => ExitCode::from(3),
            Kind::HalfDone => ExitCode::from(4),
            // The exit codes of commands that SIGPIPE and SIGINT end.
            Kind::ClosedPipe => ExitCode::from(141),
            Kind::Interrupted => ExitCode::from(130),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self {
            variable: error.variable(),
            ..Self::usage(error.to_string())
        }
    }
}

impl From<&ProxyError> for Failure {
    fn from(error: &ProxyError) -> Self {
        let message = error.to_string();
        match error.problem {
            ProxyProblem::NotUrl | ProxyProblem::Scheme(_) | ProxyProblem::NoSocks => {
                Self::usage(message)
            }
            _ => Self::no_answer(message),
        }
    }
}

impl From<DiscoveryError> for Failure {
    fn from(error: DiscoveryError) -> Self {
        let message = error.to_string();
        match error {
            DiscoveryError::Proxy { error, .. } => Self::from(&*error).with_message(message),
            DiscoveryError::Url(_)
            | DiscoveryError::Host { .. }
            | DiscoveryError::Http(_)
            | DiscoveryError::OtherHost { .. }
            | DiscoveryError::Untrusted {
                error:
                    MetadataError::IssuerSlash | MetadataError::OtherIssuer | MetadataError::Redox,
                ..
            } => Self::usage(message),
            _ => Self::no_answer(message),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let message = error.cause().to_string();
        match error.cause() {
            Error::Refused(answer) => {
                let retry_in = match error {
                    Error::NoToken { retry_in, .. } => Some(*retry_in),
                    _ => None,
                };
                Self::refused(in_lines(answer, retry_in))
            }
            Error::Proxy(error) => Self::from(&**error),
            Error::Answer(AnswerError::TokenTooLong { found, capacity }) => {
                Self::no_answer(format!(
                    "the token endpoint sent a token of {found} bytes, expected at most {capacity}: raise --longest-token"
                ))
            }
            Error::TokenType(found) if found.eq_ignore_ascii_case("DPoP") => {
                Self::no_answer(format!("{message}: use --dpop or --dpop-key"))
            }
            Error::Answer(_)
            | Error::Page(_)
            | Error::Coded(_)
            | Error::TokenType(_)
            | Error::NotBound(_)
            | Error::DpopNonce(_)
            | Error::AnswerTooLong { .. }
            | Error::NoTime { .. }
            | Error::BodyTooLong { .. }
            | Error::Transport(_)
            | Error::NoTurn(_)
            | Error::Trouble(_)
            | Error::Ambiguous(_) => Self::no_answer(message),
            Error::NotWritten(RequestError::Write(WriteError::Sign(_))) => {
                Self::usage(match hardware::why_not_signed() {
                    Some(why) => format!("{message}: {why}"),
                    None => message,
                })
            }
            _ => Self::usage(message),
        }
    }
}

/// The server's words, their likely cause, and the sent values, each on its line.
fn in_lines(answer: &RefusedAnswer, retry_in: Option<Duration>) -> String {
    let status = answer.refused.status;
    let words = match &answer.content_encoding {
        Some(coding) => format!("encoded ({coding}), although the request asked for no encoding"),
        None => answer.words().unwrap_or("none").to_owned(),
    };
    let hint = answer.hint();
    let did = match StatusMeaning::of(status) {
        StatusMeaning::Redirect => "redirects and gives no token,",
        _ => "refused",
    };
    let mut lines = format!(
        "the server {did} with status {status}\n  server said:  {words}\n  likely cause: {hint}"
    );
    if let Some(location) = &answer.location {
        lines.push_str(&format!("\n  location:     {location}"));
    }
    if let Some(sent) = &answer.sent {
        lines.push_str(&format!("\n  sent:         {sent}"));
    }
    let retry_in = retry_in.filter(|_| answer.refused.reason == Reason::TryLater);
    if let Some(retry_in) = retry_in {
        let secs = retry_in.as_millis().div_ceil(1_000);
        lines.push_str(&format!("\n  wait for:     {secs} s"));
    } else if let Some(retry_after) = &answer.retry_after {
        lines.push_str(&format!("\n  wait for:     {retry_after}"));
    }
    lines
}
