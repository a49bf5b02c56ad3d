use super::UnixTime;
use super::reader::Reader;

/// A date and a time of day, in UTC.
pub(super) struct Civil {
    /// Four digits at most, as in every form of a date.
    pub(super) year: u32,
    /// January is 1.
    pub(super) month: u32,
    /// The first is 1.
    pub(super) day: u32,
    /// Since midnight. A value beyond either end is on another day.
    pub(super) secs: i32,
}

impl Civil {
    /// Parses a date in this `form`. `Y` stands for a year, `y` for a year of two digits after 2000, `b` for a month's
    /// name, `m` for its number, `d` for a day, `e` for a day with a space instead of a leading zero, and `t` for a
    /// time of day. Any other byte stands for itself.
    ///
    /// One loop over three forms takes less flash than three lists of calls.
    pub(super) fn read(rest: &mut Reader<'_>, form: &[u8]) -> Option<Self> {
        let mut date = Self {
            year: 0,
            month: 0,
            day: 0,
            secs: 0,
        };
        for &part in form {
            match part {
                b'Y' => date.year = rest.number(4)?,
                b'y' => date.year = rest.number(2)?.checked_add(2000)?,
                b'b' => date.month = rest.name(&MONTHS)?.checked_add(1)?,
                b'm' => date.month = rest.number(2)?,
                b'd' => date.day = rest.number(2)?,
                b'e' if rest.one_of(b" ").is_some() => date.day = rest.number(1)?,
                b'e' => date.day = rest.number(2)?,
                b't' => date.secs = rest.time_of_day()?,
                itself => {
                    rest.one_of(&[itself])?;
                }
            }
        }
        Some(date)
    }

    /// `None` for a date that the Gregorian calendar does not have, or before 1970.
    pub(super) fn unix_time(&self) -> Option<UnixTime> {
        u64::from(self.days()?)
            .wrapping_mul(SECS_A_DAY)
            .saturating_add_signed(self.secs.into())
            .checked_sub(SECS_BEFORE_1970)
            .map(UnixTime::from_secs)
    }

    /// The days since the first of March of the year 0.
    ///
    /// Years start in March here. The leap day is then the last day, and the months before it have a fixed length.
    /// Years have four digits, and therefore nothing here can overflow.
    fn days(&self) -> Option<u32> {
        let &Self {
            year, month, day, ..
        } = self;
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
        let (year, month) = match month.checked_sub(3) {
            Some(month) => (year, month),
            None => (year.checked_sub(1)?, month.wrapping_add(9)),
        };
        let leap_days = (year / 4).wrapping_sub(year / 100).wrapping_add(year / 400);
        let days_before_month = month.wrapping_mul(153).wrapping_add(2) / 5;
        let days = year
            .wrapping_mul(365)
            .wrapping_add(leap_days)
            .wrapping_add(days_before_month)
            .wrapping_add(day.wrapping_sub(1));
        Some(days)
    }

    /// The day of the week: Monday is 0.
    pub(super) fn weekday(&self) -> Option<u32> {
        // The first of March of the year 0 was a Wednesday.
        Some(self.days()?.wrapping_add(2) % 7)
    }
}

const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

const SECS_A_DAY: u64 = 24 * 60 * 60;

/// Since the first of March of the year 0.
const SECS_BEFORE_1970: u64 = 719_468 * SECS_A_DAY;
