//! The proleptic Gregorian calendar in UTC: days and milliseconds since 1970-01-01.
//!
//! Only what dates in events and date math in rules need; time zones other than fixed offsets are
//! nobody's business here.

/// Milliseconds of a day.
pub(super) const DAY: i64 = 86_400_000;

/// Days since 1970-01-01; the date must be valid.
pub(super) fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
pub(super) fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * month_index + 2) / 5 + 1)
}

/// Number of days of a month.
pub(super) fn month_length(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Moves an instant by whole months; the day is moved back where the month is shorter. `None`
/// outside the years 0 to 9999.
pub(super) fn add_months(millis: i64, months: i64) -> Option<i64> {
    let (year, month, day) = date(millis.div_euclid(DAY));
    let index = year.checked_mul(12)?.checked_add(month - 1)?.checked_add(months)?;
    let (year, month) = (index.div_euclid(12), index.rem_euclid(12) + 1);
    (0..=9999)
        .contains(&year)
        .then(|| days(year, month, day.min(month_length(year, month))) * DAY + millis.rem_euclid(DAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_inverse() {
        for day in (-800_000..3_000_000).step_by(37) {
            let (year, month, of_month) = date(day);
            assert_eq!(days(year, month, of_month), day);
            assert!((1..=month_length(year, month)).contains(&of_month));
        }
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(days(2000, 2, 29), 11_016);
    }

    #[test]
    fn months_clip_the_day() {
        let january = days(2023, 1, 31) * DAY + 5;
        assert_eq!(add_months(january, 1), Some(days(2023, 2, 28) * DAY + 5));
        assert_eq!(add_months(january, -2), Some(days(2022, 11, 30) * DAY + 5));
        assert_eq!(add_months(january, i64::MAX), None);
    }
}
