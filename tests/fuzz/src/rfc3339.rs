use jiff::Timestamp;
use redox_auth_core::UnixTime;

/// A time as legacy tokens have it.
///
/// # Panics
/// When `jiff` reads another time, or none.
pub fn rfc3339(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let Some(time) = UnixTime::parse_rfc3339(text) else {
        return;
    };
    let ours = i64::try_from(time.as_secs()).expect("a year of four digits");
    match text.parse::<Timestamp>() {
        Ok(theirs) => {
            // A leap second is the second after it to us, and the one before it to jiff.
            let is_leap_second = text.get(17..19) == Some("60");
            let later = ours.checked_sub(theirs.as_second());
            assert_eq!(later, Some(i64::from(is_leap_second)), "{text}");
        }
        // It ends a day before the year 10,000 does.
        Err(error) => assert!(ours > Timestamp::MAX.as_second(), "{text}: {error}"),
    }
}
