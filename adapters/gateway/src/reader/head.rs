use super::framing::{Framing, is_needed};
use super::lines::{Lines, Place};
use crate::{HttpError, Limits};

/// The head of an answer, parsed as it arrives. Headers that do not fit are dropped. Headers that frame the message are
/// always read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// `None` on the status line.
    lines: Option<Lines>,
    pub(super) framing: Framing,
    /// The number of bytes kept: whole lines.
    kept: usize,
    /// The number of bytes parsed.
    seen: usize,
    /// The number of headers kept.
    headers: usize,
    /// The number of bytes dropped.
    dropped: usize,
    /// The start of this line was dropped.
    is_cut: bool,
}

/// The next step for the bytes of a head.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Next {
    /// More bytes are needed.
    More,
    /// Remove these bytes.
    Drop { start: usize, len: usize },
    /// Replace the line end at this place with two spaces.
    Unfold { at: usize },
    /// The head is complete, with this many bytes. An empty line follows.
    Complete { len: usize },
}

impl Head {
    pub(super) fn new() -> Self {
        Self {
            lines: None,
            framing: Framing::default(),
            kept: 0,
            seen: 0,
            headers: 0,
            dropped: 0,
            is_cut: false,
        }
    }

    /// Continues with the bytes of `input`, which starts with the kept bytes.
    pub(super) fn read(&mut self, input: &[u8], limits: &Limits) -> Result<Next, HttpError> {
        let limit = limits.head_bytes;
        while let Some(&byte) = input.get(self.seen) {
            let place = match &mut self.lines {
                Some(lines) => lines.take(byte)?,
                None => self.status_byte(input, byte)?,
            };
            let at = self.seen;
            self.seen = self.seen.saturating_add(1);
            match place {
                Place::Begin if at > self.kept || self.is_cut => {
                    let line = input.get(self.kept..at).unwrap_or_default();
                    if self.take_line(line, at, limits)? {
                        self.kept = at;
                    } else {
                        return self.drop_to(at, limits);
                    }
                }
                Place::Fold if !self.is_cut => {
                    return Ok(Next::Unfold {
                        at: at.saturating_sub(2),
                    });
                }
                Place::End => return Ok(Next::Complete { len: self.kept }),
                _ => (),
            }
            if self.seen >= limit.saturating_add(Limits::BODY_ROOM) {
                let line = input.get(self.kept..self.seen).unwrap_or_default();
                if self.lines.is_none() || (!self.is_cut && is_needed(line)) {
                    return Err(HttpError::HeadTooLong { limit });
                }
                self.is_cut = true;
                return self.drop_to(self.seen, limits);
            }
        }
        Ok(Next::More)
    }

    /// Parses a byte on the status line.
    fn status_byte(&mut self, input: &[u8], byte: u8) -> Result<Place, HttpError> {
        let line = input.get(..self.seen).unwrap_or_default();
        match (line.strip_suffix(b"\r"), byte) {
            (Some(line), b'\n') => {
                self.framing.take_status(line)?;
                self.lines = Some(Lines::new());
                self.kept = self.seen.saturating_add(1);
            }
            (Some(_), _) => return Err(HttpError::BareCarriageReturn),
            (None, b'\n') => return Err(HttpError::BareLineFeed),
            _ => (),
        }
        Ok(Place::Within)
    }

    /// Parses a header that ends before the byte `end`. Returns `false` if it is not kept.
    fn take_line(&mut self, line: &[u8], end: usize, limits: &Limits) -> Result<bool, HttpError> {
        if core::mem::replace(&mut self.is_cut, false) {
            return Ok(false);
        }
        self.framing
            .take_header(line.strip_suffix(b"\r\n").unwrap_or(line))?;
        let fits = end <= limits.head_bytes && self.headers < limits.headers;
        self.headers = self.headers.saturating_add(fits.into());
        Ok(fits)
    }

    /// Drops the bytes before `end` that are not kept.
    fn drop_to(&mut self, end: usize, limits: &Limits) -> Result<Next, HttpError> {
        let (start, len) = (self.kept, end.saturating_sub(self.kept));
        self.dropped = self.dropped.saturating_add(len);
        if self.dropped > DROPPED_MAX {
            let limit = limits.head_bytes.saturating_add(DROPPED_MAX);
            return Err(HttpError::HeadTooLong { limit });
        }
        self.seen = self.seen.saturating_sub(len);
        Ok(Next::Drop { start, len })
    }
}

/// The greatest number of bytes of a head that are read and dropped.
const DROPPED_MAX: usize = 64 * 1024;
