use super::UnixTime;
use super::calendar::Civil;
use super::reader::Reader;

/// Parses `2026-11-21T20:52:35.123Z` (RFC 3339 §5.6), with `Z` or an offset, and with up to nine digits of a fraction,
/// which are cut off. A leap second counts as the second after it. `None` for anything else, and for times before 1970.
pub(super) fn parse(text: &[u8]) -> Option<UnixTime> {
    let mut rest = Reader::new(text);
    let mut date = Civil::read(&mut rest, b"Y-m-d")?;
    rest.one_of(b"Tt ")?;
    let wall_secs = rest.time_of_day()?;
    if rest.one_of(b".").is_some() {
        skip_fraction(&mut rest)?;
    }
    date.secs = wall_secs.checked_sub(offset_secs(&mut rest)?)?;
    rest.end()?;
    date.unix_time()
}

/// Skips one to nine digits.
fn skip_fraction(rest: &mut Reader<'_>) -> Option<()> {
    rest.number(1)?;
    for _ in 1..9 {
        if rest.number(1).is_none() {
            break;
        }
    }
    Some(())
}

/// The offset of the local time from UTC, in seconds.
fn offset_secs(rest: &mut Reader<'_>) -> Option<i32> {
    let sign = rest.one_of(b"Zz+-")?;
    if matches!(sign, b'Z' | b'z') {
        return Some(0);
    }
    let secs = rest.hour_and_minute()?;
    if sign == b'-' {
        secs.checked_neg()
    } else {
        Some(secs)
    }
}
