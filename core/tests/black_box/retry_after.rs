//! The time until which a server asks the client to wait.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use proptest::prelude::*;
use redox_auth_core::{RetryAfter, UnixTime};

const NOON: UnixTime = UnixTime::from_secs(784_123_200);

#[test]
fn seconds_and_dates_are_told_apart() {
    let at = |secs| Some(RetryAfter::At(UnixTime::from_secs(secs)));
    for (value, expected) in [
        ("0", Some(RetryAfter::Secs(0))),
        ("120", Some(RetryAfter::Secs(120))),
        ("007", Some(RetryAfter::Secs(7))),
        (" 120\t", Some(RetryAfter::Secs(120))),
        ("4294967294", Some(RetryAfter::Secs(u32::MAX - 1))),
        ("4294967295", Some(RetryAfter::Secs(u32::MAX))),
        ("4294967296", Some(RetryAfter::Secs(u32::MAX))),
        (
            "99999999999999999999999999",
            Some(RetryAfter::Secs(u32::MAX)),
        ),
        ("Sun, 06 Nov 1994 08:49:37 GMT", at(784_111_777)),
        ("  Sun, 06 Nov 1994 08:49:37 GMT ", at(784_111_777)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", at(784_111_777)),
        ("Sun Nov  6 08:49:37 1994", at(784_111_777)),
        ("", None),
        (" ", None),
        ("-1", None),
        ("+1", None),
        ("1.5", None),
        ("1e3", None),
        ("0x10", None),
        ("1 2", None),
        ("120, 120", None),
        ("120s", None),
        // The characters next to the digits.
        ("12/", None),
        ("12:", None),
        ("soon", None),
        ("\u{663}", None),
        ("Sun, 06 Nov 1994", None),
        ("Mon, 06 Nov 1994 08:49:37 GMT", None),
        ("1994-11-06T08:49:37Z", None),
    ] {
        assert_eq!(RetryAfter::parse(value.as_bytes()), expected, "{value}");
    }
    assert_eq!(RetryAfter::parse(b"12\xff"), None);
}

#[test]
fn a_wait_is_counted_from_the_time_of_the_server() {
    let noon = NOON.as_secs();
    for (retry_after, now, expected) in [
        (RetryAfter::Secs(30), None, Some(30)),
        (RetryAfter::Secs(30), Some(NOON), Some(30)),
        (RetryAfter::At(NOON), None, None),
        (RetryAfter::At(NOON), Some(NOON), Some(0)),
        (
            RetryAfter::At(NOON),
            Some(UnixTime::from_secs(noon - 1)),
            Some(1),
        ),
        (
            RetryAfter::At(NOON),
            Some(UnixTime::from_secs(noon + 1)),
            Some(0),
        ),
        (
            RetryAfter::At(NOON),
            Some(UnixTime::from_secs(u64::MAX)),
            Some(0),
        ),
        (
            RetryAfter::At(UnixTime::from_secs(u64::from(u32::MAX) + 1)),
            Some(UnixTime::from_secs(0)),
            Some(u32::MAX),
        ),
    ] {
        assert_eq!(
            retry_after.secs_from(now),
            expected,
            "{retry_after:?} at {now:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_number_of_digits_is_read_as_rust_reads_it(digits in "[0-9]{1,20}") {
        let theirs = digits.parse::<u128>().unwrap().min(u128::from(u32::MAX));
        let theirs = u32::try_from(theirs).ok().map(RetryAfter::Secs);
        prop_assert_eq!(RetryAfter::parse(digits.as_bytes()), theirs);
    }

    #[test]
    fn every_date_that_jiff_writes_is_read_as_one(secs in 0_u32.., wait in 0_u32..) {
        let at = Timestamp::from_second(i64::from(secs)).unwrap();
        let value = DateTimePrinter::new().timestamp_to_rfc9110_string(&at).unwrap();
        let retry_after = RetryAfter::parse(value.as_bytes()).unwrap();
        let time = UnixTime::from_secs(u64::from(secs));
        prop_assert_eq!(retry_after, RetryAfter::At(time));
        let earlier = time.saturating_sub(u64::from(wait));
        prop_assert_eq!(retry_after.secs_from(Some(earlier)), Some(wait.min(secs)));
    }
}
