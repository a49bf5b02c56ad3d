//! A network of scripted servers.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow would fail the test"
)]

use core::cell::RefCell;
use core::future::poll_fn;
use core::task::Poll;
use std::collections::VecDeque;
use std::rc::Rc;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use redox_auth_core::{Channel, UnixTime};
use redox_auth_gateway::{AsyncConnect, Connect, Connector, Endpoint};

use super::TestDevice;

/// The behaviour of one connection: an answer for each request, in order.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    answers: VecDeque<Reply>,
    /// Whether successful answers follow the scripted ones.
    is_good: bool,
    /// The most bytes that one read returns.
    pub(crate) split: usize,
    /// The duration of a read.
    pub(crate) read_ms: u64,
    /// The number of bytes that one write accepts.
    pub(crate) write_max: usize,
    /// After this many bytes of a request with a body, the connection accepts no more. Its answer is then available.
    pub(crate) hangs_up_after: Option<usize>,
    pub(crate) channel: Channel,
    pub(crate) refuses: bool,
}

/// The answer to a request.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    bytes: Vec<u8>,
    then: Then,
}

/// The event after the last byte of an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Then {
    /// Nothing, until the next request.
    Silence,
    /// The end of the connection.
    Close,
    /// A reset of the connection.
    Reset,
    /// The same bytes again and again.
    Repeat,
}

impl Script {
    pub(crate) fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self {
            answers: replies.into_iter().collect(),
            is_good: false,
            split: usize::MAX,
            read_ms: 0,
            write_max: usize::MAX,
            hangs_up_after: None,
            channel: Channel::Authenticated,
            refuses: false,
        }
    }

    /// A server without a script: it gives a token to every token request, and `fine` to all others.
    pub(crate) fn good() -> Self {
        Self {
            is_good: true,
            ..Self::new([])
        }
    }

    /// A server that is unreachable.
    pub(crate) fn refused() -> Self {
        Self {
            refuses: true,
            ..Self::new([])
        }
    }

    pub(crate) fn split(mut self, split: usize) -> Self {
        self.split = split;
        self
    }
}

impl Reply {
    pub(crate) fn raw(bytes: impl AsRef<[u8]>, then: Then) -> Self {
        Self {
            bytes: bytes.as_ref().to_vec(),
            then,
        }
    }

    /// A whole answer on a connection that stays open.
    pub(crate) fn ok(status: u16, headers: &str, body: &str) -> Self {
        let len = body.len();
        let head = format!("HTTP/1.1 {status} x\r\n{headers}Content-Length: {len}\r\n\r\n");
        Self::raw(head + body, Then::Silence)
    }

    /// The answer of a token endpoint, with the device's time.
    pub(crate) fn token(token: &str) -> Self {
        let body =
            format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":300}}"#);
        Self::ok(200, "Date: Fri, 15 Jan 2027 08:00:00 GMT\r\n", &body)
    }

    /// The connection ends without an answer.
    pub(crate) fn close() -> Self {
        Self::raw("", Then::Close)
    }
}

/// The connector. Each connection follows the next script.
pub(crate) struct Network {
    scripts: VecDeque<Script>,
    log: Rc<RefCell<Log>>,
    device: TestDevice,
    pub(crate) is_alive: bool,
    /// Whether a connection made without the time is unusable after the time is known.
    pub(crate) wants_time: bool,
}

/// A record of events.
#[derive(Default)]
struct Log {
    /// The bytes sent before each flush.
    requests: Vec<Vec<u8>>,
    endpoints: Vec<String>,
    times: Vec<Option<UnixTime>>,
    /// The number of open connections.
    open: usize,
    writes: usize,
}

impl Network {
    pub(crate) fn new(scripts: Vec<Script>, device: &TestDevice) -> Self {
        Self {
            scripts: scripts.into(),
            log: Rc::default(),
            device: device.clone(),
            is_alive: true,
            wants_time: false,
        }
    }

    /// The requests so far, as text.
    pub(crate) fn requests(&self) -> Vec<String> {
        let log = self.log.borrow();
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        log.requests.iter().map(text).collect()
    }

    /// The endpoints connected to so far.
    pub(crate) fn endpoints(&self) -> Vec<String> {
        self.log.borrow().endpoints.clone()
    }

    /// The session's time at each connection.
    pub(crate) fn times(&self) -> Vec<Option<UnixTime>> {
        self.log.borrow().times.clone()
    }

    /// The number of open connections.
    pub(crate) fn open(&self) -> usize {
        self.log.borrow().open
    }

    pub(crate) fn writes(&self) -> usize {
        self.log.borrow().writes
    }

    fn open_next(&mut self, to: Endpoint<'_>) -> Result<(Peer, Channel), ErrorKind> {
        let mut log = self.log.borrow_mut();
        assert_eq!(log.open, 0, "the connection before is closed first");
        let scheme = if to.is_tls { "tls" } else { "tcp" };
        log.endpoints
            .push(format!("{scheme}://{}:{}", to.host, to.port));
        log.times.push(to.time);
        let script = self.scripts.pop_front().ok_or(ErrorKind::NotConnected)?;
        if script.refuses {
            return Err(ErrorKind::ConnectionRefused);
        }
        log.open += 1;
        let channel = script.channel;
        let peer = Peer {
            made_at: to.time,
            script,
            current: None,
            given: 0,
            sent: Vec::new(),
            log: Rc::clone(&self.log),
            device: self.device.clone(),
        };
        Ok((peer, channel))
    }
}

impl Connector for Network {
    type Connection = Peer;
    type Error = ErrorKind;

    fn is_alive(&mut self, peer: &mut Peer, to: Endpoint<'_>) -> bool {
        let is_checked = peer.made_at.is_some() || to.time.is_none();
        self.is_alive && (is_checked || !self.wants_time)
    }
}

impl Connect for Network {
    fn connect(&mut self, to: Endpoint<'_>) -> Result<(Peer, Channel), ErrorKind> {
        self.open_next(to)
    }
}

impl AsyncConnect for Network {
    async fn connect(&mut self, to: Endpoint<'_>) -> Result<(Peer, Channel), ErrorKind> {
        pause().await;
        self.open_next(to)
    }
}

/// A connection.
pub(crate) struct Peer {
    made_at: Option<UnixTime>,
    script: Script,
    /// The current answer, to the previous request.
    current: Option<Reply>,
    given: usize,
    sent: Vec<u8>,
    log: Rc<RefCell<Log>>,
    device: TestDevice,
}

impl Peer {
    fn give(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        assert!(!buf.is_empty(), "there is room to read into");
        self.device.pass_millis(self.script.read_ms);
        let Some(reply) = &self.current else {
            return Err(ErrorKind::TimedOut);
        };
        let mut rest = &reply.bytes[self.given..];
        if rest.is_empty() {
            match reply.then {
                Then::Silence => return Err(ErrorKind::TimedOut),
                Then::Close => return Ok(0),
                Then::Reset => return Err(ErrorKind::ConnectionReset),
                Then::Repeat => {
                    self.given = 0;
                    rest = &reply.bytes;
                }
            }
        }
        let len = rest.len().min(buf.len()).min(self.script.split);
        buf[..len].copy_from_slice(&rest[..len]);
        self.given += len;
        Ok(len)
    }

    fn receive(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        assert!(!bytes.is_empty(), "there is something to write");
        self.log.borrow_mut().writes += 1;
        let most = self.script.hangs_up_after.unwrap_or(usize::MAX);
        let room = most - most.min(self.sent.len());
        let len = bytes.len().min(self.script.write_max).min(room);
        if len == 0 {
            self.answer();
            return Err(ErrorKind::BrokenPipe);
        }
        self.sent.extend_from_slice(&bytes[..len]);
        Ok(len)
    }

    fn answer(&mut self) {
        let request = core::mem::take(&mut self.sent);
        let by_script = self.script.answers.pop_front();
        let good = || match request.starts_with(b"POST /v2/auth/token ") {
            true => Reply::token("good"),
            false => Reply::ok(200, "", "fine"),
        };
        self.current = by_script.or_else(|| self.script.is_good.then(good));
        self.log.borrow_mut().requests.push(request);
        self.given = 0;
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.log.borrow_mut().open -= 1;
    }
}

impl ErrorType for Peer {
    type Error = ErrorKind;
}

impl Read for Peer {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        self.give(buf)
    }
}

impl Write for Peer {
    fn write(&mut self, buf: &[u8]) -> Result<usize, ErrorKind> {
        self.receive(buf)
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.answer();
        Ok(())
    }
}

impl embedded_io_async::Read for Peer {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        pause().await;
        self.give(buf)
    }
}

impl embedded_io_async::Write for Peer {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, ErrorKind> {
        pause().await;
        self.receive(buf)
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        pause().await;
        self.answer();
        Ok(())
    }
}

/// Is pending once.
pub(crate) async fn pause() {
    let mut is_ready = false;
    poll_fn(|context| {
        if core::mem::replace(&mut is_ready, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
