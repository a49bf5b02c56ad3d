use core::ops::Range;

/// A half-open range of a body.
///
/// Both ends have 32 bits, and the range therefore travels in registers. Through memory, parsing an answer takes twice
/// as long. Parsers check at most [`Span::MAX`] bytes of a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// The part of a body that a span can address: 4 GiB.
    pub(super) const MAX: usize = u32::MAX as usize;

    pub(super) fn new(places: Range<usize>) -> Self {
        Self {
            start: narrow(places.start),
            end: narrow(places.end),
        }
    }

    pub(super) fn start(self) -> usize {
        widen(self.start)
    }

    pub(super) fn end(self) -> usize {
        widen(self.end)
    }

    /// The bytes of `body` in this range.
    pub(crate) fn of(self, body: &[u8]) -> &[u8] {
        body.get(self.start()..self.end()).unwrap_or(&[])
    }
}

pub(super) fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

pub(super) fn widen(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}
