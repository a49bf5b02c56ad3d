use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use reqwest::{Body, Response, ResponseBuilderExt as _};
use zeroize::Zeroizing;

use super::shown::{self, MOST_SHOWN};

/// The same answer, whose body is shown when it was read to its end, or dropped before. An empty body is not shown.
pub(super) fn tee(
    response: Response,
    show: impl FnOnce(shown::Body<'_>) + Send + Sync + 'static,
) -> Response {
    let url = response.url().clone();
    let (mut parts, inner) = http::Response::<Body>::from(response).into_parts();
    let (version, extensions) = (parts.version, mem::take(&mut parts.extensions));
    let tee = Tee {
        inner,
        copy: Zeroizing::default(),
        len: 0,
        show: Some(Box::new(show)),
    };
    // Only a builder names the URL of an answer.
    let mut builder = http::Response::builder()
        .status(parts.status)
        .version(version);
    if let Some(all) = builder.headers_mut() {
        *all = parts.headers;
    }
    if let Some(all) = builder.extensions_mut() {
        *all = extensions;
    }
    let rebuilt = builder.url(url).body(Body::wrap(tee));
    Response::from(rebuilt.expect("the parts of an answer make an answer"))
}

/// A body that keeps a copy of the bytes that were read.
struct Tee {
    inner: Body,
    copy: Zeroizing<Vec<u8>>,
    /// The number of bytes that were read.
    len: usize,
    /// Until it was shown.
    show: Option<Box<Show>>,
}

type Show = dyn FnOnce(shown::Body<'_>) + Send + Sync;

impl Tee {
    fn keep(&mut self, data: &[u8]) {
        self.len = self.len.saturating_add(data.len());
        if self.len > MOST_SHOWN {
            self.copy = Zeroizing::default();
            return;
        }
        // A buffer that grows leaves copies of tokens behind.
        if self.copy.len().saturating_add(data.len()) > self.copy.capacity() {
            let room = self.len.next_power_of_two().max(FIRST_ROOM);
            let mut larger = Zeroizing::new(Vec::with_capacity(room));
            larger.extend_from_slice(&self.copy);
            self.copy = larger;
        }
        self.copy.extend_from_slice(data);
    }

    fn show(&mut self, is_whole: bool) {
        if let Some(show) = self.show.take().filter(|_| self.len > 0) {
            show(match is_whole {
                _ if self.len > MOST_SHOWN => shown::Body::TooLong(self.len),
                true => shown::Body::Whole(&self.copy),
                false => shown::Body::CutOff(&self.copy),
            });
        }
    }
}

impl HttpBody for Tee {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    self.keep(data);
                }
                if self.inner.is_end_stream() {
                    self.show(true);
                }
            }
            Some(Err(_)) => self.show(false),
            None => self.show(true),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Tee {
    fn drop(&mut self) {
        self.show(self.inner.is_end_stream());
    }
}

/// Enough for a token, in bytes.
const FIRST_ROOM: usize = 4096;
