//! Patterns: from the wildcards of `search` and `like` to text comparisons.

use crate::ir::{Case, Comparison, Glob, GlobPart, TextMatch};

/// The parts of a text in which `*` is a wildcard.
pub(super) fn star_parts(text: &str) -> Vec<GlobPart> {
    let mut parts = Vec::new();
    for (i, piece) in text.split('*').enumerate() {
        if i > 0 && parts.last() != Some(&GlobPart::Any) {
            parts.push(GlobPart::Any);
        }
        if !piece.is_empty() {
            parts.push(GlobPart::Literal(piece.to_owned()));
        }
    }
    parts
}

/// The parts of a pattern of `like`: `%` stands for any characters, `_` for one; a backslash before
/// either (or before itself) makes it literal.
pub(super) fn like_parts(text: &str) -> Vec<GlobPart> {
    let mut parts = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '%' if parts.last() != Some(&GlobPart::Any) => parts.push(GlobPart::Any),
            '%' => {}
            '_' => parts.push(GlobPart::One),
            '\\' if matches!(chars.peek(), Some('%' | '_' | '\\')) => {
                // The character was just seen.
                push(&mut parts, chars.next().unwrap_or('\\'));
            }
            c => push(&mut parts, c),
        }
    }
    parts
}

/// Adds a literal character.
pub(super) fn push(parts: &mut Vec<GlobPart>, c: char) {
    match parts.last_mut() {
        Some(GlobPart::Literal(text)) => text.push(c),
        _ => parts.push(GlobPart::Literal(c.to_string())),
    }
}

/// The simplest comparison that says the same as the pattern.
pub(super) fn comparison(parts: Vec<GlobPart>, case: Case) -> Comparison {
    use GlobPart::{Any, Literal};
    let matcher = match parts.as_slice() {
        [] => TextMatch::Equals(String::new()),
        [Any] => return Comparison::Exists,
        [Literal(text)] => TextMatch::Equals(text.clone()),
        [Literal(text), Any] => TextMatch::Prefix(text.clone()),
        [Any, Literal(text)] => TextMatch::Suffix(text.clone()),
        [Any, Literal(text), Any] => TextMatch::Contains(text.clone()),
        _ => TextMatch::Glob(Glob { parts }),
    };
    Comparison::Text { matcher, case }
}

/// The number that a text stands for, as far as Splunk compares it as one. Account numbers are names:
/// their leading zeros count.
pub(super) fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    // A double holds 15 digits exactly.
    let exact = all_digits(whole) && all_digits(fraction) && whole.len() + fraction.len() <= 15;
    let account = digits.len() == 12 && all_digits(digits);
    (exact && !account).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_become_the_simplest_comparison() {
        let said = |text: &str| comparison(star_parts(text), Case::AsciiInsensitive);
        let text = |matcher| Comparison::Text { matcher, case: Case::AsciiInsensitive };
        assert_eq!(said("*"), Comparison::Exists);
        assert_eq!(said("**"), Comparison::Exists);
        assert_eq!(said("a"), text(TextMatch::Equals("a".into())));
        assert_eq!(said("a*"), text(TextMatch::Prefix("a".into())));
        assert_eq!(said("*a*"), text(TextMatch::Contains("a".into())));
        assert_eq!(said(""), text(TextMatch::Equals(String::new())));
        let glob = |parts| text(TextMatch::Glob(Glob { parts }));
        let literal = |text: &str| GlobPart::Literal(text.into());
        assert_eq!(said("a*b"), glob(vec![literal("a"), GlobPart::Any, literal("b")]));
        let like = comparison(like_parts(r"a\_b_%"), Case::AsciiInsensitive);
        assert_eq!(like, glob(vec![literal("a_b"), GlobPart::One, GlobPart::Any]));
    }

    #[test]
    fn numbers_and_names_made_of_digits() {
        assert_eq!(number("5"), Some(5.0));
        assert_eq!(number("-1.5"), Some(-1.5));
        assert_eq!(number("012345678901"), None);
        assert_eq!(number("12345678901234567890"), None);
        assert_eq!(number("1e3"), None);
        assert_eq!(number("5."), None);
        assert_eq!(number(""), None);
    }
}
