use redox_auth_core::Reason;

use super::Error;

impl Error {
    /// A name for programs, such as `key_not_found` or `connect`. It is the label `reason` or `kind` under which
    /// `redox_auth_refusals_total` and `redox_auth_failures_total` count the error.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self.cause() {
            Self::Refused(answer) => of_reason(answer.refused.reason),
            Self::Proxy(_) => "connect",
            Self::Transport(error) if error.is_connect() => "connect",
            Self::Transport(error) if error.is_timeout() => "timeout",
            Self::Transport(_) => "transport",
            Self::NotWritten(_) | Self::WrongSignature(_) => "signing",
            Self::Paused(_) | Self::Busy(_) | Self::NoTurn(_) | Self::Trouble(_) => "turn",
            _ => "answer",
        }
    }
}

const fn of_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Request => "request",
        Reason::KeyNotFound => "key_not_found",
        Reason::Claim(_) => "claim",
        Reason::Clock => "clock",
        Reason::Replay => "replay",
        Reason::Client => "client",
        Reason::Secret => "secret",
        Reason::Blank => "blank",
        Reason::NotAllowed => "not_allowed",
        Reason::WrongEndpoint => "wrong_endpoint",
        Reason::TryLater => "try_later",
        _ => "unknown",
    }
}
