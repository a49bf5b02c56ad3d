//! Dates in headers, compared with `jiff`, which writes them, and `httpdate`, which parses them.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use httpdate::HttpDate;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use proptest::prelude::*;
use redox_auth_core::{RELEASED_AT, UnixTime};

fn secs(value: &str) -> Option<u64> {
    UnixTime::parse_http_date(value.as_bytes()).map(UnixTime::as_secs)
}

#[test]
fn dates_are_read_in_the_three_forms_of_rfc_9110() {
    for (value, expected) in [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
        ("Sun Nov  6 08:49:37 1994", 784_111_777),
        ("\t Sun, 06 Nov 1994 08:49:37 GMT \t", 784_111_777),
        ("Wed Nov 16 08:49:37 1994", 784_975_777),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Thu Jan  1 00:00:00 1970", 0),
        ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400),
        ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
        ("Tue, 19 Jan 2038 03:14:08 GMT", 2_147_483_648),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
    ] {
        assert_eq!(secs(value), Some(expected), "{value}");
    }
}

#[test]
fn a_year_of_two_digits_is_at_most_50_years_after_the_release() {
    let latest = RELEASED_AT.as_secs() + 50 * YEAR_SECS;
    let century = 36_525 * 24 * 60 * 60;
    for (time, expected) in [
        (latest, Some(latest)),
        (latest + 1, None),
        (latest - century, None),
        (latest - century + 1, Some(latest - century + 1)),
    ] {
        let value = rfc850(time);
        assert_eq!(secs(&value), expected, "{value}");
    }
}

#[test]
fn what_is_no_date_is_refused() {
    for value in [
        "",
        " ",
        "0",
        "784111777",
        "Sun",
        "Sun, 06 Nov 1994",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 gmt",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 08:49:37 GMT+1",
        "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 08:49:37.0 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun,06 Nov 1994 08:49:37 GMT",
        "Sun 06 Nov 1994 08:49:37 GMT",
        "Sun, 06  Nov 1994 08:49:37 GMT",
        "sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 NOV 1994 08:49:37 GMT",
        "Sun, 06 November 1994 08:49:37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sund, 06-Nov-94 08:49:37 GMT",
        "Wedday, 16-Nov-94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov 06 08:49:37 94",
        "Sun Nov  6 08:49:37 1994 GMT",
        "06 Nov 1994 08:49:37 GMT",
        // A wrong day of the week.
        "Mon, 06 Nov 1994 08:49:37 GMT",
        "Monday, 06-Nov-94 08:49:37 GMT",
        "Mon Nov  6 08:49:37 1994",
        // Dates and times that do not exist.
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Thu, 31 Nov 1994 08:49:37 GMT",
        "Tue, 29 Feb 1994 08:49:37 GMT",
        "Mon, 29 Feb 2100 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:00:61 GMT",
        "Wed, 31 Dec 1969 23:59:59 GMT",
        "Sat, 01 Jan 0000 00:00:00 GMT",
        "Sun, -6 Nov 1994 08:49:37 GMT",
        "Sun, ０6 Nov 1994 08:49:37 GMT",
    ] {
        assert_eq!(secs(value), None, "{value}");
    }
    assert_eq!(
        UnixTime::parse_http_date(b"Sun, 06 Nov 1994 08:49:37 \xff"),
        None
    );
}

/// The time in the form of RFC 850.
fn rfc850(time: u64) -> String {
    let at = Timestamp::from_second(i64::try_from(time).unwrap()).unwrap();
    at.strftime("%A, %d-%b-%y %H:%M:%S GMT").to_string()
}

/// A year of the Gregorian calendar on average.
const YEAR_SECS: u64 = 31_556_952;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_jiff_writes_is_read_back(
        time in 0_i64..253_402_207_200,
        years in 0..99 * YEAR_SECS,
    ) {
        let expected = u64::try_from(time).ok();
        let at = Timestamp::from_second(time).unwrap();
        let fixed = DateTimePrinter::new().timestamp_to_rfc9110_string(&at).unwrap();
        let asctime = at.strftime("%a %b %e %H:%M:%S %Y").to_string();
        for value in [fixed, asctime] {
            prop_assert_eq!(secs(&value), expected, "{}", value);
        }
        let recent = RELEASED_AT.as_secs() - 49 * YEAR_SECS + years;
        let value = rfc850(recent);
        prop_assert_eq!(secs(&value), Some(recent), "{}", value);
    }

    #[test]
    fn httpdate_agrees_on_every_date_read(
        time in 0_i64..253_402_207_200,
        form in prop::sample::select(&[
            "%a, %d %b %Y %H:%M:%S GMT",
            "%A, %d-%b-%y %H:%M:%S GMT",
            "%a %b %e %H:%M:%S %Y",
        ][..]),
        mistake in any::<prop::sample::Index>(),
        instead in "[ ,:0-9A-Za-z-]{0,2}",
    ) {
        let mut value = Timestamp::from_second(time).unwrap().strftime(form).to_string();
        let at = mistake.index(value.len());
        value.replace_range(at..=at, &instead);
        let Some(ours) = secs(&value) else {
            return Ok(());
        };
        // `httpdate` rejects leap seconds, and takes all years from 70 on for those of 1970.
        prop_assume!(!value.contains(":60") && !value.contains("-7"));
        let theirs = value.parse::<HttpDate>().ok().map(SystemTime::from);
        let since = UNIX_EPOCH + Duration::from_secs(ours);
        prop_assert_eq!(theirs, Some(since), "{}", value);
    }
}
