mod calendar;
mod http_date;
mod reader;
mod rfc3339;

use core::num::NonZeroU16;

use crate::division::div_rem;

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted: the `NumericDate` of RFC 7519 §2.
///
/// For `iat` and `exp`. Core has no clock: the caller passes the time in.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnixTime(u64);

impl UnixTime {
    /// A time, from its seconds since 1970.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs)
    }

    /// Parses a time such as `2015-03-25T20:52:35.000Z` (RFC 3339 §5.6): with `Z` or an offset, and with up to nine
    /// digits of a fraction, which are cut off. A leap second counts as the second after it.
    ///
    /// `None` for anything else, and for times before 1970.
    ///
    /// ```
    /// # use redox_auth_core::UnixTime;
    /// let time = UnixTime::parse_rfc3339("2015-03-25T20:52:35.000Z");
    /// assert_eq!(time, Some(UnixTime::from_secs(1_427_316_755)));
    /// ```
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        rfc3339::parse(text.as_bytes())
    }

    /// Parses a time such as `Sun, 06 Nov 1994 08:49:37 GMT`, the value of a header like `Date` (RFC 9110 §5.6.7), or
    /// one of the two obsolete forms of RFC 850 and C's `asctime`. White space around the time is ignored. A leap
    /// second counts as the second after it. A year of two digits that would lie more than 50 years after
    /// [`RELEASED_AT`] is taken for a past year.
    ///
    /// `None` for anything else, such as a wrong day of the week, and for times before 1970.
    ///
    /// ```
    /// # use redox_auth_core::UnixTime;
    /// let time = UnixTime::parse_http_date(b"Sun, 06 Nov 1994 08:49:37 GMT");
    /// assert_eq!(time, Some(UnixTime::from_secs(784_111_777)));
    /// ```
    #[must_use]
    pub fn parse_http_date(value: &[u8]) -> Option<Self> {
        http_date::parse(trimmed(value))
    }

    /// Seconds since 1970.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// This time plus `secs` seconds. The last possible time replaces an overflow.
    #[must_use]
    pub const fn saturating_add(self, secs: u64) -> Self {
        Self(self.0.saturating_add(secs))
    }

    /// This time less `secs` seconds. 1970 replaces an underflow.
    #[must_use]
    pub const fn saturating_sub(self, secs: u64) -> Self {
        Self(self.0.saturating_sub(secs))
    }
}

/// The value of a header without the white space around it. Not inlined: a copy for each caller takes more flash.
#[inline(never)]
pub(crate) const fn trimmed(value: &[u8]) -> &[u8] {
    value.trim_ascii()
}

/// Milliseconds of a clock that never goes backwards and counts through sleep. The caller chooses its start.
///
/// For the lifetimes of tokens. There is no conversion to [`UnixTime`] or back, because a wall clock jumps and this
/// clock does not.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Instant(u64);

impl Instant {
    /// A moment, from its milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the start of the clock.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The last possible moment.
    pub const END: Self = Self(u64::MAX);

    /// This moment plus `secs` seconds. The last possible moment replaces an overflow.
    #[must_use]
    // Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
    pub const fn saturating_add_secs(self, secs: u32) -> Self {
        // Lossless. `From` is not const yet.
        self.saturating_add_millis((secs as u64).saturating_mul(1_000))
    }

    /// This moment plus `millis` milliseconds. The last possible moment replaces an overflow.
    #[must_use]
    // Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
    pub const fn saturating_add_millis(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This moment less `millis` milliseconds. The start of the clock replaces an underflow.
    #[must_use]
    pub const fn saturating_sub_millis(self, millis: u64) -> Self {
        Self(self.0.saturating_sub(millis))
    }

    /// The milliseconds since `earlier`; 0 if `earlier` is not earlier.
    pub(crate) const fn millis_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The whole seconds since `earlier`; 0 if `earlier` is not earlier.
    #[must_use]
    pub fn secs_since(self, earlier: Self) -> u64 {
        div_rem(self.0.saturating_sub(earlier.0), MILLIS_A_SEC).0
    }
}

/// The current time on both of the caller's clocks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Now {
    /// The clock that never goes backwards and counts through sleep. It decides when a token expires.
    pub instant: Instant,
    /// The wall clock, for the dates in assertions; `None` if there is none or it is not set.
    pub unix: Option<UnixTime>,
}

/// The release date of this version. A clock that shows an earlier time is wrong.
pub const RELEASED_AT: UnixTime = UnixTime::from_secs(1_793_491_200);

const MILLIS_A_SEC: NonZeroU16 = NonZeroU16::MIN.saturating_add(999);
