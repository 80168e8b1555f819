//! `sigma`: a Sigma rule on CloudTrail's own field names (`sigma.md`), with a correlation for counts.
//!
//! Sigma compares texts without their case unless told otherwise, so `|cased` stands wherever the rule
//! looks at case. A test for existence is `null` negated: CloudTrail writes `null` where it has nothing.

mod condition;
mod correlation;
mod detection;
mod rule;

use super::capability::{Capabilities, Feature};
use super::codes;
use super::loss::{Artefact, Loss};
use super::metadata::Key;
use super::predicate::{Fitted, check, prepare};
use super::target::{Made, Options, Target};
use super::yaml;
use crate::ir::{Detection, Input, Predicate, Rule, Vocabulary};

/// The target.
#[derive(Debug)]
pub struct Sigma;

/// Keys with a place of their own; what becomes of tags, techniques and other keys is said one by one.
const HOLDS: &[Key] = &[
    Key::Name,
    Key::Id,
    Key::Description,
    Key::Severity,
    Key::Tags,
    Key::Author,
    Key::License,
    Key::References,
    Key::FalsePositives,
    Key::Threat,
    Key::InvestigationFields,
    Key::Extra,
];

/// Facts: `sigma.md` §2, §4, §6.
static CAPABILITIES: Capabilities = Capabilities {
    lacks: &[
        (Feature::FlattenedPrefix, "Sigma rules are written on raw records"),
        (Feature::FlattenedPattern, "Sigma rules are written on raw records"),
        (Feature::TextRange, "Sigma orders numbers only"),
        (Feature::TextRangeBothEnds, "Sigma orders numbers only"),
        (Feature::FlattenedRange, "Sigma orders numbers only"),
        (Feature::AddressRange, "Sigma knows networks, not ranges of addresses"),
        (Feature::Date, "Sigma knows parts of a time only, without its zone"),
        (Feature::Words, "Sigma has no analysed text"),
        (Feature::WordPattern, "Sigma has no analysed text"),
        (Feature::FreeText, "Sigma's keywords are parts of a text in any case, not words"),
        (Feature::Nested, "Sigma looks at each element of a list by itself"),
        (Feature::Constant, "Sigma has no condition that is always or never true"),
        (Feature::NewTerms, "Sigma knows nothing of earlier values"),
    ],
    limits: &[
        (Feature::Threshold, "over any stretch of a length, as a correlation"),
        (Feature::Cardinality, "one, which is not below the count"),
    ],
    holds: Some(HOLDS),
};

impl Target for Sigma {
    fn name(&self) -> &'static str {
        "sigma"
    }

    fn summary(&self) -> &'static str {
        "Sigma rule on raw CloudTrail, with a correlation for counts"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "yml"
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        if rule.input != Input::CloudTrail {
            let message =
                format!("the rule reads `{}`; this target writes rules on CloudTrail", rule.input.as_str());
            return Err(Loss::new(&codes::LOSS_INPUT, "input", message));
        }
        let node = prepare(rule, Vocabulary::CloudTrail, options.version, &mut fits, losses)?;
        let detection = detection::of(&node)?;
        super::over_events(rule, self, losses);
        let documents = match &rule.detection {
            Detection::Threshold(threshold) => {
                let correlation = correlation::of(rule, threshold, options, losses);
                rule::with_correlation(rule, detection, correlation, options, losses)
            }
            _ => vec![rule::document(rule, detection, options, losses)],
        };
        let texts: Vec<String> = documents.iter().map(yaml::document).collect();
        Ok(Artefact::Text(texts.join("---\n")))
    }
}

/// What Sigma can say of a leaf on raw fields.
pub fn fits(leaf: &Predicate) -> Fitted {
    // A constant inside a condition goes away when it is simplified.
    if !matches!(leaf, Predicate::Constant(_)) {
        check(leaf, &CAPABILITIES)?;
    }
    Ok(leaf.clone().into())
}
