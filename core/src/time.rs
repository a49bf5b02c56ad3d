mod rfc3339;

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted: the `NumericDate` of RFC 7519 §2.
///
/// For `iat` and `exp`. Core has no clock: the caller reads one and passes the time in.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnixTime(u64);

impl UnixTime {
    /// A time from its seconds since 1970.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs)
    }

    /// Reads a time such as `2015-03-25T20:52:35.000Z` (RFC 3339 §5.6): `Z` or an offset, and up to nine digits of a
    /// fraction, which are cut off. A leap second counts as the second after it.
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
        rfc3339::parse(text)
    }

    /// Seconds since 1970.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// This time plus `secs` seconds; the end of time instead of an overflow.
    #[must_use]
    pub const fn saturating_add(self, secs: u64) -> Self {
        Self(self.0.saturating_add(secs))
    }

    /// This time less `secs` seconds; 1970 instead of an underflow.
    #[must_use]
    pub const fn saturating_sub(self, secs: u64) -> Self {
        Self(self.0.saturating_sub(secs))
    }
}

/// Milliseconds of a clock that never goes backwards and counts through sleep, from a beginning of the caller's choice.
///
/// For how long a token lives. There is no way from here to [`UnixTime`] or back: a wall clock jumps, this one does not.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Instant(u64);

impl Instant {
    /// A moment from its milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the clock's beginning.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// This moment plus `secs` seconds; the end of time instead of an overflow.
    #[must_use]
    pub const fn saturating_add_secs(self, secs: u32) -> Self {
        // Lossless; `From` is not for constants yet.
        Self(self.0.saturating_add((secs as u64).saturating_mul(1_000)))
    }
}
