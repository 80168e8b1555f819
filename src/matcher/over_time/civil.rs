//! The proleptic Gregorian calendar in UTC: reading and writing ISO 8601, and steps of calendar units.
//!
//! Written out instead of taken from a library because every step has to saturate: events and rules
//! may hold any number, and no instant may make the program stop.

const DAY: i128 = 86_400_000;

/// A unit of Elasticsearch's date math.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
}

impl Unit {
    pub(crate) fn parse(letter: char) -> Option<Self> {
        Some(match letter {
            'y' => Unit::Year,
            'M' => Unit::Month,
            'w' => Unit::Week,
            'd' => Unit::Day,
            'h' | 'H' => Unit::Hour,
            'm' => Unit::Minute,
            's' => Unit::Second,
            _ => return None,
        })
    }

    pub(crate) fn letter(self) -> char {
        match self {
            Unit::Year => 'y',
            Unit::Month => 'M',
            Unit::Week => 'w',
            Unit::Day => 'd',
            Unit::Hour => 'h',
            Unit::Minute => 'm',
            Unit::Second => 's',
        }
    }

    /// Its length, if it always has the same.
    pub(crate) fn millis(self) -> Option<i64> {
        match self {
            Unit::Year | Unit::Month => None,
            Unit::Week => Some(604_800_000),
            Unit::Day => Some(86_400_000),
            Unit::Hour => Some(3_600_000),
            Unit::Minute => Some(60_000),
            Unit::Second => Some(1_000),
        }
    }
}

fn saturate(millis: i128) -> i64 {
    millis.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

/// Days since 1970-01-01 (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days(year: i128, month: i128, day: i128) -> i128 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a number of days since 1970-01-01; the inverse of [`days`].
fn date(days: i128) -> (i128, i128, i128) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i128::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}

fn days_in_month(year: i128, month: i128) -> i128 {
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days(next_year, next, 1) - days(year, month, 1)
}

/// The instant so many units later; a day that the month lacks becomes its last.
pub(crate) fn add(at: i64, amount: i64, unit: Unit) -> i64 {
    if let Some(millis) = unit.millis() {
        return saturate(i128::from(at) + i128::from(amount) * i128::from(millis));
    }
    let months = i128::from(amount) * if unit == Unit::Year { 12 } else { 1 };
    let (year, month, day) = date(i128::from(at).div_euclid(DAY));
    let total = year * 12 + month - 1 + months;
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    let day = day.min(days_in_month(year, month));
    saturate(days(year, month, day) * DAY + i128::from(at).rem_euclid(DAY))
}

/// The first millisecond of the unit that holds the instant; weeks begin on Monday.
pub(crate) fn floor(at: i64, unit: Unit) -> i64 {
    let wide = i128::from(at);
    let day = wide.div_euclid(DAY);
    let (year, month, _) = date(day);
    saturate(match unit {
        Unit::Year => days(year, 1, 1) * DAY,
        Unit::Month => days(year, month, 1) * DAY,
        // Day 0 was a Thursday.
        Unit::Week => (day - (day + 3).rem_euclid(7)) * DAY,
        Unit::Day => day * DAY,
        Unit::Hour => wide - wide.rem_euclid(3_600_000),
        Unit::Minute => wide - wide.rem_euclid(60_000),
        Unit::Second => wide - wide.rem_euclid(1_000),
    })
}

/// Reads an ISO 8601 date or date-time, complete from the left, or milliseconds since the epoch (five
/// digits or more): Elasticsearch's `strict_date_optional_time||epoch_millis`. Gives the first and
/// the last millisecond that the text stands for; without a zone it is UTC.
pub fn parse_date(text: &str) -> Option<(i64, i64)> {
    if text.len() > 4 && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().map(|millis| (millis, millis));
    }
    let (date_text, time_text) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date_text.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map(|m| digits(m, 2)).map_or(Some(None), |m| m.map(Some))?;
    let day = parts.next().map(|d| digits(d, 2)).map_or(Some(None), |d| d.map(Some))?;
    if parts.next().is_some() || (time_text.is_some() && day.is_none()) {
        return None;
    }
    let (low_month, high_month) = month.map_or((1, 12), |m| (m, m));
    if !(1..=12).contains(&low_month) {
        return None;
    }
    let (low_day, high_day) = day.map_or((1, days_in_month(year, high_month)), |d| (d, d));
    if !(1..=days_in_month(year, high_month)).contains(&high_day) {
        return None;
    }
    let (low_time, high_time) = time_text.map_or(Some((0, DAY - 1)), parse_time)?;
    let low = days(year, low_month, low_day) * DAY + low_time;
    let high = days(year, high_month, high_day) * DAY + high_time;
    Some((saturate(low), saturate(high)))
}

/// Milliseconds of the day, first and last; beyond a day where the zone demands it.
fn parse_time(text: &str) -> Option<(i128, i128)> {
    let zone_at = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone_at);
    let shift = parse_zone(zone)?;
    if clock.is_empty() {
        return Some((-shift, DAY - 1 - shift));
    }
    let (clock, fraction) = match clock.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let mut low = 0;
    let mut width = DAY;
    let mut parts = 0;
    for (part, (unit, limit)) in clock.split(':').zip([(3_600_000, 24), (60_000, 60), (1_000, 60), (0, 0)]) {
        let value = digits(part, 2)?;
        if value >= limit {
            return None;
        }
        low += value * unit;
        width = unit;
        parts += 1;
    }
    if clock.split(':').count() != parts {
        return None;
    }
    if let Some(fraction) = fraction {
        if parts != 3 || fraction.is_empty() || fraction.len() > 9 {
            return None;
        }
        let number = digits(fraction, fraction.len())?;
        let millis = number * 1_000 / 10i128.pow(fraction.len() as u32);
        low += millis;
        width = 1;
    }
    Some((low - shift, low + width - 1 - shift))
}

fn parse_zone(zone: &str) -> Option<i128> {
    if zone.is_empty() || zone == "Z" {
        return Some(0);
    }
    let sign = match zone.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let rest = &zone[1..];
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 && rest.is_ascii() => rest.split_at(2),
        None => (rest, "00"),
    };
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 3_600_000 + minutes * 60_000))
}

fn digits(text: &str, width: usize) -> Option<i128> {
    (text.len() == width && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Writes an instant as Elasticsearch and Kibana do: `2024-03-05T06:00:00.000Z`.
pub fn format(at: i64) -> String {
    let (year, month, day) = date(i128::from(at).div_euclid(DAY));
    let rest = i128::from(at).rem_euclid(DAY);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, milli) = (rest / 1_000 % 60, rest % 1_000);
    // ISO 8601 wants a sign on years of more than four digits.
    let year = match year {
        0..=9_999 => format!("{year:04}"),
        _ => format!("{year:+07}"),
    };
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn dates_come_back(at in -62_135_596_800_000i64..253_402_300_799_999) {
            prop_assert_eq!(parse_date(&format(at)), Some((at, at)));
        }

        #[test]
        fn no_instant_and_no_text_panics(at: i64, amount: i64, text in ".{0,40}", clock in "[0-9TZ:.+-]{0,30}") {
            for unit in [Unit::Year, Unit::Month, Unit::Week, Unit::Day, Unit::Hour, Unit::Second] {
                prop_assert!(floor(at, unit) <= at);
                add(at, amount, unit);
            }
            format(at);
            parse_date(&text);
            parse_date(&clock);
        }
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in
            ["2023-02-29", "2024-1-1", "24-01-01", "2024-01-01T25", "2024-01-01T1:2", "2024-01T05", "T05"]
        {
            assert_eq!(parse_date(text), None, "{text}");
        }
        assert!(parse_date("2024-01-01T05:06:07:08").is_none());
    }
}
