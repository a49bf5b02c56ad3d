use redox_auth_reqwest::{Error, MessageError, Response};
use serde::Serialize;

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

    /// What the results and the output say of the item from this place.
    pub(super) fn record<'r>(&'r self, place: &'r Place) -> Record<'r> {
        Record {
            status: self.status,
            ack: self.ack,
            control_id: self.control_id.as_deref(),
            path: self.path.as_deref(),
            part: self.part.as_deref(),
            uri: self.uri.as_deref(),
            logs: &self.logs,
            errors: &self.errors,
            ..Record::new(place, self.verdict.name())
        }
    }
}

/// One line of the results, and without the digest one line of the output.
#[derive(Debug, Serialize)]
pub(super) struct Record<'r> {
    /// In the results only, where it is `null` for an item that could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<Option<&'r str>>,
    file: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    outcome: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ack: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    control_id: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'r str>,
    /// The name of an incomplete file on the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) part: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<&'r str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    logs: &'r [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'r [String],
}

impl<'r> Record<'r> {
    /// With nothing but an outcome.
    pub(super) const fn new(place: &'r Place, outcome: &'r str) -> Self {
        Self {
            digest: None,
            file: place.file.as_str(),
            line: place.line,
            outcome,
            status: None,
            ack: None,
            control_id: None,
            path: None,
            part: None,
            uri: None,
            logs: &[],
            errors: &[],
        }
    }

    /// The same for the results.
    pub(super) fn with_digest(mut self, digest: Option<&'r str>) -> Self {
        self.digest = Some(digest);
        self
    }

    /// Adds the line, with its end, to these bytes.
    pub(super) fn write_to(&self, lines: &mut Vec<u8>) {
        // Texts and numbers can always be written to memory.
        let _written = serde_json::to_writer(&mut *lines, self);
        lines.push(b'\n');
    }
}

/// The member of [`Record`] with that name.
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
