use super::lines::{Lines, Place as Line};
use crate::{HttpError, Limits};

/// A chunked body (RFC 9112 §7.1), parsed as it arrives. Everything except the data is checked and dropped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chunked {
    place: Place,
    /// The number of bytes in extensions and trailers.
    extras: usize,
}

/// The place of the next byte.
#[derive(Clone, Copy, Debug)]
enum Place {
    Size { size: u64, digits: u8 },
    Space { size: u64 },
    Extension { size: u64 },
    SizeEnd { size: u64 },
    Data { left: u64 },
    DataEnd,
    DataLineFeed,
    Trailers(Lines),
    End,
}

impl Chunked {
    pub(super) const fn new() -> Self {
        Self {
            place: Place::Size { size: 0, digits: 0 },
            extras: 0,
        }
    }

    /// The number of next bytes that are data.
    pub(super) const fn data_left(&self) -> u64 {
        match self.place {
            Place::Data { left } => left,
            _ => 0,
        }
    }

    /// Counts bytes of data as processed.
    pub(super) fn skip_data(&mut self, len: u64) {
        let left = self.data_left().saturating_sub(len);
        self.place = if left > 0 {
            Place::Data { left }
        } else {
            Place::DataEnd
        };
    }

    pub(super) const fn is_at_end(&self) -> bool {
        matches!(self.place, Place::End)
    }

    /// Parses the next byte, which is not data. `body_len` is the length of all data before it.
    pub(super) fn take(
        &mut self,
        byte: u8,
        body_len: u64,
        limits: &Limits,
    ) -> Result<(), HttpError> {
        self.place = match (self.place, byte) {
            (Place::Size { digits: 0, .. }, b'\r' | b';' | b' ' | b'\t') => {
                return Err(HttpError::ChunkSize);
            }
            (Place::Size { size, .. } | Place::Space { size }, b';') => {
                self.count_extra(limits)?;
                Place::Extension { size }
            }
            (Place::Size { size, .. } | Place::Space { size }, b' ' | b'\t') => {
                self.count_extra(limits)?;
                Place::Space { size }
            }
            (Place::Size { size, .. } | Place::Extension { size }, b'\r') => {
                Place::SizeEnd { size }
            }
            (Place::Size { size, digits }, _) => {
                let digit = hexadecimal(byte).ok_or(HttpError::ChunkSize)?;
                if digits >= MAX_DIGITS {
                    return Err(HttpError::ChunkSizeTooLong);
                }
                Place::Size {
                    size: (size << 4) | digit,
                    digits: digits.saturating_add(1),
                }
            }
            (Place::Extension { size }, b' '..=b'~' | b'\t' | 0x80..) => {
                self.count_extra(limits)?;
                Place::Extension { size }
            }
            (Place::Extension { .. }, b'\n') => return Err(HttpError::BareLineFeed),
            (Place::SizeEnd { size: 0 }, b'\n') => Place::Trailers(Lines::new()),
            (Place::SizeEnd { size }, b'\n') => {
                let (found, limit) = (body_len.saturating_add(size), limits.body_bytes);
                if found > limit {
                    return Err(HttpError::BodyTooLong { found, limit });
                }
                Place::Data { left: size }
            }
            (Place::SizeEnd { .. }, _) => return Err(HttpError::BareCarriageReturn),
            (Place::Space { .. } | Place::Extension { .. }, _) => {
                return Err(HttpError::ChunkSize);
            }
            (Place::DataEnd, b'\r') => Place::DataLineFeed,
            (Place::DataLineFeed, b'\n') => Place::Size { size: 0, digits: 0 },
            (Place::DataEnd | Place::DataLineFeed, _) => return Err(HttpError::ChunkEnd),
            (Place::Trailers(mut lines), _) => {
                self.count_extra(limits)?;
                match lines.take(byte)? {
                    Line::End => Place::End,
                    _ => Place::Trailers(lines),
                }
            }
            // No byte can come in these places.
            (place @ (Place::Data { .. } | Place::End), _) => place,
        };
        Ok(())
    }

    fn count_extra(&mut self, limits: &Limits) -> Result<(), HttpError> {
        self.extras = self.extras.saturating_add(1);
        let limit = limits.head_bytes;
        if self.extras > limit {
            return Err(HttpError::ChunkExtrasTooLong { limit });
        }
        Ok(())
    }
}

fn hexadecimal(byte: u8) -> Option<u64> {
    char::from(byte).to_digit(16).map(u64::from)
}

/// The digits of a number of 64 bits, leading zeros included.
const MAX_DIGITS: u8 = 16;
