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

/// Takes files, for messages that name their URI. At Redox it has a host of its own.
pub(crate) const PATH: &str = "/upload";

/// The largest file that is taken, in bytes: 30 MB (Redox: quotas and constraints); beyond it the answer is 413.
pub const UPLOAD_LIMIT: usize = 30_000_000;

/// Answers a POST of a file; the file itself is not kept.
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

/// One part that is called `file`, and no other: what Redox makes of others is not public.
fn check(request: &Request) -> Result<(), (StatusCode, &'static str)> {
    // A client of Redox found out that a length has to be announced.
    if request.headers.contains_key(TRANSFER_ENCODING) {
        let reason = "the body comes in chunks, and its length has to be announced";
        return Err((StatusCode::LENGTH_REQUIRED, reason));
    }
    let bad = |reason| (StatusCode::BAD_REQUEST, reason);
    let content_type = request.headers.get(CONTENT_TYPE);
    let boundary = content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| multer::parse_boundary(value).ok())
        .ok_or_else(|| bad("Content-Type has to be multipart/form-data with a boundary"))?;
    let parts = parts(&request.body, boundary);
    let parts = parts.ok_or_else(|| bad("the body is no multipart/form-data"))?;
    match parts.as_slice() {
        [(Some(name), len)] if name == "file" => match *len <= UPLOAD_LIMIT {
            true => Ok(()),
            false => Err((StatusCode::PAYLOAD_TOO_LARGE, "the file is beyond 30 MB")),
        },
        _ => Err(bad("there has to be one part, called file")),
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
    // The whole body is there, so there is nothing to wait for.
    read.now_or_never()?.ok()
}
