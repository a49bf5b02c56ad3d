use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use httpdate::HttpDate;
use redox_auth_core::UnixTime;

/// The value of a `Date` header.
///
/// # Panics
/// When `httpdate` reads another date, or none.
pub fn http_date(input: &[u8]) {
    if let Some(time) = UnixTime::parse_http_date(input) {
        let text = str::from_utf8(input).expect("ASCII").trim_ascii();
        // It does not take leap seconds, and all years of two digits from 70 on for those of 1970.
        if text.contains(":60") || text.contains("-7") {
            return;
        }
        let theirs: HttpDate = text.parse().expect("a date by httpdate, too");
        let ours = UNIX_EPOCH.checked_add(Duration::from_secs(time.as_secs()));
        assert_eq!(ours, Some(SystemTime::from(theirs)), "{text}");
    }
}
