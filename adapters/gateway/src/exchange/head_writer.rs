use redox_auth_core::Url;

use super::{Exchange, MIN_WIRE};
use crate::{HeadError, Method};

/// The head of a request under construction. [`Exchange::request`] makes it.
///
/// It counts past the end of the buffer, and one check at the end gives the exact length needed. If it is dropped
/// before [`send`](Self::send), nothing is sent.
#[must_use = "nothing is sent before `send`"]
pub struct HeadWriter<'e, 'b> {
    exchange: &'e mut Exchange<'b>,
    method: Method,
    needed: usize,
    error: Option<HeadError>,
}

impl<'e, 'b> HeadWriter<'e, 'b> {
    pub(super) fn new(
        exchange: &'e mut Exchange<'b>,
        method: Method,
        url: Url<'_>,
        path: &str,
    ) -> Self {
        let mut writer = Self {
            exchange,
            method,
            needed: 0,
            error: None,
        };
        // A fragment never leaves the client (RFC 9110 §7.1).
        if !path
            .bytes()
            .all(|byte| matches!(byte, b'!'..=b'~') && byte != b'#')
        {
            writer.error = Some(HeadError::Path);
        }
        writer.put(method.as_str());
        writer.put(" ");
        // A path after the URL replaces the URL's "/".
        if path.is_empty() || url.path() != "/" {
            writer.put(url.path());
        }
        writer.put(path);
        writer.put(" HTTP/1.1\r\nHost: ");
        writer.put(url.host());
        if url.port() != if url.is_https() { 443 } else { 80 } {
            writer.put(":");
            writer.put_number(url.port().into());
        }
        writer.put("\r\n");
        writer
    }

    /// Adds a header. [`send`](Self::send) rejects a header that a head cannot carry, and a header that frames the
    /// message or describes the connection: the gateway writes those.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if !is_token(name) || RESERVED.iter().any(|it| it.eq_ignore_ascii_case(name)) {
            self.error.get_or_insert(HeadError::Name);
        }
        self.field(name, "", value)
    }

    /// Adds `Authorization: Bearer` with this token (RFC 6750 §2.1).
    pub fn bearer(self, token: &str) -> Self {
        self.field("Authorization", "Bearer ", token)
    }

    /// Adds `Authorization: DPoP` with this token (RFC 9449 §7.1). Add the proof as a header `DPoP`.
    pub fn bound(self, token: &str) -> Self {
        self.field("Authorization", "DPoP ", token)
    }

    fn field(mut self, name: &str, prefix: &str, value: &str) -> Self {
        if !value
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~' | b'\t'))
        {
            self.error.get_or_insert(HeadError::Value);
        }
        for part in [name, ": ", prefix, value, "\r\n"] {
            self.put(part);
        }
        self
    }

    /// Completes the head of a request with a body of this length, or with a chunked body for `None`. The head is then
    /// ready to send.
    ///
    /// # Errors
    /// [`HeadError`]; nothing is then sent.
    pub fn send(mut self, content_length: Option<u64>) -> Result<(), HeadError> {
        match content_length {
            None => self.put("Transfer-Encoding: chunked\r\n"),
            Some(0) if !self.method.expects_body() => (),
            Some(len) => {
                self.put("Content-Length: ");
                self.put_number(len);
                self.put("\r\n");
            }
        }
        self.put("\r\n");
        let needed = self.needed.max(MIN_WIRE);
        if needed > self.exchange.wire.capacity() {
            self.error
                .get_or_insert(HeadError::BufferTooSmall { needed });
        }
        if let Some(error) = self.error {
            return Err(error);
        }
        self.exchange.take_off(self.method, content_length);
        Ok(())
    }

    fn put(&mut self, text: &str) {
        self.needed = self.needed.saturating_add(text.len());
        if self.needed <= self.exchange.wire.capacity() {
            self.exchange.wire.put(text.as_bytes());
        }
    }

    fn put_number(&mut self, number: u64) {
        let mut digits = [b'0'; 20];
        let mut rest = number;
        let mut start = digits.len();
        for (at, digit) in digits.iter_mut().enumerate().rev() {
            let ones = rest.checked_rem(10).unwrap_or(0);
            *digit = digit.saturating_add(u8::try_from(ones).unwrap_or(0));
            rest = rest.checked_div(10).unwrap_or(0);
            start = at;
            if rest == 0 {
                break;
            }
        }
        let digits = digits.get(start..).unwrap_or(&[]);
        self.put(core::str::from_utf8(digits).unwrap_or("0"));
    }
}

impl Drop for HeadWriter<'_, '_> {
    fn drop(&mut self) {
        self.exchange.forget_unsent();
    }
}

impl core::fmt::Debug for HeadWriter<'_, '_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HeadWriter")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// RFC 9110 §5.6.2.
fn is_token(name: &str) -> bool {
    let is_token_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token_byte)
}

/// The headers that frame a message, describe the connection, or identify the client.
const RESERVED: &[&str] = &[
    "Authorization",
    "Connection",
    "Content-Length",
    "Expect",
    "Host",
    "Keep-Alive",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
];
