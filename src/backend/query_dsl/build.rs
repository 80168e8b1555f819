//! From a predicate on typed fields to a compact query.

use serde_json::Value;

use super::leaf;
use super::tree::{MOST_TERMS, Query};
use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::ir::{Node, Predicate, Words};

/// The query that says the predicate.
///
/// # Errors
///
/// A comparison that the type of its field does not have; the rewriting before leaves none.
pub fn build(node: &Node) -> Result<Query, Loss> {
    Ok(match &node.predicate {
        Predicate::Constant(true) => Query::MatchAll,
        Predicate::Constant(false) => Query::MatchNone,
        Predicate::And(nodes) => {
            let (mut filter, mut excluded) = (Vec::new(), Vec::new());
            for node in nodes {
                match &node.predicate {
                    Predicate::Not(inner) => excluded.extend(alternatives(inner)),
                    _ => filter.push(build(node)?),
                }
            }
            let must_not = merged(&excluded)?;
            match (filter.len(), must_not.is_empty()) {
                (0, true) => Query::MatchAll,
                (1, true) => filter.remove(0),
                _ => Query::Bool { filter, should: Vec::new(), must_not },
            }
        }
        Predicate::Or(nodes) => {
            let mut should = merged(&nodes.iter().collect::<Vec<_>>())?;
            match should.len() {
                0 => Query::MatchNone,
                1 => should.remove(0),
                _ => Query::any(should),
            }
        }
        Predicate::Not(inner) => Query::none(merged(&alternatives(inner))?),
        Predicate::Nested { path, body } => {
            Query::Nested { path: path.path.clone(), query: Box::new(build(body)?) }
        }
        Predicate::Test(test) => leaf::query(test).ok_or_else(|| {
            let message = format!("`{}` has no such comparison in Query DSL", test.field);
            Loss::new(&codes::LOSS_FIELD_FORM, "detection", message).at(node.origin)
        })?,
        Predicate::AnyField(words) => match words {
            Words::AnyOf(text) => Query::MultiMatch { query: text.as_str().into(), phrase: false },
            Words::Phrase(text) => Query::MultiMatch { query: text.as_str().into(), phrase: true },
            Words::Pattern(glob) => Query::QueryString { fields: Vec::new(), query: leaf::lucene(glob) },
            Words::Between { .. } => {
                let message = "a range over the words of every field";
                return Err(Loss::new(&codes::LOSS_FREE_TEXT, "detection", message).at(node.origin));
            }
        },
    })
}

/// The parts of a disjunction; anything else is its own only part.
fn alternatives(node: &Node) -> Vec<&Node> {
    match &node.predicate {
        Predicate::Or(nodes) => nodes.iter().collect(),
        _ => vec![node],
    }
}

/// The queries of a disjunction, exact values of one field gathered into `terms`.
fn merged(nodes: &[&Node]) -> Result<Vec<Query>, Loss> {
    let mut queries: Vec<Query> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let query = build(node)?;
        let Query::Term { field, value, any_case: false } = &query else {
            queries.push(query);
            continue;
        };
        let same = |other: &&mut Query| match other {
            Query::Term { field: known, any_case: false, .. } => known == field,
            Query::Terms { field: known, values } => known == field && values.len() < MOST_TERMS,
            _ => false,
        };
        match queries.iter_mut().find(same) {
            Some(Query::Terms { values, .. }) => {
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
            Some(known) => {
                let Query::Term { value: first, .. } = known else { continue };
                if first != value {
                    let values: Vec<Value> = vec![first.clone(), value.clone()];
                    *known = Query::Terms { field: field.clone(), values };
                }
            }
            None => queries.push(query),
        }
    }
    Ok(queries)
}
