use redox_auth_reqwest::{Error, MessageError, Response};
use serde_json::{Map, Value};

use super::Kind;
use super::answer::{Taken, failure, hint, words};
use crate::failure::Failure;

/// The origin of a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Place {
    pub(super) file: String,
    /// The line in a file with one message on each line, counted from 1.
    pub(super) line: Option<u64>,
}

/// The outcome.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    Ok,
    Refused,
    NotSent,
    /// The server may have processed it.
    Unknown,
}

impl Verdict {
    /// The outcome that an error implies.
    pub(super) fn of(error: &MessageError) -> Self {
        match error {
            _ if error.is_ambiguous() => Self::Unknown,
            MessageError::Refused(_) => Self::Refused,
            _ => Self::NotSent,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
        }
    }
}

/// The outcome of a message or a file, with its details.
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    status: Option<u16>,
    logs: Vec<String>,
    uri: Option<String>,
    errors: Vec<String>,
    /// For a message over MLLP: the code of its acknowledgment, and its own control ID.
    ack: Option<&'static str>,
    control_id: Option<String>,
    /// For a file over SFTP: its name on the server, and the name of an incomplete file that stayed there.
    path: Option<String>,
    part: Option<String>,
    /// Why the run cannot send anything else.
    pub(super) stop: Option<Failure>,
}

impl Outcome {
    fn new(verdict: Verdict, status: Option<u16>) -> Self {
        Self {
            verdict,
            status,
            logs: Vec::new(),
            uri: None,
            errors: Vec::new(),
            ack: None,
            control_id: None,
            path: None,
            part: None,
            stop: None,
        }
    }

    /// Done.
    pub(super) fn ok() -> Self {
        Self::new(Verdict::Ok, None)
    }

    /// The outcome without an answer, with this text.
    pub(super) fn without_answer(verdict: Verdict, error: String) -> Self {
        Self {
            errors: vec![error],
            ..Self::new(verdict, None)
        }
    }

    /// The outcome of a message over MLLP, with the receiver's words.
    pub(super) fn over_mllp(
        verdict: Verdict,
        ack: Option<&'static str>,
        errors: Vec<String>,
    ) -> Self {
        Self {
            ack,
            errors,
            ..Self::new(verdict, None)
        }
    }

    /// The same, after which the run cannot send anything else.
    pub(super) fn stopping(mut self, failure: Failure) -> Self {
        self.stop = Some(failure);
        self
    }

    /// The same, for the message with this control ID.
    pub(super) fn with_control_id(mut self, control_id: String) -> Self {
        self.control_id = Some(control_id);
        self
    }

    /// The same, for the file with this name on the server.
    pub(super) fn with_path(mut self, path: String) -> Self {
        self.path = Some(path);
        self
    }

    /// The same, with an incomplete file of this name on the server.
    pub(super) fn leaving(mut self, part: String) -> Self {
        self.part = Some(part);
        self
    }

    pub(super) async fn of(kind: Kind, response: Result<Response, Error>) -> Self {
        let answered = response.as_ref().ok();
        let status = answered.map(|response| response.status().as_u16());
        let error = match Taken::read(kind, response).await {
            Ok(Taken { logs, uri, .. }) => {
                return Self {
                    logs,
                    uri,
                    ..Self::new(Verdict::Ok, status)
                };
            }
            Err(error) => error,
        };
        let verdict = Verdict::of(&error);
        let outcome = Self::new(verdict, status);
        if let MessageError::Refused(refused) = &error {
            let mut errors = words(refused);
            if let Some(location) = &refused.location {
                errors.push(format!("redirects to {location}"));
            }
            if let Some(retry_after) = &refused.retry_after {
                errors.push(format!("Retry-After: {retry_after}"));
            }
            // Redox's own words are more precise.
            if refused.errors.is_empty() {
                errors.push(hint(refused, kind));
            }
            // The client has already tried a new token. This key cannot send any message.
            let is_of_key = status == Some(UNAUTHORIZED);
            return Self {
                errors,
                verdict: if is_of_key { Verdict::NotSent } else { verdict },
                stop: is_of_key.then(|| failure(kind, error)),
                ..outcome
            };
        }
        let failure = failure(kind, error);
        Self {
            errors: vec![failure.in_one_line()],
            // The server processed nothing, and the cause is not this message.
            stop: (verdict == Verdict::NotSent).then_some(failure),
            ..outcome
        }
    }

    /// One line of JSON for the item from this place.
    pub(super) fn members(&self, place: &Place) -> Map<String, Value> {
        let mut members = place.members(self.verdict.name());
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        if let Some(status) = self.status {
            put("status", status.into());
        }
        if let Some(ack) = self.ack {
            put("ack", ack.into());
        }
        if let Some(control_id) = &self.control_id {
            put("control_id", control_id.as_str().into());
        }
        for (name, path) in [("path", &self.path), (PART, &self.part)] {
            if let Some(path) = path {
                put(name, path.as_str().into());
            }
        }
        if let Some(uri) = &self.uri {
            put("uri", uri.as_str().into());
        }
        for (name, texts) in [("logs", &self.logs), ("errors", &self.errors)] {
            if !texts.is_empty() {
                put(name, texts.as_slice().into());
            }
        }
        members
    }
}

impl Place {
    /// Adds the outcome.
    pub(super) fn members(&self, outcome: &str) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("file".to_owned(), self.file.as_str().into());
        if let Some(line) = self.line {
            members.insert("line".to_owned(), line.into());
        }
        members.insert("outcome".to_owned(), outcome.into());
        members
    }
}

/// The member of results with the name of an incomplete file on the server.
pub(super) const PART: &str = "part";

const UNAUTHORIZED: u16 = 401;

#[cfg(test)]
mod tests {
    use redox_auth_reqwest::Trouble;

    use super::*;

    #[tokio::test]
    async fn what_pauses_do_not_change_stops_the_run_with_what_to_do() {
        for (trouble, remedy) in [
            (Trouble::Redirect, "change the base URL"),
            (Trouble::BadGateway, "look at the server's status page"),
            (Trouble::ProxyAuthentication, "set its user and password"),
        ] {
            let outcome = Outcome::of(Kind::Message, Err(Error::Trouble(trouble))).await;
            assert_eq!(outcome.verdict, Verdict::NotSent);
            let stop = outcome.stop.unwrap();
            assert_eq!(stop.kind(), Failure::no_answer("").kind());
            assert!(stop.to_string().contains(remedy), "{stop}");
        }
    }
}
