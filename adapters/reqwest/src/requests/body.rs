use core::fmt;
use core::ops::Deref;
use std::borrow::Cow;

use reqwest::Response;
use serde::de::DeserializeOwned;

use crate::connections::http::next_chunk;
use crate::error::Error;

/// The whole body of an answer of the API. `Debug` shows its length and nothing else, because it may be about a patient.
#[derive(Clone, Default)]
pub struct Body(Vec<u8>);

impl Body {
    /// Reads the body of `response` up to `limit` bytes. After an error this holds the bytes before it.
    pub(crate) async fn read(
        &mut self,
        response: &mut Response,
        limit: usize,
    ) -> Result<(), Error> {
        while let Some(chunk) = next_chunk(response).await? {
            if self.0.len().saturating_add(chunk.len()) > limit {
                return Err(Error::BodyTooLong { limit });
            }
            self.0.extend_from_slice(&chunk);
        }
        Ok(())
    }

    /// Deserializes the body with `serde`.
    ///
    /// # Errors
    /// [`Error::NotJson`] if it is something else.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.0).map_err(|error| Error::NotJson {
            line: error.line(),
            column: error.column(),
        })
    }

    /// Returns the body as text; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// The bytes alone.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.0.len())
    }
}

/// The longest body by default, in bytes.
pub(crate) const USUAL_LIMIT: usize = 64 << 20;
