mod head_writer;
mod wire;

pub use head_writer::HeadWriter;

use core::fmt;

use redox_auth_core::{Instant, Url};

use crate::reader::{EMPTY_LINE, Progress, Reader};
use crate::{Headers, HttpError, Limits, Method};
use wire::Wire;

/// One request and its answer over HTTP/1.1 (RFC 9112), without I/O: it says which bytes to send and reads those that
/// come, in a buffer of the caller's.
///
/// A [`Gateway`](crate::Gateway) drives it; it is here for those who bring a driver of their own. First
/// [`request`](Self::request), then [`outgoing`](Self::outgoing) until everything is sent, then [`head`](Self::head) and
/// [`body`](Self::body), with what came put into [`room`](Self::room) whenever they ask for more.
///
/// ```
/// use redox_auth_core::{Instant, Url};
/// use redox_auth_gateway::{Exchange, Limits, Method, Outgoing};
///
/// let mut wire = [0; 512];
/// let mut exchange = Exchange::new(&mut wire, Limits::DEFAULT);
/// let now = Instant::from_millis(0);
///
/// let url = Url::parse("https://api.example/status")?;
/// exchange.request(Method::Get, url, "", now).header("Accept", "text/plain").send(Some(0))?;
/// let Outgoing::Write(bytes) = exchange.outgoing() else { unreachable!() };
/// assert_eq!(bytes, b"GET /status HTTP/1.1\r\nHost: api.example\r\nAccept: text/plain\r\n\r\n");
/// let sent = bytes.len();
/// exchange.written(sent, now)?;
/// assert!(matches!(exchange.outgoing(), Outgoing::Flush));
/// exchange.flushed();
///
/// let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nup";
/// while exchange.head()?.is_none() {
///     exchange.room()[..answer.len()].copy_from_slice(answer);
///     exchange.received(answer.len(), now)?;
/// }
/// assert_eq!(exchange.headers().get("content-length"), Some(&b"2"[..]));
/// let mut body = [0; 8];
/// assert_eq!(exchange.body(&mut body)?, Some(2));
/// assert_eq!(&body[..2], b"up");
/// assert_eq!(exchange.body(&mut body)?, Some(0));
/// assert!(exchange.leaves_connection());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub struct Exchange<'b> {
    wire: Wire<'b>,
    limits: Limits,
    sending: Sending,
    reader: Reader,
    status: Option<u16>,
    deadline: Instant,
}

/// How far the request is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sending {
    /// There is none.
    Nothing,
    /// So much of the body is still to come; `None` when nobody knows.
    Body(Option<u64>),
    /// All of it is in the buffer.
    LastBytes,
    Flush,
    Sent,
}

/// What is to be done to send a request.
#[derive(Debug, Eq, PartialEq)]
pub enum Outgoing<'e> {
    /// Fill this with what comes next of the body, or a part of it, and say how much with [`Exchange::filled`].
    Fill(&'e mut [u8]),
    /// Write this, or a part of it, and say how much with [`Exchange::written`].
    Write(&'e [u8]),
    /// Flush, and say so with [`Exchange::flushed`].
    Flush,
    /// The request is sent.
    Sent,
}

impl<'b> Exchange<'b> {
    /// An exchange in this buffer. Heads must fit it, that of an answer together with [`Limits::BODY_ROOM`].
    #[must_use]
    pub fn new(wire: &'b mut [u8], limits: Limits) -> Self {
        let mut exchange = Self {
            wire: Wire::new(wire),
            limits,
            sending: Sending::Nothing,
            reader: Reader::new(Method::Get, limits),
            status: None,
            deadline: Instant::END,
        };
        exchange.reader.fail(HttpError::Closed);
        exchange
    }

    /// Begins a request, to what `path` leads to behind the URL's own.
    ///
    /// Whatever was there of an exchange before is gone.
    pub fn request(
        &mut self,
        method: Method,
        url: Url<'_>,
        path: &str,
        now: Instant,
    ) -> HeadWriter<'_, 'b> {
        self.end();
        let millis = self.limits.exchange_ms.into();
        self.deadline = now.saturating_add_millis(millis);
        HeadWriter::new(self, method, url, path)
    }

    /// What to do next to send the request.
    pub fn outgoing(&mut self) -> Outgoing<'_> {
        match self.sending {
            Sending::Nothing | Sending::Sent => Outgoing::Sent,
            Sending::Flush => Outgoing::Flush,
            Sending::LastBytes => Outgoing::Write(self.wire.filled()),
            Sending::Body(left) => {
                if self.wire.room().len() < MIN_ROOM {
                    Outgoing::Write(self.wire.filled())
                } else {
                    Outgoing::Fill(self.body_room(left))
                }
            }
        }
    }

    /// So many bytes of the body were filled in; 0 says that there are no more.
    ///
    /// # Errors
    /// When that is fewer than were announced: how many are missing. The request can only be given up then.
    pub fn filled(&mut self, len: usize) -> Result<(), u64> {
        let Sending::Body(left) = self.sending else {
            return Ok(());
        };
        // Whoever says that there is more than there was room for is not believed.
        let len = len.min(self.body_room(left).len());
        let Some(left) = left else {
            self.put_chunk(len);
            return Ok(());
        };
        if len == 0 {
            return Err(left);
        }
        self.wire.add(len);
        let left = left.saturating_sub(u64::try_from(len).unwrap_or(u64::MAX));
        self.sending = match left {
            0 => Sending::LastBytes,
            left => Sending::Body(Some(left)),
        };
        Ok(())
    }

    /// So many bytes were written.
    ///
    /// # Errors
    /// [`HttpError::TimedOut`]: a server can be slow in taking, too.
    pub fn written(&mut self, len: usize, now: Instant) -> Result<(), HttpError> {
        self.check_time(now)?;
        self.wire.skip(len);
        if self.sending == Sending::LastBytes && self.wire.filled().is_empty() {
            self.sending = Sending::Flush;
        }
        Ok(())
    }

    /// Everything written is on its way. The buffer holds nothing of the request any more.
    pub fn flushed(&mut self) {
        if self.sending == Sending::Flush {
            self.sending = Sending::Sent;
            self.wire.wipe();
        }
    }

    /// Where to put what comes. Never empty while [`head`](Self::head) or [`body`](Self::body) ask for more.
    pub fn room(&mut self) -> &mut [u8] {
        self.wire.room()
    }

    /// So many bytes have come; 0 says that the connection has ended.
    ///
    /// # Errors
    /// [`HttpError::TimedOut`]; what came is not looked at then.
    pub fn received(&mut self, len: usize, now: Instant) -> Result<(), HttpError> {
        self.check_time(now)?;
        if len == 0 {
            self.reader.close();
        } else {
            self.reader.touch();
            self.wire.add(len);
        }
        Ok(())
    }

    /// The status of the answer, once its head is there; `None` when more has to come.
    ///
    /// # Errors
    /// [`HttpError`], again at every call.
    pub fn head(&mut self) -> Result<Option<u16>, HttpError> {
        while self.status.is_none() {
            let (used, progress) = self.reader.read(self.wire.filled(), 0);
            self.wire.skip(used);
            match progress? {
                Progress::Head { len, status } => {
                    self.wire.keep(len);
                    self.wire.skip(EMPTY_LINE.len());
                    self.status = Some(status);
                }
                Progress::Drop { start, len } => self.wire.cut(start, len),
                Progress::Unfold { at } => self.wire.blank(at, EMPTY_LINE.len()),
                _ => break,
            }
        }
        Ok(self.status)
    }

    /// The headers of the answer that fit, once [`head`](Self::head) has said that they are there. See
    /// [`Limits::head_bytes`].
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        Headers::new(self.wire.head())
    }

    /// Moves what has come of the body into `out`, which is not empty, and tells how many bytes that were; `Some(0)` says
    /// that this was all of it, `None` that more has to come.
    ///
    /// # Errors
    /// [`HttpError`], again at every call: what came before is not all of the body.
    pub fn body(&mut self, out: &mut [u8]) -> Result<Option<usize>, HttpError> {
        let (used, progress) = self.reader.read(self.wire.filled(), out.len());
        let moved = match progress {
            Ok(Progress::Data { start, len }) => {
                let part = self.wire.part(start, len);
                if let Some(out) = out.get_mut(..part.len()) {
                    out.copy_from_slice(part);
                }
                Ok(Some(part.len()))
            }
            Ok(Progress::End) => Ok(Some(0)),
            Ok(_) => Ok(None),
            Err(error) => Err(error),
        };
        self.wire.skip(used);
        moved
    }

    /// Moves what has come of the body behind the first `len` bytes of `out`, and counts it there. `true` says that the
    /// whole body is in `out`, `false` that more has to come.
    ///
    /// # Errors
    /// As [`body`](Self::body), and [`HttpError::BodyTooLong`] for a body that does not fit.
    pub fn whole_body(&mut self, out: &mut [u8], len: &mut usize) -> Result<bool, HttpError> {
        loop {
            let mut beyond = [0];
            let (room, is_full) = match out.get_mut(*len..) {
                Some(room) if !room.is_empty() => (room, false),
                _ => (&mut beyond[..], true),
            };
            match self.body(room)? {
                None => return Ok(false),
                Some(0) => return Ok(true),
                Some(_) if is_full => return self.fail(too_long(*len)).map(|()| false),
                Some(moved) => *len = len.saturating_add(moved),
            }
        }
    }

    /// Whether the answer is read to its end and the connection can be used for another exchange: nobody said that it
    /// would end, and nothing has come that was not asked for.
    #[must_use]
    pub fn leaves_connection(&self) -> bool {
        self.reader.leaves_connection() && self.wire.filled().is_empty()
    }

    /// The status of the answer; 0 before its head is there.
    pub(crate) fn status(&self) -> u16 {
        self.status.unwrap_or(0)
    }

    /// Whether any byte of an answer has come.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        self.reader.is_touched()
    }

    /// Ends the exchange wherever it is, and wipes the buffer.
    pub fn end(&mut self) {
        self.wire.wipe();
        self.sending = Sending::Nothing;
        self.status = None;
        self.reader = Reader::new(Method::Get, self.limits);
        self.reader.fail(HttpError::Closed);
    }

    pub(crate) const fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    pub(crate) const fn limits(&self) -> Limits {
        self.limits
    }

    /// The request cannot be written to its end. The server may have answered before it hung up, with 413 (Content Too
    /// Large), for example: [`head`](Self::head) and [`body`](Self::body) read what comes, if anything does.
    pub fn cut_off(&mut self) {
        if self.sending != Sending::Sent {
            self.sending = Sending::Sent;
            self.wire.wipe();
        }
        self.reader.keep_nothing();
    }

    /// For how long the server keeps the connection without a request, in seconds, if its answer says so.
    pub(crate) const fn idle_secs(&self) -> Option<u64> {
        self.reader.idle_secs()
    }

    /// The connection has failed.
    pub(crate) fn abort(&mut self) {
        self.reader.close();
        self.reader.lose();
    }

    fn check_time(&mut self, now: Instant) -> Result<(), HttpError> {
        let limit_ms = self.limits.exchange_ms;
        match now < self.deadline {
            true => Ok(()),
            false => self.fail(HttpError::TimedOut { limit_ms }),
        }
    }

    fn fail(&mut self, error: HttpError) -> Result<(), HttpError> {
        self.reader.fail(error);
        Err(error)
    }

    fn take_off(&mut self, method: Method, content_length: Option<u64>) {
        let mut limits = self.limits;
        let room = self.wire.capacity().saturating_sub(Limits::BODY_ROOM);
        limits.head_bytes = limits.head_bytes.min(room);
        self.reader = Reader::new(method, limits);
        self.sending = match content_length {
            Some(0) => Sending::LastBytes,
            left => Sending::Body(left),
        };
    }

    /// Nothing is sent of a head that was not finished.
    fn forget_unsent(&mut self) {
        if self.sending == Sending::Nothing {
            self.wire.wipe();
        }
    }

    /// Where what comes next of the body goes, when so much of it is left.
    fn body_room(&mut self, left: Option<u64>) -> &mut [u8] {
        let (before, behind, max) = match left {
            Some(left) => (0, 0, usize::try_from(left).unwrap_or(usize::MAX)),
            None => (CHUNK_BEFORE, CHUNK_BEHIND, CHUNK_MAX),
        };
        let room = self.wire.room_within(before, behind);
        let len = room.len().min(max);
        room.get_mut(..len).unwrap_or(&mut [])
    }

    /// Puts a frame around `len` bytes that stand where a chunk's data goes; the last chunk has none.
    fn put_chunk(&mut self, len: usize) {
        let mut frame = *b"0000\r\n";
        for (digit, shift) in frame.iter_mut().zip([12, 8, 4, 0]) {
            let nibble = u8::try_from((len >> shift) & 15).unwrap_or(0);
            *digit = HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
        }
        self.wire.put(&frame);
        self.wire.add(len);
        self.wire.put(b"\r\n");
        if len == 0 {
            self.sending = Sending::LastBytes;
        }
    }
}

impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("sending", &self.sending)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The body goes beyond a buffer of `limit` bytes.
fn too_long(limit: usize) -> HttpError {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    HttpError::BodyTooLong {
        found: limit.saturating_add(1),
        limit,
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// The most that a chunk's frame of four digits can announce, in bytes.
const CHUNK_MAX: usize = 0xffff;

/// How much room a chunk's frame needs before its data and behind, in bytes.
const CHUNK_BEFORE: usize = 6;
const CHUNK_BEHIND: usize = 2;

/// With less room than this, in bytes, what is there is sent first.
const MIN_ROOM: usize = 40;

/// A buffer that is shorter has no room for a body beside the head, in bytes.
const MIN_WIRE: usize = 2 * Limits::BODY_ROOM;
