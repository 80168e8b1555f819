//! Rules → artefacts, one folder a target.
//!
//! A target says what it can ([`capability`]) and turns a rule into a typed tree of its own language,
//! which one printer writes. What it cannot say is a [`Loss`] with the clause's path and place; no
//! condition is dropped or widened in silence. [`predicate`] moves conditions between vocabularies
//! and into what a target has. Knows no front ends.

pub mod capability;
pub mod codes;
mod elastic;
pub mod elastic_toml;
pub mod eql;
pub mod esql;
pub mod eventbridge;
mod indexed;
pub mod kibana;
pub mod kql;
mod loss;
pub mod lucene;
pub mod metadata;
mod metadata_diff;
pub mod percolator;
pub mod predicate;
pub mod query_dsl;
mod regex;
pub mod sigma;
pub mod spl;
pub mod splunk_savedsearch;
mod stack;
mod target;
pub mod threat_stack;
pub mod trailsmith;
mod yaml;

pub use loss::{Artefact, Compiled, Fidelity, Loss};
pub use metadata_diff::differences;
pub use stack::Stack;
pub use target::{ALL, Made, Options, Target, compile, find};

use capability::Feature;

use crate::ir::{Detection, Duration, Language, Rule, Vocabulary};

/// Losses of a target that says less than a rule does over several events.
fn over_events(rule: &Rule, target: &dyn Target, losses: &mut Vec<Loss>) {
    let mut missing = |feature: Feature, path: &str| {
        if let Some(reason) = target.capabilities().missing(feature) {
            let instead = match feature {
                Feature::Cardinality => "the count of distinct values is left out",
                _ => "every event that matches is an alert",
            };
            let message = format!("{reason}; if allowed, {instead}");
            losses.push(Loss::new(feature.code(), path, message));
        }
    };
    match &rule.detection {
        Detection::Threshold(threshold) => {
            missing(Feature::Threshold, "threshold");
            let counts = target.capabilities().missing(Feature::Threshold).is_none();
            if counts && !threshold.cardinality.is_empty() {
                missing(Feature::Cardinality, "threshold.cardinality");
            }
        }
        Detection::NewTerms(_) => missing(Feature::NewTerms, "new_terms"),
        Detection::Event(_) | Detection::Opaque(_) => {}
    }
}

/// The query of a rule as written, if it is in the language and nothing stands beside it.
fn own_text(rule: &Rule, language: Language) -> Option<&str> {
    let query = rule.query.as_ref().filter(|query| query.language == language)?;
    let filters = rule.filters.as_ref().is_some_and(|filters| !filters.is_empty());
    let alone = !filters && rule.exceptions.is_empty() && rule.vocabulary == Vocabulary::Ecs;
    alone.then_some(query.text.as_str())
}

/// The length of the range of one run: Elastic's default is six minutes.
fn look_back(rule: &Rule) -> Duration {
    let from = rule.schedule.from.as_deref().unwrap_or("now-6m");
    let offset = crate::ir::date_math::DateMath::parse(from).and_then(|math| math.fixed_offset());
    Duration { millis: offset.map_or(360_000, i64::abs) }
}
