use redox_auth_core::MetaAnswer;
use redox_auth_reqwest::Response;
use serde_json::Value;

use super::Kind;
use crate::body;
use crate::failure::Failure;
use crate::terminal::shown;

/// What the API answered.
pub(super) struct Answer {
    pub(super) status: u16,
    is_success: bool,
    body: Vec<u8>,
}

/// What names something that was taken.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) logs: Vec<String>,
    pub(super) uri: Option<String>,
}

impl Answer {
    pub(super) async fn read(response: Response) -> Result<Self, Failure> {
        let status = response.status();
        let body = body::read(response, MAX_ANSWER).await?.ok_or_else(|| {
            Failure::no_answer(format!(
                "the API's answer is longer than {MAX_ANSWER} bytes; the message was sent"
            ))
        })?;
        Ok(Self {
            status: status.as_u16(),
            is_success: status.is_success(),
            body,
        })
    }

    /// The API's words where it said no: also with 200, in `Meta.Errors`.
    pub(super) fn refusal(&self) -> Option<Vec<String>> {
        let mut words: Vec<String> = match MetaAnswer::parse(&self.body) {
            Ok(meta) => meta
                .errors()
                .map(|error| shown(&error.to_string()))
                .collect(),
            Err(_) => Vec::new(),
        };
        if self.is_success && words.is_empty() {
            return None;
        }
        if words.is_empty() {
            words.push(self.text());
        }
        Some(words)
    }

    /// What it says of something that was not refused.
    ///
    /// # Errors
    /// It is not what an answer has to be: nobody knows what was done.
    pub(super) fn taken(&self, kind: Kind) -> Result<Taken, Failure> {
        let found = match kind {
            Kind::Message => MetaAnswer::parse(&self.body)
                .map(|meta| Taken {
                    logs: meta
                        .logs()
                        .filter_map(|log| Some(log.id?.to_string()))
                        .collect(),
                    uri: None,
                })
                .map_err(|error| error.to_string()),
            Kind::File => uri(&self.body)
                .map(|uri| Taken {
                    logs: Vec::new(),
                    uri: Some(uri),
                })
                .ok_or_else(|| "expected a JSON object with `URI`, found none".to_owned()),
        };
        found.map_err(|error| {
            Failure::no_answer(format!(
                "the API took the {kind} with status {}, and answered something else: {error}\n  found:     {:?}",
                self.status,
                self.text()
            ))
        })
    }

    /// The result for a person: the answer to a message as it is, the URI of a file.
    pub(super) fn into_result(self, kind: Kind) -> Result<String, Failure> {
        if let Some(words) = self.refusal() {
            return Err(Failure::refused(format!(
                "the API refused the {kind} with status {}\n  its words: {}\n  meaning:   {}",
                self.status,
                words.join("\n             "),
                hint(self.status, kind)
            )));
        }
        let taken = self.taken(kind)?;
        Ok(taken
            .uri
            .unwrap_or_else(|| String::from_utf8_lossy(&self.body).into_owned()))
    }

    fn text(&self) -> String {
        shown(String::from_utf8_lossy(&self.body).trim())
    }
}

fn uri(body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    Some(shown(answer.get("URI")?.as_str()?))
}

/// Redox's page "Error handling and responses".
fn hint(status: u16, kind: Kind) -> String {
    match status {
        401 => "the token was not accepted; is this the API that the token endpoint belongs to?",
        413 => return format!("the {kind} is larger than the API takes"),
        429 => "too many requests; wait and try again",
        502 => "a part of the API is being replaced; try again",
        504 => return format!("no answer in time; the {kind} may have arrived all the same"),
        500..=599 => "the API has a fault; try again later",
        _ if kind == Kind::File => "check the file, and the URL for uploads",
        403 | 404 => {
            "check destination ID, data model and event type, and that this key may use them"
        }
        _ => "check the message against its data model",
    }
    .to_owned()
}

/// The longest answer that is read, in bytes: a query may return documents.
const MAX_ANSWER: usize = 64 << 20;
