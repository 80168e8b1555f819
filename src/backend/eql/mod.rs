//! `eql`: the rule as an EQL query for Elasticsearch.
//!
//! Some forms of EQL are two-valued and some make a missing field null (eql.md §5), so every negated
//! test is guarded by the field's existence: then both readings agree. A threshold is a sequence of
//! equal steps, which is what EQL has for counts.

mod build;
mod leaf;
mod print;
mod repeated;
#[cfg(test)]
mod tests;
mod tree;

use super::capability::{Capabilities, Feature};
use super::codes;
use super::indexed::Documents;
use super::loss::{Artefact, Loss};
use super::predicate::{self, Fitted, Refusal, Refused, fit, prepare};
use super::stack::Stack;
use super::target::{Made, Options, Target};
use crate::ir::{Comparison, Detection, FieldType, Language, Predicate, Rule, Test, Vocabulary};
use tree::Query;

/// The target.
#[derive(Debug)]
pub struct Eql;

/// Facts: eql.md, target_languages.md §4.
static CAPABILITIES: Capabilities = Capabilities {
    lacks: &[
        (Feature::FlattenedPattern, "Elasticsearch refuses wildcards on keys of a flattened field"),
        (Feature::FlattenedRange, "Elasticsearch refuses a range with one end on a key of a flattened field"),
        (Feature::Words, "EQL has no analysed text"),
        (Feature::WordPattern, "EQL has no analysed text"),
        (Feature::FreeText, "EQL has no search without a field"),
        (Feature::Nested, "EQL refuses nested fields"),
        (Feature::Cardinality, "EQL counts no distinct values"),
        (Feature::NewTerms, "EQL knows nothing of earlier values"),
    ],
    limits: &[
        (
            Feature::TextRangeBothEnds,
            "on fields with one value, or where the ends differ in the last character only",
        ),
        (Feature::AddressRange, "as at most 64 networks"),
        (Feature::Pattern, "with literal wildcards as a regular expression of at most 1,000 characters"),
        (
            Feature::Number,
            "on values indexed as text: equality, small upper bounds and `> 0` of whole numbers",
        ),
        (
            Feature::Threshold,
            "as a sequence of 2 to 100 equal steps, over a run's range or any stretch of time",
        ),
    ],
    holds: None,
};

impl Target for Eql {
    fn name(&self) -> &'static str {
        "eql"
    }

    fn summary(&self) -> &'static str {
        "EQL query for Elasticsearch"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "eql"
    }

    fn carries_opaque(&self) -> bool {
        true
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        if options.stack == Stack::OpenSearch {
            let message = "OpenSearch does not run EQL";
            return Err(Loss::new(&codes::LOSS_STACK, "stack", message));
        }
        if let Some(text) = super::own_text(rule, Language::Eql) {
            return Ok(Artefact::Text(text.to_owned()));
        }
        let documents = Documents::of(rule, options.version);
        let node =
            prepare(rule, Vocabulary::Ecs, options.version, &mut |leaf| fits(leaf, documents), losses)?;
        super::over_events(rule, self, losses);
        let query = match &rule.detection {
            Detection::Threshold(threshold) => repeated::query(threshold, node, documents, losses)?,
            _ => Query::Event(build::build(&node, documents)?),
        };
        Ok(Artefact::Text(print::query(&query)))
    }
}

/// What EQL can say of a leaf.
fn fits(leaf: &Predicate, documents: Documents) -> Fitted {
    let said = fit(leaf, &CAPABILITIES)?;
    let mut refusal = None;
    predicate::leaves(&said.predicate, &mut |leaf| {
        if refusal.is_none() {
            refusal = sayable(leaf, documents).err();
        }
    });
    match refusal {
        Some(refusal) => Err(refusal),
        None => Ok(said),
    }
}

fn sayable(of: &Predicate, documents: Documents) -> Result<(), Refused> {
    let Predicate::Test(test) = of else { return Ok(()) };
    if leaf::leaf(test, documents).is_some() {
        return Ok(());
    }
    let Test { field, comparison } = test;
    let (code, why) = match (field.ty, comparison) {
        (FieldType::Text | FieldType::Flattened | FieldType::Object, _) => {
            (&codes::LOSS_FIELD_FORM, "EQL refuses fields of its type")
        }
        (_, Comparison::TextRange { .. }) => {
            (&codes::LOSS_TEXT_RANGE, "the two ends may be met by two values of a list")
        }
        (_, Comparison::IpRange { .. }) => (&codes::LOSS_ADDRESS, "the range is more than 64 networks"),
        (_, Comparison::Text { .. }) => (&codes::LOSS_PATTERN, "the regular expression for it is too long"),
        _ => (&codes::LOSS_FIELD_FORM, "EQL has no such comparison"),
    };
    Err(Box::new(Refusal::new(code, format!("`{field}`: {why}"))))
}
