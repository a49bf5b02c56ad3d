use core::convert::Infallible;
use core::future::ready;

use futures_util::FutureExt;
use futures_util::stream::once;
use http::StatusCode;
use http::header::{CONTENT_TYPE, TRANSFER_ENCODING};
use jiff::Timestamp;
use multer::Multipart;
use multer::bytes::Bytes;
use serde_json::json;

use crate::Sandbox;
use crate::counters::count;
use crate::exchange::{PLAIN_TEXT, Request, Response};

/// The path for uploads of files, which messages name with their URI. Redox has a separate host for it.
pub(crate) const PATH: &str = "/upload";

/// The largest accepted file, in bytes: 30 MB (Redox: quotas and constraints); the answer to a longer one is 413.
pub const UPLOAD_LIMIT: usize = 30_000_000;

/// Answers a POST of a file, and does not keep the file.
pub(crate) fn handle(sandbox: &mut Sandbox, now: Timestamp, request: &Request) -> Response {
    if let Err(unauthorized) = sandbox.authorize(now, request) {
        return unauthorized.response();
    }
    if let Err((status, reason)) = check(request) {
        count(&mut sandbox.counters.uploads_refused);
        let text = status.canonical_reason().unwrap_or_default();
        return Response::new(status, PLAIN_TEXT, text).reason(reason);
    }
    count(&mut sandbox.counters.uploads);
    let uri = format!("{}/{}", sandbox.base_url, sandbox.random.uuid());
    Response::json(StatusCode::CREATED, &json!({ "URI": uri }))
}

/// Requires exactly one part, called `file`: Redox does not document its handling of other parts.
fn check(request: &Request) -> Result<(), (StatusCode, &'static str)> {
    // From experience of a client: Redox requires an announced length.
    if request.headers.contains_key(TRANSFER_ENCODING) {
        let reason = "the body comes in chunks, but the request must announce its length";
        return Err((StatusCode::LENGTH_REQUIRED, reason));
    }
    let bad = |reason| (StatusCode::BAD_REQUEST, reason);
    let content_type = request.headers.get(CONTENT_TYPE);
    let boundary = content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| multer::parse_boundary(value).ok())
        .ok_or_else(|| bad("Content-Type must be multipart/form-data with a boundary"))?;
    let parts = parts(&request.body, boundary);
    let parts = parts.ok_or_else(|| bad("the body is not multipart/form-data"))?;
    match parts.as_slice() {
        [(Some(name), len)] if name == "file" => match *len <= UPLOAD_LIMIT {
            true => Ok(()),
            false => Err((
                StatusCode::PAYLOAD_TOO_LARGE,
                "the file is longer than 30 MB",
            )),
        },
        _ => Err(bad("the form must have exactly one part, called file")),
    }
}

/// The name and the length of each part.
fn parts(body: &[u8], boundary: String) -> Option<Vec<(Option<String>, usize)>> {
    let whole = Bytes::copy_from_slice(body);
    let mut multipart = Multipart::new(once(ready(Ok::<_, Infallible>(whole))), boundary);
    let read = async {
        let mut parts = Vec::new();
        while let Some(part) = multipart.next_field().await? {
            let name = part.name().map(ToOwned::to_owned);
            parts.push((name, part.bytes().await?.len()));
        }
        Ok::<_, multer::Error>(parts)
    };
    // The whole body is in memory, therefore nothing waits.
    read.now_or_never()?.ok()
}
