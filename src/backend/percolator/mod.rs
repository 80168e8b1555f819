//! `percolator`: the rule as a document of an index of stored queries, which an event is held against
//! when it comes in, and the mapping that such an index needs for it.
//!
//! Elasticsearch and OpenSearch refuse a query on a field that the index does not map, or take it for
//! text, so the mapping comes with the document; the mappings of several rules merge into one. The
//! query is Query DSL without query strings. OpenSearch calls `flattened` fields `flat_object`
//! (`--stack opensearch`).

mod document;
mod mapping;
#[cfg(test)]
mod tests;

use serde_json::json;

use super::capability::{Capabilities, Feature};
use super::codes;
use super::loss::{Artefact, Loss};
use super::metadata::Key;
use super::predicate::{Fitted, fit, prepare};
use super::query_dsl;
use super::stack::Stack;
use super::target::{Made, Options, Target};
use crate::ir::{Predicate, Rule, Vocabulary};

/// The target.
#[derive(Debug)]
pub struct Percolator;

/// Keys that the stored document has a place for. How alerts are folded stands there for whoever makes
/// alerts of the matches.
const HOLDS: &[Key] = &[
    Key::Name,
    Key::Id,
    Key::Description,
    Key::Severity,
    Key::OriginalSeverity,
    Key::RiskScore,
    Key::Tags,
    Key::Author,
    Key::License,
    Key::References,
    Key::FalsePositives,
    Key::Threat,
    Key::InvestigationGuide,
    Key::Setup,
    Key::InvestigationFields,
    Key::Playbook,
    Key::AlertTitle,
    Key::Overrides,
    Key::Enabled,
    Key::Version,
    Key::BuildingBlock,
    Key::Timeline,
    Key::Extra,
    Key::Suppression,
    Key::Schedule,
    Key::Index,
];

/// Facts: target_languages.md §1, ENGINES.md.
static CAPABILITIES: Capabilities = Capabilities {
    lacks: &[
        (
            Feature::FlattenedPattern,
            "Elasticsearch refuses wildcards on keys of a flattened field (`--stack opensearch` has them)",
        ),
        (Feature::FreeText, "the index maps no more fields than its rules name"),
        (Feature::Threshold, "an event is looked at by itself"),
        (Feature::Cardinality, "an event is looked at by itself"),
        (Feature::NewTerms, "an event is looked at by itself"),
    ],
    limits: &[(
        Feature::Number,
        "on values indexed as text: equality, small upper bounds and `> 0` of whole numbers",
    )],
    holds: Some(HOLDS),
};

impl Target for Percolator {
    fn name(&self) -> &'static str {
        "percolator"
    }

    fn summary(&self) -> &'static str {
        "stored query for an index of Elasticsearch or OpenSearch, with the mapping it needs"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        let mut fits = |leaf: &Predicate| fits(leaf, options.stack);
        let node = prepare(rule, Vocabulary::Ecs, options.version, &mut fits, losses)?;
        let query = query_dsl::build(&node)?;
        query_dsl::note_clauses(&query, losses);
        super::over_events(rule, self, losses);
        if rule.suppression.is_some() {
            let message =
                "an index of stored queries says which rules match; whoever asks it folds their alerts";
            losses.push(Loss::new(&codes::LOSS_ALERTS, "suppress", message));
        }
        Ok(Artefact::Json(json!({
            "_id": rule.id,
            "mappings": mapping::mappings(&node, options.stack),
            "document": { "query": query.to_json(), "rule": document::rule(rule) },
        })))
    }
}

/// What a stored query can say of a leaf.
fn fits(leaf: &Predicate, stack: Stack) -> Fitted {
    if matches!(leaf, Predicate::AnyField(_)) {
        return fit(leaf, &CAPABILITIES);
    }
    query_dsl::fits_on(leaf, stack)
}
