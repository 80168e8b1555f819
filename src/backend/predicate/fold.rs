//! Comparisons whose value is known before any event is.

use crate::ir::{Bound, Case, Comparison, TextMatch};

/// Whether the canonical text of a value satisfies a comparison; `None`: not decided here.
pub fn folded(comparison: &Comparison, value: &str) -> Option<bool> {
    Some(match comparison {
        Comparison::Exists => true,
        Comparison::Text { matcher, case } => matches(matcher, *case, value),
        Comparison::TextRange { lower, upper } => {
            let above = |bound: &Bound<String>| {
                bound.limit.as_ref().is_none_or(|limit| {
                    value > limit.value.as_str() || limit.inclusive && value == limit.value
                })
            };
            let below = |bound: &Bound<String>| {
                bound.limit.as_ref().is_none_or(|limit| {
                    value < limit.value.as_str() || limit.inclusive && value == limit.value
                })
            };
            above(lower) && below(upper)
        }
        Comparison::Number { op, value: right } => {
            let numeric = |b: u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
            let number = value.bytes().all(numeric).then(|| value.parse().ok()).flatten();
            number.is_some_and(|left| op.holds(left, *right))
        }
        Comparison::Bool(wanted) => value == if *wanted { "true" } else { "false" },
        Comparison::Ip(_) | Comparison::IpRange { .. } | Comparison::Date { .. } | Comparison::Words(_) => {
            return None;
        }
    })
}

fn matches(matcher: &TextMatch, case: Case, value: &str) -> bool {
    let (value, fold) = match case {
        Case::Sensitive => (value.to_owned(), false),
        Case::AsciiInsensitive => (value.to_ascii_lowercase(), true),
    };
    let wanted = |text: &String| if fold { text.to_ascii_lowercase() } else { text.clone() };
    match matcher {
        TextMatch::Equals(text) => value == wanted(text),
        TextMatch::Prefix(text) => value.starts_with(&wanted(text)),
        TextMatch::Suffix(text) => value.ends_with(&wanted(text)),
        TextMatch::Contains(text) => value.contains(&wanted(text)),
        TextMatch::Glob(glob) => glob.matches(&value, case),
    }
}
