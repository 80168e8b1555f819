//! `query-dsl`: a search body for Elasticsearch and OpenSearch.
//!
//! The artefact is `{"query": …}`; a threshold adds `size: 0` and `aggs` whose buckets are the
//! alerts. Time ranges are the caller's: the detection engine adds its own. Types of fields decide
//! which query a comparison becomes; the untyped form is what Kibana prints where it knows none.

mod aggregate;
mod build;
pub mod kibana;
pub(in crate::backend) mod leaf;
pub mod tree;

use serde_json::{Map, Value};

use super::capability::{Capabilities, Feature};
use super::loss::{Artefact, Loss};
use super::predicate::{Fitted, fit, prepare};
use super::stack::Stack;
use super::target::{Made, Options, Target};
use super::{codes, kql};
use crate::ir::{Detection, Predicate, Rule, Vocabulary};
use crate::schema;

pub use build::build;
pub use tree::Query;

/// The target.
#[derive(Debug)]
pub struct QueryDsl;

/// Facts: target_languages.md §1, measured in ENGINES.md.
static CAPABILITIES: Capabilities = Capabilities {
    lacks: &[
        (
            Feature::FlattenedPattern,
            "Elasticsearch refuses wildcards on keys of a flattened field (`--stack opensearch` has them)",
        ),
        (Feature::NewTerms, "a search knows nothing of earlier values"),
    ],
    limits: &[
        (
            Feature::Number,
            "on values indexed as text: equality, small upper bounds and `> 0` of whole numbers",
        ),
        (Feature::Threshold, "over the range that the search is run on"),
        (Feature::Cardinality, "an approximate count above 3,000 values"),
    ],
    holds: None,
};

impl Target for QueryDsl {
    fn name(&self) -> &'static str {
        "query-dsl"
    }

    fn summary(&self) -> &'static str {
        "search body for Elasticsearch and OpenSearch"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        let query = if options.untyped {
            kibana::untyped(&kql::tree(rule, options, losses)?, schema::ecs())
        } else {
            let mut fits = |leaf: &Predicate| fits_on(leaf, options.stack);
            build(&prepare(rule, Vocabulary::Ecs, options.version, &mut fits, losses)?)?
        };
        note_clauses(&query, losses);
        let mut body = Map::new();
        if let Detection::Threshold(threshold) = &rule.detection {
            body.insert("size".into(), 0.into());
            body.insert("query".into(), query.to_json());
            let aggregations = aggregate::aggregations(threshold, options.version, losses);
            body.insert("aggs".into(), Value::Object(aggregations));
        } else {
            body.insert("query".into(), query.to_json());
        }
        super::over_events(rule, self, losses);
        Ok(Artefact::Json(Value::Object(body)))
    }
}

/// Notes a query that may be too long for a cluster.
pub(super) fn note_clauses(query: &Query, losses: &mut Vec<Loss>) {
    let clauses = query.clauses();
    if clauses > tree::MOST_CLAUSES {
        let message =
            format!("the query has {clauses} clauses; clusters promise to take {}", tree::MOST_CLAUSES);
        losses.push(Loss::new(&codes::LOSS_CLAUSES, "detection", message));
    }
}

/// What Query DSL can say of a leaf on Elasticsearch.
pub fn fits(leaf: &Predicate) -> Fitted {
    fit(leaf, &CAPABILITIES)
}

/// What OpenSearch's `flat_object` lacks: nothing that a condition asks for. Patterns see the key and its
/// values (measured on OpenSearch 3.8).
static ON_OPENSEARCH: Capabilities = Capabilities { lacks: &[], limits: &[], holds: None };

/// What Query DSL can say of a leaf on a stack.
pub(super) fn fits_on(leaf: &Predicate, stack: Stack) -> Fitted {
    match stack {
        Stack::Elastic { .. } => fits(leaf),
        Stack::OpenSearch => fit(leaf, &ON_OPENSEARCH),
    }
}
