use core::future::poll_fn;
use core::mem::MaybeUninit;
use core::pin::{Pin, pin};
use core::task::{Poll, ready};
use std::io::{ErrorKind, Read};

use redox_auth_mllp::{Exchange, Limits, Outcome, Step};
use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Duration, Instant, Sleep, sleep_until};

use super::early::Early;
use crate::args::MllpArgs;
use crate::dial::{DialError, dial};

/// The connection to the receiver. A new connection replaces one that cannot carry another message.
pub(super) struct Link<'a> {
    args: &'a MllpArgs,
    exchange: Exchange<'a>,
    stream: Option<TcpStream>,
    start: Instant,
    /// One timer for all messages. Tokio wakes its runtime for each new timer that is the earliest.
    timer: Pin<Box<Sleep>>,
    early: Early,
}

impl<'a> Link<'a> {
    pub(super) fn new(args: &'a MllpArgs, buffer: &'a mut [u8]) -> Self {
        let limits = Limits {
            wait_ms: u32::from(args.ack_timeout).saturating_mul(1_000),
            ..Limits::DEFAULT
        };
        let start = Instant::now();
        Self {
            args,
            exchange: Exchange::new(buffer, limits),
            stream: None,
            start,
            timer: Box::pin(sleep_until(start)),
            early: Early::default(),
        }
    }

    /// Sends a message. Without a connection no byte of it is sent.
    pub(super) async fn send(
        &mut self,
        message: impl Read,
    ) -> Result<Option<Outcome<'_>>, DialError> {
        let is_usable = |stream: &TcpStream| self.exchange.is_open() && !has_ended(stream);
        let kept = self.stream.take().filter(|_| !self.args.reconnect);
        let mut stream = match kept.filter(is_usable) {
            Some(stream) => stream,
            None => {
                let to = self.args.mllp.as_deref().unwrap_or_default();
                self.exchange.reset();
                dial(to, self.args.source).await?
            }
        };
        self.exchange_over(&mut stream, message).await;
        // A connection that cannot carry another message is closed here. Its late acknowledgments never arrive.
        self.stream = self.exchange.is_open().then_some(stream);
        Ok(self.exchange.outcome())
    }

    async fn exchange_over(&mut self, stream: &mut TcpStream, mut message: impl Read) {
        let Self {
            exchange,
            timer,
            start,
            early,
            ..
        } = self;
        let now_ms = || u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        exchange.begin(now_ms());
        loop {
            let deadline = deadline(*start, exchange.deadline_ms());
            match exchange.step() {
                Step::Fill(room) => match message.read(room) {
                    Ok(len) => exchange.filled(len, now_ms()),
                    Err(error) => exchange.source_failed(error.kind().into()),
                },
                Step::Write(bytes) => {
                    match until(deadline, timer.as_mut(), stream.write(bytes)).await {
                        Some(Ok(len)) => exchange.written(len, now_ms()),
                        Some(Err(error)) => exchange.failed(error.kind().into(), now_ms()),
                        None => exchange.tick(now_ms()),
                    }
                }
                Step::Flush => exchange.flushed(now_ms()),
                Step::Read(room) => {
                    let read = match early.read(stream, room).await {
                        None => until(deadline, timer.as_mut(), stream.read(room)).await,
                        read => read,
                    };
                    match read {
                        Some(Ok(len)) => exchange.received(len, now_ms()),
                        Some(Err(error)) => exchange.failed(error.kind().into(), now_ms()),
                        None => exchange.tick(now_ms()),
                    }
                }
                Step::Done => break,
            }
        }
    }
}

/// When the exchange gives up; far away while there is nothing to wait for.
fn deadline(start: Instant, deadline_ms: u64) -> Instant {
    let millis = deadline_ms.min(FAR_AWAY_MS);
    let deadline = start.checked_add(Duration::from_millis(millis));
    deadline.unwrap_or(start)
}

/// The output of `work`, or nothing when the deadline comes first. A timer that is set for an earlier time stays as it is,
/// and is set for the deadline when it rings.
async fn until<T>(
    deadline: Instant,
    mut timer: Pin<&mut Sleep>,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = pin!(work);
    poll_fn(|context| {
        loop {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(Some(done));
            }
            if timer.deadline() > deadline {
                timer.as_mut().reset(deadline);
            }
            ready!(timer.as_mut().poll(context));
            if timer.deadline() == deadline {
                return Poll::Ready(None);
            }
            timer.as_mut().reset(deadline);
        }
    })
    .await
}

/// Whether the server has closed the connection, as this machine knows without waiting. Many servers close an idle one.
fn has_ended(stream: &TcpStream) -> bool {
    match SockRef::from(stream).peek(&mut [MaybeUninit::uninit()]) {
        Ok(len) => len == 0,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    }
}

/// Ten years.
const FAR_AWAY_MS: u64 = 10 * 365 * 86_400_000;

#[cfg(test)]
mod tests {
    use core::future::{pending, ready};

    use super::*;

    #[tokio::test]
    async fn one_timer_ends_each_wait_at_its_own_deadline() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut timer = Box::pin(sleep_until(start));
        // The timer is set anew after it rang too early, and then for an earlier time.
        for millis in [30, 10_000_000, 60] {
            let deadline = at(millis);
            let far = millis > 1_000;
            let nothing = until(deadline, timer.as_mut(), pending::<()>());
            tokio::select! {
                biased;
                nothing = nothing => {
                    assert!(nothing.is_none() && !far);
                    assert!(Instant::now() >= deadline, "{millis}");
                }
                () = ready(()), if far => {}
            }
        }
        // What is done counts, also after its deadline.
        assert_eq!(until(start, timer.as_mut(), ready(7)).await, Some(7));
    }
}
