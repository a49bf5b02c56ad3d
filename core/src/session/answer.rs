use core::fmt;

use super::attempt::{Flight, Purpose};
use super::clock::ServerDate;
use super::next::{AnswerError, Generation, ServedBy};
use crate::response::Refusal;
use crate::retry_after::{RetryAfter, parse_secs};
use crate::time::{Instant, Now, UnixTime, trimmed};

/// An answer to a request, as an adapter received it. The header values are unchanged.
///
/// ```
/// use redox_auth_core::{Channel, Response};
///
/// # let mut body = *br#"{"access_token":"abc","token_type":"bearer","expires_in":300}"#;
/// let response = Response::new(200, Channel::Authenticated, &mut body)
///     .with_date(Some(b"Thu, 15 Jan 2026 08:00:00 GMT"))
///     .with_retry_after(None);
/// # assert!(response.date.is_some());
/// ```
///
/// `Debug` omits the body, which may hold a token.
#[non_exhaustive]
pub struct Response<'b> {
    /// The HTTP status.
    pub status: u16,
    /// The header `Date`.
    pub date: Option<&'b [u8]>,
    /// The header `Age`: how many seconds ago the server wrote the `Date`, if a cache forwarded the answer.
    pub age: Option<&'b [u8]>,
    /// The header `Cache-Control`: no cache stores an answer with `no-store`, and its `Age` means nothing.
    pub cache_control: Option<&'b [u8]>,
    /// The header `Retry-After`.
    pub retry_after: Option<&'b [u8]>,
    /// Whether the headers can be trusted.
    pub channel: Channel,
    /// The whole body. Escapes are replaced in place.
    pub body: &'b mut [u8],
}

impl<'b> Response<'b> {
    /// An answer with this `status` and `body`, and none of the headers below. Add every header that the answer has.
    #[inline]
    #[must_use]
    pub const fn new(status: u16, channel: Channel, body: &'b mut [u8]) -> Self {
        Self {
            status,
            date: None,
            age: None,
            cache_control: None,
            retry_after: None,
            channel,
            body,
        }
    }

    /// Sets the header `Date`.
    #[inline]
    #[must_use]
    pub const fn with_date(mut self, date: Option<&'b [u8]>) -> Self {
        self.date = date;
        self
    }

    /// Sets the header `Age`.
    #[inline]
    #[must_use]
    pub const fn with_age(mut self, age: Option<&'b [u8]>) -> Self {
        self.age = age;
        self
    }

    /// Sets the header `Cache-Control`.
    #[inline]
    #[must_use]
    pub const fn with_cache_control(mut self, cache_control: Option<&'b [u8]>) -> Self {
        self.cache_control = cache_control;
        self
    }

    /// Sets the header `Retry-After`.
    #[inline]
    #[must_use]
    pub const fn with_retry_after(mut self, retry_after: Option<&'b [u8]>) -> Self {
        self.retry_after = retry_after;
        self
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

/// Whether a third party could have written the answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Channel {
    /// No third party could: TLS with a verified server certificate, or loopback.
    Authenticated,
    /// A third party could. The session ignores the `Date`.
    Unauthenticated,
}

/// The kind of an answer.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
#[must_use = "a refusal is only reported here"]
pub enum Received<'b> {
    /// A token. [`Session::next`](crate::Session::next) now returns it.
    Token(Minted<'b>),
    /// The time, which the next assertion uses.
    Time,
    /// An answer to a request for the time that does not have the time.
    NoTime,
    /// A refusal, in the server's words.
    Refused(Refusal<'b>),
    /// Neither a usable token nor a refusal.
    Unusable(AnswerError),
    /// The ticket belongs to an abandoned attempt. Nothing changed.
    Stale,
}

/// A new token, and the server's information about it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Minted<'b> {
    /// The credential that obtained the token.
    pub served_by: ServedBy,
    /// The number of the token.
    pub generation: Generation,
    /// Whether the previous token came from another credential, or there was none. Log it as an event.
    pub changed: bool,
    /// The lifetime, in seconds from the time when the request was sent. For a legacy API key this is approximate.
    pub lifetime_secs: u32,
    /// The granted scope, if the server named it (RFC 6749 §5.1).
    pub scope: Option<&'b str>,
}

/// An answer without its body.
pub(super) struct Answer {
    pub(super) now: Now,
    pub(super) date: Option<ServerDate>,
    pub(super) retry_after_secs: Option<u32>,
}

impl Answer {
    /// `time` is the best estimate of the server's time.
    pub(super) fn new(
        response: &Response<'_>,
        flight: &Flight,
        now: Now,
        time: Option<UnixTime>,
    ) -> Self {
        let date = response.server_date(flight, now.instant);
        let retry_after = response.retry_after.and_then(RetryAfter::parse);
        let server_time = date.map(|date| date.unix).or(time);
        Self {
            now,
            date,
            retry_after_secs: retry_after.and_then(|it| it.secs_from(server_time)),
        }
    }
}

impl Response<'_> {
    /// `Date`, if it can be trusted and did not travel for long.
    fn server_date(&self, flight: &Flight, now: Instant) -> Option<ServerDate> {
        if self.channel == Channel::Unauthenticated {
            return None;
        }
        let age = self.age.filter(|_| self.may_be_stored(flight));
        let age_secs = match age {
            Some(age) => parse_age(age)?,
            None => 0,
        };
        let unix = UnixTime::parse_http_date(self.date?)?;
        let way_ms = now.as_millis().saturating_sub(flight.sent_at.as_millis());
        let way_ms = u32::try_from(way_ms).ok()?;
        let at = flight.sent_at.saturating_add_millis((way_ms / 2).into());
        // `Age` also has no fractions of a second.
        let uncertain_secs = way_ms.div_ceil(2_000).saturating_add(age.is_some().into());
        (way_ms <= DATE_ON_ITS_WAY_MAX_MS).then_some(ServerDate {
            unix: unix.saturating_add(age_secs.into()),
            at,
            uncertain_secs: uncertain_secs.into(),
        })
    }

    /// Whether a cache may have stored the answer, with an old `Date`. Caches forward every POST to the server (RFC
    /// 9110 §9.3.3, RFC 9111 §4), and do not store an answer with `no-store` (RFC 9111 §5.2.2.5). Some write `Age: 0`
    /// even on those.
    fn may_be_stored(&self, flight: &Flight) -> bool {
        let mut directives = self.cache_control.unwrap_or(&[]);
        while let Some(directive) = next_member(&mut directives) {
            if directive.eq_ignore_ascii_case(b"no-store") {
                return false;
            }
        }
        flight.purpose == Purpose::Time
    }
}

/// The first member of an `Age` (RFC 9111 §5.1). `None` if it is no number, or too large to be added to a `Date`.
fn parse_age(mut value: &[u8]) -> Option<u32> {
    parse_secs(next_member(&mut value)?).filter(|&secs| secs <= AGE_MAX_SECS)
}

/// Takes the next member from a list (RFC 9110 §5.6.1), without the space around it.
#[inline(never)]
fn next_member<'l>(list: &mut &'l [u8]) -> Option<&'l [u8]> {
    if list.is_empty() {
        return None;
    }
    let mut parts = list.splitn(2, |&byte| byte == b',');
    let member = parts.next()?;
    *list = parts.next().unwrap_or(&[]);
    Some(trimmed(member))
}

/// A `Date` may be off by half of this, in milliseconds.
const DATE_ON_ITS_WAY_MAX_MS: u32 = 20_000;

/// The greatest `Age` that is used, in seconds. Varnish stores an answer without a lifetime for this long
/// (`default_ttl`). A cache that counts wrongly moves the time by at most this much.
const AGE_MAX_SECS: u32 = 120;
