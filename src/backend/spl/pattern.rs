//! Patterns of texts in `where`: `like`, whose only signs are `%` and `_`, and `match` with a regular
//! expression where the text itself holds those.

use trailsmith_grammar::spl::{CompareOp, Eval};

use crate::ir::{Case, GlobPart, TextMatch};

/// Whether a text is better not written as it is: control characters, and the backquote, which begins
/// a macro.
pub(super) fn is_awkward(text: &str) -> bool {
    text.chars().any(|c| c.is_control() || c == '`')
}

/// The condition that a field's value fits a pattern.
pub(super) fn condition(name: &str, matcher: &TextMatch, case: Case) -> Eval {
    let parts = parts(matcher);
    let fold = case == Case::AsciiInsensitive;
    let literals = || {
        parts.iter().filter_map(|part| match part {
            GlobPart::Literal(text) => Some(text.as_str()),
            _ => None,
        })
    };
    // `lower` knows more letters than ASCII, and `like` has no sure way to write its own signs.
    let simple = literals()
        .all(|text| !is_awkward(text) && !text.contains(['%', '_', '\\']) && (!fold || text.is_ascii()));
    if !simple {
        return Eval::call("match", vec![Eval::field(name), Eval::text(regex(&parts, fold))]);
    }
    let value = if fold { Eval::call("lower", vec![Eval::field(name)]) } else { Eval::field(name) };
    let mut text = String::new();
    for part in &parts {
        match part {
            GlobPart::Any => text.push('%'),
            GlobPart::One => text.push('_'),
            GlobPart::Literal(literal) if fold => text.push_str(&literal.to_ascii_lowercase()),
            GlobPart::Literal(literal) => text.push_str(literal),
        }
    }
    // What looks like a number would be compared as one.
    if matches!(parts.as_slice(), [] | [GlobPart::Literal(_)]) && text.parse::<f64>().is_err() {
        return Eval::compare(value, CompareOp::Eq, Eval::text(text));
    }
    Eval::call("like", vec![value, Eval::text(text)])
}

/// The pattern as pieces, without empty ones.
fn parts(matcher: &TextMatch) -> Vec<GlobPart> {
    let literal = |text: &String| GlobPart::Literal(text.clone());
    let parts = match matcher {
        TextMatch::Equals(text) => vec![literal(text)],
        TextMatch::Prefix(text) => vec![literal(text), GlobPart::Any],
        TextMatch::Suffix(text) => vec![GlobPart::Any, literal(text)],
        TextMatch::Contains(text) => vec![GlobPart::Any, literal(text), GlobPart::Any],
        TextMatch::Glob(glob) => glob.parts.clone(),
    };
    let mut clean: Vec<GlobPart> = Vec::with_capacity(parts.len());
    for part in parts {
        match (&part, clean.last_mut()) {
            (GlobPart::Literal(text), _) if text.is_empty() => {}
            (GlobPart::Literal(text), Some(GlobPart::Literal(known))) => known.push_str(text),
            (GlobPart::Any, Some(GlobPart::Any)) => {}
            _ => clean.push(part),
        }
    }
    clean
}

/// A regular expression for the whole value.
fn regex(parts: &[GlobPart], fold: bool) -> String {
    let ascii = parts.iter().all(|part| !matches!(part, GlobPart::Literal(text) if !text.is_ascii()));
    let flags = match (fold && ascii, parts.iter().any(|part| !matches!(part, GlobPart::Literal(_)))) {
        (true, true) => "(?is)",
        (true, false) => "(?i)",
        (false, true) => "(?s)",
        (false, false) => "",
    };
    let mut out = format!("{flags}^");
    for part in parts {
        match part {
            GlobPart::Any => out.push_str(".*"),
            GlobPart::One => out.push('.'),
            GlobPart::Literal(text) => text.chars().for_each(|c| match c {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '`' => out.push_str("\\x60"),
                c if c.is_control() => out.push_str(&format!("\\x{{{:x}}}", u32::from(c))),
                // Case of ASCII letters only, which `(?i)` would not promise beside other letters.
                c if fold && !ascii && c.is_ascii_alphabetic() => {
                    out.push_str(&format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase()));
                }
                c if r"\^$.|?*+()[]{}".contains(c) => {
                    out.push('\\');
                    out.push(c);
                }
                c => out.push(c),
            }),
        }
    }
    // `$` would allow a line feed behind it.
    out.push_str("\\z");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_like_are_no_signs() {
        let said = |matcher, case| condition("f", &matcher, case).to_string();
        let prefix = |text: &str| TextMatch::Prefix(text.into());
        assert_eq!(said(prefix("S3 Browser"), Case::Sensitive), r#"like(f, "S3 Browser%")"#);
        assert_eq!(said(prefix("A.b"), Case::AsciiInsensitive), r#"like(lower(f), "a.b%")"#);
        assert_eq!(said(prefix("a_b"), Case::Sensitive), r#"match(f, "(?s)^a_b.*\\z")"#);
        let equals = |text: &str| TextMatch::Equals(text.into());
        assert_eq!(said(equals("012"), Case::Sensitive), r#"like(f, "012")"#);
        assert_eq!(said(equals(r"a\`*"), Case::AsciiInsensitive), r#"match(f, "(?i)^a\\\\\\x60\\*\\z")"#);
        assert_eq!(said(equals("aé"), Case::AsciiInsensitive), r#"match(f, "^[Aa]é\\z")"#);
    }
}
