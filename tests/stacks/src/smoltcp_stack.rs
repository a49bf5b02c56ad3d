use core::fmt;
use std::cell::RefCell;
use std::os::fd::AsRawFd as _;
use std::rc::Rc;
use std::time::{Duration, Instant as StdInstant};

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use rand_core::{OsRng, RngCore as _};
use redox_auth_core::Channel;
use redox_auth_gateway::{Connect, Connector, Endpoint};
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{self, Medium, TunTapInterface};
use smoltcp::socket::tcp::{self, State};
use smoltcp::time::Instant;
use smoltcp::wire::{EthernetAddress, IpCidr, Ipv4Address};

/// smoltcp on an Ethernet of its own: one TCP connection at a time, to one server.
#[derive(Clone)]
pub struct Smoltcp {
    network: Rc<RefCell<Network>>,
    server: Ipv4Address,
}

struct Network {
    device: TunTapInterface,
    interface: Interface,
    sockets: SocketSet<'static>,
    socket: SocketHandle,
    next_port: u16,
}

impl Smoltcp {
    /// On this TAP device, with the address `own`; every host is at `server`. It has no DNS.
    ///
    /// # Panics
    /// When there can be no such device.
    #[must_use]
    pub fn new(device: &str, own: Ipv4Address, server: Ipv4Address) -> Self {
        let mut device = TunTapInterface::new(device, Medium::Ethernet)
            .expect("it may make TAP devices, in a network namespace of its own");
        let mut config = Config::new(EthernetAddress([0x02, 0, 0, 0, 0, 1]).into());
        config.random_seed = OsRng.next_u64();
        let mut interface = Interface::new(config, &mut device, Instant::now());
        interface.update_ip_addrs(|addresses| {
            let own = IpCidr::new(own.into(), 24);
            addresses.push(own).expect("there is room for one address");
        });
        let mut sockets = SocketSet::new(Vec::new());
        let buffer = |len| tcp::SocketBuffer::new(vec![0; len]);
        let socket = sockets.add(tcp::Socket::new(buffer(1_536), buffer(1_024)));
        Self {
            network: Rc::new(RefCell::new(Network {
                device,
                interface,
                sockets,
                socket,
                next_port: 49_152,
            })),
            server,
        }
    }
}

impl Connector for Smoltcp {
    type Connection = SmoltcpStream;
    type Error = SmoltcpError;

    fn is_alive(&mut self, _: &mut SmoltcpStream, _: Endpoint<'_>) -> bool {
        let mut network = self.network.borrow_mut();
        let socket = network.poll();
        socket.state() == State::Established && socket.recv_queue() == 0
    }
}

impl Connect for Smoltcp {
    fn connect(&mut self, to: Endpoint<'_>) -> Result<(SmoltcpStream, Channel), SmoltcpError> {
        if to.is_tls {
            return Err(SmoltcpError::NoTls);
        }
        self.network.borrow_mut().dial(self.server, to.port)?;
        let stream = SmoltcpStream(Rc::clone(&self.network));
        stream.wait(|socket| match socket.state() {
            State::Established => Some(Ok(())),
            State::Closed => Some(Err(SmoltcpError::Refused)),
            _ => None,
        })?;
        Ok((stream, Channel::Unauthenticated))
    }
}

impl Network {
    /// Moves what there is to move.
    fn poll(&mut self) -> &mut tcp::Socket<'static> {
        self.interface
            .poll(Instant::now(), &mut self.device, &mut self.sockets);
        self.sockets.get_mut(self.socket)
    }

    fn dial(&mut self, host: Ipv4Address, port: u16) -> Result<(), SmoltcpError> {
        let own_port = self.next_port;
        self.next_port += 1;
        let socket = self.sockets.get_mut::<tcp::Socket<'_>>(self.socket);
        // Whatever is left of the one before.
        socket.abort();
        let dialed = socket.connect(self.interface.context(), (host, port), own_port);
        dialed.map_err(|_| SmoltcpError::Refused)
    }
}

/// The TCP connection.
pub struct SmoltcpStream(Rc<RefCell<Network>>);

impl SmoltcpStream {
    /// Until `ready`, or for too long.
    fn wait<R>(
        &self,
        mut ready: impl FnMut(&mut tcp::Socket<'static>) -> Option<Result<R, SmoltcpError>>,
    ) -> Result<R, SmoltcpError> {
        let started = StdInstant::now();
        loop {
            let mut network = self.0.borrow_mut();
            if let Some(result) = ready(network.poll()) {
                // What it took out or put in changes what there is to send.
                network.poll();
                return result;
            }
            if started.elapsed() > LIMIT {
                return Err(SmoltcpError::TimedOut);
            }
            let Network {
                device,
                interface,
                sockets,
                ..
            } = &mut *network;
            let delay = interface.poll_delay(Instant::now(), sockets);
            let delay = delay.map_or(POLL_AT_LEAST, |delay| delay.min(POLL_AT_LEAST));
            phy::wait(device.as_raw_fd(), Some(delay)).map_err(|_| SmoltcpError::Reset)?;
        }
    }
}

impl Drop for SmoltcpStream {
    fn drop(&mut self) {
        let mut network = self.0.borrow_mut();
        network.poll().close();
        network.poll();
    }
}

impl ErrorType for SmoltcpStream {
    type Error = SmoltcpError;
}

impl Read for SmoltcpStream {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, SmoltcpError> {
        if buf.is_empty() {
            return Ok(0);
        }
        self.wait(|socket| match socket.recv_slice(buf) {
            Ok(0) => None,
            Ok(len) => Some(Ok(len)),
            Err(tcp::RecvError::Finished) => Some(Ok(0)),
            Err(tcp::RecvError::InvalidState) => Some(Err(SmoltcpError::Reset)),
        })
    }
}

impl Write for SmoltcpStream {
    fn write(&mut self, buf: &[u8]) -> Result<usize, SmoltcpError> {
        if buf.is_empty() {
            return Ok(0);
        }
        self.wait(|socket| match socket.send_slice(buf) {
            Ok(0) => None,
            Ok(len) => Some(Ok(len)),
            Err(tcp::SendError::InvalidState) => Some(Err(SmoltcpError::Reset)),
        })
    }

    fn flush(&mut self) -> Result<(), SmoltcpError> {
        self.0.borrow_mut().poll();
        Ok(())
    }
}

/// Why the network did not do it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SmoltcpError {
    /// The URL starts with https, and this connector has no TLS.
    NoTls,
    /// Nobody takes the connection.
    Refused,
    /// The other side ended it.
    Reset,
    /// Nothing happened for 30 s.
    TimedOut,
}

impl fmt::Display for SmoltcpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoTls => "this connector has no TLS: put one with TLS around it",
            Self::Refused => "connection refused",
            Self::Reset => "connection reset",
            Self::TimedOut => "timed out",
        })
    }
}

impl core::error::Error for SmoltcpError {}

impl embedded_io::Error for SmoltcpError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoTls => ErrorKind::Unsupported,
            Self::Refused => ErrorKind::ConnectionRefused,
            Self::Reset => ErrorKind::ConnectionReset,
            Self::TimedOut => ErrorKind::TimedOut,
        }
    }
}

const LIMIT: Duration = Duration::from_secs(30);
const POLL_AT_LEAST: smoltcp::time::Duration = smoltcp::time::Duration::from_millis(100);
