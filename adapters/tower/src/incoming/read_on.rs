use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use http_body::Body;
use tokio::runtime::Handle;
use tokio::time::{Sleep, sleep};

/// How much of a body the layer reads and discards before it answers with a refusal, and for how long.
///
/// If the answer comes and the connection ends while the sender is still writing, the sender sees a broken pipe instead of
/// the answer: unread bytes reset the connection (RFC 9112 §9.6).
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadOn {
    /// The maximum number of bytes.
    pub(super) bytes: usize,
    /// The maximum time.
    pub(super) time: Duration,
}

impl ReadOn {
    pub(super) const NEVER: Self = Self {
        bytes: 0,
        time: Duration::ZERO,
    };
}

/// The reading under way.
pub(super) struct Discard {
    bytes_left: u64,
    time: Duration,
    /// From the first read on.
    over: Option<Pin<Box<Sleep>>>,
    is_done: bool,
}

impl Discard {
    pub(super) fn new(limits: ReadOn) -> Self {
        Self {
            bytes_left: u64::try_from(limits.bytes).unwrap_or(u64::MAX),
            time: limits.time,
            over: None,
            is_done: false,
        }
    }

    /// Ready when the body has ended or failed, or at a limit. A body that announces more than the limit is not read at all,
    /// because its sender would not reach its end.
    pub(super) fn poll<B: Body>(&mut self, body: Pin<&mut B>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.is_done {
            ready!(self.poll_to_end(body, cx));
            self.is_done = true;
        }
        Poll::Ready(())
    }

    fn poll_to_end<B: Body>(&mut self, mut body: Pin<&mut B>, cx: &mut Context<'_>) -> Poll<()> {
        if body.is_end_stream() || body.size_hint().lower() > self.bytes_left {
            return Poll::Ready(());
        }
        if self.over.is_none() {
            // Without a runtime of tokio there is no timer, and therefore no reading.
            if self.time.is_zero() || Handle::try_current().is_err() {
                return Poll::Ready(());
            }
            self.over = Some(Box::pin(sleep(self.time)));
        }
        if let Some(over) = &mut self.over
            && over.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(());
        }
        while let Some(Ok(frame)) = ready!(body.as_mut().poll_frame(cx)) {
            let len = frame.data_ref().map_or(0, bytes::Buf::remaining);
            let len = u64::try_from(len).unwrap_or(u64::MAX);
            match self.bytes_left.checked_sub(len) {
                Some(left) => self.bytes_left = left,
                None => break,
            }
        }
        Poll::Ready(())
    }
}
