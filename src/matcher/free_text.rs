//! Free text: a query that names no field is tried on every value of the event, each by the type of
//! its own field, leniently: what cannot be compared is no match.

use super::address;
use super::check::{Check, number};
use super::raw_text::RawText;
use super::words::WordTest;
use crate::event::Leaf;
use crate::ir::date_math::{DateMath, Round};
use crate::ir::{Bound, Case, Comparison, DateBound, FieldType, NumberOp, TextMatch, Words};

/// A query of free text, compiled for every type of field.
#[derive(Debug, Clone)]
pub(super) struct FreeText {
    words: WordTest,
    keyword: Check,
    number: Check,
    boolean: Check,
    date: Check,
    address: Check,
    raw: RawText,
}

impl FreeText {
    /// Compiles a query; `now` in milliseconds resolves date math on date fields.
    pub(super) fn new(query: &Words, now: Option<i64>) -> Self {
        let whole = match query {
            Words::AnyOf(text) | Words::Phrase(text) => Some(text.as_str()),
            Words::Pattern(_) | Words::Between { .. } => None,
        };
        let compiled = |comparison: Option<Comparison>| {
            comparison.and_then(|comparison| Check::new(&comparison, now).ok()).unwrap_or(Check::Never)
        };
        FreeText {
            words: WordTest::new(query),
            keyword: compiled(Some(keyword(query))),
            number: compiled(
                whole.and_then(number).map(|value| Comparison::Number { op: NumberOp::Eq, value }),
            ),
            boolean: compiled(match whole {
                Some("true") => Some(Comparison::Bool(true)),
                Some("false") => Some(Comparison::Bool(false)),
                _ => None,
            }),
            date: compiled(whole.and_then(|text| date(text, now))),
            address: whole.and_then(network).unwrap_or(Check::Never),
            raw: RawText::new(query),
        }
    }

    /// Whether a key or a value of a raw event holds the query as Splunk searches it.
    pub(super) fn holds_raw(&self, path: &str, leaf: Leaf<'_>) -> bool {
        self.raw.holds(path) || leaf.text().is_some_and(|text| self.raw.holds(&text))
    }

    /// Whether a value of a field of type `ty` satisfies the query.
    pub(super) fn holds(&self, ty: FieldType, leaf: Leaf<'_>) -> bool {
        match ty {
            FieldType::Text => leaf.text().is_some_and(|text| self.words.holds(&text)),
            FieldType::Long | FieldType::Double => self.number.holds(leaf),
            FieldType::Boolean => self.boolean.holds(leaf),
            FieldType::Date => self.date.holds(leaf),
            FieldType::Ip => self.address.holds(leaf),
            FieldType::Keyword { .. }
            | FieldType::Flattened
            | FieldType::FlattenedLeaf
            | FieldType::Nested
            | FieldType::Object
            | FieldType::Json
            | FieldType::Unknown => self.keyword.holds(leaf),
        }
    }
}

/// Whether a path stands below a nested field that a search below `prefix` does not enter: elements of
/// nested fields are documents of their own to Elasticsearch.
pub(super) fn is_nested_away(path: &str, prefix: &str, field_type: impl Fn(&str) -> FieldType) -> bool {
    let mut above = path.match_indices('.').map(|(dot, _)| &path[..dot]);
    above.any(|above| above.len() > prefix.len() && field_type(above) == FieldType::Nested)
}

/// On a keyword the whole value counts.
fn keyword(query: &Words) -> Comparison {
    let bound = |end: &Option<(String, bool)>| match end {
        None => Bound::OPEN,
        Some((text, true)) => Bound::inclusive(text.clone()),
        Some((text, false)) => Bound::exclusive(text.clone()),
    };
    match query {
        Words::AnyOf(text) | Words::Phrase(text) => {
            Comparison::Text { matcher: TextMatch::Equals(text.clone()), case: Case::Sensitive }
        }
        Words::Pattern(glob) => {
            Comparison::Text { matcher: TextMatch::Glob(glob.clone()), case: Case::Sensitive }
        }
        Words::Between { lower, upper } => Comparison::TextRange { lower: bound(lower), upper: bound(upper) },
    }
}

/// The stretch of time that a date with missing parts stands for.
fn date(text: &str, now: Option<i64>) -> Option<Comparison> {
    let math = DateMath::parse(text)?;
    let now = if math.is_relative() { now? } else { 0 };
    let end = |round| math.resolve(now, round).map(|millis| Bound::inclusive(DateBound::Millis(millis)));
    Some(Comparison::Date { lower: end(Round::Down)?, upper: end(Round::Up)? })
}

fn network(text: &str) -> Option<Check> {
    if let Some(bits) = address::parse(text) {
        return Some(Check::Address(bits, bits));
    }
    let (first, last) = address::network(&text.parse().ok()?);
    Some(Check::Address(first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_nested_fields_are_searched_by_themselves() {
        let types = |path: &str| if path == "a.list" { FieldType::Nested } else { FieldType::Object };
        assert!(is_nested_away("a.list.name", "", types));
        assert!(!is_nested_away("a.list.name", "a.list", types));
        assert!(!is_nested_away("a.other.name", "", types));
    }

    #[test]
    fn each_value_by_the_type_of_its_field() {
        let holds = |query: &str, ty, leaf| FreeText::new(&Words::AnyOf(query.into()), None).holds(ty, leaf);
        assert!(holds("foo bar", FieldType::Text, Leaf::Text("bar")));
        assert!(!holds("foo bar", FieldType::KEYWORD, Leaf::Text("bar")));
        assert!(holds("foo bar", FieldType::KEYWORD, Leaf::Text("foo bar")));
        assert!(holds("3.5", FieldType::Double, Leaf::Number("3.50")));
        assert!(!holds("x", FieldType::Long, Leaf::Number("3")));
        assert!(holds("true", FieldType::Boolean, Leaf::Bool(true)));
        assert!(!holds("yes", FieldType::Boolean, Leaf::Bool(true)));
        assert!(holds("2010-03-06", FieldType::Date, Leaf::Text("2010-03-06T14:15:00")));
        assert!(!holds("now", FieldType::Date, Leaf::Text("2010-03-06T14:15:00")));
        assert!(holds("10.0.0.0/8", FieldType::Ip, Leaf::Text("10.1.1.1")));
        assert!(!holds("foo", FieldType::Ip, Leaf::Text("foo")));
    }
}
