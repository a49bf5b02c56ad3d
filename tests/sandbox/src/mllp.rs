mod fault;
mod message;

pub use fault::{MllpFault, MllpOrder};

use core::future::poll_fn;
use core::net::SocketAddr;
use core::task::{Context, Poll};
use core::time::Duration;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::Times;
use message::{Message, Stamp};

/// Redox's port for HL7 v2 over MLLP. It acknowledges each complete message with AA.
///
/// It runs as a task of the tokio runtime that started it. Dropping it, or the runtime, ends it.
///
/// ```
/// use redox_auth_sandbox::MllpServer;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn core::error::Error>> {
/// let server = MllpServer::start(([127, 0, 0, 1], 0).into()).await?;
/// server.order("mllp:ae:times=1".parse()?);
/// // … send two messages to server.address(): the first is refused …
/// assert!(server.messages().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct MllpServer {
    address: SocketAddr,
    shared: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    faults: VecDeque<MllpOrder>,
    messages: VecDeque<Bytes>,
    /// The length of all of them.
    bytes: usize,
}

impl State {
    /// Keeps one more message, and drops the oldest where there are too many.
    fn keep(&mut self, message: Bytes) {
        self.bytes = self.bytes.saturating_add(message.len());
        self.messages.push_back(message);
        while self.messages.len() > MOST || self.bytes > MOST_BYTES {
            let Some(oldest) = self.messages.pop_front() else {
                break;
            };
            self.bytes = self.bytes.saturating_sub(oldest.len());
        }
    }

    fn next_fault(&mut self) -> Option<MllpFault> {
        let order = self.faults.front_mut()?;
        let fault = order.fault;
        if let Times::Next(left) = &mut order.times {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.faults.pop_front();
            }
        }
        Some(fault)
    }
}

impl MllpServer {
    /// Starts listening.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn start(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::<Mutex<State>>::default();
        let next = move |context: &mut Context<'_>| listener.poll_accept(context);
        let task = tokio::spawn(accept(next, Arc::clone(&shared)));
        Ok(Self {
            address,
            shared,
            task,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Orders a fault. It strikes after all faults that were ordered before.
    pub fn order(&self, order: MllpOrder) {
        locked(&self.shared).faults.push_back(order);
    }

    /// The latest messages without their frames, the oldest first. The answer to a message does not matter.
    ///
    /// The server keeps at most 2,000 messages of at most 64 MiB together. It drops the oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Vec<u8>> {
        let state = locked(&self.shared);
        state.messages.iter().map(|it| it.to_vec()).collect()
    }
}

impl Drop for MllpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn locked(shared: &Mutex<State>) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves each connection that `next` gives. The connections end with the task.
async fn accept(
    mut next: impl FnMut(&mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>>,
    shared: Arc<Mutex<State>>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = poll_fn(&mut next) => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, Arc::clone(&shared)));
                }
                // The client went away before it was accepted.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                // Most likely too many files are open: some may be closed after a pause.
                Err(_) => sleep(PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Any error ends the connection.
async fn serve(stream: TcpStream, shared: Arc<Mutex<State>>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let mut idle = None;
    let mut stamp = Stamp::default();
    while let Some(frame) = within(idle, next_frame(&mut stream)).await? {
        let frame = Bytes::from(frame);
        let Some(message) = Message::parse(&frame) else {
            return Ok(());
        };
        let fault = {
            let mut state = locked(&shared);
            state.keep(frame.clone());
            state.next_fault()
        };
        idle = match fault {
            Some(MllpFault::Idle(time)) => Some(time),
            _ => None,
        };
        if !answer(&mut stream, &message, fault, stamp.now()).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Sends the answer to a message; `false` ends the connection.
async fn answer(
    stream: &mut BufReader<TcpStream>,
    message: &Message<'_>,
    fault: Option<MllpFault>,
    now: &str,
) -> io::Result<bool> {
    let accepted = message.acknowledgment(now, "AA", "");
    let refused = |code| message.acknowledgment(now, code, "refused because a fault was asked for");
    match fault {
        None | Some(MllpFault::Idle(_)) => stream.write_all(&accepted).await?,
        Some(MllpFault::Late(by)) => {
            sleep(by).await;
            stream.write_all(&accepted).await?;
        }
        Some(MllpFault::Ae) => stream.write_all(&refused("AE")).await?,
        Some(MllpFault::Ar) => stream.write_all(&refused("AR")).await?,
        Some(MllpFault::OtherId) => {
            let other = message.of_another().acknowledgment(now, "AA", "");
            stream.write_all(&other).await?;
        }
        Some(MllpFault::Stale) => {
            let stale = message.of_another().acknowledgment(now, "AE", "stale");
            stream.write_all(&[stale, accepted].concat()).await?;
        }
        Some(MllpFault::Split) => {
            for byte in &accepted {
                stream.write_all(&[*byte]).await?;
                stream.flush().await?;
                tokio::task::yield_now().await;
            }
        }
        Some(MllpFault::NoCr) => {
            let end = accepted.len().saturating_sub(b"\r\x1c\r".len());
            let frame = [accepted.get(..end).unwrap_or(&[]), b"\x1c\r"].concat();
            stream.write_all(&frame).await?;
        }
        Some(MllpFault::Lf) => {
            let end = accepted.len().saturating_sub(1);
            let mut frame = accepted;
            for byte in frame.iter_mut().take(end).filter(|byte| **byte == b'\r') {
                *byte = b'\n';
            }
            stream.write_all(&frame).await?;
        }
        Some(MllpFault::HangUp) => return Ok(false),
        Some(MllpFault::Silent) => {}
    }
    stream.flush().await?;
    Ok(true)
}

/// The body of the next frame; nothing after the end of the connection, or for a frame that is too long for Redox.
async fn next_frame(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Vec<u8>>> {
    loop {
        match stream.read_u8().await {
            Ok(START) => break,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let mut frame = Vec::new();
    let mut limited = stream.take(FRAME_LIMIT);
    limited.read_until(END, &mut frame).await?;
    Ok(frame.pop_if(|last| *last == END).map(|_| frame))
}

/// Waits for at most this time, if there is a limit. A connection that is idle for longer ends.
async fn within<T>(
    limit: Option<Duration>,
    next: impl Future<Output = io::Result<Option<T>>>,
) -> io::Result<Option<T>> {
    match limit {
        Some(limit) => timeout(limit, next).await.unwrap_or(Ok(None)),
        None => next.await,
    }
}

const START: u8 = 0x0b;
const END: u8 = 0x1c;

/// The largest message that Redox takes over MLLP (its page "Quotas and constraints"), in bytes.
const FRAME_LIMIT: u64 = 30_000_000;

/// How many messages are kept.
const MOST: usize = 2_000;

/// How many bytes of messages are kept: 64 MiB, enough for two of the largest messages.
const MOST_BYTES: usize = 64 << 20;

/// The pause after an error, before the next connection is accepted.
const PAUSE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_messages_go_when_there_are_too_many_or_they_are_too_long() {
        let largest = usize::try_from(FRAME_LIMIT).unwrap();
        for (len, kept) in [(4, MOST), (largest, 2), (MOST_BYTES, 1)] {
            let mut state = State::default();
            let numbers = 0..u32::try_from(kept).unwrap().saturating_add(3);
            for number in numbers.clone() {
                let mut message = vec![0; len];
                *message.first_chunk_mut().unwrap() = number.to_be_bytes();
                state.keep(message.into());
            }
            let expected = numbers.skip(3).map(u32::to_be_bytes);
            let starts = state.messages.iter().map(|it| it.first_chunk().copied());
            assert!(starts.eq(expected.map(Some)), "{len} bytes");
            assert_eq!(state.bytes, kept.saturating_mul(len), "{len} bytes");
        }
    }

    #[tokio::test]
    async fn a_connection_that_cannot_be_accepted_does_not_end_the_port() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut failures = 0..3;
        let task = tokio::spawn(accept(
            move |context| match failures.next() {
                Some(_) => Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
                None => listener.poll_accept(context),
            },
            Arc::default(),
        ));
        let mut client = TcpStream::connect(address).await.unwrap();
        client
            .write_all(b"\x0bMSH|^~\\&|||||||ADT|7|P|2.5\r\x1c\r")
            .await
            .unwrap();
        let mut answer = [0; 4];
        client.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"\x0bMSH");
        task.abort();
    }
}
