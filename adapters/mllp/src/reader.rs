use core::fmt;

use crate::scan::{END, START, until_block};

/// Reads frames of MLLP from bytes as they arrive, without a buffer: VT, the body, FS and CR.
///
/// The result depends on the bytes alone, not on their split. Bytes between two frames are skipped. FS ends a frame when CR, LF,
/// VT or the end of the connection follows. FS before any other byte is inside a message, where FS and VT are not allowed.
///
/// ```
/// use redox_auth_mllp::{Part, Reader};
///
/// let mut reader = Reader::new(1024);
/// let mut input = &b"\x0bMSH|^~\\&\r\x1c\r"[..];
/// assert_eq!(reader.read(&mut input), Some(Part::Start));
/// assert_eq!(reader.read(&mut input), Some(Part::Body(b"MSH|^~\\&\r")));
/// assert_eq!(reader.read(&mut input), Some(Part::End));
/// assert_eq!(reader.read(&mut input), None);
/// // A connection that closes between two frames is no fault, even if it brought no byte.
/// assert_eq!(reader.close(), None);
/// ```
#[derive(Clone, Debug)]
pub struct Reader {
    limit: u32,
    /// How many bytes of the body, or between two frames, were read.
    len: u32,
    state: State,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// Between two frames.
    Between,
    /// The same, and a fault was reported: until the next frame there is no other one.
    Lost,
    Body,
    /// Behind FS.
    Ending,
}

/// A part of the input of a [`Reader`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part<'i> {
    /// A frame begins.
    Start,
    /// The next bytes of its body: never empty, without VT and FS.
    Body(&'i [u8]),
    /// The frame is complete.
    End,
    /// The frame is broken, and its body so far is no message. The next [`Part::Start`] begins another frame.
    Broken(FrameError),
}

impl Reader {
    /// A reader of frames whose bodies have at most `limit` bytes. No more bytes than that may stand between two frames.
    #[must_use]
    pub const fn new(limit: u32) -> Self {
        Self {
            limit,
            len: 0,
            state: State::Between,
        }
    }

    /// Takes the next part off the beginning of `input`. `None` means that `input` is empty and more has to arrive.
    pub fn read<'i>(&mut self, input: &mut &'i [u8]) -> Option<Part<'i>> {
        while let Some((&first, rest)) = input.split_first() {
            match self.state {
                State::Between | State::Lost if first == START => {
                    *input = rest;
                    return Some(self.start());
                }
                State::Between | State::Lost => {
                    if let Some(fault) = self.pass_over(input) {
                        return Some(fault);
                    }
                }
                State::Body => match first {
                    // It stays for the frame that it begins.
                    START => return Some(self.fail(FrameError::StartInside { at: self.len })),
                    END => {
                        *input = rest;
                        self.state = State::Ending;
                    }
                    _ => return Some(self.body(input)),
                },
                State::Ending => match first {
                    b'\r' | b'\n' => {
                        *input = rest;
                        return Some(self.end());
                    }
                    START => return Some(self.end()),
                    _ => return Some(self.fail(FrameError::EndInside { at: self.len })),
                },
            }
        }
        None
    }

    /// Reports the end of the connection. FS without its CR ends a frame then.
    pub const fn close(&mut self) -> Option<Part<'static>> {
        match self.state {
            State::Between | State::Lost => None,
            State::Body => Some(self.fail(FrameError::CutOff { found: self.len })),
            State::Ending => Some(self.end()),
        }
    }

    /// Whether FS has arrived and the CR behind it has not.
    #[must_use]
    pub const fn is_ending(&self) -> bool {
        matches!(self.state, State::Ending)
    }

    const fn start(&mut self) -> Part<'static> {
        self.state = State::Body;
        self.len = 0;
        Part::Start
    }

    const fn end(&mut self) -> Part<'static> {
        self.state = State::Between;
        self.len = 0;
        Part::End
    }

    const fn fail(&mut self, error: FrameError) -> Part<'static> {
        self.state = State::Lost;
        Part::Broken(error)
    }

    /// What comes next of the body, up to its limit.
    fn body<'i>(&mut self, input: &mut &'i [u8]) -> Part<'i> {
        let left = self.limit.saturating_sub(self.len);
        if left == 0 {
            return self.fail(FrameError::TooLong { limit: self.limit });
        }
        let run = until_block(input).min(usize::try_from(left).unwrap_or(usize::MAX));
        let (part, rest) = input.split_at_checked(run).unwrap_or((input, &[]));
        *input = rest;
        self.len = self
            .len
            .saturating_add(u32::try_from(run).unwrap_or(u32::MAX));
        Part::Body(part)
    }

    /// Passes over what stands between two frames.
    fn pass_over(&mut self, input: &mut &[u8]) -> Option<Part<'static>> {
        let run = input
            .iter()
            .position(|byte| *byte == START)
            .unwrap_or(input.len());
        *input = input.get(run..).unwrap_or(&[]);
        self.len = self
            .len
            .saturating_add(u32::try_from(run).unwrap_or(u32::MAX));
        if self.state == State::Between && self.len > self.limit {
            return Some(self.fail(FrameError::NoStart { limit: self.limit }));
        }
        None
    }
}

/// Why the input is not a frame.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FrameError {
    /// VT inside a message. Another frame may have begun there, before this one had ended.
    StartInside {
        /// How many bytes of the body came before it.
        at: u32,
    },
    /// FS inside a message: no CR follows it.
    EndInside {
        /// How many bytes of the body came before it.
        at: u32,
    },
    /// The frame is longer than it may be, or never ends.
    TooLong {
        /// The most that its body may have, in bytes.
        limit: u32,
    },
    /// The connection ended before the frame.
    CutOff {
        /// How many bytes of the body had come.
        found: u32,
    },
    /// Too many bytes arrived without a VT: the peer does not speak MLLP.
    NoStart {
        /// How many may stand between two frames.
        limit: u32,
    },
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StartInside { at } => {
                write!(f, "a byte VT (0x0B) inside the message, behind {at} bytes")
            }
            Self::EndInside { at } => write!(
                f,
                "a byte FS (0x1C) inside the message, behind {at} bytes: no CR follows it"
            ),
            Self::TooLong { limit } => write!(
                f,
                "the frame has no end within {limit} bytes, the most that are allowed"
            ),
            Self::CutOff { found } => write!(
                f,
                "the connection ended inside the frame, behind {found} bytes"
            ),
            Self::NoStart { limit } => write!(
                f,
                "more than {limit} bytes without a VT (0x0B), which begins every frame: \
                 is this a port of MLLP?"
            ),
        }
    }
}

impl core::error::Error for FrameError {}
