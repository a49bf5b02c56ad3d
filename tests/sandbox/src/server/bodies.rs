use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;

use axum::body::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// A body with an announced length, sent in pieces with a pause before each.
pub(super) struct Slow {
    rest: Bytes,
    piece: usize,
    pause: Duration,
    quiet: Pin<Box<Sleep>>,
}

impl Slow {
    pub(super) fn new(whole: Bytes, piece: usize, pause: Duration) -> Self {
        Self {
            rest: whole,
            piece: piece.max(1),
            pause,
            quiet: Box::pin(sleep(pause)),
        }
    }
}

impl http_body::Body for Slow {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        ready!(self.quiet.as_mut().poll(context));
        self.quiet = Box::pin(sleep(self.pause));
        let len = self.piece.min(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(len)))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.rest.len()).unwrap_or(u64::MAX))
    }
}

/// A body of spaces, generated on reading: this many, or endless.
pub(super) struct Spaces {
    left: Option<u64>,
}

impl Spaces {
    pub(super) const fn endless() -> Self {
        Self { left: None }
    }

    pub(super) const fn of(len: u64) -> Self {
        Self { left: Some(len) }
    }
}

impl http_body::Body for Spaces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let mut frame = Bytes::from_static(&FRAME);
        if let Some(left) = self.left {
            frame.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let sent = u64::try_from(frame.len()).unwrap_or(u64::MAX);
            self.left = Some(left.saturating_sub(sent));
        }
        Poll::Ready((!frame.is_empty()).then(|| Ok(Frame::data(frame))))
    }

    /// An endless body announces no length, and is sent in chunks.
    fn size_hint(&self) -> SizeHint {
        self.left.map(SizeHint::with_exact).unwrap_or_default()
    }
}

static FRAME: [u8; 8192] = [b' '; 8192];
