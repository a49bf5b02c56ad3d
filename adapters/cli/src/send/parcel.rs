use core::fmt;
use core::mem;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use indicatif::ProgressBar;
use redox_auth_core::{Api, DATA_MODEL_PATH};
use redox_auth_reqwest::{Call, MessageError, Redox};
use reqwest::Body;
use reqwest::header::CONTENT_TYPE;
use tokio_util::io::ReaderStream;

use crate::failure::Failure;
use crate::input;

/// A message or a file in one request.
pub(super) struct Parcel {
    pub(super) kind: Kind,
    pub(super) content: Vec<u8>,
    /// The name of a file.
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
    /// A sendable message, with the source if it has none.
    pub(super) fn message(content: Vec<u8>, redox: &Redox) -> Result<Self, MessageError> {
        Ok(Self {
            kind: Kind::Message,
            content: redox.message_json(content).into_json()?.into(),
            name: String::new(),
        })
    }

    /// A file to upload, or standard input for `-`.
    pub(super) fn file(path: &Path) -> Result<Self, Failure> {
        let name = path.file_name().unwrap_or_default();
        Ok(Self {
            kind: Kind::File,
            content: mem::take(&mut *input::read(path, "file", MAX_FILE)?),
            name: name.to_string_lossy().into_owned(),
        })
    }

    /// The request that sends it. The client retries answers 401 and temporary refusals.
    pub(super) fn call(self, redox: &Redox) -> Call {
        match self.kind {
            Kind::Message => message(redox).body(self.content),
            Kind::File => redox.upload(&self.name, self.content),
        }
    }

    /// The same with progress: the body is a stream, new for each attempt.
    pub(super) fn counted_call(self, redox: &Redox, bar: &ProgressBar) -> Call {
        let len = u64::try_from(self.content.len()).unwrap_or(u64::MAX);
        let (content, bar) = (Arc::<[u8]>::from(self.content), bar.clone());
        let open = move || {
            bar.reset();
            let source = bar.wrap_async_read(Cursor::new(Arc::clone(&content)));
            Body::wrap_stream(ReaderStream::with_capacity(source, CHUNK))
        };
        match self.kind {
            Kind::Message => message(redox).stream(len, open),
            Kind::File => redox.upload_stream(&self.name, len, open),
        }
    }
}

fn message(redox: &Redox) -> Call {
    let call = redox.post(DATA_MODEL_PATH).api(Api::DataModel);
    call.header(CONTENT_TYPE, "application/json")
}

/// The largest file that Redox accepts (its page "Quotas and constraints"), in bytes.
const MAX_FILE: u64 = 30_000_000;

/// In bytes.
const CHUNK: usize = 64 * 1024;
