use crate::HttpError;

/// Watches lines of headers go by, a byte at a time, and finds the empty one at their end.
///
/// What it objects to depends on the bytes alone and not on how they came, so that an answer is the same however it was
/// split on its way. `httparse` reads what has passed here; it would take a bare line feed for a line's end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines {
    /// The first line is that of the status.
    is_first: bool,
    headers: usize,
    /// Whether something is on this line yet.
    is_begun: bool,
    has_colon: bool,
    after_carriage_return: bool,
}

impl Lines {
    /// The lines of a head: that of the status, and headers.
    pub(super) const fn of_head() -> Self {
        Self {
            is_first: true,
            headers: 0,
            is_begun: false,
            has_colon: false,
            after_carriage_return: false,
        }
    }

    /// The lines behind a chunked body: nothing but headers.
    pub(super) const fn of_trailers() -> Self {
        Self {
            is_first: false,
            ..Self::of_head()
        }
    }

    /// Takes the next byte. `true` when it ends the empty line.
    pub(super) fn take(&mut self, byte: u8, max_headers: usize) -> Result<bool, HttpError> {
        if self.after_carriage_return {
            self.after_carriage_return = false;
            return match byte {
                b'\n' => self.end_line(max_headers),
                _ => Err(HttpError::BareCarriageReturn),
            };
        }
        match byte {
            b'\n' => return Err(HttpError::BareLineFeed),
            b'\r' => {
                self.after_carriage_return = true;
                return Ok(false);
            }
            b' ' | b'\t' if !self.is_begun && !self.is_first => {
                return Err(HttpError::FoldedHeader);
            }
            b':' => self.has_colon = true,
            _ => (),
        }
        self.is_begun = true;
        Ok(false)
    }

    fn end_line(&mut self, max_headers: usize) -> Result<bool, HttpError> {
        match (self.is_begun, self.is_first) {
            (false, true) => return Err(HttpError::StatusLine),
            (false, false) => return Ok(true),
            (true, true) => self.is_first = false,
            (true, false) => {
                if !self.has_colon {
                    return Err(HttpError::NoColon);
                }
                self.headers = self.headers.saturating_add(1);
                if self.headers > max_headers {
                    return Err(HttpError::TooManyHeaders { limit: max_headers });
                }
            }
        }
        self.is_begun = false;
        self.has_colon = false;
        Ok(false)
    }
}
