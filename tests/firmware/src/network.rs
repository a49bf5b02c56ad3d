use core::cell::RefCell;
use core::future::poll_fn;
use core::task::Poll;

use embassy_time::{Duration, Timer, with_timeout};
use embedded_io::{ErrorKind, ErrorType, Read, Write};
use rand_core::RngCore;
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet, SocketStorage};
use smoltcp::socket::tcp::{self, State};
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, IpCidr, Ipv4Address};

use crate::{Clock, Lan9118};

/// The board on its network: one Ethernet chip, one address, one TCP connection that it makes at a time, and with a
/// [`TcpListener`] one that it takes.
pub struct Network {
    stack: RefCell<Stack>,
    clock: Clock,
}

struct Stack {
    device: Lan9118,
    interface: Interface,
    sockets: SocketSet<'static>,
    socket: SocketHandle,
    next_port: u16,
}

/// The memory that a connection needs, as much as TLS can make use of unless said otherwise.
#[derive(Debug)]
pub struct TcpBuffers<const RECEIVED: usize = RECEIVED_LEN, const TO_SEND: usize = TO_SEND_LEN> {
    received: [u8; RECEIVED],
    to_send: [u8; TO_SEND],
}

impl<const RECEIVED: usize, const TO_SEND: usize> TcpBuffers<RECEIVED, TO_SEND> {
    /// Nothing in them yet.
    pub const EMPTY: Self = Self {
        received: [0; RECEIVED],
        to_send: [0; TO_SEND],
    };

    fn socket(&'static mut self) -> tcp::Socket<'static> {
        let received = tcp::SocketBuffer::new(&mut self.received[..]);
        let to_send = tcp::SocketBuffer::new(&mut self.to_send[..]);
        tcp::Socket::new(received, to_send)
    }
}

impl Network {
    /// The network that QEMU lends its board: `10.0.2.0/24`, where `10.0.2.2` is the host's loopback.
    ///
    /// `random` makes the numbers that a stranger must not guess, and keeps connections of this start apart from those of
    /// the one before.
    #[must_use]
    pub fn new(
        mut device: Lan9118,
        clock: Clock,
        sockets: &'static mut [SocketStorage<'static>],
        buffers: &'static mut TcpBuffers,
        random: &mut impl RngCore,
    ) -> Self {
        let now = instant(clock);
        let mut config = Config::new(EthernetAddress(MAC_ADDRESS).into());
        config.random_seed = random.next_u64();
        let mut interface = Interface::new(config, &mut device, now);
        interface.update_ip_addrs(|addresses| {
            let own = IpCidr::new(Ipv4Address::new(10, 0, 2, 15).into(), 24);
            addresses.push(own).expect("there is room for one address");
        });
        let mut sockets = SocketSet::new(sockets);
        let socket = sockets.add(buffers.socket());
        Self {
            stack: RefCell::new(Stack {
                device,
                interface,
                sockets,
                socket,
                next_port: FIRST_PORT | (random.next_u32() as u16),
            }),
            clock,
        }
    }

    /// Connects, once the connection before is gone.
    ///
    /// # Errors
    ///
    /// [`TcpError`].
    pub fn connect(&'static self, host: Ipv4Address, port: u16) -> Result<TcpStream, TcpError> {
        let socket = self.stack.borrow_mut().dial(host, port)?;
        let stream = TcpStream(self, socket);
        self.wait(socket, established)?;
        Ok(stream)
    }

    /// Listens at a port, with memory for one connection after the other.
    ///
    /// # Panics
    ///
    /// When the network was made with storage for one socket only.
    #[must_use]
    pub fn listen<const RECEIVED: usize, const TO_SEND: usize>(
        &'static self,
        port: u16,
        buffers: &'static mut TcpBuffers<RECEIVED, TO_SEND>,
    ) -> TcpListener {
        let socket = self.stack.borrow_mut().sockets.add(buffers.socket());
        TcpListener {
            network: self,
            socket,
            port,
        }
    }

    /// As [`connect`](Self::connect), awaited.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn connect_async(
        &'static self,
        host: Ipv4Address,
        port: u16,
    ) -> Result<TcpStream, TcpError> {
        let socket = self.stack.borrow_mut().dial(host, port)?;
        let stream = TcpStream(self, socket);
        self.wait_async(socket, established).await?;
        Ok(stream)
    }

    /// Moves what there is to move, for ever: whoever awaits something is woken by this.
    pub async fn run(&self) -> ! {
        loop {
            self.stack.borrow_mut().move_on(self.clock);
            Timer::after_millis(1).await;
        }
    }

    /// Whether the connection is open and nothing has come that nobody has read.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        let mut stack = self.stack.borrow_mut();
        let own = stack.socket;
        let socket = stack.poll(own, self.clock);
        socket.state() == State::Established && socket.recv_queue() == 0
    }

    /// Until `ready`, or for too long.
    fn wait<R>(
        &self,
        socket: SocketHandle,
        mut ready: impl FnMut(&mut tcp::Socket<'static>) -> Option<Result<R, TcpError>>,
    ) -> Result<R, TcpError> {
        let until = self.clock.millis() + LIMIT_MS;
        loop {
            if let Some(result) = ready(self.stack.borrow_mut().poll(socket, self.clock)) {
                return result;
            }
            if self.clock.millis() >= until {
                return Err(TcpError::TimedOut);
            }
            self.clock.sleep();
        }
    }
}

impl Network {
    /// As [`wait`](Self::wait), awaited.
    async fn wait_async<R>(
        &self,
        socket: SocketHandle,
        mut ready: impl FnMut(&mut tcp::Socket<'static>) -> Option<Result<R, TcpError>>,
    ) -> Result<R, TcpError> {
        let done = poll_fn(|context| {
            let mut stack = self.stack.borrow_mut();
            let socket = stack.poll(socket, self.clock);
            if let Some(result) = ready(socket) {
                return Poll::Ready(result);
            }
            socket.register_recv_waker(context.waker());
            socket.register_send_waker(context.waker());
            Poll::Pending
        });
        let limit = Duration::from_millis(LIMIT_MS);
        with_timeout(limit, done)
            .await
            .unwrap_or(Err(TcpError::TimedOut))
    }
}

impl Stack {
    /// Moves what there is to move.
    fn move_on(&mut self, clock: Clock) {
        let _changed = self
            .interface
            .poll(instant(clock), &mut self.device, &mut self.sockets);
    }

    /// The same, and then gives back a socket.
    fn poll(&mut self, socket: SocketHandle, clock: Clock) -> &mut tcp::Socket<'static> {
        self.move_on(clock);
        self.sockets.get_mut(socket)
    }

    fn dial(&mut self, host: Ipv4Address, port: u16) -> Result<SocketHandle, TcpError> {
        let own_port = self.next_port;
        self.next_port = own_port.checked_add(1).unwrap_or(FIRST_PORT);
        let socket = self.sockets.get_mut::<tcp::Socket<'_>>(self.socket);
        // Whatever is left of the one before.
        socket.abort();
        socket
            .connect(self.interface.context(), (host, port), own_port)
            .map_err(|_| TcpError::Refused)?;
        Ok(self.socket)
    }
}

/// A port at which the board takes connections, one after the other.
pub struct TcpListener {
    network: &'static Network,
    socket: SocketHandle,
    port: u16,
}

impl TcpListener {
    /// Takes connections from now on: the next one waits for [`accept`](Self::accept).
    ///
    /// # Errors
    ///
    /// [`TcpError::Refused`] for port 0.
    pub fn open(&mut self) -> Result<(), TcpError> {
        let mut stack = self.network.stack.borrow_mut();
        let socket = stack.poll(self.socket, self.network.clock);
        socket.abort();
        socket.listen(self.port).map_err(|_| TcpError::Refused)
    }

    /// Waits for a connection.
    ///
    /// # Errors
    ///
    /// [`TcpError`].
    pub fn accept(&mut self) -> Result<TcpStream, TcpError> {
        self.network.wait(self.socket, established)?;
        Ok(TcpStream(self.network, self.socket))
    }
}

/// A TCP connection.
pub struct TcpStream(&'static Network, SocketHandle);

impl Drop for TcpStream {
    /// Says goodbye; the next connection does not wait for an answer to that.
    fn drop(&mut self) {
        let mut stack = self.0.stack.borrow_mut();
        stack.poll(self.1, self.0.clock).close();
        stack.move_on(self.0.clock);
    }
}

impl ErrorType for TcpStream {
    type Error = TcpError;
}

impl Read for TcpStream {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TcpError> {
        if buffer.is_empty() {
            return Ok(0);
        }
        self.0.wait(self.1, |socket| receive(socket, buffer))
    }
}

impl Write for TcpStream {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, TcpError> {
        if bytes.is_empty() {
            return Ok(0);
        }
        self.0.wait(self.1, |socket| send(socket, bytes))
    }

    /// Hands it to the network; whether it arrived, an answer shows.
    fn flush(&mut self) -> Result<(), TcpError> {
        self.0.stack.borrow_mut().move_on(self.0.clock);
        Ok(())
    }
}

impl embedded_io_async::Read for TcpStream {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TcpError> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let received = self.0.wait_async(self.1, |socket| receive(socket, buffer));
        received.await
    }
}

impl embedded_io_async::Write for TcpStream {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, TcpError> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let sent = self.0.wait_async(self.1, |socket| send(socket, bytes));
        sent.await
    }

    async fn flush(&mut self) -> Result<(), TcpError> {
        Write::flush(self)
    }
}

// Each says `None` for as long as there is nothing to be said.

fn established(socket: &mut tcp::Socket<'_>) -> Option<Result<(), TcpError>> {
    match socket.state() {
        State::Established => Some(Ok(())),
        State::Closed => Some(Err(TcpError::Refused)),
        _ => None,
    }
}

fn receive(socket: &mut tcp::Socket<'_>, buffer: &mut [u8]) -> Option<Result<usize, TcpError>> {
    match socket.recv_slice(buffer) {
        Ok(0) => None,
        Ok(len) => Some(Ok(len)),
        Err(tcp::RecvError::Finished) => Some(Ok(0)),
        Err(tcp::RecvError::InvalidState) => Some(Err(TcpError::Reset)),
    }
}

fn send(socket: &mut tcp::Socket<'_>, bytes: &[u8]) -> Option<Result<usize, TcpError>> {
    match socket.send_slice(bytes) {
        Ok(0) => None,
        Ok(len) => Some(Ok(len)),
        Err(tcp::SendError::InvalidState) => Some(Err(TcpError::Reset)),
    }
}

/// Why the network did not do it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TcpError {
    /// Nobody takes the connection.
    Refused,
    /// The other side ended it.
    Reset,
    /// Nothing happened for 10 s.
    TimedOut,
}

impl core::fmt::Display for TcpError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Refused => "connection refused",
            Self::Reset => "connection reset",
            Self::TimedOut => "timed out",
        })
    }
}

impl core::error::Error for TcpError {}

impl embedded_io::Error for TcpError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused => ErrorKind::ConnectionRefused,
            Self::Reset => ErrorKind::ConnectionReset,
            Self::TimedOut => ErrorKind::TimedOut,
        }
    }
}

fn instant(clock: Clock) -> Instant {
    Instant::from_millis(i64::try_from(clock.millis()).unwrap_or(i64::MAX))
}

/// Of the range that is anybody's (RFC 7042 §2.1: the second bit of the first byte).
pub const MAC_ADDRESS: [u8; 6] = [0x02, 0, 0, 0, 0, 1];

/// A segment of the greatest length that fits Ethernet, 1,460 bytes, and a bit.
const RECEIVED_LEN: usize = 1_536;
const TO_SEND_LEN: usize = 1_024;

/// How long a peer may be silent.
const LIMIT_MS: u64 = 10_000;

/// The first of the dynamic ports, which reach up to the highest (RFC 6335 §6).
const FIRST_PORT: u16 = 49_152;
