mod error;
mod sent;
mod source;

pub use error::{MessageError, MessageFault, RefusedMessage};
pub use sent::{Log, Sent, Uploaded};

use core::fmt;
use core::time::Duration;

use bytes::Bytes;
use redox_auth_core::{Api, DATA_MODEL_PATH, Meta, Sources};
use reqwest::header::CONTENT_TYPE;
use serde::Serialize;

use crate::client::Redox;
use crate::requests::body::USUAL_LIMIT;
use crate::requests::call::Call;
use source::Source;

/// A message for Redox's Data Model API, which goes out with the client's token.
///
/// ```no_run
/// # async fn run(redox: redox_auth_reqwest::Redox) -> Result<(), redox_auth_reqwest::MessageError> {
/// let sent = redox
///     .message(&serde_json::json!({
///         "Meta": {
///             "DataModel": "PatientAdmin",
///             "EventType": "NewPatient",
///             "Destinations": [{ "ID": "af394f14-b34a-464f-8d24-895f370af4c9" }],
///         },
///         "Patient": {},
///     }))
///     .send()
///     .await?;
/// println!("{:?}", sent.logs);
/// # Ok(())
/// # }
/// ```
///
/// [`Message::send`] reports faults of `Meta` before it sends anything. A message without a source gets the client's source
/// ID as `Meta.Source.ID`, if the client has one or is migrating from a legacy API key, which is one. Everything else in the
/// message stays as it is.
#[must_use = "a message does nothing until it is sent"]
pub struct Message {
    redox: Redox,
    /// None before the first setting, because [`Message::into_json`] needs no request.
    call: Option<Call>,
    json: Result<Bytes, MessageError>,
    source: Option<Source>,
    answer_limit: usize,
}

impl Redox {
    /// Creates a Data Model message from a value that `serde` can write.
    pub fn message(&self, message: &(impl Serialize + ?Sized)) -> Message {
        let json = serde_json::to_vec(message).map_err(MessageError::Json);
        Message::new(self, json.map(Bytes::from))
    }

    /// Creates a Data Model message from JSON.
    pub fn message_json(&self, json: impl Into<Bytes>) -> Message {
        Message::new(self, Ok(json.into()))
    }
}

impl Message {
    fn new(redox: &Redox, json: Result<Bytes, MessageError>) -> Self {
        Self {
            redox: redox.clone(),
            call: None,
            json,
            source: Source::of(&redox.tokens().identity()),
            answer_limit: USUAL_LIMIT,
        }
    }

    /// Marks a message that may be sent twice: a query, or a message whose receiver recognizes duplicates. The client then
    /// sends it again even if it may have arrived.
    pub fn repeatable(self) -> Self {
        self.map(Call::repeatable)
    }

    /// Sends it to TEFCA, which accepts only tokens that live shorter than a day.
    pub fn tefca(self) -> Self {
        self.map(|call| call.api(Api::Tefca))
    }

    /// Sets the source of the message, instead of the client's own.
    pub fn source_id(mut self, source_id: &str) -> Self {
        self.source = Some(Source::Given(source_id.to_owned()));
        self.map(|call| call.source_id(source_id))
    }

    /// Sets the timeout of each attempt, instead of [`Builder::timeout`](crate::Builder::timeout).
    pub fn timeout(self, timeout: Duration) -> Self {
        self.map(|call| call.timeout(timeout))
    }

    /// Sets the longest answer that the client reads, in bytes. The default is 64 MiB, because a query may return documents.
    pub fn answer_limit(mut self, bytes: usize) -> Self {
        self.answer_limit = bytes;
        self
    }

    fn map(mut self, change: impl FnOnce(Call) -> Call) -> Self {
        self.call = Some(change(self.take_call()));
        self
    }

    fn take_call(&mut self) -> Call {
        let call = self.call.take();
        call.unwrap_or_else(|| self.redox.post(DATA_MODEL_PATH))
    }

    /// Returns the message as [`Message::send`] would send it, to keep it or to send it in another way.
    ///
    /// # Errors
    /// [`MessageError::Json`], [`MessageError::Meta`], [`MessageError::OtherSource`].
    pub fn into_json(self) -> Result<Bytes, MessageError> {
        checked(self.json?, self.source.as_ref())
    }

    /// Sends it, by the rules of [`Redox::send`].
    ///
    /// # Errors
    /// As [`Message::into_json`], before anything is sent; [`MessageError::Call`] without a token or an answer;
    /// [`MessageError::Refused`] with everything that Redox reported, also with a status of success;
    /// [`MessageError::Answer`]. [`MessageError::is_ambiguous`] returns whether the message may have arrived.
    pub async fn send(mut self) -> Result<Sent, MessageError> {
        let call = self.take_call();
        let json = checked(self.json?, self.source.as_ref())?;
        let call = call.header(CONTENT_TYPE, "application/json");
        Sent::read(call.body(json).send().await?, self.answer_limit).await
    }
}

impl fmt::Debug for Message {
    /// Without the content, which is about a patient.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("call", &self.call)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// A message that may be sent, with its missing source added.
fn checked(json: Bytes, source: Option<&Source>) -> Result<Bytes, MessageError> {
    Meta::check_message(&json, Sources::One).map_err(MessageError::Meta)?;
    match source {
        Some(source) => source.name_in(json),
        None => Ok(json),
    }
}
