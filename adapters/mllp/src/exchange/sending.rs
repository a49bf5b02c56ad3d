use embedded_io::ErrorKind;

use super::{Exchange, MIN_ROOM, State};
use crate::header::{Header, HeaderError};
use crate::outcome::{Cause, NotSent};
use crate::scan::START;
use crate::segments::{BodyError, Segments};

impl Exchange<'_> {
    /// So many bytes of the message were filled in; 0 says that there are no more.
    pub fn filled(&mut self, len: usize, now_ms: u64) {
        if !matches!(self.state, State::Header | State::Body) {
            return;
        }
        self.extend_deadline(now_ms);
        let old_end = self.end;
        // Someone who says that there is more than there was room for is not believed.
        let filled = len.min(self.fill_room().len());
        self.end = old_end.saturating_add(filled);
        let result = match self.state {
            State::Header => self.fill_header(old_end),
            _ => self.take(old_end).map_err(Fault::Body),
        };
        let result = result.and_then(|()| match filled {
            0 => self.put_end().map_err(Fault::Body),
            _ => Ok(()),
        });
        match result {
            Ok(()) => (),
            Err(Fault::Header(reason)) => self.fail(reason, Cause::Closed),
            Err(Fault::Body(error)) => self.fail(NotSent::Body(error), Cause::Body(error)),
        }
    }

    /// The message could not be read, with the kind of its source's error.
    pub fn source_failed(&mut self, kind: ErrorKind) {
        self.fail(NotSent::Source(kind), Cause::Source(kind));
    }

    /// So many bytes were written.
    pub fn written(&mut self, len: usize, now_ms: u64) {
        if len == 0 {
            return self.failed(ErrorKind::WriteZero, now_ms);
        }
        if !matches!(self.state, State::Body | State::LastBytes) {
            return;
        }
        if !core::mem::replace(&mut self.is_sent, true) {
            self.recent.add(self.id.as_bytes());
        }
        self.extend_deadline(now_ms);
        self.start = self.start.saturating_add(len).min(self.end);
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            if self.state == State::LastBytes {
                self.state = State::Flush;
            }
        }
    }

    /// Everything that was written is on its way. The wait for the acknowledgment begins.
    pub fn flushed(&mut self, now_ms: u64) {
        if self.state == State::Flush {
            self.state = State::Waiting;
            self.extend_deadline(now_ms);
        }
    }

    pub(super) fn begin_sending(&mut self, now_ms: u64) {
        self.state = State::Header;
        self.is_sent = false;
        self.is_undeclared = false;
        self.incoming.begin();
        self.extend_deadline(now_ms);
        if let Some(first) = self.buf.first_mut() {
            *first = START;
        }
        (self.start, self.end) = (0, 1);
    }

    /// Where what comes next of the message goes.
    pub(super) fn fill_room(&mut self) -> &mut [u8] {
        let limit = self.limit();
        self.buf.get_mut(self.end..limit).unwrap_or(&mut [])
    }

    pub(super) const fn has_room(&self) -> bool {
        self.end.saturating_add(MIN_ROOM) <= self.limit()
    }

    /// Where the message ends at the latest: the end of the frame follows.
    const fn limit(&self) -> usize {
        self.buf.len().saturating_sub(Segments::MAX_END)
    }

    /// Looks for the end of the header in what was filled in from `from` on.
    fn fill_header(&mut self, from: usize) -> Result<(), Fault> {
        let filled = self.buf.get(from..self.end).unwrap_or(&[]);
        let has_end = filled.iter().any(|byte| matches!(byte, b'\r' | b'\n'));
        let is_last = filled.is_empty();
        let is_full = self.end >= self.limit();
        if !has_end && !is_last && !is_full {
            return Ok(());
        }
        let message = self.buf.get(1..self.end).unwrap_or(&[]);
        if message.is_empty() {
            return Err(Fault::Header(NotSent::Empty));
        }
        if !has_end && !is_last && message.starts_with(b"MSH") {
            let limit = message.len();
            let error = HeaderError::TooLong { limit };
            return Err(Fault::Header(NotSent::Header(error)));
        }
        let header =
            Header::parse(message).map_err(|error| Fault::Header(NotSent::Header(error)))?;
        let id = header.control_id();
        if self.recent.has(id) {
            return Err(Fault::Header(NotSent::ControlIdAgain));
        }
        self.id.set(id);
        self.is_undeclared = header.character_sets().is_empty();
        self.segments = Segments::new(header.separator());
        self.state = State::Body;
        self.take(1).map_err(Fault::Body)
    }

    /// Takes what stands from `from` on into the frame.
    fn take(&mut self, from: usize) -> Result<(), BodyError> {
        let piece = self.buf.get_mut(from..self.end).unwrap_or(&mut []);
        let taken = self.segments.take(piece)?;
        self.end = from.saturating_add(taken.len());
        Ok(())
    }

    fn put_end(&mut self) -> Result<(), BodyError> {
        let bytes = self.segments.end()?;
        let room = self.buf.get_mut(self.end..);
        if let Some(to) = room.and_then(|room| room.get_mut(..bytes.len())) {
            to.copy_from_slice(bytes);
        }
        self.end = self.end.saturating_add(bytes.len());
        self.state = State::LastBytes;
        Ok(())
    }

    fn extend_deadline(&mut self, now_ms: u64) {
        self.deadline_ms = now_ms.saturating_add(self.limits.wait_ms.into());
    }
}

/// Why a message cannot be sent on.
enum Fault {
    /// Found before a byte of it was sent.
    Header(NotSent),
    Body(BodyError),
}
