use core::fmt;
use core::future::poll_fn;
use core::pin::Pin;
use core::task::{Context, Poll, Waker, ready};
use std::collections::VecDeque;

use bytes::{Buf, BufMut, Bytes};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full, Limited};
use zeroize::Zeroizing;

use super::BoxError;
use super::read_on::{Discard, ReadOn};
use super::refusal::Refusal;

/// The body of a request that proved to be from Redox: its bytes as they came, up to the limit.
///
/// Reading beyond the limit gives [`LengthLimitError`](http_body_util::LengthLimitError), which axum's extractors answer
/// with status 413. Another service has to do so itself. Before that error the layer reads and discards the rest of the
/// body, within the limits of [`VerifyLayer::read_on`](crate::VerifyLayer::read_on).
pub struct VerifiedBody<B> {
    /// The bytes that were read as a possible challenge, and that the service has not read yet.
    read: VecDeque<Frame<Bytes>>,
    rest: Pin<Box<B>>,
    /// How many bytes of the rest may go to the service.
    left: usize,
    discard: Discard,
    state: State,
    /// The service reads it, and nothing else reports a body beyond the limit.
    pub(super) is_handed_on: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// Within the limit.
    Within,
    /// Beyond it, and the rest is discarded.
    Beyond,
    /// Nothing more is read.
    Ended,
}

impl<B> VerifiedBody<B>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    pub(super) fn new(body: B, limit: usize, read_on: ReadOn) -> Self {
        Self {
            read: VecDeque::new(),
            rest: Box::pin(body),
            left: limit,
            discard: Discard::new(read_on),
            state: State::Within,
            is_handed_on: false,
        }
    }

    /// The whole body, if it has at most this many bytes. It still goes to the service afterwards.
    pub(super) async fn whole_up_to(&mut self, most: usize) -> Result<Option<Bytes>, BoxError> {
        if self.size_hint().lower() > u64::try_from(most).unwrap_or(u64::MAX) {
            return Ok(None);
        }
        // It never grows, therefore no copy escapes the wiping.
        let mut bytes = Zeroizing::new(Vec::with_capacity(most));
        let mut next = None;
        while let Some(frame) = self.frame().await {
            match frame?.into_data() {
                Ok(data) if data.remaining() <= most.saturating_sub(bytes.len()) => bytes.put(data),
                Ok(data) => {
                    next = Some(Frame::data(data));
                    break;
                }
                Err(trailers) => next = Some(trailers),
            }
        }
        let bytes = Bytes::from_owner(bytes);
        let is_whole = next.as_ref().is_none_or(Frame::is_trailers);
        if !bytes.is_empty() {
            self.read.push_back(Frame::data(bytes.clone()));
        }
        self.read.extend(next);
        Ok(is_whole.then_some(bytes))
    }

    /// Reads to the end, within its limits, so that the sender sees the answer. It does not poll a body that has ended,
    /// because a stream may then panic.
    pub(super) async fn discard(&mut self) {
        if self.state == State::Ended {
            return;
        }
        poll_fn(|cx| self.discard.poll(self.rest.as_mut(), cx)).await;
    }
}

impl<B> Body for VerifiedBody<B>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Some(frame) = this.read.pop_front() {
            return Poll::Ready(Some(Ok(frame)));
        }
        if this.state == State::Within {
            let frame = match ready!(this.rest.as_mut().poll_frame(cx)) {
                Some(Ok(frame)) => frame,
                Some(Err(error)) => {
                    this.state = State::Ended;
                    return Poll::Ready(Some(Err(error.into())));
                }
                None => {
                    this.state = State::Ended;
                    return Poll::Ready(None);
                }
            };
            let len = frame.data_ref().map_or(0, Buf::remaining);
            if let Some(left) = this.left.checked_sub(len) {
                this.left = left;
                return Poll::Ready(Some(Ok(frame.map_data(to_bytes))));
            }
            this.left = 0;
            this.state = State::Beyond;
            if this.is_handed_on {
                Refusal::TooLong.tell();
            }
        }
        if this.state == State::Beyond {
            ready!(this.discard.poll(this.rest.as_mut(), cx));
            this.state = State::Ended;
            return Poll::Ready(Some(Err(too_long())));
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.read.is_empty()
            && match self.state {
                State::Within => self.rest.is_end_stream(),
                State::Beyond => false,
                State::Ended => true,
            }
    }

    fn size_hint(&self) -> SizeHint {
        let read = self.read.iter().filter_map(Frame::data_ref);
        let read = read.fold(0, |sum: u64, data| {
            sum.saturating_add(u64::try_from(data.len()).unwrap_or(u64::MAX))
        });
        let left = u64::try_from(self.left).unwrap_or(u64::MAX);
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        // The upper end first, because the lower one must not be above it.
        let upper = rest.upper().unwrap_or(u64::MAX).min(left);
        hint.set_upper(upper.saturating_add(read));
        hint.set_lower(rest.lower().min(left).saturating_add(read));
        hint
    }
}

impl<B> fmt::Debug for VerifiedBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedBody").finish_non_exhaustive()
    }
}

/// The error that axum's extractors know, which only [`Limited`] can make.
fn too_long() -> BoxError {
    let mut body = Limited::new(Full::new(Bytes::from_static(b".")), 0);
    let mut cx = Context::from_waker(Waker::noop());
    match Pin::new(&mut body).poll_frame(&mut cx) {
        Poll::Ready(Some(Err(error))) => error,
        _ => "length limit exceeded".into(),
    }
}

/// Without copying, where the data is `Bytes` already.
fn to_bytes(mut data: impl Buf) -> Bytes {
    data.copy_to_bytes(data.remaining())
}
