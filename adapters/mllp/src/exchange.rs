mod identity;
mod sending;
mod waiting;

use core::fmt;

use embedded_io::ErrorKind;

use crate::acknowledgment::Ack;
use crate::limits::Limits;
use crate::outcome::{Cause, NotSent, Outcome, Unknown};
use crate::segments::Segments;
use identity::{ControlId, Recent};
use waiting::Incoming;

/// Messages one after the other over one connection, each with its acknowledgment. It has no I/O and no clock: each step tells
/// the caller what to do with the caller's buffer.
///
/// A [`Sender`](crate::Sender) drives it. Use it directly with a driver of your own. [`begin`](Self::begin) a
/// message, carry out each [`step`](Self::step) until [`Step::Done`], and then ask for the [`outcome`](Self::outcome).
/// Times are milliseconds on a clock that never goes backwards.
///
/// ```
/// use redox_auth_mllp::{Exchange, Limits, Outcome, Step};
///
/// let mut buffer = [0; 512];
/// let mut exchange = Exchange::new(&mut buffer, Limits::DEFAULT);
/// let mut message = &b"MSH|^~\\&|||||||ADT^A01|MSG1|P|2.5.1\nEVN|A01\n"[..];
/// let answer = b"\x0bMSH|^~\\&|||||||ACK|1|P|2.5.1\rMSA|AA|MSG1\r\x1c\r";
/// let mut sent = Vec::new();
/// exchange.begin(0);
/// loop {
///     match exchange.step() {
///         Step::Fill(room) => {
///             let len = embedded_io::Read::read(&mut message, room)?;
///             exchange.filled(len, 0);
///         }
///         Step::Write(bytes) => {
///             sent.extend_from_slice(bytes);
///             let len = bytes.len();
///             exchange.written(len, 0);
///         }
///         Step::Flush => exchange.flushed(0),
///         Step::Read(room) => {
///             room[..answer.len()].copy_from_slice(answer);
///             exchange.received(answer.len(), 7);
///         }
///         Step::Done => break,
///     }
/// }
/// assert!(matches!(exchange.outcome(), Some(Outcome::Ok(_))));
/// assert_eq!(sent, b"\x0bMSH|^~\\&|||||||ADT^A01|MSG1|P|2.5.1\rEVN|A01\r\x1c\r");
/// # Ok::<(), core::convert::Infallible>(())
/// ```
pub struct Exchange<'b> {
    buf: &'b mut [u8],
    limits: Limits,
    state: State,
    /// What is to be written, in the buffer.
    start: usize,
    end: usize,
    segments: Segments,
    id: ControlId,
    recent: Recent,
    /// Whether a byte of the message was written.
    is_sent: bool,
    is_undeclared: bool,
    incoming: Incoming,
    deadline_ms: u64,
    is_closed: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// The message is filled in, and its header is not complete.
    Header,
    /// The message is filled in and written.
    Body,
    /// All of it is in the buffer.
    LastBytes,
    Flush,
    /// For the acknowledgment.
    Waiting,
    /// There is no message under way.
    Done(Option<Verdict>),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verdict {
    /// The acknowledgment is in the buffer.
    Answered,
    NotSent(NotSent),
    Unknown(Cause),
}

/// The next task of the caller.
#[derive(Debug, Eq, PartialEq)]
pub enum Step<'e> {
    /// Fill this with what comes next of the message, or a part of it, and say how much with [`Exchange::filled`].
    Fill(&'e mut [u8]),
    /// Write this, or a part of it, and say how much with [`Exchange::written`].
    Write(&'e [u8]),
    /// Flush, and say so with [`Exchange::flushed`].
    Flush,
    /// Read into this, and say how much with [`Exchange::received`].
    Read(&'e mut [u8]),
    /// There is an [`Exchange::outcome`], or no message.
    Done,
}

impl<'b> Exchange<'b> {
    /// The shortest buffer, in bytes. One of 4 KiB is enough for any message and any acknowledgment.
    pub const MIN_BUFFER: usize = 256;

    /// The exchange over a new connection. The header of a message must fit the buffer; the rest is streamed.
    #[must_use]
    pub const fn new(buffer: &'b mut [u8], limits: Limits) -> Self {
        Self {
            buf: buffer,
            limits,
            state: State::Done(None),
            start: 0,
            end: 0,
            segments: Segments::new(b'|'),
            id: ControlId::new(),
            recent: Recent::new(),
            is_sent: false,
            is_undeclared: false,
            incoming: Incoming::new(limits.ack_bytes),
            deadline_ms: u64::MAX,
            is_closed: false,
        }
    }

    /// Begins anew over another connection. The exchange forgets the earlier connection, and a message that was under way.
    pub const fn reset(&mut self) {
        self.state = State::Done(None);
        self.recent = Recent::new();
        self.incoming = Incoming::new(self.limits.ack_bytes);
        self.is_closed = false;
    }

    /// Begins a message. If another message is still under way, that one is given up and this one is not sent: an acknowledgment
    /// could belong to either.
    pub fn begin(&mut self, now_ms: u64) {
        if !matches!(self.state, State::Done(_)) {
            self.is_closed = true;
        }
        self.begin_sending(now_ms);
        if self.is_closed {
            self.finish(Verdict::NotSent(NotSent::Closed));
        } else if self.buf.len() < Self::MIN_BUFFER {
            let needed = Self::MIN_BUFFER;
            self.finish(Verdict::NotSent(NotSent::BufferTooSmall { needed }));
        }
    }

    /// What to do next.
    pub fn step(&mut self) -> Step<'_> {
        match self.state {
            State::Header => Step::Fill(self.fill_room()),
            State::Body if self.has_room() => Step::Fill(self.fill_room()),
            State::Body | State::LastBytes => {
                Step::Write(self.buf.get(self.start..self.end).unwrap_or(&[]))
            }
            State::Flush => Step::Flush,
            State::Waiting => {
                Step::Read(self.buf.get_mut(self.incoming.end()..).unwrap_or(&mut []))
            }
            State::Done(_) => Step::Done,
        }
    }

    /// The outcome of the message; `None` while the message is under way.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome<'_>> {
        let State::Done(Some(verdict)) = self.state else {
            return None;
        };
        Some(match verdict {
            Verdict::NotSent(reason) => Outcome::NotSent(reason),
            Verdict::Unknown(cause) => Outcome::Unknown(self.unknown(cause)),
            Verdict::Answered => match Ack::parse(self.answer()) {
                Ok(ack) if ack.code().is_accept() => Outcome::Ok(ack),
                Ok(ack) => Outcome::Refused(ack),
                // It was read once already.
                Err(_) => Outcome::Unknown(self.unknown(Cause::Closed)),
            },
        })
    }

    /// Whether another message can be sent over the same connection. After an outcome that is unknown it must be closed.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !self.is_closed
    }

    /// When to call [`tick`](Self::tick), if nothing else happens before.
    #[must_use]
    pub const fn deadline_ms(&self) -> u64 {
        match self.state {
            State::Done(_) => u64::MAX,
            State::Waiting => self.incoming.earlier(self.deadline_ms),
            _ => self.deadline_ms,
        }
    }

    /// Compares the time with the deadline. After the longest wait the message is given up.
    pub fn tick(&mut self, now_ms: u64) {
        if self.state == State::Waiting && now_ms >= self.incoming.earlier(u64::MAX) {
            self.end_frame();
        }
        if now_ms >= self.deadline_ms {
            self.give_up();
        }
    }

    /// Gives the message up as after the longest wait, for a caller that measures the time elsewhere.
    pub fn give_up(&mut self) {
        self.end_frame();
        let limit_ms = self.limits.wait_ms;
        self.fail(
            NotSent::Transport(ErrorKind::TimedOut),
            Cause::TimedOut { limit_ms },
        );
    }

    /// The connection has failed.
    pub fn failed(&mut self, kind: ErrorKind, now_ms: u64) {
        // A read that waited as long as it may is no other failure.
        self.tick(now_ms);
        self.end_frame();
        self.fail(NotSent::Transport(kind), self.cause_of(kind, now_ms));
        self.is_closed = true;
    }

    /// What a failure of the connection is, at this time.
    fn cause_of(&self, kind: ErrorKind, now_ms: u64) -> Cause {
        let limit_ms = self.limits.wait_ms;
        if !matches!((self.state, kind), (State::Waiting, ErrorKind::Other)) {
            return Cause::Transport(kind);
        }
        let left_ms = self.deadline_ms.saturating_sub(now_ms);
        let left_ms = u32::try_from(left_ms).unwrap_or(limit_ms);
        Cause::EarlyEnd {
            waited_ms: limit_ms.saturating_sub(left_ms),
            limit_ms,
        }
    }

    /// The message that is under way ends by a failure of the connection, if there is one.
    fn fail(&mut self, not_sent: NotSent, cause: Cause) {
        if let State::Done(_) = self.state {
            return;
        }
        self.is_closed |= self.is_sent || matches!(not_sent, NotSent::Transport(_));
        self.finish(if self.is_sent {
            Verdict::Unknown(cause)
        } else {
            Verdict::NotSent(not_sent)
        });
    }

    const fn finish(&mut self, verdict: Verdict) {
        self.state = State::Done(Some(verdict));
    }

    fn unknown(&self, cause: Cause) -> Unknown<'_> {
        Unknown {
            cause,
            others: self.incoming.others(),
            unreadable: self.incoming.unreadable(),
            refusal: self.incoming.refusal(),
            is_undeclared: self.is_undeclared && !self.segments.is_ascii(),
        }
    }
}

impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("state", &self.state)
            .field("is_closed", &self.is_closed)
            .finish_non_exhaustive()
    }
}

/// With less room than this, in bytes, what is there is sent first, and no more is kept of an acknowledgment.
const MIN_ROOM: usize = 64;
