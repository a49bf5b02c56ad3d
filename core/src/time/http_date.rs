use super::calendar::Civil;
use super::reader::Reader;
use super::{RELEASED_AT, UnixTime};

/// Reads a date in one of the three forms of RFC 9110 §5.6.7:
/// - `Sun, 06 Nov 1994 08:49:37 GMT`, the one that is sent
/// - `Sunday, 06-Nov-94 08:49:37 GMT` of RFC 850
/// - `Sun Nov  6 08:49:37 1994` of C's `asctime`
pub(super) fn parse(text: &[u8]) -> Option<UnixTime> {
    let mut rest = Reader::new(text);
    let weekday = rest.name(&WEEKDAYS)?;
    let date = if rest.exactly(b", ").is_some() {
        fixed(&mut rest)
    } else if rest.exactly(b" ").is_some() {
        asctime(&mut rest)
    } else {
        rest.exactly(WEEKDAY_ENDS.get(usize::try_from(weekday).ok()?)?)?;
        rest.exactly(b", ")?;
        rfc850(&mut rest)
    }?;
    rest.end()?;
    if date.weekday()? != weekday {
        return None;
    }
    date.unix_time()
}

/// `06 Nov 1994 08:49:37 GMT`
fn fixed(rest: &mut Reader<'_>) -> Option<Civil> {
    let day = rest.number(2)?;
    rest.exactly(b" ")?;
    let month = month(rest)?;
    rest.exactly(b" ")?;
    let year = rest.number(4)?;
    rest.exactly(b" ")?;
    let secs = rest.time_of_day()?;
    rest.exactly(b" GMT")?;
    Some(Civil {
        year,
        month,
        day,
        secs,
    })
}

/// `06-Nov-94 08:49:37 GMT`
fn rfc850(rest: &mut Reader<'_>) -> Option<Civil> {
    let day = rest.number(2)?;
    rest.exactly(b"-")?;
    let month = month(rest)?;
    rest.exactly(b"-")?;
    let year = rest.number(2)?;
    rest.exactly(b" ")?;
    let secs = rest.time_of_day()?;
    rest.exactly(b" GMT")?;
    let in_century = |century: i32| {
        Some(Civil {
            year: year.checked_add(century)?,
            month,
            day,
            secs,
        })
    };
    let date = in_century(2000)?;
    match date.unix_time() {
        Some(time) if time <= LATEST_SHORT_YEAR => Some(date),
        _ => in_century(1900),
    }
}

/// `Nov  6 08:49:37 1994`
fn asctime(rest: &mut Reader<'_>) -> Option<Civil> {
    let month = month(rest)?;
    rest.exactly(b" ")?;
    let digits = if rest.exactly(b" ").is_some() { 1 } else { 2 };
    let day = rest.number(digits)?;
    rest.exactly(b" ")?;
    let secs = rest.time_of_day()?;
    rest.exactly(b" ")?;
    let year = rest.number(4)?;
    Some(Civil {
        year,
        month,
        day,
        secs,
    })
}

fn month(rest: &mut Reader<'_>) -> Option<i32> {
    rest.name(&MONTHS)?.checked_add(1)
}

const WEEKDAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];

const WEEKDAY_ENDS: [&[u8]; 7] = [
    b"day", b"sday", b"nesday", b"rsday", b"day", b"urday", b"day",
];

const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// A year of two digits that would be more than 50 years in the future is in the past. There is no clock here: the
/// future begins with the release.
const LATEST_SHORT_YEAR: UnixTime = RELEASED_AT.saturating_add(50 * 31_556_952);
