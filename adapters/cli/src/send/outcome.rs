use redox_auth_reqwest::{Error, MessageError, Response};
use serde_json::{Map, Value};

use super::Kind;
use super::answer::{Taken, failure, hint, words};
use crate::failure::Failure;

/// Where a message comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Place {
    pub(super) file: String,
    /// In a file of one message a line, counted from 1.
    pub(super) line: Option<u64>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    Ok,
    Refused,
    NotSent,
    /// It may have been done.
    Unknown,
}

impl Verdict {
    /// What an error says of what it is about.
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

/// What became of a message or a file.
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    status: Option<u16>,
    logs: Vec<String>,
    uri: Option<String>,
    errors: Vec<String>,
    /// Of a message over MLLP: the code of its acknowledgment, and its own control ID.
    ack: Option<&'static str>,
    control_id: Option<String>,
    /// Of a file over SFTP: its name on the server, and that of the unfinished file that was left there.
    path: Option<String>,
    part: Option<String>,
    /// Why nothing else can be sent either.
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

    /// Without an answer, in these words.
    pub(super) fn without_answer(verdict: Verdict, error: String) -> Self {
        Self {
            errors: vec![error],
            ..Self::new(verdict, None)
        }
    }

    /// Of a message over MLLP, with what the receiver said.
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

    /// The same, after which nothing else can be sent either.
    pub(super) fn stopping(mut self, failure: Failure) -> Self {
        self.stop = Some(failure);
        self
    }

    /// The same, of the message with this control ID.
    pub(super) fn with_control_id(mut self, control_id: String) -> Self {
        self.control_id = Some(control_id);
        self
    }

    /// The same, of the file with this name on the server.
    pub(super) fn with_path(mut self, path: String) -> Self {
        self.path = Some(path);
        self
    }

    /// The same, which left an unfinished file of this name on the server.
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
            // Redox's own words say more.
            if refused.errors.is_empty() {
                errors.push(hint(refused, kind));
            }
            // A new token was tried before. No message fares better with this key.
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
            // Nothing was done, and it is not the fault of this one.
            stop: (verdict == Verdict::NotSent).then_some(failure),
            ..outcome
        }
    }

    /// One line of JSON, of what comes from this place.
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
    /// With what happened to it.
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

/// The member of results with the name of an unfinished file on the server.
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
