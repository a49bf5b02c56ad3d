use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};

use super::bodies::{Slow, Spaces};
use super::listener::Line;
use crate::{Delivery, Disconnect, Response};

/// The answer for the HTTP library on this connection, which the answer may end.
///
/// Returns it at the time to send it, which is later for a late answer.
pub(super) async fn answer(response: Response, line: Line) -> http::Response<Body> {
    let bytes = Bytes::from(response.body);
    let body = match response.delivery {
        Delivery::Prompt => Body::from(bytes),
        Delivery::Late(by) => {
            tokio::time::sleep(by).await;
            Body::from(bytes)
        }
        Delivery::Slow { piece, pause } => Body::new(Slow::new(bytes, piece, pause)),
        Delivery::Endless => Body::new(Spaces::endless()),
        Delivery::Oversized(len) => Body::new(Spaces::of(len)),
        Delivery::Disconnect(Disconnect::Unanswered) => {
            line.cut();
            Body::empty()
        }
        Delivery::Disconnect(Disconnect::BeforeBody) => Body::new(Broken::new(&bytes, 0)),
        Delivery::Disconnect(Disconnect::WithinBody) => {
            Body::new(Broken::new(&bytes, bytes.len() / 2))
        }
        Delivery::Disconnect(Disconnect::AfterAnswer) => Body::new(Last { bytes, line }),
    };
    let mut answer = http::Response::new(body);
    *answer.status_mut() = response.status;
    *answer.headers_mut() = response.headers;
    answer
}

/// A body that fails early, upon which the HTTP library drops the connection.
struct Broken {
    announced: u64,
    start: Bytes,
    is_sent: bool,
}

impl Broken {
    fn new(whole: &Bytes, sent: usize) -> Self {
        Self {
            announced: length(whole),
            start: whole.slice(..sent),
            is_sent: false,
        }
    }
}

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let start = mem::take(&mut self.start);
        if !start.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(start))));
        }
        // While this waits, the library writes the data so far.
        if !mem::replace(&mut self.is_sent, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}

/// A body after which the connection ends.
struct Last {
    bytes: Bytes,
    line: Line,
}

impl http_body::Body for Last {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let bytes = mem::take(&mut self.bytes);
        let frame = (!bytes.is_empty()).then(|| Ok(Frame::data(bytes)));
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(length(&self.bytes))
    }
}

impl Drop for Last {
    /// The library drops it before writing its last byte.
    fn drop(&mut self) {
        self.line.hang_up();
    }
}

fn length(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
