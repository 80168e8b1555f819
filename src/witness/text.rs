//! Texts that satisfy a comparison of texts, texts that satisfy several at once, and texts that just
//! fail it. All are proposals; the matcher decides.

use super::outcome::Change;
use crate::ir::{Bound, Case, Glob, GlobPart, TextMatch, Words};

/// What stands for a wildcard, the shortest first.
const FILLERS: [&str; 4] = ["", "1", "example", "Zz9"];

/// Texts that a matcher accepts.
pub(super) fn accepted(matcher: &TextMatch, fillers: &[&str]) -> Vec<String> {
    let around = |make: &dyn Fn(&str) -> String| fillers.iter().map(|filler| make(filler)).collect();
    match matcher {
        TextMatch::Equals(text) => vec![text.clone()],
        TextMatch::Prefix(text) => around(&|filler| format!("{text}{filler}")),
        TextMatch::Suffix(text) => around(&|filler| format!("{filler}{text}")),
        TextMatch::Contains(text) => around(&|filler| format!("{filler}{text}{filler}")),
        TextMatch::Glob(glob) => around(&|filler| filled(glob, filler)),
    }
}

/// As [`accepted`], with the usual fillers.
pub(super) fn samples(matcher: &TextMatch) -> Vec<String> {
    accepted(matcher, &FILLERS)
}

/// A pattern with its wildcards filled in; one character is `x` at least.
fn filled(glob: &Glob, filler: &str) -> String {
    let part = |part: &GlobPart| match part {
        GlobPart::Literal(text) => text.clone(),
        GlobPart::Any => filler.to_owned(),
        GlobPart::One => filler.chars().next().unwrap_or('x').to_string(),
    };
    glob.parts.iter().map(part).collect()
}

/// Texts that several matchers may accept at once, each laid over what the others accept.
pub(super) fn together(matchers: &[&TextMatch]) -> Vec<String> {
    let mut out = Vec::new();
    let forth: Vec<&TextMatch> = matchers.to_vec();
    let back: Vec<&TextMatch> = matchers.iter().rev().copied().collect();
    for order in [forth, back] {
        let Some((first, rest)) = order.split_first() else { continue };
        let mut texts = samples(first);
        for matcher in rest {
            texts = texts.iter().flat_map(|text| laid_over(matcher, text)).collect();
            texts.truncate(64);
        }
        out.extend(texts);
    }
    out
}

fn laid_over(matcher: &TextMatch, text: &str) -> Vec<String> {
    match matcher {
        TextMatch::Equals(own) => vec![own.clone()],
        TextMatch::Prefix(own) => vec![format!("{own}{text}"), text.to_owned()],
        TextMatch::Suffix(own) => vec![format!("{text}{own}"), text.to_owned()],
        TextMatch::Contains(own) => vec![format!("{text}{own}"), format!("{own}{text}"), text.to_owned()],
        TextMatch::Glob(glob) => {
            let wild = glob.parts.iter().enumerate().filter(|(_, part)| **part == GlobPart::Any);
            let mut out: Vec<String> = wild
                .map(|(at, _)| {
                    let mut parts = glob.parts.clone();
                    parts[at] = GlobPart::Literal(text.to_owned());
                    filled(&Glob { parts }, "")
                })
                .collect();
            out.push(text.to_owned());
            out
        }
    }
}

/// Texts that a matcher just does not accept, each with what was done.
pub(super) fn refused(matcher: &TextMatch, case: Case) -> Vec<(Change, String)> {
    let mut out = Vec::new();
    match matcher {
        TextMatch::Equals(text) => out.push((Change::Value, longer(text))),
        TextMatch::Prefix(text) => {
            out.push((Change::Value, format!("x{text}")));
            out.push((Change::Edge, shorter(text)));
        }
        TextMatch::Suffix(text) => {
            out.push((Change::Value, longer(text)));
            out.push((Change::Edge, text.chars().skip(1).collect()));
        }
        TextMatch::Contains(text) => {
            out.push((Change::Edge, shorter(text)));
            out.push((Change::Edge, text.chars().skip(1).collect()));
        }
        TextMatch::Glob(glob) => {
            for (at, part) in glob.parts.iter().enumerate() {
                let GlobPart::Literal(text) = part else { continue };
                let mut parts = glob.parts.clone();
                parts[at] = GlobPart::Literal(shorter(text));
                FILLERS.iter().for_each(|filler| {
                    out.push((Change::Edge, filled(&Glob { parts: parts.clone() }, filler)))
                });
            }
            out.push((Change::Value, format!("x{}x", filled(glob, "1"))));
        }
    }
    if case == Case::Sensitive {
        out.extend(samples(matcher).into_iter().filter_map(|text| Some((Change::Case, other_case(&text)?))));
    }
    out.push((Change::Value, "other-value".to_owned()));
    out.push((Change::Value, "0".to_owned()));
    out.retain(|(_, text)| !text.is_empty());
    out
}

/// Whether every text that `one` accepts is surely accepted by `other`; `false` where that is not plain
/// to see. Both mind the case.
pub(super) fn implies(one: &TextMatch, other: &TextMatch) -> bool {
    let start = |text: &str| match one {
        TextMatch::Equals(own) | TextMatch::Prefix(own) => own.starts_with(text),
        TextMatch::Glob(glob) => {
            matches!(glob.parts.first(), Some(GlobPart::Literal(own)) if own.starts_with(text))
        }
        TextMatch::Suffix(_) | TextMatch::Contains(_) => false,
    };
    let end = |text: &str| match one {
        TextMatch::Equals(own) | TextMatch::Suffix(own) => own.ends_with(text),
        TextMatch::Glob(glob) => {
            matches!(glob.parts.last(), Some(GlobPart::Literal(own)) if own.ends_with(text))
        }
        TextMatch::Prefix(_) | TextMatch::Contains(_) => false,
    };
    let part = |text: &str| match one {
        TextMatch::Equals(own)
        | TextMatch::Prefix(own)
        | TextMatch::Suffix(own)
        | TextMatch::Contains(own) => own.contains(text),
        TextMatch::Glob(glob) => {
            glob.parts.iter().any(|part| matches!(part, GlobPart::Literal(own) if own.contains(text)))
        }
    };
    one == other
        || match other {
            TextMatch::Equals(_) => false,
            TextMatch::Prefix(text) => start(text),
            TextMatch::Suffix(text) => end(text),
            TextMatch::Contains(text) => part(text),
            TextMatch::Glob(glob) => {
                matches!(one, TextMatch::Equals(own) if glob.matches(own, Case::Sensitive))
            }
        }
}

/// What a matcher wants to see letter by letter.
pub(super) fn pieces(matcher: &TextMatch) -> Vec<&str> {
    match matcher {
        TextMatch::Equals(text)
        | TextMatch::Prefix(text)
        | TextMatch::Suffix(text)
        | TextMatch::Contains(text) => {
            vec![text]
        }
        TextMatch::Glob(glob) => {
            let mut out = Vec::new();
            for part in &glob.parts {
                if let GlobPart::Literal(text) = part {
                    out.push(text.as_str());
                }
            }
            out
        }
    }
}

/// The text with a piece of it in the case of `piece`; `None` where that changes nothing.
pub(super) fn rewritten(text: &str, piece: &str) -> Option<String> {
    let at = text.to_ascii_lowercase().find(&piece.to_ascii_lowercase())?;
    let end = at + piece.len();
    let out = format!("{}{piece}{}", text.get(..at)?, text.get(end..)?);
    (out != text).then_some(out)
}

/// The same text in another case; `None` where there is none.
pub(super) fn other_case(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let other = if lower == text { text.to_ascii_uppercase() } else { lower };
    (other != text).then_some(other)
}

fn longer(text: &str) -> String {
    let last = text.chars().next_back();
    format!("{text}{}", if last.is_some_and(|c| c.is_ascii_digit()) { '0' } else { 'x' })
}

fn shorter(text: &str) -> String {
    let mut text = text.to_owned();
    text.pop();
    text
}

/// Texts around the ends of a range of texts, compared by code point: inside, at the ends, outside.
pub(super) fn around(lower: &Bound<String>, upper: &Bound<String>) -> Vec<String> {
    let mut out = Vec::new();
    for end in [lower, upper].into_iter().filter_map(|bound| bound.limit.as_ref()) {
        let text = end.value.as_str();
        if let Ok(number) = text.parse::<i32>() {
            out.extend([number.saturating_add(1), number.saturating_sub(1)].map(|n| n.to_string()));
        }
        out.push(text.to_owned());
        out.push(format!("{text}0"));
        out.push(format!("{text}a"));
        out.push(shorter(text));
        for step in [1i32, -1] {
            let mut chars: Vec<char> = text.chars().collect();
            let next = chars.last().and_then(|c| char::from_u32((*c as i32 + step).cast_unsigned()));
            if let (Some(last), Some(next)) = (chars.last_mut(), next) {
                *last = next;
                out.push(chars.into_iter().collect());
            }
        }
    }
    out.push("example".to_owned());
    out.retain(|text| !text.is_empty() && !text.chars().any(char::is_control));
    out
}

/// Texts that a test on analysed words accepts.
pub(super) fn with_words(words: &Words) -> Vec<String> {
    match words {
        Words::AnyOf(text) | Words::Phrase(text) => {
            let first = text.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
            let mut out = vec![text.clone()];
            out.extend(first.map(str::to_owned));
            out
        }
        Words::Pattern(glob) => FILLERS.iter().map(|filler| filled(glob, filler)).collect(),
        Words::Between { lower, upper } => around(&bound(lower), &bound(upper)),
    }
}

/// Texts that a test on analysed words may refuse.
pub(super) fn without_words(words: &Words) -> Vec<(Change, String)> {
    let mut out = match words {
        Words::AnyOf(text) => vec![(Change::Value, longer(text))],
        Words::Phrase(text) => {
            let apart: Vec<&str> = text.split_whitespace().collect();
            vec![(Change::Edge, apart.join(" x ")), (Change::Value, longer(text))]
        }
        Words::Pattern(glob) => refused(&TextMatch::Glob(glob.clone()), Case::AsciiInsensitive),
        Words::Between { lower, upper } => {
            around(&bound(lower), &bound(upper)).into_iter().map(|text| (Change::Edge, text)).collect()
        }
    };
    out.push((Change::Value, "unrelated".to_owned()));
    out
}

fn bound(end: &Option<(String, bool)>) -> Bound<String> {
    match end {
        None => Bound::OPEN,
        Some((text, true)) => Bound::inclusive(text.clone()),
        Some((text, false)) => Bound::exclusive(text.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(parts: &[&str]) -> TextMatch {
        let part = |text: &&str| match *text {
            "*" => GlobPart::Any,
            "?" => GlobPart::One,
            text => GlobPart::Literal(text.into()),
        };
        TextMatch::Glob(Glob { parts: parts.iter().map(part).collect() })
    }

    fn accepts(matcher: &TextMatch, text: &str) -> bool {
        match matcher {
            TextMatch::Equals(own) => own == text,
            TextMatch::Prefix(own) => text.starts_with(own),
            TextMatch::Suffix(own) => text.ends_with(own),
            TextMatch::Contains(own) => text.contains(own),
            TextMatch::Glob(glob) => glob.matches(text, Case::Sensitive),
        }
    }

    #[test]
    fn samples_are_accepted_and_some_near_ones_refused() {
        for matcher in [
            TextMatch::Equals("CreateUser".into()),
            TextMatch::Prefix("AKIA".into()),
            TextMatch::Suffix(".pem".into()),
            TextMatch::Contains("admin".into()),
            glob(&["*", "role/", "*", "AgentCore", "*"]),
            glob(&["a", "?", "c"]),
        ] {
            assert!(samples(&matcher).iter().all(|text| accepts(&matcher, text)), "{matcher:?}");
            let refused = refused(&matcher, Case::Sensitive);
            for change in [Change::Value, Change::Case] {
                let of_kind = refused.iter().filter(|(kind, _)| *kind == change);
                assert!(of_kind.clone().any(|(_, text)| !accepts(&matcher, text)), "{matcher:?} {change:?}");
            }
        }
    }

    #[test]
    fn several_matchers_at_once() {
        let (a, b, c) = (
            TextMatch::Prefix("arn:".into()),
            TextMatch::Contains("role".into()),
            TextMatch::Suffix("/x".into()),
        );
        for order in [[&a, &b, &c], [&c, &b, &a], [&b, &a, &c]] {
            assert!(together(&order).iter().any(|text| order.iter().all(|m| accepts(m, text))), "{order:?}");
        }
        let wild = glob(&["a", "*", "z"]);
        assert!(together(&[&b, &wild]).iter().any(|text| accepts(&wild, text) && accepts(&b, text)));
    }

    #[test]
    fn what_implies_what() {
        let contains = |text: &str| TextMatch::Contains(text.into());
        assert!(implies(&contains("Guardrail"), &contains("Guard")));
        assert!(!implies(&contains("Guard"), &contains("Guardrail")));
        assert!(implies(&TextMatch::Equals("CreateUser".into()), &TextMatch::Prefix("Create".into())));
        assert!(!implies(&TextMatch::Prefix("Create".into()), &TextMatch::Equals("CreateUser".into())));
        assert!(implies(&glob(&["a", "*", "z"]), &TextMatch::Suffix("z".into())));
        assert!(implies(&TextMatch::Equals("abz".into()), &glob(&["a", "*", "z"])));
    }

    #[test]
    fn ends_of_ranges() {
        let texts = around(&Bound::exclusive("0".into()), &Bound::OPEN);
        assert!(texts.contains(&"1".to_owned()) && texts.contains(&"0".to_owned()));
        assert!(texts.iter().any(|text| text.as_str() < "0"), "{texts:?}");
    }
}
