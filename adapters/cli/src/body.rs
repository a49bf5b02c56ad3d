use redox_auth_reqwest::{Error, Response};

use crate::failure::Failure;

/// Reads the whole body of an answer, up to `limit` bytes; `None` for a longer one.
pub(crate) async fn read(mut response: Response, limit: usize) -> Result<Option<Vec<u8>>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::from)? {
        if body.len().saturating_add(chunk.len()) > limit {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}
