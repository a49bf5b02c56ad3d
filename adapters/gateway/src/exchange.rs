mod head_writer;
mod wire;

pub use head_writer::HeadWriter;

use core::fmt;

use redox_auth_core::{Instant, Url};

use crate::reader::{EMPTY_LINE, Progress, Reader};
use crate::{Headers, HttpError, Limits, Method};
use wire::Wire;

/// One request and its answer over HTTP/1.1 (RFC 9112), without I/O. It gives the bytes to send and parses the bytes
/// received, in a caller's buffer.
///
/// A [`Gateway`](crate::Gateway) drives it. Use it directly for a driver of your own: call [`request`](Self::request),
/// then [`outgoing`](Self::outgoing) until the request is sent, then [`head`](Self::head) and [`body`](Self::body). Put
/// received bytes into [`room`](Self::room) whenever these ask for more.
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

/// The progress of the request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sending {
    /// There is no request.
    Nothing,
    /// The number of body bytes still to come; `None` if it is unknown.
    Body(Option<u64>),
    /// The whole rest is in the buffer.
    LastBytes,
    Flush,
    Sent,
}

/// The next step in sending a request.
#[derive(Debug, Eq, PartialEq)]
pub enum Outgoing<'e> {
    /// Fill this with the next bytes of the body, or some of them, and report their number to [`Exchange::filled`].
    Fill(&'e mut [u8]),
    /// Write these bytes, or some of them, and report their number to [`Exchange::written`].
    Write(&'e [u8]),
    /// Flush, and report it to [`Exchange::flushed`].
    Flush,
    /// The request is sent.
    Sent,
}

impl<'b> Exchange<'b> {
    /// An exchange in this buffer. Each head must fit it, that of an answer together with [`Limits::BODY_ROOM`].
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

    /// Starts a request to `url` with `path` added to the URL's own path.
    ///
    /// This discards any exchange before it.
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

    /// The next step in sending the request.
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

    /// Records that this many bytes of the body were filled in. 0 marks the end of the body.
    ///
    /// # Errors
    /// The number of missing bytes, if the body is shorter than announced. The request can then only be ended.
    pub fn filled(&mut self, len: usize) -> Result<(), u64> {
        let Sending::Body(left) = self.sending else {
            return Ok(());
        };
        // A number greater than the room is not trusted.
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

    /// Records that this many bytes were written.
    ///
    /// # Errors
    /// [`HttpError::TimedOut`], because a server can also be slow in receiving.
    pub fn written(&mut self, len: usize, now: Instant) -> Result<(), HttpError> {
        self.check_time(now)?;
        self.wire.skip(len);
        if self.sending == Sending::LastBytes && self.wire.filled().is_empty() {
            self.sending = Sending::Flush;
        }
        Ok(())
    }

    /// Records that all written bytes were flushed. The buffer then holds nothing of the request.
    pub fn flushed(&mut self) {
        if self.sending == Sending::Flush {
            self.sending = Sending::Sent;
            self.wire.wipe();
        }
    }

    /// The place for received bytes. Never empty while [`head`](Self::head) or [`body`](Self::body) ask for more.
    pub fn room(&mut self) -> &mut [u8] {
        self.wire.room()
    }

    /// Records that this many bytes were received. 0 means that the connection has ended.
    ///
    /// # Errors
    /// [`HttpError::TimedOut`]; the bytes are then not parsed.
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

    /// The status of the answer after its head is complete; `None` if more bytes must come.
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

    /// The headers of the answer that fit, after [`head`](Self::head) returned a status. See [`Limits::head_bytes`].
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        Headers::new(self.wire.head())
    }

    /// Moves received bytes of the body into `out`, which must not be empty, and returns their number. `Some(0)` marks
    /// the end of the body, and `None` means that more bytes must come.
    ///
    /// # Errors
    /// [`HttpError`], again at every call. The bytes before it are not the whole body.
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

    /// Moves received bytes of the body to `out`, after its first `len` bytes, and adds their number to `len`. Returns
    /// `true` if `out` holds the whole body, `false` if more bytes must come.
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

    /// Whether the answer was read to its end and the connection can serve another exchange: neither side announced its
    /// end, and no unexpected byte was received.
    #[must_use]
    pub fn leaves_connection(&self) -> bool {
        self.reader.leaves_connection() && self.wire.filled().is_empty()
    }

    /// The status of the answer; 0 before its head is complete.
    pub(crate) fn status(&self) -> u16 {
        self.status.unwrap_or(0)
    }

    /// Whether any byte of an answer was received.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        self.reader.is_touched()
    }

    /// Ends the exchange in any state, and wipes the buffer.
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

    /// Records that the request could not be written to its end. The server may have answered before it closed the
    /// connection, such as with 413 (Content Too Large). [`head`](Self::head) and [`body`](Self::body) read that
    /// answer, if there is one.
    pub fn cut_off(&mut self) {
        if self.sending != Sending::Sent {
            self.sending = Sending::Sent;
            self.wire.wipe();
        }
        self.reader.keep_nothing();
    }

    /// How long the server keeps the connection without a request, in seconds, if its answer tells it.
    pub(crate) const fn idle_secs(&self) -> Option<u64> {
        self.reader.idle_secs()
    }

    /// Records that the connection failed.
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

    /// Discards an unfinished head.
    fn forget_unsent(&mut self) {
        if self.sending == Sending::Nothing {
            self.wire.wipe();
        }
    }

    /// The place for the next bytes of the body, with this many left.
    fn body_room(&mut self, left: Option<u64>) -> &mut [u8] {
        let (before, behind, max) = match left {
            Some(left) => (0, 0, usize::try_from(left).unwrap_or(usize::MAX)),
            None => (CHUNK_BEFORE, CHUNK_BEHIND, CHUNK_MAX),
        };
        let room = self.wire.room_within(before, behind);
        let len = room.len().min(max);
        room.get_mut(..len).unwrap_or(&mut [])
    }

    /// Frames `len` bytes, already in place, as a chunk. The last chunk has no bytes.
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

/// The error for a body longer than a buffer of `limit` bytes.
fn too_long(limit: usize) -> HttpError {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    HttpError::BodyTooLong {
        found: limit.saturating_add(1),
        limit,
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// The longest chunk that a frame of four digits can announce, in bytes.
const CHUNK_MAX: usize = 0xffff;

/// The room that a chunk's frame takes before and after its data, in bytes.
const CHUNK_BEFORE: usize = 6;
const CHUNK_BEHIND: usize = 2;

/// With less room than this, in bytes, the buffered bytes are sent first.
const MIN_ROOM: usize = 40;

/// A shorter buffer has no room for a body next to the head, in bytes.
const MIN_WIRE: usize = 2 * Limits::BODY_ROOM;
