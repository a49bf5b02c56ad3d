use crate::HttpError;

/// Reads header lines byte by byte, and finds the empty line at their end.
///
/// Errors depend only on the bytes, not on their division into reads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines {
    /// The next line may not continue a header, because it follows the start or the status line.
    is_first: bool,
    /// Whether this line has a byte yet.
    is_begun: bool,
    has_colon: bool,
    after_carriage_return: bool,
}

/// The place of a byte in the lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// On a line, or at its end.
    Within,
    /// The first byte of a line: the header on the lines before is complete.
    Begin,
    /// The first byte of a line that continues the header before (RFC 9112 §5.2).
    Fold,
    /// The last byte of the empty line.
    End,
}

impl Lines {
    /// The header lines after a status line or after a chunked body.
    pub(super) const fn new() -> Self {
        Self {
            is_first: true,
            is_begun: false,
            has_colon: false,
            after_carriage_return: false,
        }
    }

    /// Parses the next byte.
    pub(super) fn take(&mut self, byte: u8) -> Result<Place, HttpError> {
        if self.after_carriage_return {
            return match (byte, self.is_begun, self.has_colon) {
                (b'\n', false, _) => Ok(Place::End),
                (b'\n', true, true) => {
                    self.after_carriage_return = false;
                    self.is_begun = false;
                    self.is_first = false;
                    Ok(Place::Within)
                }
                (b'\n', true, false) => Err(HttpError::NoColon),
                _ => Err(HttpError::BareCarriageReturn),
            };
        }
        let place = match (self.is_begun, byte) {
            (true, _) => Place::Within,
            (false, b' ' | b'\t') if self.is_first => return Err(HttpError::FoldedHeader),
            (false, b' ' | b'\t') => Place::Fold,
            (false, _) => {
                self.has_colon = false;
                Place::Begin
            }
        };
        match byte {
            b'\n' => return Err(HttpError::BareLineFeed),
            b'\r' => self.after_carriage_return = true,
            _ => {
                self.is_begun = true;
                self.has_colon |= byte == b':';
            }
        }
        Ok(place)
    }
}
