//! Free text as Splunk searches it: in the raw event, whatever the case, at the borders of words.
//!
//! Events are cut into words at every character of ASCII that is no letter and no digit (major and
//! minor breakers, Splunk's `segmenters.conf`); a phrase must stand there letter by letter between two
//! such borders. Keys of the record are text like its values. What reaches from a key into its value
//! or from one value into the next is not found.

use std::borrow::Cow;

use crate::ir::{Case, Glob, GlobPart, Words};

/// A compiled word, phrase or pattern.
#[derive(Debug, Clone)]
pub(super) enum RawText {
    /// The lower-cased phrase.
    Phrase(Vec<u8>),
    Pattern(Glob),
    Never,
}

impl RawText {
    /// Compiles a query.
    pub(super) fn new(query: &Words) -> Self {
        match query {
            Words::AnyOf(text) | Words::Phrase(text) if text.is_empty() => RawText::Never,
            Words::AnyOf(text) | Words::Phrase(text) => {
                RawText::Phrase(text.to_ascii_lowercase().into_bytes())
            }
            Words::Pattern(glob) => RawText::Pattern(glob.clone()),
            Words::Between { .. } => RawText::Never,
        }
    }

    /// Whether the text holds it.
    pub(super) fn holds(&self, text: &str) -> bool {
        match self {
            RawText::Phrase(phrase) => {
                text.as_bytes().windows(phrase.len()).enumerate().any(|(at, window)| {
                    window.eq_ignore_ascii_case(phrase)
                        && is_border(text, at)
                        && is_border(text, at + phrase.len())
                })
            }
            RawText::Pattern(glob) => matches(glob, text),
            RawText::Never => false,
        }
    }
}

/// Whether a word may begin or end at an offset: next to a breaker, or at an end of the text.
fn is_border(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let breaker = |byte: u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
    at == 0 || at == bytes.len() || breaker(bytes[at - 1]) || breaker(bytes[at])
}

/// A star at an end of the pattern makes that end free; else it lies at a border.
fn matches(glob: &Glob, text: &str) -> bool {
    let free = |part: Option<&GlobPart>| part == Some(&GlobPart::Any);
    let mut parts = Cow::Borrowed(&glob.parts);
    let borders = |open: bool, whole: usize| -> Vec<usize> {
        match open {
            true => vec![whole],
            false => {
                (0..=text.len()).filter(|at| text.is_char_boundary(*at) && is_border(text, *at)).collect()
            }
        }
    };
    let starts = borders(free(glob.parts.first()), 0);
    let ends = borders(free(glob.parts.last()), text.len());
    if parts.is_empty() {
        parts.to_mut().push(GlobPart::Any);
    }
    let glob = Glob { parts: parts.into_owned() };
    starts.iter().any(|&start| {
        ends.iter().any(|&end| start <= end && glob.matches(&text[start..end], Case::AsciiInsensitive))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(pattern: &str) -> Words {
        let mut parts = Vec::new();
        for (i, piece) in pattern.split('*').enumerate() {
            if i > 0 {
                parts.push(GlobPart::Any);
            }
            if !piece.is_empty() {
                parts.push(GlobPart::Literal(piece.into()));
            }
        }
        Words::Pattern(Glob { parts })
    }

    #[test]
    fn phrases_lie_between_borders() {
        let holds = |phrase: &str, text| RawText::new(&Words::Phrase(phrase.into())).holds(text);
        assert!(holds("DeleteTrail", "deletetrail"));
        assert!(holds("deletetrail", "call of DeleteTrail, twice"));
        assert!(!holds("Trail", "DeleteTrail"));
        assert!(holds("i-086c", "instance/i-086c"));
        assert!(!holds("i-086c", "instance/i-086cd"));
        assert!(holds("a_b", "x a_b"));
        assert!(holds("b", "a_b"));
        assert!(!holds("a b", "a, b"));
        assert!(!holds("", "a"));
        assert!(!holds("long", "lo"));
    }

    #[test]
    fn stars_open_one_end() {
        let holds = |pattern: &str, text| RawText::new(&glob(pattern)).holds(text);
        assert!(holds("*Users", "http://x/AllUsers"));
        assert!(!holds("*Users", "AllUsersOfAll"));
        assert!(holds("Delete*", "call DeleteTrail"));
        assert!(!holds("Delete*", "UndeleteTrail"));
        assert!(holds("*trail*", "aTRAILb"));
        assert!(holds("a*d", "x abcd y"));
        assert!(!holds("a*d", "abcde"));
    }
}
