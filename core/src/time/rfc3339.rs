use super::UnixTime;

/// Reads `2026-11-21T20:52:35.123Z` (RFC 3339 §5.6), with `Z` or an offset and up to nine digits of a fraction, which
/// are cut off. A leap second counts as the second after it. `None` for anything else, and for times before 1970.
pub(super) fn parse(text: &str) -> Option<UnixTime> {
    let mut rest = Rest(text.as_bytes());
    let year = rest.number(4)?;
    rest.one_of(b"-")?;
    let month = rest.number(2)?;
    rest.one_of(b"-")?;
    let day = rest.number(2)?;
    rest.one_of(b"Tt ")?;
    let hour = rest.number(2).filter(|&hour| hour < 24)?;
    rest.one_of(b":")?;
    let minute = rest.number(2).filter(|&minute| minute < 60)?;
    rest.one_of(b":")?;
    let second = rest.number(2).filter(|&second| second <= 60)?;
    if rest.one_of(b".").is_some() {
        rest.fraction()?;
    }
    let offset = rest.offset()?;
    if !rest.0.is_empty() {
        return None;
    }
    let minutes = days_since_1970(year, month, day)?
        .checked_mul(24)?
        .checked_add(hour)?
        .checked_mul(60)?
        .checked_add(minute)?
        .checked_sub(offset)?;
    let secs = minutes.checked_mul(60)?.checked_add(second)?;
    u64::try_from(secs).ok().map(UnixTime::from_secs)
}

/// Days of the Gregorian calendar; `None` for a date that it does not have.
///
/// Years begin in March here, so that the leap day comes last and the months before it have a fixed length. 719,468 are
/// the days from the first of March of the year 0 to 1970.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_in_month = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days_in_month).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 {
        (year, month.checked_sub(3)?)
    } else {
        (year.checked_sub(1)?, month.checked_add(9)?)
    };
    let leap_days = year
        .div_euclid(4)
        .checked_sub(year.div_euclid(100))?
        .checked_add(year.div_euclid(400))?;
    let days_before_month = month.checked_mul(153)?.checked_add(2)?.div_euclid(5);
    year.checked_mul(365)?
        .checked_add(leap_days)?
        .checked_add(days_before_month)?
        .checked_add(day.checked_sub(1)?)?
        .checked_sub(719_468)
}

/// What is still to be read.
struct Rest<'t>(&'t [u8]);

impl Rest<'_> {
    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        bytes.contains(&first).then(|| {
            self.0 = rest;
            first
        })
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let mut number = 0_i64;
        for _ in 0..digits {
            let digit = self.one_of(b"0123456789")?.checked_sub(b'0')?;
            number = number.checked_mul(10)?.checked_add(i64::from(digit))?;
        }
        Some(number)
    }

    /// One to nine digits.
    fn fraction(&mut self) -> Option<()> {
        self.number(1)?;
        for _ in 1..9 {
            if self.number(1).is_none() {
                break;
            }
        }
        Some(())
    }

    /// How far the clock on the wall is ahead of UTC, in minutes.
    fn offset(&mut self) -> Option<i64> {
        let sign = self.one_of(b"Zz+-")?;
        if matches!(sign, b'Z' | b'z') {
            return Some(0);
        }
        let hours = self.number(2).filter(|&hours| hours < 24)?;
        self.one_of(b":")?;
        let minutes = self.number(2).filter(|&minutes| minutes < 60)?;
        let offset = hours.checked_mul(60)?.checked_add(minutes)?;
        if sign == b'-' {
            offset.checked_neg()
        } else {
            Some(offset)
        }
    }
}
