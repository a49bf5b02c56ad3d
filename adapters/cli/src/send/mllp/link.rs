use core::task::{Context, Poll, Waker};
use std::io::Read;

use redox_auth_mllp::{Exchange, Limits, Outcome, Step};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tokio::time::{Duration, Instant, timeout_at};

use crate::args::MllpArgs;
use crate::dial::{DialError, dial};

/// The way to the receiver: a connection, and another one when that is of no use any more.
pub(super) struct Link<'a> {
    args: &'a MllpArgs,
    exchange: Exchange<'a>,
    stream: Option<TcpStream>,
    start: Instant,
}

impl<'a> Link<'a> {
    pub(super) fn new(args: &'a MllpArgs, buffer: &'a mut [u8]) -> Self {
        let limits = Limits {
            wait_ms: u32::from(args.ack_timeout).saturating_mul(1_000),
            ..Limits::DEFAULT
        };
        Self {
            args,
            exchange: Exchange::new(buffer, limits),
            stream: None,
            start: Instant::now(),
        }
    }

    /// Sends a message; nothing of it is sent without a connection.
    pub(super) async fn send(
        &mut self,
        message: impl Read,
    ) -> Result<Option<Outcome<'_>>, DialError> {
        // Lets the runtime look at the connection.
        yield_now().await;
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
        // A connection over which nothing more may be sent is closed here, and with it its late acknowledgments.
        self.stream = self.exchange.is_open().then_some(stream);
        Ok(self.exchange.outcome())
    }

    async fn exchange_over(&mut self, stream: &mut TcpStream, mut message: impl Read) {
        self.exchange.begin(self.now_ms());
        loop {
            let deadline = self.deadline();
            match self.exchange.step() {
                Step::Fill(room) => match message.read(room) {
                    Ok(len) => self.exchange.filled(len, self.now_ms()),
                    Err(error) => self.exchange.source_failed(error.kind().into()),
                },
                Step::Write(bytes) => match timeout_at(deadline, stream.write(bytes)).await {
                    Ok(Ok(len)) => self.exchange.written(len, self.now_ms()),
                    Ok(Err(error)) => self.exchange.failed(error.kind().into(), self.now_ms()),
                    Err(_) => self.exchange.tick(self.now_ms()),
                },
                Step::Flush => self.exchange.flushed(self.now_ms()),
                Step::Read(room) => match timeout_at(deadline, stream.read(room)).await {
                    Ok(Ok(len)) => self.exchange.received(len, self.now_ms()),
                    Ok(Err(error)) => self.exchange.failed(error.kind().into(), self.now_ms()),
                    Err(_) => self.exchange.tick(self.now_ms()),
                },
                Step::Done => break,
            }
        }
    }

    /// When the exchange gives up; far away while there is nothing to wait for.
    fn deadline(&self) -> Instant {
        let millis = self.exchange.deadline_ms().min(FAR_AWAY_MS);
        let deadline = self.start.checked_add(Duration::from_millis(millis));
        deadline.unwrap_or(self.start)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Whether the server has closed the connection, as far as that can be told without waiting: many close one that is idle.
fn has_ended(stream: &TcpStream) -> bool {
    let mut byte = [0];
    let mut context = Context::from_waker(Waker::noop());
    match stream.poll_peek(&mut context, &mut ReadBuf::new(&mut byte)) {
        Poll::Ready(Ok(len)) => len == 0,
        Poll::Ready(Err(_)) => true,
        Poll::Pending => false,
    }
}

/// Ten years.
const FAR_AWAY_MS: u64 = 10 * 365 * 86_400_000;
