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

/// A message for Redox's Data Model API, to be sent with the token on it.
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
/// What is wrong with it is said before anything is sent, as far as it can be seen from `Meta`. Where the client has a
/// source ID, or is migrating from a legacy API key, which is one, a message that names no source gets it as
/// `Meta.Source.ID`; all else in it stays as it was written.
#[must_use = "a message does nothing until it is sent"]
pub struct Message {
    call: Call,
    json: Result<Bytes, MessageError>,
    source: Option<Source>,
    answer_limit: usize,
}

impl Redox {
    /// A Data Model message from whatever `serde` writes as one.
    pub fn message(&self, message: &(impl Serialize + ?Sized)) -> Message {
        let json = serde_json::to_vec(message).map_err(MessageError::Json);
        Message::new(self, json.map(Bytes::from))
    }

    /// A Data Model message that is JSON already.
    pub fn message_json(&self, json: impl Into<Bytes>) -> Message {
        Message::new(self, Ok(json.into()))
    }
}

impl Message {
    fn new(redox: &Redox, json: Result<Bytes, MessageError>) -> Self {
        Self {
            call: redox.post(DATA_MODEL_PATH),
            json,
            source: Source::of(&redox.tokens().identity()),
            answer_limit: USUAL_LIMIT,
        }
    }

    /// Says that it may be sent twice: a query, or a message that the receiver knows to be the same one. Then it is sent
    /// again also where nobody knows what became of it.
    pub fn repeatable(self) -> Self {
        self.map(Call::repeatable)
    }

    /// Says that it goes to TEFCA, which takes only tokens that live shorter than a day.
    pub fn tefca(self) -> Self {
        self.map(|call| call.api(Api::Tefca))
    }

    /// Names the source that it comes from, instead of the client's own.
    pub fn source_id(mut self, source_id: &str) -> Self {
        self.source = Some(Source::Given(source_id.to_owned()));
        self.map(|call| call.source_id(source_id))
    }

    /// How long each time that it is sent may take, instead of [`Builder::timeout`](crate::Builder::timeout).
    pub fn timeout(self, timeout: Duration) -> Self {
        self.map(|call| call.timeout(timeout))
    }

    /// The longest answer that is read, in bytes: 64 MiB unless said otherwise, as a query may return documents.
    pub fn answer_limit(mut self, bytes: usize) -> Self {
        self.answer_limit = bytes;
        self
    }

    fn map(mut self, change: impl FnOnce(Call) -> Call) -> Self {
        self.call = change(self.call);
        self
    }

    /// The message as it would be sent, to be kept, or sent in another way.
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
    /// [`MessageError::Refused`] with everything that Redox says against it, also where the status is a good one;
    /// [`MessageError::Answer`]. [`MessageError::is_ambiguous`] says whether it may have arrived all the same.
    pub async fn send(self) -> Result<Sent, MessageError> {
        let json = checked(self.json?, self.source.as_ref())?;
        let call = self.call.header(CONTENT_TYPE, "application/json");
        Sent::read(call.body(json).send().await?, self.answer_limit).await
    }
}

impl fmt::Debug for Message {
    /// Without what it says, which is about a patient.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("call", &self.call)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// A message that may be sent, with the source that it lacks.
fn checked(json: Bytes, source: Option<&Source>) -> Result<Bytes, MessageError> {
    Meta::check_message(&json, Sources::One).map_err(MessageError::Meta)?;
    match source {
        Some(source) => source.name_in(json),
        None => Ok(json),
    }
}
