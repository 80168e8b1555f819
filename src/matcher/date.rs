//! Instants in events and in rules: reading dates as Elasticsearch's default format
//! (`strict_date_optional_time||epoch_millis`) does, and its date math.
//!
//! Also read: the basic form `20131102T010628Z`, which CloudTrail writes in
//! `sessionContext.attributes.creationDate` (cloudtrail_to_ecs.md §2).

use super::civil::{DAY, add_months, date, days, month_length};

/// Milliseconds since 1970-01-01T00:00:00Z of a date text or an epoch-millisecond number. Missing
/// parts are the first of their range. `None`: no date.
pub fn parse(text: &str) -> Option<i64> {
    fast(text.as_bytes()).or_else(|| slow(text, false))
}

/// Like [`parse`], with missing parts as the last of their range: `2018-03-28` is the last
/// millisecond of that day.
pub fn parse_rounded_up(text: &str) -> Option<i64> {
    slow(text, true)
}

/// Resolves a date or date math (`now-1d/d`, `2018-03-28||+1M/d`) against `now`.
///
/// `round_up` is how `/unit` and missing parts round: up for the ends that `gt` and `lte` stand
/// for, down for `gte` and `lt`. `None`: neither a date nor date math, or out of range.
pub fn resolve(text: &str, now: i64, round_up: bool) -> Option<i64> {
    let (mut instant, mut rest) = if let Some(rest) = text.strip_prefix("now") {
        (now, rest)
    } else if let Some((anchor, rest)) = text.split_once("||") {
        (parse(anchor)?, rest)
    } else {
        return slow(text, round_up);
    };
    while let Some(operator) = rest.chars().next() {
        rest = &rest[operator.len_utf8()..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let amount: i64 = if digits == 0 { 1 } else { rest[..digits].parse().ok()? };
        rest = &rest[digits..];
        let unit = rest.chars().next()?;
        rest = &rest[unit.len_utf8()..];
        instant = match operator {
            '+' => add(instant, amount, unit)?,
            '-' => add(instant, -amount, unit)?,
            '/' if digits == 0 => round(instant, unit, round_up)?,
            _ => return None,
        };
    }
    Some(instant)
}

/// Whether a text needs `now` to be resolved.
pub fn needs_now(text: &str) -> bool {
    text.starts_with("now")
}

fn unit_millis(unit: char) -> Option<i64> {
    Some(match unit {
        's' => 1_000,
        'm' => 60_000,
        'h' | 'H' => 3_600_000,
        'd' => DAY,
        'w' => 7 * DAY,
        _ => return None,
    })
}

fn add(instant: i64, amount: i64, unit: char) -> Option<i64> {
    match unit {
        'y' => add_months(instant, amount.checked_mul(12)?),
        'M' => add_months(instant, amount),
        _ => instant.checked_add(amount.checked_mul(unit_millis(unit)?)?),
    }
}

/// Start of the unit that holds `instant`, or its last millisecond. Weeks begin on Monday.
fn round(instant: i64, unit: char, up: bool) -> Option<i64> {
    let (year, month, _) = date(instant.div_euclid(DAY));
    let start = match unit {
        'y' => days(year, 1, 1) * DAY,
        'M' => days(year, month, 1) * DAY,
        // 1970-01-01 was a Thursday.
        'w' => (instant.div_euclid(DAY) + 3).div_euclid(7).checked_mul(7)?.checked_sub(3)? * DAY,
        _ => {
            let length = unit_millis(unit)?;
            instant.div_euclid(length) * length
        }
    };
    if up { add(start, 1, unit)?.checked_sub(1) } else { Some(start) }
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

fn checked_days(year: i64, month: i64, day: i64) -> Option<i64> {
    ((1..=12).contains(&month) && (1..=month_length(year, month)).contains(&day))
        .then(|| days(year, month, day))
}

fn time(hour: i64, minute: i64, second: i64) -> Option<i64> {
    (hour < 24 && minute < 60 && second < 60).then(|| hour * 3_600_000 + minute * 60_000 + second * 1_000)
}

/// Every accepted form.
fn slow(text: &str, up: bool) -> Option<i64> {
    let mut reader = Reader { rest: text.as_bytes() };
    iso(&mut reader, up).or_else(|| epoch(text)).or_else(|| basic(text))
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn digits(&mut self, count: usize) -> Option<i64> {
        let (head, tail) = self.rest.split_at_checked(count)?;
        self.rest = tail;
        head.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
    }

    fn eat(&mut self, sign: u8) -> bool {
        let found = self.rest.first() == Some(&sign);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }
}

/// `YYYY[-MM[-DD[THH[:MM[:SS[.f…]]]][offset]]]`.
fn iso(reader: &mut Reader<'_>, up: bool) -> Option<i64> {
    let year = reader.digits(4)?;
    let (mut month, mut day, mut part) = (None, None, 0);
    if reader.eat(b'-') {
        month = Some(reader.digits(2)?);
        if reader.eat(b'-') {
            day = Some(reader.digits(2)?);
        }
    }
    let last_month = if up { 12 } else { 1 };
    let month = month.unwrap_or(last_month);
    let last_day = if up && (1..=12).contains(&month) { month_length(year, month) } else { 1 };
    let start = checked_days(year, month, day.unwrap_or(last_day))? * DAY;
    let mut fields = if up { [23, 59, 59] } else { [0, 0, 0] };
    let mut millis = if up { 999 } else { 0 };
    let mut offset = 0;
    if day.is_some() && reader.eat(b'T') && !reader.rest.is_empty() {
        loop {
            fields[part] = reader.digits(2)?;
            part += 1;
            if part == 3 || !reader.eat(b':') {
                break;
            }
        }
        if part == 3 && (reader.eat(b'.') || reader.eat(b',')) {
            millis = fraction(reader)?;
        }
        offset = zone(reader)?;
    }
    let [hour, minute, second] = fields;
    (reader.rest.is_empty()).then_some(())?;
    Some(start + time(hour, minute, second)? + millis - offset)
}

/// One to nine digits, as milliseconds.
fn fraction(reader: &mut Reader<'_>) -> Option<i64> {
    let count = reader.rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let digits = (1..=9).contains(&count).then(|| reader.digits(count))??;
    Some(if count <= 3 { digits * 10i64.pow(3 - count as u32) } else { digits / 10i64.pow(count as u32 - 3) })
}

/// Nothing, `Z` or `±HH[:MM]`, in milliseconds.
fn zone(reader: &mut Reader<'_>) -> Option<i64> {
    let sign = match reader.rest.first() {
        None => return Some(0),
        Some(b'Z') => return reader.eat(b'Z').then_some(0),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    reader.rest = &reader.rest[1..];
    let hours = reader.digits(2)?;
    reader.eat(b':');
    let minutes = if reader.rest.is_empty() { 0 } else { reader.digits(2)? };
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 3_600_000 + minutes * 60_000))
}

/// A number of milliseconds, a fraction cut off.
fn epoch(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let numeric = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    (numeric(digits) && numeric(fraction) && digits.len() <= 17).then(|| whole.parse().ok())?
}

/// `YYYYMMDDTHHMMSSZ`.
fn basic(text: &str) -> Option<i64> {
    let mut reader = Reader { rest: text.as_bytes() };
    let day = checked_days(reader.digits(4)?, reader.digits(2)?, reader.digits(2)?)?;
    reader.eat(b'T').then_some(())?;
    let time = time(reader.digits(2)?, reader.digits(2)?, reader.digits(2)?)?;
    (reader.rest == b"Z").then_some(day * DAY + time)
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
            "2010-03-06 14:15:00",
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

    #[test]
    fn missing_parts_round_up_on_demand() {
        assert_eq!(parse_rounded_up("2018-03-28"), Some(jiff_millis("2018-03-28T23:59:59.999Z")));
        assert_eq!(parse_rounded_up("2020-02"), Some(jiff_millis("2020-02-29T23:59:59.999Z")));
        assert_eq!(parse_rounded_up("2018-03-28T20:30"), Some(jiff_millis("2018-03-28T20:30:59.999Z")));
        assert_eq!(parse_rounded_up("2018-03-28T20:30:01.5Z"), Some(jiff_millis("2018-03-28T20:30:01.5Z")));
    }

    #[test]
    fn date_math() {
        let now = jiff_millis("2024-03-05T06:07:08.009Z");
        for (math, down, up) in [
            ("now", "2024-03-05T06:07:08.009Z", "2024-03-05T06:07:08.009Z"),
            ("now-1d/d", "2024-03-04T00:00:00Z", "2024-03-04T23:59:59.999Z"),
            ("now/w", "2024-03-04T00:00:00Z", "2024-03-10T23:59:59.999Z"),
            ("now/M", "2024-03-01T00:00:00Z", "2024-03-31T23:59:59.999Z"),
            ("now-1y/y", "2023-01-01T00:00:00Z", "2023-12-31T23:59:59.999Z"),
            ("now+1h-7m", "2024-03-05T07:00:08.009Z", "2024-03-05T07:00:08.009Z"),
            ("2024-01-31||+1M/d", "2024-02-29T00:00:00Z", "2024-02-29T23:59:59.999Z"),
        ] {
            assert_eq!(resolve(math, now, false), Some(jiff_millis(down)), "{math}");
            assert_eq!(resolve(math, now, true), Some(jiff_millis(up)), "{math}");
        }
        for bad in [
            "now-",
            "now-1",
            "now-1x",
            "nowx",
            "now/2d",
            "x||+1d",
            "now-99999999999999999999d",
            "now+9223372036854775807w",
        ] {
            assert_eq!(resolve(bad, now, false), None, "{bad}");
        }
    }
}
