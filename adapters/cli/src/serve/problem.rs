use core::time::Duration;

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use redox_auth_reqwest::{Error, TenantError};
use serde_json::{Map, Value};

use super::answer;
use crate::failure::{Failure, Kind};

/// Why a program gets no token, for the program and for a person.
pub(super) struct Problem {
    /// The status of the answer to the program.
    answer: StatusCode,
    /// Which party must act.
    kind: &'static str,
    /// The name of the problem.
    reason: &'static str,
    /// The status of the token server's answer.
    status: Option<u16>,
    /// When to ask again; `None` if waiting changes nothing.
    retry_in: Option<Duration>,
    /// The problem as a sentence, for a person.
    text: String,
}

impl Problem {
    /// The program's own request is wrong.
    pub(super) fn of_request(answer: StatusCode, reason: &'static str, text: &str) -> Self {
        Self {
            answer,
            kind: "request",
            reason,
            status: None,
            retry_in: None,
            text: text.to_owned(),
        }
    }

    /// There is no token yet.
    pub(super) fn under_way() -> Self {
        Self {
            answer: StatusCode::SERVICE_UNAVAILABLE,
            kind: "no_answer",
            reason: "under_way",
            status: None,
            retry_in: Some(ONE_SECOND),
            text: "the token is being requested".to_owned(),
        }
    }

    /// The client keeps the token for this long, however often a program reports it.
    pub(super) fn reported_too_often(kept_for: Duration) -> Self {
        Self {
            retry_in: Some(kept_for),
            ..Self::of_request(
                StatusCode::TOO_MANY_REQUESTS,
                "too_often",
                "the client obtained this token a moment ago, after another report, and keeps it: check why the API answers 401, such as a wrong URL or a missing permission",
            )
        }
    }

    /// The next token did not arrive, with the cause if this client knows it.
    pub(super) fn of_renewal(cause: Option<&Error>, retry_in: Duration) -> Self {
        let problem = match cause {
            Some(error) => Self::of_token(error),
            None => Self {
                text: "the machine's clock was set forward: the client requests the next token when this one ends"
                    .to_owned(),
                reason: "clock",
                ..Self::under_way()
            },
        };
        Self {
            retry_in: Some(retry_in),
            ..problem
        }
    }

    /// The client has no token.
    pub(super) fn of_token(error: &Error) -> Self {
        let failure = Failure::from(error);
        let retry_in = match error {
            Error::NoToken { retry_in, .. } => Some(*retry_in),
            _ => None,
        };
        let is_unknown = matches!(error, Error::NoToken { cause: None, .. });
        Self {
            answer: match retry_in {
                Some(_) => StatusCode::SERVICE_UNAVAILABLE,
                None => StatusCode::INTERNAL_SERVER_ERROR,
            },
            kind: match failure.kind() {
                Kind::Refused => "refused",
                Kind::Usage => "configuration",
                _ => "no_answer",
            },
            reason: match is_unknown {
                true => "under_way",
                false => error.label(),
            },
            status: status(error.cause()),
            retry_in,
            text: failure.in_one_line(),
        }
    }

    /// There is no client of a profile, or it has no token.
    pub(super) fn of_profile(error: &TenantError) -> Self {
        match error {
            TenantError::Token(error) => Self::of_token(error),
            _ => Self {
                answer: StatusCode::INTERNAL_SERVER_ERROR,
                kind: "configuration",
                reason: "profile",
                status: None,
                retry_in: None,
                text: Failure::usage(error.to_string()).in_one_line(),
            },
        }
    }

    /// The members of the answer.
    pub(super) fn members(&self) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("error".to_owned(), self.text.as_str().into());
        members.extend(self.names());
        members
    }

    /// The same without the sentence, which may name clients and keys: for programs without the secret.
    pub(super) fn without_text(self) -> Response {
        let members = self.names().into_iter().collect();
        self.answer_with(members)
    }

    fn names(&self) -> [(String, Value); 4] {
        [
            ("kind", self.kind.into()),
            ("status", self.status.into()),
            ("reason", self.reason.into()),
            ("retry_in", self.retry_in.map(whole_secs).into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
    }

    fn answer_with(self, members: Map<String, Value>) -> Response {
        let answer = answer(self.answer, &members.into());
        match self.retry_in {
            Some(retry_in) => {
                let secs = whole_secs(retry_in).to_string();
                ([(RETRY_AFTER, secs)], answer).into_response()
            }
            None => answer,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let members = self.members();
        self.answer_with(members)
    }
}

/// The status of the token server's answer.
const fn status(error: &Error) -> Option<u16> {
    match error {
        Error::Refused(answer) => Some(answer.refused.status),
        Error::NoTime { status } => Some(*status),
        _ => None,
    }
}

/// Rounded up: a program that waits for this many seconds does not ask too early.
fn whole_secs(wait: Duration) -> u64 {
    wait.as_secs()
        .saturating_add(u64::from(wait.subsec_nanos() > 0))
}

const ONE_SECOND: Duration = Duration::from_secs(1);
