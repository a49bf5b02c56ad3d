use crate::HttpError;

/// Watches lines of headers go by, a byte at a time, and finds the empty one at their end.
///
/// What it objects to depends on the bytes alone and not on how they came, so that an answer is the same however it was
/// split on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines {
    /// The next line may not go on with a header: nothing, or only the status, came before it.
    is_first: bool,
    /// Whether something is on this line yet.
    is_begun: bool,
    has_colon: bool,
    after_carriage_return: bool,
}

/// What a byte is for the lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// On a line, or at its end.
    Within,
    /// The first on a line: the header on the lines before is complete.
    Begin,
    /// The first on a line that goes on with the header before (RFC 9112 §5.2).
    Fold,
    /// The last of the empty line.
    End,
}

impl Lines {
    /// The lines of headers, behind that of the status or behind a chunked body.
    pub(super) const fn new() -> Self {
        Self {
            is_first: true,
            is_begun: false,
            has_colon: false,
            after_carriage_return: false,
        }
    }

    /// Takes the next byte.
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
