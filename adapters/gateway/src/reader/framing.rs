use crate::{HttpError, Limits, Method};

/// What a head says about what follows it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Framing {
    pub(super) status: u16,
    pub(super) body: Body,
    /// Whether another answer may follow on the same connection.
    pub(super) is_kept: bool,
}

/// How the end of a body is found (RFC 9112 §6.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Body {
    None,
    Length(u64),
    Chunked,
    UntilClose,
}

impl Framing {
    /// Reads a head whose lines are sound, the empty one at its end included.
    pub(super) fn parse(head: &[u8], method: Method) -> Result<Self, HttpError> {
        let mut headers = [httparse::EMPTY_HEADER; Limits::MAX_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        match response.parse(head) {
            Ok(httparse::Status::Complete(len)) if len == head.len() => (),
            Ok(_) => return Err(HttpError::StatusLine),
            Err(error) => return Err(translated(error)),
        }
        let is_1_1 = response.version == Some(1);
        let Some(status @ 100..) = response.code else {
            return Err(HttpError::StatusLine);
        };
        let mut length = None;
        let mut is_chunked = false;
        let mut is_closing = false;
        for header in response.headers.iter() {
            if header.name.eq_ignore_ascii_case("content-length") {
                if length.is_some() {
                    return Err(HttpError::TwoContentLengths);
                }
                length = Some(decimal(header.value).ok_or(HttpError::ContentLength)?);
            } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
                let is_usual = header.value.eq_ignore_ascii_case(b"chunked");
                if is_chunked || !is_usual || !is_1_1 {
                    return Err(HttpError::TransferEncoding);
                }
                is_chunked = true;
            } else if header.name.eq_ignore_ascii_case("connection") {
                let mut options = header.value.split(|&byte| byte == b',');
                is_closing |=
                    options.any(|option| option.trim_ascii().eq_ignore_ascii_case(b"close"));
            }
        }
        let announced = match (length, is_chunked) {
            (Some(_), true) => return Err(HttpError::LengthAndEncoding),
            (Some(length), false) => Body::Length(length),
            (None, true) => Body::Chunked,
            (None, false) => Body::UntilClose,
        };
        let body = match status {
            100..200 | 204 | 304 => Body::None,
            _ if method == Method::Head => Body::None,
            _ => announced,
        };
        // A 204 has no body (RFC 9110 §8.6); of one that announces a body nobody knows what follows.
        let is_odd = status == 204 && !matches!(announced, Body::UntilClose | Body::Length(0));
        Ok(Self {
            status,
            body,
            is_kept: is_1_1 && !is_closing && !is_odd && body != Body::UntilClose,
        })
    }
}

fn translated(error: httparse::Error) -> HttpError {
    match error {
        httparse::Error::HeaderName => HttpError::HeaderName,
        httparse::Error::HeaderValue => HttpError::HeaderValue,
        httparse::Error::TooManyHeaders => HttpError::TooManyHeaders {
            limit: Limits::MAX_HEADERS,
        },
        _ => HttpError::StatusLine,
    }
}

/// One or more digits and nothing else: no sign, no list (RFC 9110 §8.6).
fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(u64::from(digit))
    })
}
