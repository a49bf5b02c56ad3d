use embedded_io::ErrorKind;

use super::{Exchange, MIN_ROOM, State, Verdict};
use crate::acknowledgment::{Ack, Code};
use crate::outcome::{Cause, NotSent};
use crate::reader::{FrameError, Part, Reader};
use crate::scan::move_down;
use crate::text::Text;

/// What came of acknowledgments over a connection.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    reader: Reader,
    /// Where the frame begins in the buffer, and how much of it is kept there.
    start: usize,
    kept: usize,
    /// The frame began while its message was waiting.
    is_collecting: bool,
    /// Not all of the frame is kept.
    is_cut: bool,
    /// When FS is believed without its CR.
    end_ms: u64,
    others: u32,
    unreadable: u32,
    refusal: Option<Refusal>,
}

/// A refusal of no message that was sent.
#[derive(Clone, Copy, Debug)]
struct Refusal {
    code: Code,
    text: [u8; Refusal::TEXT],
    len: usize,
}

impl Refusal {
    /// How much of its text is kept, in bytes.
    const TEXT: usize = 96;

    fn of(ack: &Ack<'_>) -> Self {
        let mut text = [0; Self::TEXT];
        let found = ack.text().as_bytes();
        for (to, from) in text.iter_mut().zip(found) {
            *to = *from;
        }
        let len = found.len().min(Self::TEXT);
        let code = ack.code();
        Self { code, text, len }
    }
}

impl Incoming {
    pub(super) const fn new(ack_bytes: u32) -> Self {
        Self {
            reader: Reader::new(ack_bytes),
            start: 0,
            kept: 0,
            is_collecting: false,
            is_cut: false,
            end_ms: u64::MAX,
            others: 0,
            unreadable: 0,
            refusal: None,
        }
    }

    /// Begins to count for another message. What the connection brought before is not its acknowledgment.
    pub(super) const fn begin(&mut self) {
        (self.start, self.kept) = (0, 0);
        self.is_collecting = false;
        self.end_ms = u64::MAX;
        self.others = 0;
        self.unreadable = 0;
        self.refusal = None;
    }

    /// Where the next bytes go, in the buffer.
    pub(super) const fn end(&self) -> usize {
        self.start.saturating_add(self.kept)
    }

    pub(super) const fn others(&self) -> u32 {
        self.others
    }

    pub(super) const fn unreadable(&self) -> u32 {
        self.unreadable
    }

    pub(super) fn refusal(&self) -> Option<(Code, Text<'_>)> {
        let refusal = self.refusal.as_ref()?;
        let text = refusal.text.get(..refusal.len).unwrap_or(&[]);
        Some((refusal.code, Text::new(text)))
    }

    /// The earlier one of this time and that at which FS is believed.
    pub(super) const fn earlier(&self, deadline_ms: u64) -> u64 {
        if self.reader.is_ending() && self.end_ms < deadline_ms {
            self.end_ms
        } else {
            deadline_ms
        }
    }

    /// The frame that is kept is of no use.
    const fn forget(&mut self) {
        self.is_collecting = false;
        (self.start, self.kept) = (0, 0);
    }

    const fn count_unreadable(&mut self) {
        self.forget();
        self.unreadable = self.unreadable.saturating_add(1);
    }
}

impl Exchange<'_> {
    /// So many bytes have come; 0 says that the connection has ended.
    pub fn received(&mut self, len: usize, now_ms: u64) {
        if self.state != State::Waiting {
            return;
        }
        if len == 0 {
            self.end_frame();
            self.fail(NotSent::Closed, Cause::Closed);
            self.is_closed = true;
            return;
        }
        self.read(len);
        self.make_room();
        self.incoming.end_ms = now_ms.saturating_add(self.limits.end_ms.into());
        self.tick(now_ms);
    }

    /// Reads what was put behind the frame that is kept. All of it: the next frame begins in it or behind it.
    fn read(&mut self, len: usize) {
        let mut at = self.incoming.end();
        let end = at.saturating_add(len);
        while let Some(mut rest) = self.buf.get(at..end) {
            let part = self.incoming.reader.read(&mut rest);
            at = end.saturating_sub(rest.len());
            match part {
                None => break,
                Some(Part::Body(body)) => {
                    let len = body.len();
                    self.keep(len);
                }
                Some(Part::Start) => {
                    self.incoming.is_collecting = self.state == State::Waiting;
                    if self.incoming.is_collecting {
                        (self.incoming.start, self.incoming.kept) = (at, 0);
                        self.incoming.is_cut = false;
                    }
                }
                Some(Part::End) => self.judge(),
                Some(Part::Broken(error)) if is_fatal(error) => {
                    self.fail(
                        NotSent::Transport(ErrorKind::InvalidData),
                        Cause::Frame(error),
                    );
                    self.is_closed = true;
                }
                // What comes behind the acknowledgment changes nothing in it.
                Some(Part::Broken(_)) if self.state != State::Waiting => (),
                Some(Part::Broken(_)) => self.incoming.count_unreadable(),
            }
        }
    }

    /// The frame ends here, if it can: nothing follows in time.
    pub(super) fn end_frame(&mut self) {
        if self.state != State::Waiting {
            return;
        }
        match self.incoming.reader.close() {
            Some(Part::End) => self.judge(),
            Some(_) => self.incoming.count_unreadable(),
            None => (),
        }
    }

    /// Keeps a part of the frame where it stands, behind that which is kept already.
    fn keep(&mut self, len: usize) {
        if !self.incoming.is_collecting || self.incoming.is_cut {
            return;
        }
        let left = self.keep_limit().saturating_sub(self.incoming.kept);
        self.incoming.kept = self.incoming.kept.saturating_add(len.min(left));
        self.incoming.is_cut = len > left;
    }

    /// The most that is kept of a frame.
    const fn keep_limit(&self) -> usize {
        self.buf.len().saturating_sub(MIN_ROOM)
    }

    /// Makes room for what comes next.
    fn make_room(&mut self) {
        let Incoming { start, kept, .. } = self.incoming;
        if self.state == State::Waiting && self.incoming.end() > self.keep_limit() {
            move_down(self.buf, start, kept, 0);
            self.incoming.start = 0;
        }
    }

    /// What is kept of the frame: whole segments alone, for a control ID that was cut off is another one.
    pub(super) fn answer(&self) -> &[u8] {
        let Incoming { start, .. } = self.incoming;
        let kept = self.buf.get(start..self.incoming.end()).unwrap_or(&[]);
        if !self.incoming.is_cut {
            return kept;
        }
        let end = kept.iter().rposition(|byte| matches!(byte, b'\r' | b'\n'));
        kept.get(..end.unwrap_or(0)).unwrap_or(&[])
    }

    /// Whose acknowledgment the frame is.
    fn judge(&mut self) {
        if !core::mem::replace(&mut self.incoming.is_collecting, false) {
            return;
        }
        match Ack::parse(self.answer()) {
            Err(_) => self.incoming.count_unreadable(),
            Ok(ack) if self.id.as_bytes() == ack.control_id() => self.finish(Verdict::Answered),
            Ok(ack) => {
                if ack.code().is_accept() || self.recent.has(ack.control_id()) {
                    self.incoming.others = self.incoming.others.saturating_add(1);
                } else {
                    self.incoming.refusal = Some(Refusal::of(&ack));
                }
                self.incoming.forget();
            }
        }
    }
}

/// Whether nobody knows where the next frame begins, or nobody cares to wait for it.
const fn is_fatal(error: FrameError) -> bool {
    matches!(
        error,
        FrameError::TooLong { .. } | FrameError::NoStart { .. }
    )
}
