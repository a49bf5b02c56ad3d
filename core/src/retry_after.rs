use crate::time::{UnixTime, trimmed};

/// The time until which a server asks the client to wait: the value of a `Retry-After` header (RFC 9110 §10.2.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RetryAfter {
    /// After this many seconds.
    Secs(u32),
    /// Not before this time, on the server's clock.
    At(UnixTime),
}

impl RetryAfter {
    /// Parses the value of the header: decimal digits, or a date as in [`UnixTime::parse_http_date`]. White space
    /// around the value is ignored, and a number too large becomes the largest. Any other value returns `None`, and
    /// counts as no header.
    ///
    /// ```
    /// # use redox_auth_core::RetryAfter;
    /// assert_eq!(RetryAfter::parse(b"120"), Some(RetryAfter::Secs(120)));
    /// ```
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        let value = trimmed(value);
        match parse_secs(value) {
            Some(secs) => Some(Self::Secs(secs)),
            None => UnixTime::parse_http_date(value).map(Self::At),
        }
    }

    /// The number of seconds to wait from `now`, a time on the server's clock, such as that of the answer's `Date`. 0
    /// for a time that has passed.
    ///
    /// `None` if the header holds a time and `now` is unknown.
    #[must_use]
    pub fn secs_from(self, now: Option<UnixTime>) -> Option<u32> {
        match self {
            Self::Secs(secs) => Some(secs),
            Self::At(time) => {
                let secs = time.as_secs().saturating_sub(now?.as_secs());
                Some(u32::try_from(secs).unwrap_or(u32::MAX))
            }
        }
    }
}

/// One or more decimal digits and nothing else (`delay-seconds`, `delta-seconds`). A number too large becomes the
/// largest.
pub(crate) fn parse_secs(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |secs, &byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        Some(secs.saturating_mul(10).saturating_add(u32::from(digit)))
    })
}

/// The longest `Retry-After` that is honoured, in seconds: an hour.
pub(crate) const RETRY_AFTER_MAX_SECS: u32 = 3_600;
