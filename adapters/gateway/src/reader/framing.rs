use crate::{HttpError, Method};

/// The information in a head about the rest of the message, line by line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Framing {
    pub(super) status: u16,
    is_1_1: bool,
    length: Option<u64>,
    is_chunked: bool,
    is_closing: bool,
    /// How long the server keeps the connection without a request, in seconds: `Keep-Alive: timeout=5`.
    pub(super) idle_secs: Option<u64>,
}

/// The rule for the end of a body (RFC 9112 §6.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Body {
    None,
    Length(u64),
    Chunked,
    UntilClose,
}

impl Framing {
    /// Parses the status line, without its end (RFC 9112 §4).
    pub(super) fn take_status(&mut self, line: &[u8]) -> Result<(), HttpError> {
        let status = line.strip_prefix(b"HTTP/1.").and_then(|rest| {
            let (&minor, rest) = rest.split_first()?;
            let (digits, reason) = rest.strip_prefix(b" ")?.split_at_checked(3)?;
            let is_sound = reason.is_empty() || reason.first() == Some(&b' ');
            self.is_1_1 = minor == b'1';
            let status = decimal(digits)?;
            (matches!(minor, b'0' | b'1') && is_sound && is_text(reason)).then_some(status)
        });
        match status.map(u16::try_from) {
            Some(Ok(status @ 100..)) => self.status = status,
            _ => return Err(HttpError::StatusLine),
        }
        Ok(())
    }

    /// Parses a header, without its line end.
    pub(super) fn take_header(&mut self, line: &[u8]) -> Result<(), HttpError> {
        let (name, value) = split(line);
        if name.is_empty() || !name.iter().all(|&byte| is_token_byte(byte)) {
            return Err(HttpError::HeaderName);
        }
        if !is_text(value) {
            return Err(HttpError::HeaderValue);
        }
        let value = value.trim_ascii();
        match frame(name) {
            Some(Frame::Length) => {
                if self.length.is_some() {
                    return Err(HttpError::TwoContentLengths);
                }
                self.length = Some(decimal(value).ok_or(HttpError::ContentLength)?);
            }
            Some(Frame::Encoding) => {
                let is_usual = value.eq_ignore_ascii_case(b"chunked");
                if self.is_chunked || !is_usual || !self.is_1_1 {
                    return Err(HttpError::TransferEncoding);
                }
                self.is_chunked = true;
            }
            Some(Frame::Connection) => {
                self.is_closing |= options(value).any(|it| it.eq_ignore_ascii_case(b"close"));
            }
            Some(Frame::KeepAlive) => {
                let secs = options(value).find_map(|option| {
                    let (name, secs) = option.split_at_checked(TIMEOUT.len())?;
                    name.eq_ignore_ascii_case(TIMEOUT).then(|| decimal(secs))?
                });
                self.idle_secs = secs.or(self.idle_secs);
            }
            None => (),
        }
        Ok(())
    }

    /// The rule for the end of the body, and whether another answer may follow on the same connection.
    pub(super) fn body(&self, method: Method) -> Result<(Body, bool), HttpError> {
        let announced = match (self.length, self.is_chunked) {
            (Some(_), true) => return Err(HttpError::LengthAndEncoding),
            (Some(length), false) => Body::Length(length),
            (None, true) => Body::Chunked,
            (None, false) => Body::UntilClose,
        };
        let body = match self.status {
            100..200 | 204 | 304 => Body::None,
            _ if method == Method::Head => Body::None,
            _ => announced,
        };
        // A 204 has no body (RFC 9110 §8.6). If it announces a body, the meaning of further bytes is unknown.
        let is_odd = self.status == 204 && !matches!(announced, Body::UntilClose | Body::Length(0));
        let is_kept = self.is_1_1 && !self.is_closing && !is_odd && body != Body::UntilClose;
        Ok((body, is_kept))
    }
}

/// Whether a line, or its start, belongs to a header that is required to read the answer.
pub(super) fn is_needed(line: &[u8]) -> bool {
    frame(split(line).0).is_some()
}

/// A header that frames the message or describes the connection.
enum Frame {
    Length,
    Encoding,
    Connection,
    KeepAlive,
}

fn frame(name: &[u8]) -> Option<Frame> {
    let is = |expected: &str| name.eq_ignore_ascii_case(expected.as_bytes());
    if is("content-length") {
        Some(Frame::Length)
    } else if is("transfer-encoding") {
        Some(Frame::Encoding)
    } else if is("connection") {
        Some(Frame::Connection)
    } else if is("keep-alive") {
        Some(Frame::KeepAlive)
    } else {
        None
    }
}

/// The text before the colon, and the text after it.
fn split(line: &[u8]) -> (&[u8], &[u8]) {
    let colon = line.iter().position(|&byte| byte == b':');
    let (name, value) = line
        .split_at_checked(colon.unwrap_or(line.len()))
        .unwrap_or_default();
    (name, value.get(1..).unwrap_or_default())
}

fn options(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|&byte| byte == b',')
        .map(|option| option.trim_ascii())
}

/// RFC 9110 §5.6.2.
const fn is_token_byte(byte: u8) -> bool {
    matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
        || byte.is_ascii_alphanumeric()
}

/// RFC 9110 §5.5: no control characters.
fn is_text(value: &[u8]) -> bool {
    value
        .iter()
        .all(|&byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f))
}

/// One or more digits: no sign, no list (RFC 9110 §8.6).
fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

const TIMEOUT: &[u8] = b"timeout=";
