mod fault;
mod message;

pub use fault::{MllpFault, MllpOrder};

use core::net::SocketAddr;
use core::time::Duration;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::Times;
use message::Message;

/// Redox's port for HL7 v2 over MLLP: it acknowledges each message with AA, as soon as it has all of it.
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
    messages: Vec<Vec<u8>>,
}

impl State {
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
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
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

    /// Lets a fault strike, after all that were ordered before.
    pub fn order(&self, order: MllpOrder) {
        locked(&self.shared).faults.push_back(order);
    }

    /// The messages that came so far, without their frames, whatever was answered.
    #[must_use]
    pub fn messages(&self) -> Vec<Vec<u8>> {
        locked(&self.shared).messages.clone()
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

/// The connections end with the task.
async fn accept(listener: TcpListener, shared: Arc<Mutex<State>>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                connections.spawn(serve(stream, Arc::clone(&shared)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Whatever is wrong with a connection ends it.
async fn serve(stream: TcpStream, shared: Arc<Mutex<State>>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let mut idle = None;
    while let Some(frame) = within(idle, next_frame(&mut stream)).await? {
        let Some(message) = Message::parse(&frame) else {
            return Ok(());
        };
        let fault = {
            let mut state = locked(&shared);
            state.messages.push(frame.clone());
            state.next_fault()
        };
        idle = match fault {
            Some(MllpFault::Idle(time)) => Some(time),
            _ => None,
        };
        if !answer(&mut stream, &message, fault).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// Sends what there is to send for a message; `false` when the connection ends.
async fn answer(
    stream: &mut BufReader<TcpStream>,
    message: &Message<'_>,
    fault: Option<MllpFault>,
) -> io::Result<bool> {
    let accepted = message.acknowledgment("AA", "");
    let refused = |code| message.acknowledgment(code, "refused because a fault was asked for");
    match fault {
        None | Some(MllpFault::Idle(_)) => stream.write_all(&accepted).await?,
        Some(MllpFault::Late(by)) => {
            sleep(by).await;
            stream.write_all(&accepted).await?;
        }
        Some(MllpFault::Ae) => stream.write_all(&refused("AE")).await?,
        Some(MllpFault::Ar) => stream.write_all(&refused("AR")).await?,
        Some(MllpFault::OtherId) => {
            let other = message.of_another().acknowledgment("AA", "");
            stream.write_all(&other).await?;
        }
        Some(MllpFault::Stale) => {
            let stale = message.of_another().acknowledgment("AE", "stale");
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

/// The body of the next frame; nothing when the connection ended, or the frame is longer than Redox takes.
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

/// Waits for at most so long, if there is a limit; a connection that is idle for longer ends.
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
