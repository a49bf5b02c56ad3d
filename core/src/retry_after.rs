use crate::time::{UnixTime, trimmed};

/// When a server wants to be asked again: the value of a `Retry-After` header (RFC 9110 §10.2.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RetryAfter {
    /// After this many seconds.
    Secs(u32),
    /// Not before this time, on the server's clock.
    At(UnixTime),
}

impl RetryAfter {
    /// Reads the value of the header: decimal digits, or a date as in [`UnixTime::parse_http_date`]. White space around it
    /// is dropped, and more seconds than fit are as many as fit. `None` for anything else, which is as good as no header.
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

    /// How many seconds to wait from `now`, a time on the server's clock, such as that of the answer's `Date`. 0 for a
    /// time that has come.
    ///
    /// `None` for a time when it is not known what time it is now.
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

/// One or more decimal digits and nothing else (`delay-seconds`, `delta-seconds`). More than fits is as much as fits.
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
