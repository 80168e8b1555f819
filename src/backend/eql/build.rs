//! From a predicate that fits to a condition.

use super::leaf::leaf;
use super::tree::{Expr, Test, Word};
use crate::backend::codes;
use crate::backend::indexed::Documents;
use crate::backend::loss::Loss;
use crate::ir::{Node, Predicate};

/// The condition. It may be null where the predicate is false; below a negation it never is.
///
/// # Errors
///
/// A comparison that EQL lacks; the rewriting before leaves none.
pub(super) fn build(node: &Node, documents: Documents) -> Result<Expr, Loss> {
    let lacking = |field: &str| {
        let message = format!("`{field}` has no such comparison in EQL");
        Loss::new(&codes::LOSS_FIELD_FORM, "detection", message).at(node.origin)
    };
    Ok(match &node.predicate {
        Predicate::Constant(value) => Expr::Bool(*value),
        Predicate::And(nodes) => {
            let mut parts = Vec::with_capacity(nodes.len());
            for node in nodes {
                match build(node, documents)? {
                    Expr::And(inner) => parts.extend(inner),
                    other => parts.push(other),
                }
            }
            if parts.is_empty() { Expr::Bool(true) } else { Expr::And(parts) }
        }
        Predicate::Or(nodes) => {
            let mut parts = Vec::with_capacity(nodes.len());
            for node in nodes {
                match build(node, documents)? {
                    Expr::Or(inner) => inner.into_iter().for_each(|part| add(&mut parts, part)),
                    other => add(&mut parts, other),
                }
            }
            match parts.len() {
                0 => Expr::Bool(false),
                1 => parts.remove(0),
                _ => Expr::Or(parts),
            }
        }
        Predicate::Not(inner) => Expr::Not(Box::new(build(inner, documents)?.certain())),
        Predicate::Test(test) => leaf(test, documents).ok_or_else(|| lacking(&test.field.path))?,
        Predicate::AnyField(_) => return Err(lacking("*")),
        Predicate::Nested { path, .. } => return Err(lacking(&path.path)),
    })
}

/// Adds an alternative; texts for the same operator on the same field are gathered. Regular
/// expressions are not: Elasticsearch joins a list of them into one, which has a greatest length.
fn add(parts: &mut Vec<Expr>, part: Expr) {
    if let Expr::Test { field, test: Test::OneOf(word, texts) } = &part
        && !matches!(word, Word::Regex | Word::RegexAnyCase)
    {
        for known in parts.iter_mut() {
            if let Expr::Test { field: other, test: Test::OneOf(same, list) } = known
                && other == field
                && same == word
            {
                for text in texts {
                    if !list.contains(text) {
                        list.push(text.clone());
                    }
                }
                return;
            }
        }
    }
    parts.push(part);
}
