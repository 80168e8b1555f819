//! Analysed text: values and queries as [words](super::tokens), compared in lower case.

use super::tokens::{lower as lower_case, words};
use crate::ir::{Case, Glob, GlobPart, Words};

/// A compiled test on words.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum WordTest {
    /// Any of these words occurs.
    AnyOf(Vec<String>),
    /// These words occur one after the other.
    Phrase(Vec<String>),
    /// A word matches.
    Pattern(Glob),
    /// A word lies in a range; the booleans say whether the end is inside.
    Between(Option<(String, bool)>, Option<(String, bool)>),
}

fn same(word: &str, lower: &str) -> bool {
    if word.is_ascii() { word.eq_ignore_ascii_case(lower) } else { lower_case(word) == lower }
}

impl WordTest {
    /// Analyses the query. A query without any word matches nothing.
    pub(super) fn new(query: &Words) -> Self {
        let analysed = |text: &str| words(text).map(lower_case).collect();
        let end =
            |end: &Option<(String, bool)>| end.as_ref().map(|(text, inside)| (lower_case(text), *inside));
        match query {
            Words::AnyOf(text) => WordTest::AnyOf(analysed(text)),
            Words::Phrase(text) => WordTest::Phrase(analysed(text)),
            Words::Pattern(glob) => WordTest::Pattern(lower(glob)),
            Words::Between { lower, upper } => WordTest::Between(end(lower), end(upper)),
        }
    }

    /// Whether a text satisfies the test.
    pub(super) fn holds(&self, text: &str) -> bool {
        match self {
            WordTest::AnyOf(wanted) => words(text).any(|word| wanted.iter().any(|lower| same(word, lower))),
            WordTest::Phrase(wanted) => phrase(text, wanted),
            WordTest::Pattern(glob) => {
                words(text).any(|word| glob.matches(&lower_case(word), Case::Sensitive))
            }
            WordTest::Between(lower, upper) => words(text).any(|word| {
                let word = lower_case(word);
                let above = |(end, inside): &(String, bool)| if *inside { word >= *end } else { word > *end };
                let below = |(end, inside): &(String, bool)| if *inside { word <= *end } else { word < *end };
                lower.as_ref().is_none_or(above) && upper.as_ref().is_none_or(below)
            }),
        }
    }
}

fn phrase(text: &str, wanted: &[String]) -> bool {
    if wanted.is_empty() {
        return false;
    }
    let found: Vec<&str> = words(text).collect();
    found.windows(wanted.len()).any(|window| window.iter().zip(wanted).all(|(word, lower)| same(word, lower)))
}

/// The pattern with its literal parts in lower case.
fn lower(glob: &Glob) -> Glob {
    let part = |part: &GlobPart| match part {
        GlobPart::Literal(text) => GlobPart::Literal(lower_case(text)),
        other => other.clone(),
    };
    Glob { parts: glob.parts.iter().map(part).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(query: Words, text: &str) -> bool {
        WordTest::new(&query).holds(text)
    }

    #[test]
    fn any_word_and_phrases() {
        assert!(holds(Words::AnyOf("foo-bar".into()), "a BAR b"));
        assert!(!holds(Words::AnyOf("ba".into()), "bar"));
        assert!(holds(Words::AnyOf("straße".into()), "Die STRAßE"));
        assert!(holds(Words::Phrase("foo bar".into()), "x Foo, bar!"));
        assert!(!holds(Words::Phrase("foo bar".into()), "foo x bar"));
        assert!(!holds(Words::Phrase("--".into()), "foo"));
        assert!(!holds(Words::AnyOf(String::new()), ""));
    }

    #[test]
    fn patterns_and_ranges_see_words() {
        let glob = Glob { parts: vec![GlobPart::Literal("Ba".into()), GlobPart::Any] };
        assert!(holds(Words::Pattern(glob.clone()), "foo bar"));
        assert!(!holds(Words::Pattern(glob), "foobar"));
        let below = |end: &str, inside| Words::Between { lower: None, upper: Some((end.into(), inside)) };
        assert!(holds(below("baz", false), "bar"));
        assert!(!holds(below("baz", false), "baz"));
        assert!(holds(below("baz", true), "baz"));
        assert!(!holds(below("baz", true), ""));
    }
}
