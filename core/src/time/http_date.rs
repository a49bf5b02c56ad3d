use super::calendar::Civil;
use super::reader::Reader;
use super::{RELEASED_AT, UnixTime};

/// Parses a date in one of the three forms of RFC 9110 §5.6.7:
/// - `Sun, 06 Nov 1994 08:49:37 GMT`, the current form
/// - `Sunday, 06-Nov-94 08:49:37 GMT` of RFC 850
/// - `Sun Nov  6 08:49:37 1994` of C's `asctime`
pub(super) fn parse(text: &[u8]) -> Option<UnixTime> {
    let mut rest = Reader::new(text);
    let weekday = rest.name(&WEEKDAYS)?;
    let (form, has_short_year) = if rest.exactly(b", ").is_some() {
        (FIXED, false)
    } else if rest.exactly(b" ").is_some() {
        (ASCTIME, false)
    } else {
        rest.exactly(WEEKDAY_ENDS.get(usize::try_from(weekday).ok()?)?)?;
        (RFC_850, true)
    };
    let mut date = Civil::read(&mut rest, form)?;
    rest.end()?;
    if has_short_year && date.unix_time()? > LATEST_SHORT_YEAR {
        date.year = date.year.checked_sub(100)?;
    }
    if date.weekday()? != weekday {
        return None;
    }
    date.unix_time()
}

/// `06 Nov 1994 08:49:37 GMT`
const FIXED: &[u8] = b"d b Y t GMT";

/// `, 06-Nov-94 08:49:37 GMT`
const RFC_850: &[u8] = b", d-b-y t GMT";

/// `Nov  6 08:49:37 1994`
const ASCTIME: &[u8] = b"b e t Y";

const WEEKDAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];

const WEEKDAY_ENDS: [&[u8]; 7] = [
    b"day", b"sday", b"nesday", b"rsday", b"day", b"urday", b"day",
];

/// A year of two digits that would be more than 50 years in the future is in the past. Without a clock, the future
/// starts with the release.
const LATEST_SHORT_YEAR: UnixTime = RELEASED_AT.saturating_add(50 * 31_556_952);
