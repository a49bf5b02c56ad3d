use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::collections::VecDeque;

use bytes::{Buf, BufMut, Bytes};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Limited};
use zeroize::Zeroizing;

use super::BoxError;

/// The body of a request that proved that it comes from Redox: its bytes as they came, and no more of them than the
/// limit.
///
/// Reading on beyond the limit gives [`LengthLimitError`](http_body_util::LengthLimitError), of which axum's extractors
/// make an answer with status 413. Another service has to do so itself.
pub struct VerifiedBody<B> {
    /// What was read in case it was a challenge, and is still to be handed on.
    read: VecDeque<Frame<Bytes>>,
    rest: Limited<Pin<Box<B>>>,
}

impl<B> VerifiedBody<B>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    pub(super) fn new(body: B, limit: usize) -> Self {
        Self {
            read: VecDeque::new(),
            rest: Limited::new(Box::pin(body), limit),
        }
    }

    /// The whole body, where it has at most so many bytes. It is still to be handed on then, as it is otherwise.
    pub(super) async fn whole_up_to(&mut self, most: usize) -> Result<Option<Bytes>, BoxError> {
        if self.rest.size_hint().lower() > u64::try_from(most).unwrap_or(u64::MAX) {
            return Ok(None);
        }
        // It never grows, so nothing is left behind that is not wiped.
        let mut bytes = Zeroizing::new(Vec::with_capacity(most));
        let mut next = None;
        while let Some(frame) = self.rest.frame().await {
            match frame?.into_data() {
                Ok(data) if data.remaining() <= most.saturating_sub(bytes.len()) => bytes.put(data),
                Ok(data) => {
                    next = Some(Frame::data(to_bytes(data)));
                    break;
                }
                Err(trailers) => next = Some(trailers.map_data(to_bytes)),
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
        if let Some(frame) = self.read.pop_front() {
            return Poll::Ready(Some(Ok(frame)));
        }
        let frame = ready!(Pin::new(&mut self.rest).poll_frame(cx));
        Poll::Ready(frame.map(|frame| Ok(frame?.map_data(to_bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.read.is_empty() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let read = self.read.iter().filter_map(Frame::data_ref);
        let read = read.fold(0, |sum: u64, data| {
            sum.saturating_add(u64::try_from(data.len()).unwrap_or(u64::MAX))
        });
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(read));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(read));
        }
        hint
    }
}

impl<B> fmt::Debug for VerifiedBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedBody").finish_non_exhaustive()
    }
}

/// Without copying, where the data is `Bytes` already.
fn to_bytes(mut data: impl Buf) -> Bytes {
    data.copy_to_bytes(data.remaining())
}
