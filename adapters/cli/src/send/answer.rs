use redox_auth_reqwest::{Body, Error, MessageError, RefusedMessage, Response, Sent, Uploaded};

use super::Kind;
use crate::failure::Failure;
use crate::terminal::shown;

/// What the API says of something that it took.
pub(super) struct Taken {
    pub(super) logs: Vec<String>,
    pub(super) uri: Option<String>,
    body: Body,
}

impl Taken {
    pub(super) async fn read(
        kind: Kind,
        response: Result<Response, Error>,
    ) -> Result<Self, MessageError> {
        match kind {
            Kind::Message => {
                let Sent { logs, body, .. } = Sent::read(response?, MAX_ANSWER).await?;
                Ok(Self {
                    logs: logs.into_iter().filter_map(|log| log.id).collect(),
                    uri: None,
                    body,
                })
            }
            Kind::File => {
                let Uploaded { uri, body, .. } = Uploaded::read(response?).await?;
                Ok(Self {
                    logs: Vec::new(),
                    uri: Some(shown(&uri)),
                    body,
                })
            }
        }
    }

    /// The result for a person: the answer to a message as it is, the URI of a file.
    pub(super) fn into_result(self) -> String {
        self.uri.unwrap_or_else(|| self.body.text().into_owned())
    }
}

/// Why something was not taken, or nobody knows whether it was.
pub(super) fn failure(kind: Kind, error: MessageError) -> Failure {
    match &error {
        MessageError::Refused(refused) => {
            let status = refused.status.as_u16();
            Failure::refused(format!(
                "the API refused the {kind} with status {status}\n  its words: {}\n  meaning:   {}",
                words(refused).join("\n             "),
                hint(status, kind)
            ))
        }
        MessageError::Answer { body, .. } => {
            Failure::no_answer(format!("{error}\n  found:     {:?}", text(body)))
        }
        _ if error.is_ambiguous() => Failure::no_answer(error.to_string()),
        _ => match error {
            MessageError::Call(error) => error.into(),
            error => Failure::usage(error.to_string()),
        },
    }
}

/// The API's words where it said no.
pub(super) fn words(refused: &RefusedMessage) -> Vec<String> {
    if !refused.errors.is_empty() {
        return refused.errors.iter().map(ToString::to_string).collect();
    }
    match text(&refused.body) {
        words if words.is_empty() => vec!["none".to_owned()],
        words => vec![words],
    }
}

fn text(body: &Body) -> String {
    shown(body.text().trim())
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
