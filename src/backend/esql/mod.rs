//! `esql`: the rule as an ES|QL query for Elasticsearch 8.19 and later.
//!
//! Columns are compared where the field is in every index and holds at most one value: a comparison
//! with a missing or a multiple value is null, and the row is lost. Everything else asks the index
//! (`:`, `QSTR`), which sees every value and knows no unknown columns. The range of time is the
//! caller's: the detection engine adds its own.

mod build;
mod leaf;
#[cfg(test)]
mod measured;
mod new_terms;
mod print;
mod stats;
#[cfg(test)]
mod tests;
mod tree;

use super::capability::{Capabilities, Feature};
use super::codes;
use super::elastic;
use super::indexed::Documents;
use super::loss::{Artefact, Loss};
use super::lucene;
use super::predicate::{self, Fitted, Refusal, Refused, adapt, check, prepare};
use super::stack::Stack;
use super::target::{Made, Options, Target};
use crate::diagnostic::Severity;
use crate::ir::{Detection, Language, Node, Predicate, Rule, Vocabulary};
use leaf::Context;
use tree::Expr;

/// The target.
#[derive(Debug)]
pub struct Esql;

const KEYS: &str = "with `--stack 9.6` or later; before, ES|QL has no columns for keys of a flattened field, and a query \
                    string's wildcard there forgets the key";

/// Facts: esql.md, measured on Elasticsearch 8.19; ENGINES.md.
static CAPABILITIES: Capabilities = Capabilities {
    lacks: &[
        (Feature::FlattenedRange, "Elasticsearch refuses a range with one end on a key of a flattened field"),
        (Feature::Nested, "ES|QL has no columns for nested fields"),
    ],
    limits: &[
        (
            Feature::EqualsAnyCase,
            "not on flattened fields before 9.6; at most 1,000 characters as an expression",
        ),
        (Feature::FlattenedPattern, KEYS),
        (
            Feature::PatternAnyCase,
            "not on flattened fields before 9.6; at most 1,000 characters as an expression",
        ),
        (Feature::FreeText, "one word, or a phrase"),
        (
            Feature::Number,
            "on values indexed as text: equality, small upper bounds and `> 0` of whole numbers",
        ),
        (
            Feature::Threshold,
            "over the range that the query is run on, or stretches of the clock; keys that are columns",
        ),
        (Feature::Cardinality, "an approximate count above 3,000 values; fields that are columns"),
        (
            Feature::NewTerms,
            "for fixed lengths of time and keys that are columns; the query reads the history by itself",
        ),
    ],
    holds: None,
};

impl Target for Esql {
    fn name(&self) -> &'static str {
        "esql"
    }

    fn summary(&self) -> &'static str {
        "ES|QL query for Elasticsearch 8.19 and later"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "esql"
    }

    fn carries_opaque(&self) -> bool {
        true
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        if options.stack == Stack::OpenSearch {
            let message = "OpenSearch does not run ES|QL";
            return Err(Loss::new(&codes::LOSS_STACK, "stack", message));
        }
        if let Some(text) = super::own_text(rule, Language::Esql) {
            return Ok(Artefact::Text(text.to_owned()));
        }
        let context = Context { documents: Documents::of(rule, options.version), stack: options.stack };
        let node = prepare(rule, Vocabulary::Ecs, options.version, &mut |leaf| fits(leaf, context), losses)?;
        let mut since = None;
        let (stats, node) = match &rule.detection {
            Detection::NewTerms(new_terms) => match new_terms::history(rule, new_terms, context) {
                Some(mut history) => {
                    let message = "the query reads the history by itself: a range of time that is set around it must \
                                   hold the whole history";
                    let loss = Loss::new(&codes::LOSS_WINDOW, "new_terms.history_start", message);
                    losses.push(Loss { severity: Severity::Info, ..loss });
                    since = Some(history.since);
                    history.present.insert(0, node);
                    (Some(history.stats), Node::all(history.present).simplified())
                }
                None => {
                    let message = "its times or fields have no form in ES|QL; if allowed, every event that matches \
                                   is an alert";
                    losses.push(Loss::new(&codes::LOSS_NEW_TERMS, "new_terms", message));
                    (None, node)
                }
            },
            Detection::Threshold(threshold) => {
                let (stats, mut parts) = stats::stats(threshold, context, losses);
                parts.insert(0, node);
                (Some(stats), Node::all(parts).simplified())
            }
            _ => (None, node),
        };
        super::over_events(rule, self, losses);
        let filter = build::build(&node, context)?;
        if build::previews(&filter) {
            let message = "`FIELD_EXTRACT`, `MV_LIKE` and `MV_RLIKE` are previews in Elasticsearch 9.6";
            losses.push(Loss::new(&codes::LOSS_PREVIEW, "detection", message));
        }
        let filter = match (filter, since) {
            (filter, None) => filter,
            (Expr::And(mut parts), Some(since)) => {
                parts.push(since);
                Expr::And(parts)
            }
            (filter, Some(since)) => Expr::And(vec![filter, since]),
        };
        let filter = (filter != Expr::Bool(true)).then_some(filter);
        Ok(Artefact::Text(print::query(&tree::Query { from: elastic::indices(rule), filter, stats })))
    }
}

/// What ES|QL can say of a leaf.
fn fits(leaf: &Predicate, context: Context) -> Fitted {
    let said = match leaf {
        Predicate::Test(test) => adapt(test)?,
        other => other.clone().into(),
    };
    let mut refusal = None;
    predicate::leaves(&said.predicate, &mut |leaf| {
        if refusal.is_none() {
            refusal = sayable(leaf, context).err();
        }
    });
    match refusal {
        Some(refusal) => Err(refusal),
        None => Ok(said),
    }
}

fn sayable(of: &Predicate, context: Context) -> Result<(), Refused> {
    check(of, &CAPABILITIES)?;
    match of {
        Predicate::Constant(_) => Ok(()),
        Predicate::Test(test) if leaf::native(test, context).is_some() => Ok(()),
        Predicate::Test(test) if Feature::of(of).contains(&Feature::FlattenedPattern) => {
            let message = format!("`{}`: a pattern on a key of a flattened field only {KEYS}", test.field);
            Err(Box::new(Refusal::new(Feature::FlattenedPattern.code(), message)))
        }
        other => lucene::fits(other).map(drop),
    }
}
