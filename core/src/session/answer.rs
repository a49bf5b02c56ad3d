use core::fmt;

use super::attempt::{Flight, Purpose};
use super::clock::ServerDate;
use super::next::{AnswerError, Generation, ServedBy};
use crate::response::Refusal;
use crate::retry_after::{RetryAfter, parse_secs};
use crate::time::{Instant, Now, UnixTime, trimmed};

/// An answer to a request, as an adapter received it. The header values are as they came.
///
/// `Debug` shows nothing of the body, which may hold a token.
pub struct Response<'b> {
    /// The HTTP status.
    pub status: u16,
    /// The header `Date`.
    pub date: Option<&'b [u8]>,
    /// The header `Age`: how many seconds ago the server wrote the `Date`, when the answer passed through a cache.
    pub age: Option<&'b [u8]>,
    /// The header `Cache-Control`: no cache stores an answer with `no-store`, and an `Age` on it means nothing.
    pub cache_control: Option<&'b [u8]>,
    /// The header `Retry-After`.
    pub retry_after: Option<&'b [u8]>,
    /// Whether the headers can be believed.
    pub channel: Channel,
    /// The whole body. Escapes are replaced in place.
    pub body: &'b mut [u8],
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

/// Whether a stranger could have written an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Channel {
    /// No: TLS with the server's certificate verified, or loopback.
    Authenticated,
    /// Yes. Its `Date` is not believed.
    Unauthenticated,
}

/// What an answer was.
#[derive(Clone, Copy, Debug)]
#[must_use = "a refusal is only reported here"]
pub enum Received<'b> {
    /// A token: [`Session::next`](crate::Session::next) has it.
    Token(Minted<'b>),
    /// The time, with which a request can be dated now.
    Time,
    /// An answer to the question for the time that does not tell it.
    NoTime,
    /// A no, in the server's words.
    Refused(Refusal<'b>),
    /// Neither a usable token nor a no.
    Unusable(AnswerError),
    /// The ticket is that of an attempt that was given up. Nothing changed.
    Stale,
}

/// That a token came, and what was said about it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Minted<'b> {
    /// The credential that got it.
    pub served_by: ServedBy,
    /// Its number.
    pub generation: Generation,
    /// The token before came from another credential, or there was none: worth an event.
    pub changed: bool,
    /// How long it may be used, in seconds from when the request was sent; those of a legacy API key, from about then.
    pub lifetime_secs: u32,
    /// The scope granted, where the server said so (RFC 6749 §5.1).
    pub scope: Option<&'b str>,
}

/// An answer without its body.
pub(super) struct Answer {
    pub(super) now: Now,
    pub(super) date: Option<ServerDate>,
    pub(super) retry_after_secs: Option<u32>,
}

impl Answer {
    /// `time` is that of the server as far as we know.
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
    /// `Date`, if it can be believed and was not long on its way.
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
        // `Age` has no fractions of a second either.
        let uncertain_secs = way_ms.div_ceil(2_000).saturating_add(age.is_some().into());
        (way_ms <= DATE_ON_ITS_WAY_MAX_MS).then_some(ServerDate {
            unix: unix.saturating_add(age_secs.into()),
            at,
            uncertain_secs: uncertain_secs.into(),
        })
    }

    /// Whether a cache may have kept the answer, so that its `Date` may be old. Caches forward every POST to the server
    /// (RFC 9110 §9.3.3, RFC 9111 §4) and do not store an answer with `no-store` (RFC 9111 §5.2.2.5). Some write
    /// `Age: 0` even on those.
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

/// The first member of an `Age` (RFC 9111 §5.1). `None` for one that is too old to be added to a `Date`, or no number.
fn parse_age(mut value: &[u8]) -> Option<u32> {
    parse_secs(next_member(&mut value)?).filter(|&secs| secs <= AGE_MAX_SECS)
}

/// Takes the next member off a list (RFC 9110 §5.6.1), without the space around it.
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

/// Half of it is how far a `Date` may be off.
const DATE_ON_ITS_WAY_MAX_MS: u32 = 20_000;

/// The oldest `Date` that is used, in seconds: Varnish keeps an answer that names no lifetime for as long
/// (`default_ttl`). A cache that miscounts moves the time by no more than this.
const AGE_MAX_SECS: u32 = 120;
