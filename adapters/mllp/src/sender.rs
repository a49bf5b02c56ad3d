mod asynchronous;
mod blocking;

use core::fmt;

use embedded_io::ErrorKind;

use crate::exchange::Exchange;
use crate::limits::Limits;
use crate::outcome::{NotSent, Outcome};

/// Sends messages over one connection, each when the one before has its outcome.
///
/// `now` tells the time, in milliseconds on a clock that never goes backwards. A blocking read of the connection must end
/// after a while with an error, even when nothing comes: the time is looked at between reads. An error of the kind
/// [`TimedOut`](ErrorKind::TimedOut) or [`Interrupted`](ErrorKind::Interrupted) leaves the message under way until
/// [`Limits::wait_ms`] is over; any other ends it.
///
/// On Unix the time-out of the standard library's `TcpStream::set_read_timeout` must therefore be at least
/// [`Limits::wait_ms`]: it ends a read with `WouldBlock`, which `embedded-io` reports as [`Other`](ErrorKind::Other).
/// [`Cause::EarlyEnd`](crate::Cause::EarlyEnd) says so of a shorter one.
///
/// ```
/// use redox_auth_mllp::{Outcome, Sender};
/// # use embedded_io::{ErrorKind, ErrorType, Read, Write};
/// # struct Peer(&'static [u8]);
/// # impl ErrorType for Peer { type Error = ErrorKind; }
/// # impl Read for Peer {
/// #     fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> { Ok(self.0.read(buf).unwrap()) }
/// # }
/// # impl Write for Peer {
/// #     fn write(&mut self, buf: &[u8]) -> Result<usize, ErrorKind> { Ok(buf.len()) }
/// #     fn flush(&mut self) -> Result<(), ErrorKind> { Ok(()) }
/// # }
/// # let connection = Peer(b"\x0bMSH|^~\\&|||||||ACK|1|P|2.5.1\rMSA|AE|MSG1|no such patient\r\x1c\r");
/// # let uptime_ms = || 0;
///
/// let mut buffer = [0; 4096];
/// let mut sender = Sender::new(connection, uptime_ms, &mut buffer);
/// let message = b"MSH|^~\\&|||||||ADT^A01|MSG1|P|2.5.1\rEVN|A01\r";
/// match sender.send(&message[..]) {
///     Outcome::Ok(_) => println!("done"),
///     Outcome::Refused(ack) => assert_eq!(ack.text().to_string(), "no such patient"),
///     Outcome::NotSent(reason) => println!("may be sent again: {reason}"),
///     Outcome::Unknown(unknown) => println!("may have arrived: {unknown}"),
/// }
/// ```
pub struct Sender<'b, T, N> {
    io: T,
    now: N,
    exchange: Exchange<'b>,
}

impl<'b, T, N: FnMut() -> u64> Sender<'b, T, N> {
    /// A sender over a new connection, with [`Limits::DEFAULT`]. A buffer of 4 KiB is enough for any message: only its header
    /// must fit.
    pub const fn new(connection: T, now: N, buffer: &'b mut [u8]) -> Self {
        Self::with_limits(connection, now, buffer, Limits::DEFAULT)
    }

    /// The same with other limits.
    pub const fn with_limits(connection: T, now: N, buffer: &'b mut [u8], limits: Limits) -> Self {
        Self {
            io: connection,
            now,
            exchange: Exchange::new(buffer, limits),
        }
    }

    /// Continues over another connection. The earlier connection is dropped, which closes it.
    pub fn reconnect(&mut self, connection: T) {
        self.io = connection;
        self.exchange.reset();
    }

    /// Whether another message can be sent over this connection. If not, [`reconnect`](Self::reconnect).
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.exchange.is_open()
    }

    /// The outcome of a message whose [`send_async`](Self::send_async) was dropped half way. The connection takes no more
    /// messages then.
    pub fn give_up(&mut self) -> Outcome<'_> {
        self.exchange.give_up();
        self.outcome()
    }

    fn outcome(&self) -> Outcome<'_> {
        let none = Outcome::NotSent(NotSent::Closed);
        self.exchange.outcome().unwrap_or(none)
    }

    /// The connection had an error. A time-out of a read or an interruption ends nothing.
    fn failed(&mut self, kind: ErrorKind) {
        let now_ms = (self.now)();
        match kind {
            ErrorKind::Interrupted | ErrorKind::TimedOut => self.exchange.tick(now_ms),
            kind => self.exchange.failed(kind, now_ms),
        }
    }
}

impl<T, N> fmt::Debug for Sender<'_, T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("exchange", &self.exchange)
            .finish_non_exhaustive()
    }
}
