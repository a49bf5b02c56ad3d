use axum::body::Body;
use http_body_util::BodyExt;

use super::BODY_LIMIT;

/// The whole body, or `None` if it is longer than [`BODY_LIMIT`].
///
/// Reads and drops the rest of a longer body: many clients write the whole body before they read an answer, and would
/// otherwise see a broken connection.
///
/// # Errors
/// The client left before the end.
pub(super) async fn whole(mut body: Body) -> Result<Option<Vec<u8>>, axum::Error> {
    let mut whole = Vec::new();
    let mut len = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        len = len.saturating_add(data.len());
        if len <= BODY_LIMIT {
            whole.extend_from_slice(&data);
        } else if len <= MOST_READ {
            whole = Vec::new();
        } else {
            break;
        }
    }
    Ok((len <= BODY_LIMIT).then_some(whole))
}

/// Stops reading after this many bytes, 400 MB, because a body may be endless.
const MOST_READ: usize = 10 * BODY_LIMIT;
