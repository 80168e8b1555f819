//! Lucene's regular expressions: over the whole value, `.` is any character, every sign may be
//! escaped. Elasticsearch's query strings, ES|QL and EQL take them.

use crate::ir::{Case, GlobPart, TextMatch};

/// What a matcher asks of a whole value, as pieces and wildcards.
pub(super) fn parts(matcher: &TextMatch) -> Vec<GlobPart> {
    let literal = |text: &String| GlobPart::Literal(text.clone());
    match matcher {
        TextMatch::Equals(text) => vec![literal(text)],
        TextMatch::Prefix(text) => vec![literal(text), GlobPart::Any],
        TextMatch::Suffix(text) => vec![GlobPart::Any, literal(text)],
        TextMatch::Contains(text) => vec![GlobPart::Any, literal(text), GlobPart::Any],
        TextMatch::Glob(glob) => glob.parts.clone(),
    }
}

/// The expression. Where case does not count, letters of ASCII stand in both; every other sign of
/// ASCII that is no digit is escaped.
pub(super) fn whole(matcher: &TextMatch, case: Case) -> String {
    let mut out = String::new();
    for part in parts(matcher) {
        match part {
            GlobPart::Any => out.push_str(".*"),
            GlobPart::One => out.push('.'),
            GlobPart::Literal(text) => text.chars().for_each(|c| match c {
                c if c.is_ascii_alphabetic() && case == Case::AsciiInsensitive => {
                    out.extend(['[', c.to_ascii_lowercase(), c.to_ascii_uppercase(), ']']);
                }
                c if c.is_ascii_punctuation() => out.extend(['\\', c]),
                c => out.push(c),
            }),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_literal() {
        let contains = TextMatch::Contains("a.b\"@1".into());
        assert_eq!(whole(&contains, Case::Sensitive), r#".*a\.b\"\@1.*"#);
        assert_eq!(whole(&TextMatch::Equals("aB".into()), Case::AsciiInsensitive), "[aA][bB]");
    }
}
