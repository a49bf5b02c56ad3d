use core::fmt;

use super::attempt::Flight;
use super::clock::ServerDate;
use super::next::{AnswerError, Generation, ServedBy};
use crate::response::Refusal;
use crate::retry_after::RetryAfter;
use crate::time::{Instant, Now, UnixTime};

/// An answer to a request, as an adapter received it. The header values are as they came.
///
/// `Debug` shows nothing of the body, which may hold a token.
pub struct Response<'b> {
    /// The HTTP status.
    pub status: u16,
    /// The header `Date`.
    pub date: Option<&'b [u8]>,
    /// The header `Age`: whoever sent it did not make the `Date` just now.
    pub age: Option<&'b [u8]>,
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
        if self.channel == Channel::Unauthenticated || self.age.is_some() {
            return None;
        }
        let unix = UnixTime::parse_http_date(self.date?)?;
        let way_ms = now.as_millis().saturating_sub(flight.sent_at.as_millis());
        let way_ms = u32::try_from(way_ms).ok()?;
        let at = flight.sent_at.saturating_add_millis((way_ms / 2).into());
        (way_ms <= DATE_ON_ITS_WAY_MAX_MS).then_some(ServerDate {
            unix,
            at,
            uncertain_secs: way_ms.div_ceil(2_000).into(),
        })
    }
}

/// Half of it is how far a `Date` may be off.
const DATE_ON_ITS_WAY_MAX_MS: u32 = 20_000;
