use core::ops::Range;

/// A part of a body, from one place to before another.
///
/// In 32 bits each, so that what is found in a body travels in registers: through memory it takes twice as long to read
/// an answer. Whoever reads a body looks at no more than [`Span::MAX`] bytes of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// How many bytes of a body can be spoken of: 4 GiB.
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

    /// This part of `body`.
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
