//! What a target can say: one table a target, which drives losses, listings and documents.

use crate::diagnostic::Code;
use crate::ir::{Case, Comparison, FieldType, GlobPart, Predicate, TextMatch, Words};

use super::codes;

/// Something that a condition may ask of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// The field has a value.
    Exists,
    /// The whole text, with its case.
    Equals,
    /// The whole text, in any case.
    EqualsAnyCase,
    /// The beginning of a text.
    Prefix,
    /// The end of a text, or any part of it, or literal pieces in order.
    Pattern,
    /// `?`: exactly one character.
    OneCharacter,
    /// A pattern in any case.
    PatternAnyCase,
    /// The beginning of the text below a `flattened` root.
    FlattenedPrefix,
    /// Any other pattern below a `flattened` root.
    FlattenedPattern,
    /// Order of texts, one end.
    TextRange,
    /// Order of texts, both ends on the same value.
    TextRangeBothEnds,
    /// Order of texts below a `flattened` root, one end.
    FlattenedRange,
    /// Numbers.
    Number,
    /// Booleans.
    Boolean,
    /// Addresses in a network.
    Network,
    /// Addresses between two others.
    AddressRange,
    /// Instants.
    Date,
    /// Words of analysed text, and phrases.
    Words,
    /// Patterns and ranges over words.
    WordPattern,
    /// Free text.
    FreeText,
    /// Conditions on one element of a list of objects.
    Nested,
    /// Always, never.
    Constant,
    /// Counts of events per group.
    Threshold,
    /// Distinct values beside the count.
    Cardinality,
    /// Values never seen before.
    NewTerms,
}

impl Feature {
    /// Every feature, in the order of listings.
    pub const ALL: [Feature; 25] = [
        Feature::Exists,
        Feature::Equals,
        Feature::EqualsAnyCase,
        Feature::Prefix,
        Feature::Pattern,
        Feature::OneCharacter,
        Feature::PatternAnyCase,
        Feature::FlattenedPrefix,
        Feature::FlattenedPattern,
        Feature::TextRange,
        Feature::TextRangeBothEnds,
        Feature::FlattenedRange,
        Feature::Number,
        Feature::Boolean,
        Feature::Network,
        Feature::AddressRange,
        Feature::Date,
        Feature::Words,
        Feature::WordPattern,
        Feature::FreeText,
        Feature::Nested,
        Feature::Constant,
        Feature::Threshold,
        Feature::Cardinality,
        Feature::NewTerms,
    ];

    /// The name in listings.
    pub fn as_str(self) -> &'static str {
        self.facts().0
    }

    /// What the loss is called where a target lacks the feature.
    pub fn code(self) -> &'static Code {
        self.facts().1
    }

    fn facts(self) -> (&'static str, &'static Code) {
        use codes::*;
        match self {
            Feature::Exists => ("exists", &LOSS_PATTERN),
            Feature::Equals => ("equals", &LOSS_PATTERN),
            Feature::EqualsAnyCase => ("equals-any-case", &LOSS_CASE),
            Feature::Prefix => ("prefix", &LOSS_PATTERN),
            Feature::Pattern => ("pattern", &LOSS_PATTERN),
            Feature::OneCharacter => ("one-character", &LOSS_ONE_CHARACTER),
            Feature::PatternAnyCase => ("pattern-any-case", &LOSS_CASE),
            Feature::FlattenedPrefix => ("flattened-prefix", &LOSS_PATTERN),
            Feature::FlattenedPattern => ("flattened-pattern", &LOSS_PATTERN),
            Feature::TextRange => ("text-range", &LOSS_TEXT_RANGE),
            Feature::TextRangeBothEnds => ("text-range-both-ends", &LOSS_TEXT_RANGE),
            Feature::FlattenedRange => ("flattened-range", &LOSS_TEXT_RANGE),
            Feature::Number => ("number", &LOSS_NUMBER_ORDER),
            Feature::Boolean => ("boolean", &LOSS_FIELD_FORM),
            Feature::Network => ("network", &LOSS_ADDRESS),
            Feature::AddressRange => ("address-range", &LOSS_ADDRESS),
            Feature::Date => ("date", &LOSS_DATE),
            Feature::Words => ("words", &LOSS_WORDS),
            Feature::WordPattern => ("word-pattern", &LOSS_WORDS),
            Feature::FreeText => ("free-text", &LOSS_FREE_TEXT),
            Feature::Nested => ("nested", &LOSS_NESTED),
            Feature::Constant => ("constant", &LOSS_CONSTANT),
            Feature::Threshold => ("threshold", &LOSS_THRESHOLD),
            Feature::Cardinality => ("cardinality", &LOSS_THRESHOLD),
            Feature::NewTerms => ("new-terms", &LOSS_NEW_TERMS),
        }
    }

    /// What a leaf of a predicate asks for.
    pub fn of(leaf: &Predicate) -> Vec<Feature> {
        match leaf {
            Predicate::Constant(_) => vec![Feature::Constant],
            Predicate::Nested { .. } => vec![Feature::Nested],
            Predicate::AnyField(_) => vec![Feature::FreeText],
            Predicate::Test(test) => of_comparison(&test.comparison, test.field.ty),
            Predicate::And(_) | Predicate::Or(_) | Predicate::Not(_) => Vec::new(),
        }
    }
}

fn of_comparison(comparison: &Comparison, ty: FieldType) -> Vec<Feature> {
    let flattened = ty == FieldType::FlattenedLeaf;
    match comparison {
        Comparison::Exists => vec![Feature::Exists],
        Comparison::Text { matcher, case } => {
            let any_case = *case == Case::AsciiInsensitive;
            match matcher {
                TextMatch::Equals(_) if any_case => vec![Feature::EqualsAnyCase],
                TextMatch::Equals(_) => vec![Feature::Equals],
                other => {
                    let mut features = Vec::new();
                    if any_case {
                        features.push(Feature::PatternAnyCase);
                    }
                    features.push(match (flattened, other) {
                        (true, TextMatch::Prefix(_)) => Feature::FlattenedPrefix,
                        (true, _) => Feature::FlattenedPattern,
                        (false, TextMatch::Prefix(_)) => Feature::Prefix,
                        (false, _) => Feature::Pattern,
                    });
                    if let TextMatch::Glob(glob) = other
                        && glob.parts.contains(&GlobPart::One)
                    {
                        features.push(Feature::OneCharacter);
                    }
                    features
                }
            }
        }
        Comparison::TextRange { lower, upper } => {
            match (lower.limit.is_some() && upper.limit.is_some(), flattened) {
                (true, _) => vec![Feature::TextRangeBothEnds],
                (false, true) => vec![Feature::FlattenedRange],
                (false, false) => vec![Feature::TextRange],
            }
        }
        Comparison::Number { .. } => vec![Feature::Number],
        Comparison::Bool(_) => vec![Feature::Boolean],
        Comparison::Ip(_) => vec![Feature::Network],
        Comparison::IpRange { .. } => vec![Feature::AddressRange],
        Comparison::Date { .. } => vec![Feature::Date],
        Comparison::Words(Words::AnyOf(_) | Words::Phrase(_)) => vec![Feature::Words],
        Comparison::Words(_) => vec![Feature::WordPattern],
    }
}

/// What a target can say.
#[derive(Debug, Clone, Copy)]
pub struct Capabilities {
    /// Features it lacks, each with the reason as half a sentence.
    pub lacks: &'static [(Feature, &'static str)],
    /// Features it has within limits, each with the limit.
    pub limits: &'static [(Feature, &'static str)],
    /// Keys of a rule that it has a place for; `None`: a bare query, of which metadata is no part.
    pub holds: Option<&'static [super::metadata::Key]>,
}

impl Capabilities {
    /// Why a feature is missing; `None`: it is there.
    pub fn missing(&self, feature: Feature) -> Option<&'static str> {
        self.lacks.iter().find(|(lacking, _)| *lacking == feature).map(|(_, reason)| *reason)
    }

    /// The limit within which a feature is there.
    pub fn limit(&self, feature: Feature) -> Option<&'static str> {
        self.limits.iter().find(|(limited, _)| *limited == feature).map(|(_, limit)| *limit)
    }
}
