use core::fmt;
use core::mem;
use core::time::Duration;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use indicatif::ProgressBar;
use redox_auth_core::{Api, DATA_MODEL_PATH, RetryAfter};
use redox_auth_reqwest::{Call, Error, MessageError, Redox, Response};
use reqwest::Body;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use tokio_util::io::ReaderStream;

use crate::failure::Failure;
use crate::input;

/// What is sent at once.
pub(super) struct Parcel {
    pub(super) kind: Kind,
    pub(super) content: Vec<u8>,
    /// What a file is called.
    name: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Message,
    File,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Message => "message",
            Self::File => "file",
        })
    }
}

impl Parcel {
    /// A message that may be sent, with the source that it lacks.
    pub(super) fn message(content: Vec<u8>, redox: &Redox) -> Result<Self, MessageError> {
        Ok(Self {
            kind: Kind::Message,
            content: redox.message_json(content).into_json()?.into(),
            name: String::new(),
        })
    }

    /// A file to be uploaded, or standard input for `-`.
    pub(super) fn file(path: &Path) -> Result<Self, Failure> {
        let name = path.file_name().unwrap_or_default();
        Ok(Self {
            kind: Kind::File,
            content: mem::take(&mut *input::read(path, "file", MAX_FILE)?),
            name: name.to_string_lossy().into_owned(),
        })
    }

    /// The request that sends it. What the API has not done for the moment, and what it answers 401, is sent again.
    pub(super) fn call(self, redox: &Redox) -> Call {
        match self.kind {
            Kind::Message => message(redox).body(self.content),
            Kind::File => redox.upload(&self.name, self.content),
        }
    }

    /// Sends it, and shows how far it is: as a stream, which has to begin anew for each time that it is sent.
    pub(super) async fn send_counted(
        self,
        redox: &Redox,
        bar: &ProgressBar,
    ) -> Result<Response, Error> {
        let len = u64::try_from(self.content.len()).unwrap_or(u64::MAX);
        let content: Arc<[u8]> = self.content.into();
        let mut may_replace_token = true;
        let mut waits = WAITS.into_iter();
        loop {
            bar.reset();
            let source = bar.wrap_async_read(Cursor::new(Arc::clone(&content)));
            let body = Body::wrap_stream(ReaderStream::with_capacity(source, CHUNK));
            let call = match self.kind {
                Kind::Message => message(redox).header(CONTENT_LENGTH, len).body(body),
                Kind::File => redox.upload_stream(&self.name, body, len),
            };
            let outcome = call.send().await;
            let wait = match &outcome {
                Ok(response) if response.status().as_u16() == 401 => {
                    mem::take(&mut may_replace_token).then_some(Duration::ZERO)
                }
                Ok(response) if matches!(response.status().as_u16(), 429 | 502 | 503) => waits
                    .next()
                    .map(|wait| retry_after(redox, response).unwrap_or(wait)),
                Err(Error::Transport(error)) if error.is_connect() => waits.next(),
                _ => None,
            };
            match wait.filter(|wait| *wait <= LONGEST_WAIT) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return outcome,
            }
        }
    }
}

fn message(redox: &Redox) -> Call {
    let call = redox.post(DATA_MODEL_PATH).api(Api::DataModel);
    call.header(CONTENT_TYPE, "application/json")
}

fn retry_after(redox: &Redox, response: &Response) -> Option<Duration> {
    let header = response.headers().get(RETRY_AFTER)?;
    let secs = RetryAfter::parse(header.as_bytes())?.secs_from(redox.server_time())?;
    Some(Duration::from_secs(secs.into()))
}

/// The largest file that Redox takes (its page "Quotas and constraints"), in bytes.
const MAX_FILE: u64 = 30_000_000;

/// In bytes.
const CHUNK: usize = 64 * 1024;

/// As many, and about as long, as those of a body that is no stream.
const WAITS: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
];

const LONGEST_WAIT: Duration = Duration::from_secs(20);
