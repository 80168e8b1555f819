//! Elasticsearch's dates and date math: `2024-03-05`, `now-5m`, `now-1d/d`, `2024-03-05||+1M/d`.
//!
//! A date that leaves parts out, and a rounding such as `/d`, stand for a stretch of time; which
//! end of it is meant depends on the comparison: `gt` and `lte` take its last millisecond, `gte`
//! and `lt` its first. Everything is UTC, as the detection engine runs rules (`dateFormatTZ:
//! "Zulu"`, kql.md §4). Source: Elasticsearch's documentation of date math and of
//! `strict_date_optional_time||epoch_millis`.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{Offset, TimeZone};

/// Which end of a stretch of time is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Its first millisecond.
    Down,
    /// Its last millisecond.
    Up,
}

/// A date expression, read and ready to be resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct DateMath {
    anchor: Anchor,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
enum Anchor {
    Now,
    /// First and last millisecond of what was written.
    Fixed(i64, i64),
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Add(i64, Unit),
    Round(Unit),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Unit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
}

impl DateMath {
    /// Reads an expression; `None` if it is neither a date nor date math.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (anchor, rest) = if let Some(rest) = text.strip_prefix("now") {
            (Anchor::Now, rest)
        } else if let Some((date, rest)) = text.split_once("||") {
            let (first, last) = fixed(date)?;
            (Anchor::Fixed(first, last), rest)
        } else {
            let (first, last) = fixed(text)?;
            (Anchor::Fixed(first, last), "")
        };
        Some(DateMath { anchor, steps: steps(rest)? })
    }

    /// Whether the result depends on the present.
    pub fn is_relative(&self) -> bool {
        self.anchor == Anchor::Now
    }

    /// The instant in milliseconds since 1970; `None` if it leaves the calendar.
    pub fn resolve(&self, now_millis: i64, round: Round) -> Option<i64> {
        let millis = match self.anchor {
            Anchor::Now => now_millis,
            Anchor::Fixed(first, last) if self.steps.is_empty() => {
                return Some(if round == Round::Up { last } else { first });
            }
            Anchor::Fixed(first, _) => first,
        };
        if self.steps.is_empty() {
            return Some(millis);
        }
        let mut at = civil(millis)?;
        for step in &self.steps {
            at = match *step {
                Step::Add(count, unit) => add(at, count, unit)?,
                Step::Round(unit) => {
                    let start = floor(at, unit)?;
                    match round {
                        Round::Down => start,
                        Round::Up => add(start, 1, unit)?.checked_sub(1.millisecond()).ok()?,
                    }
                }
            };
        }
        to_millis(at, Offset::UTC)
    }

    /// The distance from `now` in milliseconds where it is the same at any `now`: that of `now-5m` is
    /// -300,000; `now/d`, `now-1M` and dates have none.
    pub fn fixed_offset(&self) -> Option<i64> {
        if self.anchor != Anchor::Now {
            return None;
        }
        self.steps.iter().try_fold(0i64, |sum, step| match step {
            Step::Add(count, unit) => Some(sum.saturating_add(count.saturating_mul(unit.millis()?))),
            Step::Round(_) => None,
        })
    }

    /// Like [`resolve`](Self::resolve), but an instant that leaves the calendar becomes the earliest or
    /// the latest there is.
    pub fn resolve_saturating(&self, now_millis: i64, round: Round) -> i64 {
        if let Some(offset) = self.fixed_offset() {
            return now_millis.saturating_add(offset);
        }
        let add = |step: &Step| if let Step::Add(count, _) = step { count.signum() } else { 0 };
        self.resolve(now_millis, round).unwrap_or_else(|| match self.steps.iter().map(add).sum::<i64>() {
            0 => now_millis,
            sum if sum < 0 => i64::MIN,
            _ => i64::MAX,
        })
    }
}

impl Unit {
    /// Its length, if it always has the same.
    fn millis(self) -> Option<i64> {
        Some(match self {
            Unit::Year | Unit::Month => return None,
            Unit::Week => 604_800_000,
            Unit::Day => 86_400_000,
            Unit::Hour => 3_600_000,
            Unit::Minute => 60_000,
            Unit::Second => 1_000,
        })
    }
}

/// Milliseconds of a complete or partial date, rounded down; `None` if it is no date. Accepts what
/// `strict_date_optional_time` accepts, and nothing relative.
pub fn parse_instant(text: &str) -> Option<i64> {
    fixed(text).map(|(first, _)| first)
}

fn civil(millis: i64) -> Option<DateTime> {
    Some(TimeZone::UTC.to_datetime(jiff::Timestamp::from_millisecond(millis).ok()?))
}

fn to_millis(at: DateTime, offset: Offset) -> Option<i64> {
    Some(offset.to_timestamp(at).ok()?.as_millisecond())
}

fn add(at: DateTime, count: i64, unit: Unit) -> Option<DateTime> {
    let zero = jiff::Span::new();
    let span = match unit {
        Unit::Year => zero.try_years(count),
        Unit::Month => zero.try_months(count),
        Unit::Week => zero.try_weeks(count),
        Unit::Day => zero.try_days(count),
        Unit::Hour => zero.try_hours(count),
        Unit::Minute => zero.try_minutes(count),
        Unit::Second => zero.try_seconds(count),
    };
    at.checked_add(span.ok()?).ok()
}

fn floor(at: DateTime, unit: Unit) -> Option<DateTime> {
    let date = at.date();
    let (hour, minute, second) = (at.hour(), at.minute(), at.second());
    let time = |h, m, s| Time::new(h, m, s, 0).ok();
    Some(match unit {
        Unit::Year => DateTime::from_parts(Date::new(date.year(), 1, 1).ok()?, Time::midnight()),
        Unit::Month => DateTime::from_parts(date.first_of_month(), Time::midnight()),
        Unit::Week => {
            let since = date.weekday().since(Weekday::Monday);
            DateTime::from_parts(date.checked_sub(i64::from(since).days()).ok()?, Time::midnight())
        }
        Unit::Day => DateTime::from_parts(date, Time::midnight()),
        Unit::Hour => DateTime::from_parts(date, time(hour, 0, 0)?),
        Unit::Minute => DateTime::from_parts(date, time(hour, minute, 0)?),
        Unit::Second => DateTime::from_parts(date, time(hour, minute, second)?),
    })
}

fn steps(mut rest: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    while let Some(sign) = rest.chars().next() {
        rest = &rest[sign.len_utf8()..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: i64 = if digits == 0 { 1 } else { rest[..digits].parse().ok()? };
        rest = &rest[digits..];
        let letter = rest.chars().next()?;
        let unit = match letter {
            'y' => Unit::Year,
            'M' => Unit::Month,
            'w' => Unit::Week,
            'd' => Unit::Day,
            'h' | 'H' => Unit::Hour,
            'm' => Unit::Minute,
            's' => Unit::Second,
            _ => return None,
        };
        rest = &rest[1..];
        steps.push(match sign {
            '+' => Step::Add(count, unit),
            '-' => Step::Add(-count, unit),
            '/' if count == 1 => Step::Round(unit),
            _ => return None,
        });
    }
    Some(steps)
}

/// First and last millisecond of a date as written.
fn fixed(text: &str) -> Option<(i64, i64)> {
    // Digits and nothing else are epoch milliseconds, but four digits are a year: the format is
    // tried first.
    let number = text.strip_prefix('-').unwrap_or(text);
    if text.len() != 4 && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().map(|millis| (millis, millis));
    }
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year: i16 = digits(parts.next()?, 4)?;
    let month: Option<i8> = parts.next().map(|p| digits(p, 2)).map_or(Some(None), |v| v.map(Some))?;
    let day: Option<i8> = parts.next().map(|p| digits(p, 2)).map_or(Some(None), |v| v.map(Some))?;
    if parts.next().is_some() || (time.is_some() && day.is_none()) {
        return None;
    }
    // Elasticsearch fills a missing month or day with 1 even where it rounds up: the last millisecond of
    // `2024` is that of 1 January (documentation of range queries, "missing date components"; measured
    // on 8.19.21).
    let first = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
    match time {
        None => Some((
            to_millis(DateTime::from_parts(first, Time::midnight()), Offset::UTC)?,
            to_millis(DateTime::from_parts(first, Time::new(23, 59, 59, 999_000_000).ok()?), Offset::UTC)?,
        )),
        Some(time) => {
            let (start, end, offset) = clock(time)?;
            Some((
                to_millis(DateTime::from_parts(first, start), offset)?,
                to_millis(DateTime::from_parts(first, end), offset)?,
            ))
        }
    }
}

/// `14`, `14:15`, `14:15:16`, `14:15:16.789`, each with an optional offset.
fn clock(text: &str) -> Option<(Time, Time, Offset)> {
    let split = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(split);
    let offset = match zone {
        "" | "Z" => Offset::UTC,
        zone => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let zone = zone[1..].replace(':', "");
            let (hours, minutes) = match zone.len() {
                2 => (digits::<i32>(&zone, 2)?, 0),
                4 => (digits::<i32>(&zone[..2], 2)?, digits::<i32>(&zone[2..], 2)?),
                _ => return None,
            };
            Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()?
        }
    };
    let mut parts = clock.split(':');
    let hour: i8 = digits(parts.next()?, 2)?;
    let minute: Option<i8> = parts.next().map(|p| digits(p, 2)).map_or(Some(None), |v| v.map(Some))?;
    let (second, nanos) = match parts.next() {
        None => (None, None),
        Some(text) => match text.split_once(['.', ',']) {
            None => (Some(digits::<i8>(text, 2)?), None),
            Some((second, fraction)) => {
                if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit())
                {
                    return None;
                }
                let nanos: i32 = format!("{fraction:0<9}").parse().ok()?;
                (Some(digits::<i8>(second, 2)?), Some(nanos))
            }
        },
    };
    if parts.next().is_some() {
        return None;
    }
    let start = Time::new(hour, minute.unwrap_or(0), second.unwrap_or(0), nanos.unwrap_or(0)).ok()?;
    let end =
        Time::new(hour, minute.unwrap_or(59), second.unwrap_or(59), nanos.unwrap_or(999_000_000)).ok()?;
    Some((start, end, offset))
}

/// A number of exactly `len` digits (a four-digit year may be written with fewer by no one).
fn digits<T: std::str::FromStr>(text: &str, len: usize) -> Option<T> {
    (text.len() == len && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(text: &str) -> (String, String) {
        let now = parse_instant("2024-03-05T06:07:08.900Z").unwrap();
        let math = DateMath::parse(text).unwrap_or_else(|| panic!("{text}"));
        let show = |round| {
            let millis = math.resolve(now, round).unwrap();
            jiff::Timestamp::from_millisecond(millis).unwrap().to_string()
        };
        (show(Round::Down), show(Round::Up))
    }

    #[test]
    fn partial_dates_stand_for_a_stretch() {
        assert_eq!(both("2010-03-06"), ("2010-03-06T00:00:00Z".into(), "2010-03-06T23:59:59.999Z".into()));
        // Measured on Elasticsearch 8.19.21 with `_validate/query?rewrite=true`.
        assert_eq!(both("2012-02"), ("2012-02-01T00:00:00Z".into(), "2012-02-01T23:59:59.999Z".into()));
        assert_eq!(both("2012"), ("2012-01-01T00:00:00Z".into(), "2012-01-01T23:59:59.999Z".into()));
        assert_eq!(
            both("2012-01-01T10:20+02:00"),
            ("2012-01-01T08:20:00Z".into(), "2012-01-01T08:20:59.999Z".into())
        );
        assert_eq!(both("1710000000000").0, "2024-03-09T16:00:00Z");
        assert_eq!(both("5").1, "1970-01-01T00:00:00.005Z");
    }

    #[test]
    fn math_is_applied_in_order() {
        assert_eq!(both("now").0, "2024-03-05T06:07:08.9Z");
        assert_eq!(both("now-5m").0, "2024-03-05T06:02:08.9Z");
        assert_eq!(both("now-1d/d"), ("2024-03-04T00:00:00Z".into(), "2024-03-04T23:59:59.999Z".into()));
        assert_eq!(both("now/1d").0, "2024-03-05T00:00:00Z");
        assert_eq!(both("now/w").0, "2024-03-04T00:00:00Z");
        assert_eq!(both("2024-01-31||+1M").0, "2024-02-29T00:00:00Z");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "foo", "now+", "now-5q", "2024-13-01", "2024-1-1", "2024-01-01T", "now/2d", "24:00"]
        {
            assert_eq!(DateMath::parse(text), None, "{text}");
        }
        let far = DateMath::parse("now+9223372036854775807y").unwrap();
        assert_eq!(far.resolve(0, Round::Down), None);
        assert_eq!(far.resolve_saturating(0, Round::Down), i64::MAX);
    }

    #[test]
    fn only_plain_lengths_keep_their_distance_from_now() {
        let math = |text| DateMath::parse(text).unwrap();
        assert_eq!(math("now-5m+1s").fixed_offset(), Some(-299_000));
        assert_eq!(math("now-9223372036854775807w").resolve_saturating(0, Round::Down), i64::MIN);
        assert_eq!(math("now-9223372036854775807M").resolve_saturating(0, Round::Down), i64::MIN);
        assert_eq!(math("now/d").resolve_saturating(i64::MAX, Round::Down), i64::MAX);
        for text in ["now/d", "now-1M", "2024-01-01"] {
            assert_eq!(math(text).fixed_offset(), None);
        }
    }
}
