//! Days and months in UTC, for what is counted by the calendar.

use crate::api::Millis;

/// A day in milliseconds.
pub const DAY: Millis = 24 * 60 * 60 * 1000;

/// Year, month from 1, and day of a time, in UTC (Hinnant's `civil_from_days`,
/// <https://howardhinnant.github.io/date_algorithms.html>).
#[must_use]
pub fn civil(at: Millis) -> (i64, usize, i64) {
    let days = at.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), usize::try_from(month).unwrap_or(1), day)
}

/// The first moment of the month of a time, in UTC.
#[must_use]
pub fn month_of(at: Millis) -> Millis {
    let (_, _, day) = civil(at);
    (at.div_euclid(DAY) + 1 - day) * DAY
}

/// The first moment of a day in UTC; nothing where the calendar has no such day.
#[must_use]
pub fn day(year: i64, month: i64, day: i64) -> Option<Millis> {
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    let years = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (years.div_euclid(400), years.rem_euclid(400));
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let at = days * DAY;
    let (same_year, same_month, same_day) = civil(at);
    ((same_year, i64::try_from(same_month).ok()?, same_day) == (year, month, day)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_of_its_day() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(-1), (1969, 12, 31));
        assert_eq!(civil(1_709_208_000_000), (2024, 2, 29));
    }

    #[test]
    fn a_day_has_one_first_moment_or_none() {
        for at in (-800_000..800_000).step_by(7) {
            let (year, month, date) = civil(at * DAY);
            assert_eq!(day(year, i64::try_from(month).expect("a month"), date), Some(at * DAY));
        }
        for (year, month, date) in [(2023, 2, 29), (2024, 0, 1), (2024, 13, 1), (2024, 4, 31), (2024, 4, 0)] {
            assert_eq!(day(year, month, date), None, "{year}-{month}-{date}");
        }
    }

    #[test]
    fn a_month_begins_on_its_first() {
        for (at, first) in [
            (0, 0),
            (1_767_225_600_000, 1_767_225_600_000),
            (1_767_225_599_999, 1_764_547_200_000),
            // 29 February 2024, noon; 1 March 2024; the last moment of 1999.
            (1_709_208_000_000, 1_706_745_600_000),
            (1_709_251_200_000, 1_709_251_200_000),
            (946_684_799_999, 944_006_400_000),
        ] {
            assert_eq!(month_of(at), first, "{at}");
        }
    }
}
