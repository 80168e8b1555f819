//! `lucene`: the condition as a Lucene query string, for Kibana's Lucene mode and `query_string`.
//!
//! Operators are always printed and every group stands in parentheses; values stand in quotes, where
//! no sign has a meaning but `"` and `\`.

mod print;

use super::capability::{Capabilities, Feature};
use super::loss::{Artefact, Loss};
use super::predicate::{Fitted, Refusal, fit, prepare};
use super::regex;
use super::target::{Made, Options, Target};
use crate::ir::{Comparison, FieldType, Node, Predicate, Rule, Test, TextMatch, Vocabulary, Words};
use crate::matcher::tokens::words;

/// The target.
#[derive(Debug)]
pub struct Lucene;

const FLATTENED: &str =
    "a query string's wildcard on a key of a flattened field forgets the key, but for one star at the end";

/// Facts: target_languages.md §2, ENGINES.md.
static CAPABILITIES: Capabilities = Capabilities {
    lacks: &[
        (Feature::FlattenedPattern, FLATTENED),
        (Feature::FlattenedRange, "Elasticsearch refuses a range with one end on a key of a flattened field"),
        (Feature::Nested, "Lucene's syntax has no nested groups"),
        (Feature::Threshold, "Lucene has no counts"),
        (Feature::Cardinality, "Lucene has no counts"),
        (Feature::NewTerms, "Lucene knows nothing of earlier values"),
    ],
    limits: &[
        (
            Feature::EqualsAnyCase,
            "as a regular expression of at most 1,000 characters, not on flattened fields",
        ),
        (
            Feature::PatternAnyCase,
            "as a regular expression of at most 1,000 characters, not on flattened fields",
        ),
        (Feature::FreeText, "one word, or a phrase"),
        (
            Feature::Number,
            "on values indexed as text: equality, small upper bounds and `> 0` of whole numbers",
        ),
    ],
    holds: None,
};

impl Target for Lucene {
    fn name(&self) -> &'static str {
        "lucene"
    }

    fn summary(&self) -> &'static str {
        "Lucene query string"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "lucene"
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        let node = prepare(rule, Vocabulary::Ecs, options.version, &mut fits, losses)?;
        super::over_events(rule, self, losses);
        Ok(Artefact::Text(print::query(&node)?))
    }
}

/// A leaf that [fits] as a query string of its own.
///
/// # Errors
///
/// A comparison that Lucene lacks; [`fits`] leaves none.
pub(super) fn leaf(leaf: &Predicate) -> Result<String, Loss> {
    print::query(&Node::synthetic(leaf.clone()))
}

/// Elasticsearch's `index.max_regex_length`.
const LONGEST_REGEX: usize = 1000;

/// What a query string can say of a leaf.
pub(super) fn fits(leaf: &Predicate) -> Fitted {
    let said = fit(leaf, &CAPABILITIES)?;
    let refuse = |feature: Feature, message: &str| Err(Box::new(Refusal::new(feature.code(), message)));
    match &said.predicate {
        Predicate::Test(Test { field, comparison: Comparison::Text { matcher, case } }) => {
            let flattened = matches!(field.ty, FieldType::Flattened | FieldType::FlattenedLeaf);
            if *case == crate::ir::Case::AsciiInsensitive {
                if flattened {
                    return refuse(
                        Feature::EqualsAnyCase,
                        "regular expressions do not work on flattened fields",
                    );
                }
                if regex::whole(matcher, crate::ir::Case::AsciiInsensitive).len() > LONGEST_REGEX {
                    return refuse(
                        Feature::EqualsAnyCase,
                        "the regular expression that ignores case is too long",
                    );
                }
            } else if flattened && !matches!(matcher, TextMatch::Equals(_) | TextMatch::Prefix(_)) {
                return refuse(Feature::FlattenedPattern, FLATTENED);
            }
            Ok(said)
        }
        Predicate::AnyField(words) => match words {
            Words::AnyOf(text) if text.split_whitespace().count() != 1 => {
                refuse(Feature::FreeText, "a query string splits free text at white space")
            }
            Words::Pattern(glob) if print::has_space(glob) => {
                refuse(Feature::FreeText, "a query string splits free text at white space")
            }
            Words::Between { .. } => refuse(Feature::FreeText, "no range on every field"),
            _ => Ok(said),
        },
        Predicate::Test(Test { comparison: Comparison::TextRange { lower, upper }, .. })
            if [lower, upper]
                .into_iter()
                .flat_map(|end| &end.limit)
                .any(|end| !print::has_range_end(&end.value)) =>
        {
            refuse(Feature::TextRange, "an end of a range holds a space and ends with a backslash")
        }
        // Kibana has wildcards analysed: `a&&b*` would find each `a`.
        Predicate::Test(Test { comparison: Comparison::Words(Words::Pattern(glob)), .. })
            if !print::is_of_one_word(glob) =>
        {
            refuse(Feature::WordPattern, "the pattern holds signs that are no part of a word")
        }
        Predicate::Test(Test { comparison: Comparison::Words(Words::AnyOf(text)), .. })
            if words(text).next().is_none() =>
        {
            refuse(Feature::Words, "there is no word in the text")
        }
        _ => Ok(said),
    }
}
