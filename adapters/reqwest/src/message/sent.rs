use redox_auth_core::{MetaAnswer, MetaLog, ParseError, ParseErrorKind, StatusMeaning, Words};
use reqwest::{Response, StatusCode, Url};
use serde::Deserialize;

use super::{MessageError, MessageFault, RefusedMessage};
use crate::error::Error;
use crate::error::answer_head::{AnswerHead, CODED};
use crate::requests::body::Body;
use crate::requests::body::USUAL_LIMIT;

/// Redox's answer to a message that it accepted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Sent {
    /// The status of success.
    pub status: StatusCode,
    /// `Meta.Logs`: one for each destination.
    pub logs: Vec<Log>,
    /// The whole answer, which for a query is the result.
    pub body: Body,
}

impl Sent {
    /// Reads the answer, up to `limit` bytes, to a message that was sent without [`Message::send`](crate::Message::send).
    /// For a server other than Redox an answer without a body is valid, as with status 204.
    ///
    /// # Errors
    /// [`MessageError::Call`], [`MessageError::Refused`], [`MessageError::Answer`], as for
    /// [`Message::send`](crate::Message::send).
    pub async fn read(response: Response, limit: usize) -> Result<Self, MessageError> {
        // Other servers may answer without a body.
        let says_nothing = !is_redox(response.url());
        let Accepted {
            status,
            body,
            logs,
            found,
        } = accepted(response, limit).await?;
        match logs {
            Ok(logs) => Ok(Self { status, logs, body }),
            Err(error) if error.kind == ParseErrorKind::Empty && says_nothing => Ok(Self {
                status,
                logs: Vec::new(),
                body,
            }),
            Err(error) => Err(MessageError::Answer {
                status,
                error,
                found,
                body,
            }),
        }
    }
}

/// Redox's answer to a file that it accepted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Uploaded {
    /// The status of success.
    pub status: StatusCode,
    /// `URI`: the text that a message contains in place of the file.
    pub uri: String,
    /// The whole answer.
    pub body: Body,
}

impl Uploaded {
    /// Reads the answer to [`Redox::upload`](crate::Redox::upload) or
    /// [`Redox::upload_stream`](crate::Redox::upload_stream).
    ///
    /// # Errors
    /// [`MessageError::Call`], [`MessageError::Refused`], and [`MessageError::Answer`] without a `URI`.
    pub async fn read(response: Response) -> Result<Self, MessageError> {
        #[derive(Deserialize)]
        struct Wire {
            #[serde(rename = "URI")]
            uri: String,
        }

        let Accepted {
            status,
            body,
            found,
            ..
        } = accepted(response, USUAL_LIMIT).await?;
        match body.json() {
            Ok(Wire { uri }) => Ok(Self { status, uri, body }),
            Err(_) => Err(MessageError::Answer {
                status,
                error: ParseError {
                    kind: ParseErrorKind::Missing("URI"),
                    at: 0,
                },
                found,
                body,
            }),
        }
    }
}

/// An answer that is not a refusal.
struct Accepted {
    status: StatusCode,
    body: Body,
    /// Its logs, or why it has no `Meta`.
    logs: Result<Vec<Log>, ParseError>,
    /// The kind of answer in place of Redox's, if it is recognizable.
    found: Option<String>,
}

async fn accepted(mut response: Response, limit: usize) -> Result<Accepted, MessageError> {
    let status = response.status();
    let number = status.as_u16();
    let mut body = Body::default();
    match body.read(&mut response, limit).await {
        Err(Error::Transport(error)) if status.is_success() => Err(Error::Ambiguous(error))?,
        Err(error) if status.is_success() => Err(error)?,
        // A part of a refusal is enough.
        _ => {}
    }
    // A refusal of another program has no `Meta`.
    let (errors, logs): (Vec<_>, _) = match MetaAnswer::parse(&body) {
        Ok(meta) => {
            let errors = meta.errors().map(MessageFault::of);
            (errors.collect(), Ok(meta.logs().map(Log::of).collect()))
        }
        Err(error) => (Vec::new(), Err(error)),
    };
    if status.is_success() && errors.is_empty() && logs.is_ok() {
        return Ok(Accepted {
            status,
            body,
            logs,
            found: None,
        });
    }
    let head = AnswerHead::of(number, response.headers(), response.url().as_str(), &[]);
    let page_title = Words::new(&body, &[]).page_title();
    let page_title = page_title.map(|title| title.to_string());
    if status.is_success() && errors.is_empty() {
        let coded = head
            .coding
            .map(|coding| format!("the body is coded ({coding}): {CODED}"));
        let page = || Some(format!("it is the web page \"{}\"", page_title?));
        return Ok(Accepted {
            status,
            body,
            logs,
            found: coded.or_else(page),
        });
    }
    Err(MessageError::Refused(Box::new(RefusedMessage {
        status,
        errors,
        logs: logs.unwrap_or(Vec::new()),
        body,
        location: head.location,
        retry_after: head.retry_after,
        page_title,
        content_encoding: head.coding,
        hint: head.advice.unwrap_or(StatusMeaning::of(number).hint()),
    })))
}

/// Whether this is one of Redox's hosts, in any region.
fn is_redox(url: &Url) -> bool {
    let host = url.host_str().unwrap_or("");
    host.strip_suffix("redoxengine.com")
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// One of `Meta.Logs`: the reference of Redox's record of a message. Control characters in the texts are escaped.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Log {
    /// `ID`: the ID to search for in Redox's dashboard, and to give to its support.
    pub id: Option<String>,
    /// `AttemptID`: the number of the delivery, if there are several.
    pub attempt_id: Option<String>,
}

impl Log {
    fn of(log: MetaLog<'_>) -> Self {
        Self {
            id: log.id.as_ref().map(ToString::to_string),
            attempt_id: log.attempt_id.as_ref().map(ToString::to_string),
        }
    }
}
