//! Instants in events: a fast path for the one form that nearly every event uses, and everything
//! else as [`ir::date_math`](crate::ir::date_math) reads it.
//!
//! Also read: the basic form `20131102T010628Z`, which CloudTrail writes in
//! `sessionContext.attributes.creationDate` (cloudtrail_to_ecs.md §2).

use crate::ir::date_math::parse_instant;

const DAY: i64 = 86_400_000;

/// Milliseconds since 1970-01-01T00:00:00Z of a date text or an epoch-millisecond number. Missing
/// parts are the first of their range. `None`: no date.
pub fn parse(text: &str) -> Option<i64> {
    fast(text.as_bytes()).or_else(|| parse_instant(text)).or_else(|| basic(text))
}

/// `YYYY-MM-DDTHH:MM:SS[.f…]Z`, by far the most frequent form.
fn fast(text: &[u8]) -> Option<i64> {
    if text.len() < 20 || text[text.len() - 1] != b'Z' {
        return None;
    }
    let digits = |from: usize, count: usize| {
        text[from..from + count].iter().try_fold(0i64, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'))
        })
    };
    let signs = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if signs.iter().any(|&(at, sign)| text[at] != sign) {
        return None;
    }
    let fraction = &text[19..text.len() - 1];
    let millis = match fraction {
        [] => 0,
        [b'.', a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9'] => {
            i64::from(a - b'0') * 100 + i64::from(b - b'0') * 10 + i64::from(c - b'0')
        }
        _ => return None,
    };
    let day = checked_days(digits(0, 4)?, digits(5, 2)?, digits(8, 2)?)?;
    Some(day * DAY + time(digits(11, 2)?, digits(14, 2)?, digits(17, 2)?)? + millis)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
fn checked_days(year: i64, month: i64, day: i64) -> Option<i64> {
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    // Years begin in March, so that the day that comes and goes is the last one.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (1..=length).contains(&day).then_some(era * 146_097 + day_of_era - 719_468)
}

fn time(hour: i64, minute: i64, second: i64) -> Option<i64> {
    (hour < 24 && minute < 60 && second < 60).then(|| hour * 3_600_000 + minute * 60_000 + second * 1_000)
}

/// `YYYYMMDDTHHMMSSZ`.
fn basic(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 16 || bytes[8] != b'T' || bytes[15] != b'Z' {
        return None;
    }
    let digits = |from: usize, to: usize| {
        bytes[from..to].iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
    };
    let day = checked_days(digits(0, 4)?, digits(4, 6)?, digits(6, 8)?)?;
    Some(day * DAY + time(digits(9, 11)?, digits(11, 13)?, digits(13, 15)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jiff_millis(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn every_form_agrees_with_jiff() {
        for (text, full) in [
            ("2010-03-06T14:15:00Z", "2010-03-06T14:15:00Z"),
            ("2010-03-06T14:15:00", "2010-03-06T14:15:00Z"),
            ("2010-03-06T14:15:00.123Z", "2010-03-06T14:15:00.123Z"),
            ("2010-03-06T14:15:00.1Z", "2010-03-06T14:15:00.100Z"),
            ("2010-03-06T14:15:00.123456789+02:00", "2010-03-06T12:15:00.123Z"),
            ("2010-03-06T14:15-0130", "2010-03-06T15:45:00Z"),
            ("2010-03-06T14", "2010-03-06T14:00:00Z"),
            ("2010-03-06", "2010-03-06T00:00:00Z"),
            ("2010-03", "2010-03-01T00:00:00Z"),
            ("2010", "2010-01-01T00:00:00Z"),
            ("20131102T010628Z", "2013-11-02T01:06:28Z"),
            ("1654270691800", "2022-06-03T15:38:11.800Z"),
            ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(parse(text), Some(jiff_millis(full)), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "foo",
            "2010-13-01",
            "2010-02-30",
            "2010-03-06T25:00:00Z",
            "2010-03-06T14:15:60Z",
            "2010-03-06T14:15:00ZZ",
            "10-03-06",
            "2010-03-06T14:15:00.Z",
            "é010-03-06",
            "2010-03-06T14:15:00+99:00",
            "99999999999999999999",
            "-",
            "1.",
            "2010-3-6",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
