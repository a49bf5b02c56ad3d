//! The times of legacy tokens, compared with `jiff`.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::Offset;
use proptest::prelude::*;
use redox_auth_core::UnixTime;

fn secs(text: &str) -> Option<u64> {
    UnixTime::parse_rfc3339(text).map(UnixTime::as_secs)
}

#[test]
fn times_are_read_in_every_way_that_they_may_be_written() {
    for (text, expected) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2015-03-25T20:52:35.000Z", 1_427_316_755),
        ("2015-03-25T20:52:35Z", 1_427_316_755),
        ("2015-03-25T20:52:35.9Z", 1_427_316_755),
        ("2015-03-25T20:52:35.999999999Z", 1_427_316_755),
        ("2015-03-25t20:52:35z", 1_427_316_755),
        ("2015-03-25 20:52:35Z", 1_427_316_755),
        ("2015-03-25T22:22:35+01:30", 1_427_316_755),
        ("2015-03-25T12:52:35-08:00", 1_427_316_755),
        ("2015-03-25T20:52:35-00:00", 1_427_316_755),
        ("2016-12-31T23:59:60Z", 1_483_228_800),
        ("2000-02-29T00:00:00Z", 951_782_400),
        ("2038-01-19T03:14:08Z", 2_147_483_648),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ] {
        assert_eq!(secs(text), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_time_is_refused() {
    for text in [
        "",
        "2015",
        "2015-03-25",
        "2015-03-25T20:52:35",
        "2015-03-25T20:52Z",
        "2015-03-25T20:52:35.Z",
        "2015-03-25T20:52:35.0000000000Z",
        "2015-03-25T20:52:35,5Z",
        "2015-03-25T20:52:35Z ",
        " 2015-03-25T20:52:35Z",
        "2015-03-25T20:52:35+1:30",
        "2015-03-25T20:52:35+0130",
        "2015-03-25T20:52:35+24:00",
        "2015-03-25T20:52:35+01:60",
        "2015-03-25T24:00:00Z",
        "2015-03-25T20:60:00Z",
        "2015-03-25T20:52:61Z",
        "2015-00-25T20:52:35Z",
        "2015-13-25T20:52:35Z",
        "2015-03-00T20:52:35Z",
        "2015-04-31T20:52:35Z",
        "2015-02-29T20:52:35Z",
        "2100-02-29T20:52:35Z",
        "15-03-25T20:52:35Z",
        "+2015-03-25T20:52:35Z",
        "2015/03/25T20:52:35Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "0000-01-01T00:00:00Z",
        "Wed, 25 Mar 2015 20:52:35 GMT",
        "２015-03-25T20:52:35Z",
    ] {
        assert_eq!(secs(text), None, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_jiff_writes_is_read_back(
        time in 0_i64..253_402_207_200,
        nanos in 0_i32..1_000_000_000,
        precision in prop::option::of(0_u8..=9),
        offset_minutes in -1439_i32..=1439,
    ) {
        let at = Timestamp::new(time, nanos).unwrap();
        let offset = Offset::from_seconds(offset_minutes.saturating_mul(60)).unwrap();
        let printer = DateTimePrinter::new().precision(precision);
        for text in [
            printer.timestamp_to_string(&at),
            printer.timestamp_with_offset_to_string(&at, offset),
        ] {
            prop_assert_eq!(secs(&text), u64::try_from(time).ok(), "{}", text);
        }
    }

    #[test]
    fn jiff_agrees_with_every_time_read(text in "[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])") {
        let theirs = text.parse::<Timestamp>().ok().map(Timestamp::as_second);
        let theirs = theirs.and_then(|secs| u64::try_from(secs).ok());
        prop_assert_eq!(secs(&text), theirs, "{}", text);
    }
}
