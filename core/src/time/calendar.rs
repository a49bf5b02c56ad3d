use super::UnixTime;

/// A date and a time of day, in UTC.
pub(super) struct Civil {
    pub(super) year: i32,
    /// January is 1.
    pub(super) month: i32,
    /// The first is 1.
    pub(super) day: i32,
    /// Since midnight. Beyond either end it is on another day.
    pub(super) secs: i32,
}

impl Civil {
    /// `None` for a date that the Gregorian calendar does not have, and before 1970.
    pub(super) fn unix_time(&self) -> Option<UnixTime> {
        let secs = i64::from(self.days_since_1970()?)
            .checked_mul(SECS_A_DAY)?
            .checked_add(i64::from(self.secs))?;
        u64::try_from(secs).ok().map(UnixTime::from_secs)
    }

    /// Years begin in March here, so that the leap day comes last and the months before it have a fixed length. 719,468
    /// are the days from the first of March of the year 0 to 1970.
    fn days_since_1970(&self) -> Option<i32> {
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

    /// The day of the week: Monday is 0.
    pub(super) fn weekday(&self) -> Option<i32> {
        // The first of January 1970 was a Thursday.
        Some(self.days_since_1970()?.checked_add(3)?.rem_euclid(7))
    }
}

const SECS_A_DAY: i64 = 24 * 60 * 60;
