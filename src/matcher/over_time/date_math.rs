//! Elasticsearch date math: `now-5m/d`, `2024-03-05T06:00:00Z`, `2024-03-05||+1M/d`.
//!
//! Everything is UTC; instants are milliseconds since 1970-01-01T00:00:00Z and saturate at the ends
//! of `i64`. Which end of a range is asked for, and what `now` is, the caller says.

use std::fmt;

use super::civil::{self, Unit};

/// How a rounding (`/d`) and the missing parts of a date (`2024-03`) are completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// To the first millisecond: what `gte` and `lt` mean.
    Down,
    /// To the last millisecond: what `lte` and `gt` mean.
    Up,
}

/// A date math expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateMath {
    anchor: Anchor,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Now,
    /// First and last millisecond that the written date stands for.
    Fixed(i64, i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Add(i64, Unit),
    Round(Unit),
}

/// What is wrong with an expression, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at byte {offset}")]
pub struct DateMathError {
    /// Byte offset in the expression.
    pub offset: usize,
    /// What is wrong, as a phrase.
    pub message: String,
}

impl DateMath {
    /// Reads an expression.
    pub fn parse(text: &str) -> Result<Self, DateMathError> {
        let (anchor, rest, at) = if let Some(rest) = text.strip_prefix("now") {
            (Anchor::Now, rest, "now".len())
        } else {
            let (date, rest) = text.split_once("||").unwrap_or((text, ""));
            let (first, last) = civil::parse_date(date)
                .ok_or_else(|| DateMathError { offset: 0, message: format!("`{date}` is no date") })?;
            (Anchor::Fixed(first, last), rest, text.len() - rest.len())
        };
        Ok(DateMath { anchor, steps: parse_steps(rest, at)? })
    }

    /// The instant it stands for at `now`.
    pub fn evaluate(&self, now: i64, round: Round) -> i64 {
        let mut at = match (self.anchor, round) {
            (Anchor::Now, _) => now,
            (Anchor::Fixed(_, last), Round::Up) if self.steps.is_empty() => last,
            (Anchor::Fixed(first, _), _) => first,
        };
        for step in &self.steps {
            at = match *step {
                Step::Add(amount, unit) => civil::add(at, amount, unit),
                Step::Round(unit) if round == Round::Down => civil::floor(at, unit),
                Step::Round(unit) => civil::add(civil::floor(at, unit), 1, unit).saturating_sub(1),
            };
        }
        at
    }

    /// The distance from `now` in milliseconds where it is the same at any `now`: `now-5m` is
    /// -300,000; `now/d`, `now-1M` and dates have none.
    pub fn fixed_offset(&self) -> Option<i64> {
        if self.anchor != Anchor::Now {
            return None;
        }
        self.steps.iter().try_fold(0i64, |sum, step| match step {
            Step::Add(amount, unit) => {
                unit.millis().map(|millis| sum.saturating_add(amount.saturating_mul(millis)))
            }
            Step::Round(_) => None,
        })
    }
}

impl std::str::FromStr for DateMath {
    type Err = DateMathError;

    fn from_str(text: &str) -> Result<Self, DateMathError> {
        DateMath::parse(text)
    }
}

fn parse_steps(text: &str, base: usize) -> Result<Vec<Step>, DateMathError> {
    let error = |offset: usize, message: &str| DateMathError { offset, message: message.into() };
    let mut steps = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((offset, operator)) = chars.next() {
        let sign = match operator {
            '/' => 0,
            '+' => 1,
            '-' => -1,
            _ => return Err(error(base + offset, "expected `+`, `-` or `/`")),
        };
        let mut amount: Option<i64> = None;
        while let Some((at, digit)) = chars.next_if(|(_, c)| c.is_ascii_digit()) {
            let digit = i64::from(digit as u8 - b'0');
            let next = amount.unwrap_or(0).checked_mul(10).and_then(|n| n.checked_add(digit));
            amount = Some(next.ok_or_else(|| error(base + at, "number too large"))?);
        }
        let Some((at, letter)) = chars.next() else {
            return Err(error(base + text.len(), "expected a unit: one of y M w d h H m s"));
        };
        let unit = Unit::parse(letter)
            .ok_or_else(|| error(base + at, "unknown unit: expected one of y M w d h H m s"))?;
        steps.push(match (sign, amount) {
            (0, None) => Step::Round(unit),
            // Elasticsearch: "rounding `/` can only be used on single unit types".
            (0, Some(1)) => Step::Round(unit),
            (0, Some(_)) => return Err(error(base + offset, "rounding takes a single unit")),
            (sign, amount) => Step::Add(sign * amount.unwrap_or(1), unit),
        });
    }
    Ok(steps)
}

impl fmt::Display for DateMath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.anchor {
            Anchor::Now => f.write_str("now")?,
            Anchor::Fixed(first, _) => {
                write!(f, "{}", civil::format(first))?;
                if !self.steps.is_empty() {
                    f.write_str("||")?;
                }
            }
        }
        self.steps.iter().try_for_each(|step| match step {
            Step::Add(amount, unit) => write!(f, "{amount:+}{}", unit.letter()),
            Step::Round(unit) => write!(f, "/{}", unit.letter()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, now: &str, round: Round) -> String {
        let now = civil::parse_date(now).unwrap().0;
        civil::format(DateMath::parse(text).unwrap().evaluate(now, round))
    }

    // Examples of Elasticsearch's reference, "Date math" and "Range query".
    #[test]
    fn examples_of_the_reference() {
        let now = "2001-01-01T12:00:00Z";
        assert_eq!(at("now+1h", now, Round::Down), "2001-01-01T13:00:00.000Z");
        assert_eq!(at("now-1h", now, Round::Down), "2001-01-01T11:00:00.000Z");
        assert_eq!(at("now-1h/d", now, Round::Down), "2001-01-01T00:00:00.000Z");
        assert_eq!(at("2001-02-01||+1M/d", now, Round::Down), "2001-03-01T00:00:00.000Z");
        assert_eq!(at("2014-11-18||/M", now, Round::Up), "2014-11-30T23:59:59.999Z");
        assert_eq!(at("2014-11-18||/M", now, Round::Down), "2014-11-01T00:00:00.000Z");
    }

    #[test]
    fn partial_dates_are_completed_by_the_end_asked_for() {
        let now = "2001-01-01";
        assert_eq!(at("2024-02", now, Round::Up), "2024-02-29T23:59:59.999Z");
        assert_eq!(at("2024", now, Round::Down), "2024-01-01T00:00:00.000Z");
        assert_eq!(at("2024-02-03T04:05", now, Round::Up), "2024-02-03T04:05:59.999Z");
        assert_eq!(at("2024-02-03T04:05:06+02:00", now, Round::Down), "2024-02-03T02:05:06.000Z");
        assert_eq!(at("1709618400000", now, Round::Down), "2024-03-05T06:00:00.000Z");
    }

    #[test]
    fn months_clamp_and_weeks_begin_on_monday() {
        assert_eq!(at("now-1M", "2024-03-31", Round::Down), "2024-02-29T00:00:00.000Z");
        assert_eq!(at("now/w", "2024-03-05", Round::Down), "2024-03-04T00:00:00.000Z");
        assert_eq!(at("now-1y", "2024-02-29", Round::Down), "2023-02-28T00:00:00.000Z");
    }

    #[test]
    fn errors_name_their_place() {
        let offset = |text: &str| DateMath::parse(text).unwrap_err().offset;
        assert_eq!(offset("now*5m"), 3);
        assert_eq!(offset("now-5x"), 5);
        assert_eq!(offset("now-5"), 5);
        assert_eq!(offset("yesterday"), 0);
        assert_eq!(offset("now/2d"), 3);
        assert!(DateMath::parse("now-99999999999999999999d").is_err());
        assert!(DateMath::parse("2024-13-01").is_err());
        assert!(DateMath::parse("").is_err());
    }

    #[test]
    fn huge_amounts_saturate() {
        let math = DateMath::parse("now-9223372036854775807y/y").unwrap();
        assert_eq!(math.evaluate(0, Round::Down), i64::MIN);
        let math = DateMath::parse("now+9223372036854775807s").unwrap();
        assert_eq!(math.evaluate(0, Round::Up), i64::MAX);
    }

    #[test]
    fn offsets_are_fixed_only_for_plain_lengths() {
        assert_eq!(DateMath::parse("now-5m+1s").unwrap().fixed_offset(), Some(-299_000));
        for text in ["now/d", "now-1M", "2024-01-01"] {
            assert_eq!(DateMath::parse(text).unwrap().fixed_offset(), None);
        }
        assert_eq!(DateMath::parse("now-5m/d+1h").unwrap().to_string(), "now-5m/d+1h");
    }
}
