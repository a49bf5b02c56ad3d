use redox_auth_reqwest::{
    Body, Error, MessageError, MessageFault, RefusedMessage, Response, Sent, StatusMeaning,
    Uploaded,
};

use super::Kind;
use crate::failure::Failure;
use crate::terminal::shown;

/// The API's answer to an accepted message or file.
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

    /// The result for a person: the unchanged answer to a message, or the URI of a file. Empty, if a server other than
    /// Redox sent an empty answer.
    pub(super) fn into_result(self) -> String {
        self.uri.unwrap_or_else(|| self.body.text().into_owned())
    }
}

/// Why the API did not accept something, or why that is unknown.
pub(super) fn failure(kind: Kind, error: MessageError) -> Failure {
    match &error {
        MessageError::Refused(refused) => {
            let status = refused.status.as_u16();
            let what = match StatusMeaning::of(status) {
                StatusMeaning::Redirect => "redirects the",
                _ => "refused the",
            };
            let mut failure = Failure::refused(format!(
                "the API {what} {kind} with status {status}\n  server said:  {}\n  likely cause: {}",
                words(refused).join("\n                "),
                hint(refused, kind)
            ));
            if let Some(location) = &refused.location {
                failure = failure.and("location", location);
            }
            match &refused.retry_after {
                Some(retry_after) => failure.and("wait for", retry_after),
                None => failure,
            }
        }
        MessageError::Answer { body, .. } => {
            Failure::no_answer(format!("{error}\n  found:        {:?}", text(body)))
        }
        _ if error.is_ambiguous() => Failure::no_answer(error.to_string()),
        _ => match error {
            MessageError::Call(error) => error.into(),
            error => Failure::usage(error.to_string()),
        },
    }
}

/// The API's words in a refusal.
pub(super) fn words(refused: &RefusedMessage) -> Vec<String> {
    if !refused.errors.is_empty() {
        return refused.errors.iter().map(ToString::to_string).collect();
    }
    vec![if let Some(coding) = &refused.content_encoding {
        format!(
            "encoded ({}), although the request asked for no encoding",
            shown(coding)
        )
    } else if let Some(title) = &refused.page_title {
        format!("the web page \"{title}\"")
    } else {
        match text(&refused.body) {
            words if words.is_empty() => "none".to_owned(),
            words => words,
        }
    }]
}

fn text(body: &Body) -> String {
    shown(body.text().trim())
}

/// The likely cause and the remedy.
pub(super) fn hint(refused: &RefusedMessage, kind: Kind) -> String {
    let usual = refused.hint();
    if let Some(hint) = refused.errors.iter().find_map(of_module) {
        return hint.to_owned();
    }
    match StatusMeaning::of(refused.status.as_u16()) {
        // Redox's page "Quotas and constraints".
        StatusMeaning::BodyTooLong => {
            format!("{usual}; Redox accepts messages of up to 40 MB, and files of up to 30 MB")
        }
        StatusMeaning::NoAnswerInTime => {
            format!("no answer in time, but the {kind} may have arrived: {usual}")
        }
        StatusMeaning::Content | StatusMeaning::NotFound if kind == Kind::File => {
            "check the file, and the URL for uploads".to_owned()
        }
        StatusMeaning::Content => "check the message against its data model".to_owned(),
        // An answer without Redox's words may be from a firewall, or from a server at a wrong URL.
        StatusMeaning::Forbidden | StatusMeaning::NotFound if !refused.errors.is_empty() => {
            "check destination ID, data model and event type, and that this key may use them"
                .to_owned()
        }
        _ => usual.to_owned(),
    }
}

/// The remedy, depending on the part of Redox that found the error.
fn of_module(fault: &MessageFault) -> Option<&'static str> {
    Some(match fault.module.as_deref()? {
        "Subscriptions" => {
            "check the IDs in `Meta.Destinations`; check in the Redox dashboard that the source may send this data model and event type to each destination"
        }
        "DataModels" => "check the message against its data model",
        "Send" if fault.fault_type.as_deref() == Some("transmission") => {
            "Redox accepted the message, but the destination did not; ask the destination's operator, or send the message again later"
        }
        "Send" => "check `Meta`: the data model, the event type, the source and the destinations",
        _ => return None,
    })
}

/// The longest answer, in bytes: a query may return documents.
const MAX_ANSWER: usize = 64 << 20;
