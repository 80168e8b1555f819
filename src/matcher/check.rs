//! One comparison, compiled: does a value satisfy it?
//!
//! The semantics of every [`Comparison`] stand here and nowhere else. Whether a value is there at
//! all ([`View`](super::View)) and what happens with arrays is decided by the callers.

use memchr::memmem;

use super::{address, date, text_set::TextSet, words::WordTest};
use crate::event::Leaf;
use crate::ir::date_math::{DateMath, Round};
use crate::ir::{Bound, Case, Comparison, DateBound, FieldType, Glob, NumberOp, Test, TextMatch, Vocabulary};

/// A comparison ready to run.
#[derive(Debug, Clone)]
pub(super) enum Check {
    Exists,
    /// A scalar is there; an object is not enough.
    Scalar,
    Equals(Box<str>),
    EqualsFolded(Box<str>),
    OneOf(TextSet),
    Prefix(Box<str>, Case),
    Suffix(Box<str>, Case),
    Contains(Box<memmem::Finder<'static>>),
    ContainsFolded(Box<[u8]>),
    Glob(Glob, Case),
    TextRange(Bound<String>, Bound<String>),
    Number(NumberOp, f64),
    Bool(bool),
    /// Inclusive, in the space of [`address`].
    Address(u128, u128),
    /// Inclusive, in milliseconds.
    Date(i64, i64),
    Words(WordTest),
    /// Any of them, on the same value.
    Any(Vec<Check>),
    Never,
}

/// Why a comparison cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CheckError {
    /// Date math with `now`, and no `now` is known.
    NowUnknown(String),
    /// Neither a date nor date math.
    BadDate(String),
}

impl Check {
    /// Compiles a comparison; `now` in milliseconds resolves date math.
    pub(super) fn new(comparison: &Comparison, now: Option<i64>) -> Result<Check, CheckError> {
        Ok(match comparison {
            Comparison::Exists => Check::Exists,
            Comparison::Text { matcher, case } => text(matcher, *case),
            Comparison::TextRange { lower, upper } => Check::TextRange(lower.clone(), upper.clone()),
            Comparison::Number { op, value } => Check::Number(*op, *value),
            Comparison::Bool(value) => Check::Bool(*value),
            Comparison::Ip(net) => {
                let (first, last) = address::network(net);
                Check::Address(first, last)
            }
            Comparison::IpRange { from, to } => {
                let (first, last) = address::range(*from, *to);
                Check::Address(first, last)
            }
            Comparison::Date { lower, upper } => {
                let first = instant(lower, now, false)?.unwrap_or(i64::MIN);
                Check::Date(first, instant(upper, now, true)?.unwrap_or(i64::MAX))
            }
            Comparison::Words(query) => Check::Words(WordTest::new(query)),
        })
    }

    /// Compiles the comparison of a test. Below a `flattened` root Elasticsearch indexes leaves by
    /// their full key: a key that holds an object has no value of its own, so it does not exist
    /// (`KeyedFlattenedFieldType.existsQuery`: terms that begin with the key and a NUL).
    pub(super) fn of(test: &Test, now: Option<i64>) -> Result<Check, CheckError> {
        match (&test.comparison, test.field.ty) {
            (Comparison::Exists, FieldType::FlattenedLeaf) => Ok(Check::Scalar),
            // Splunk's extraction gives fields to values only (splunk.md, "Fields").
            (Comparison::Exists, _) if test.field.vocabulary == Vocabulary::Splunk => Ok(Check::Scalar),
            (comparison, _) => Check::new(comparison, now),
        }
    }

    /// The disjunction of checks on the same value; case-sensitive equalities become one set.
    pub(super) fn any(checks: Vec<Check>) -> Check {
        let mut set = Vec::new();
        let mut rest = Vec::new();
        for check in checks {
            match check {
                Check::Equals(text) => set.push(text),
                Check::Never => {}
                other => rest.push(other),
            }
        }
        match set.len() {
            0 => {}
            1 => rest.insert(0, Check::Equals(set.remove(0))),
            _ => rest.insert(0, Check::OneOf(TextSet::new(set))),
        }
        match rest.len() {
            0 => Check::Never,
            1 => rest.remove(0),
            _ => Check::Any(rest),
        }
    }

    /// Whether a value satisfies the check; the value is there.
    #[inline]
    pub(super) fn holds(&self, leaf: Leaf<'_>) -> bool {
        match leaf {
            Leaf::Text(value) | Leaf::Number(value) => self.holds_text(value),
            Leaf::Bool(truth) => self.holds_text(if truth { "true" } else { "false" }),
            Leaf::Null => false,
            Leaf::Object(_) => self.holds_for_objects(),
            Leaf::Escaped(_) => leaf.text().is_some_and(|text| self.holds_text(&text)),
        }
    }

    /// Objects exist and compare with nothing.
    fn holds_for_objects(&self) -> bool {
        match self {
            Check::Exists => true,
            Check::Any(checks) => checks.iter().any(Check::holds_for_objects),
            _ => false,
        }
    }

    fn holds_text(&self, value: &str) -> bool {
        match self {
            Check::Exists | Check::Scalar => true,
            Check::Equals(text) => **text == *value,
            Check::EqualsFolded(text) => text.eq_ignore_ascii_case(value),
            Check::OneOf(set) => set.contains(value),
            Check::Prefix(text, case) => {
                value.as_bytes().get(..text.len()).is_some_and(|head| same(head, text, *case))
            }
            Check::Suffix(text, case) => value
                .len()
                .checked_sub(text.len())
                .is_some_and(|start| same(&value.as_bytes()[start..], text, *case)),
            Check::Contains(finder) => finder.find(value.as_bytes()).is_some(),
            Check::ContainsFolded(text) => {
                text.is_empty() || value.as_bytes().windows(text.len()).any(|w| w.eq_ignore_ascii_case(text))
            }
            Check::Glob(glob, case) => glob.matches(value, *case),
            Check::TextRange(lower, upper) => {
                let above = lower.limit.as_ref().is_none_or(|limit| {
                    if limit.inclusive { value >= &*limit.value } else { value > &*limit.value }
                });
                above
                    && upper.limit.as_ref().is_none_or(|limit| {
                        if limit.inclusive { value <= &*limit.value } else { value < &*limit.value }
                    })
            }
            Check::Number(op, right) => number(value).is_some_and(|left| op.holds(left, *right)),
            Check::Bool(wanted) => value == if *wanted { "true" } else { "false" },
            Check::Address(first, last) => {
                address::parse(value).is_some_and(|bits| (*first..=*last).contains(&bits))
            }
            Check::Date(first, last) => {
                date::parse(value).is_some_and(|instant| (*first..=*last).contains(&instant))
            }
            Check::Words(test) => test.holds(value),
            Check::Any(checks) => checks.iter().any(|check| check.holds_text(value)),
            Check::Never => false,
        }
    }

    /// Relative cost of one evaluation, for the order of clauses.
    pub(super) fn cost(&self) -> u32 {
        match self {
            Check::Never => 0,
            Check::Exists | Check::Scalar | Check::Equals(_) | Check::Bool(_) => 1,
            Check::OneOf(_) | Check::EqualsFolded(_) | Check::Prefix(..) | Check::Suffix(..) => 2,
            Check::Number(..) | Check::TextRange(..) => 3,
            Check::Address(..) | Check::Contains(_) | Check::Glob(..) => 5,
            Check::ContainsFolded(_) | Check::Date(..) => 8,
            Check::Words(_) => 12,
            Check::Any(checks) => checks.iter().map(Check::cost).sum(),
        }
    }
}

fn text(matcher: &TextMatch, case: Case) -> Check {
    match (matcher, case) {
        (TextMatch::Equals(text), Case::Sensitive) => Check::Equals(text.as_str().into()),
        (TextMatch::Equals(text), Case::AsciiInsensitive) => Check::EqualsFolded(text.as_str().into()),
        (TextMatch::Prefix(text), case) => Check::Prefix(text.as_str().into(), case),
        (TextMatch::Suffix(text), case) => Check::Suffix(text.as_str().into(), case),
        (TextMatch::Contains(text), Case::Sensitive) => {
            Check::Contains(Box::new(memmem::Finder::new(text.as_bytes()).into_owned()))
        }
        (TextMatch::Contains(text), Case::AsciiInsensitive) => Check::ContainsFolded(text.as_bytes().into()),
        (TextMatch::Glob(glob), case) => Check::Glob(glob.clone(), case),
    }
}

fn same(bytes: &[u8], text: &str, case: Case) -> bool {
    match case {
        Case::Sensitive => bytes == text.as_bytes(),
        Case::AsciiInsensitive => bytes.eq_ignore_ascii_case(text.as_bytes()),
    }
}

/// The number that a text stands for. Words that Rust reads as numbers (`inf`, `nan`) are none.
pub(super) fn number(text: &str) -> Option<f64> {
    let numeric = |b: u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
    text.bytes().all(numeric).then(|| text.parse().ok())?
}

/// An end of a date range as an inclusive limit. Date math and missing parts round up for `gt` and
/// `lte`, down for `gte` and `lt`, as Elasticsearch's range query does.
fn instant(bound: &Bound<DateBound>, now: Option<i64>, upper: bool) -> Result<Option<i64>, CheckError> {
    let Some(limit) = &bound.limit else { return Ok(None) };
    let millis = match &limit.value {
        DateBound::Millis(millis) => *millis,
        DateBound::Math(text) => {
            let bad = || CheckError::BadDate(text.clone());
            let math = DateMath::parse(text).ok_or_else(bad)?;
            let now = match now {
                Some(now) => now,
                None if math.is_relative() => return Err(CheckError::NowUnknown(text.clone())),
                None => 0,
            };
            let round = if upper == limit.inclusive { Round::Up } else { Round::Down };
            math.resolve(now, round).ok_or_else(bad)?
        }
    };
    Ok(Some(match (limit.inclusive, upper) {
        (true, _) => millis,
        (false, true) => millis.saturating_sub(1),
        (false, false) => millis.saturating_add(1),
    }))
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
