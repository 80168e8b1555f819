//! From a predicate that fits to conditions.

use super::leaf::{Context, native};
use super::tree::{Column, Expr};
use crate::backend::loss::Loss;
use crate::backend::{codes, lucene};
use crate::ir::{Node, Predicate};

/// The condition. It may be null where the predicate is false; below a negation it never is.
///
/// # Errors
///
/// A comparison that ES|QL lacks; the rewriting before leaves none.
pub(super) fn build(node: &Node, context: Context) -> Result<Expr, Loss> {
    Ok(match &node.predicate {
        Predicate::Constant(value) => Expr::Bool(*value),
        Predicate::And(nodes) => {
            let mut parts = Vec::with_capacity(nodes.len());
            for node in nodes {
                match build(node, context)? {
                    Expr::And(inner) => parts.extend(inner),
                    other => parts.push(other),
                }
            }
            if parts.is_empty() { Expr::Bool(true) } else { Expr::And(parts) }
        }
        Predicate::Or(nodes) => {
            let mut parts = Vec::with_capacity(nodes.len());
            for node in nodes {
                let part = build(node, context)?;
                add(&mut parts, part);
            }
            match parts.len() {
                0 => Expr::Bool(false),
                1 => parts.remove(0),
                _ => Expr::Or(parts),
            }
        }
        Predicate::Not(inner) => Expr::Not(Box::new(build(inner, context)?.certain())),
        Predicate::Test(test) => match native(test, context) {
            Some(expr) => expr,
            None => Expr::Qstr(lucene::leaf(&node.predicate)?),
        },
        Predicate::AnyField(_) => Expr::Qstr(lucene::leaf(&node.predicate)?),
        Predicate::Nested { path, .. } => {
            let message = format!("`{path}` is no column of ES|QL");
            return Err(Loss::new(&codes::LOSS_NESTED, "detection", message).at(node.origin));
        }
    })
}

/// Adds an alternative; values and patterns of one column are gathered, and questions to the index.
fn add(parts: &mut Vec<Expr>, part: Expr) {
    for known in parts.iter_mut() {
        match (&mut *known, &part) {
            (
                Expr::Compare { column, op: "==", value },
                Expr::Compare { column: other, op: "==", value: second },
            ) if column == other => {
                let values = vec![value.clone(), second.clone()];
                *known = Expr::In { column: column.clone(), values };
                return;
            }
            (Expr::In { column, values }, Expr::Compare { column: other, op: "==", value })
                if column == other =>
            {
                if !values.contains(value) {
                    values.push(value.clone());
                }
                return;
            }
            (Expr::Like { column, patterns }, Expr::Like { column: other, patterns: more })
                if column == other && patterns.iter().chain(more).all(|pattern| is_prefix(pattern)) =>
            {
                patterns.extend(more.iter().cloned());
                return;
            }
            (Expr::CidrMatch { column, networks }, Expr::CidrMatch { column: other, networks: more })
                if column == other =>
            {
                networks.extend(more.iter().cloned());
                return;
            }
            (Expr::Qstr(text), Expr::Qstr(more)) => {
                text.push_str(" OR ");
                text.push_str(more);
                return;
            }
            _ => {}
        }
    }
    match part {
        Expr::Or(inner) => inner.into_iter().for_each(|part| add(parts, part)),
        part => parts.push(part),
    }
}

/// Whether a pattern of `LIKE` has a wildcard at its end only. Elasticsearch makes one automaton of a
/// list, and each pattern with a wildcard elsewhere may double it: eleven of them are refused as "too
/// complex to determinize" (measured on 8.19.21).
fn is_prefix(pattern: &str) -> bool {
    !pattern.strip_suffix('*').unwrap_or(pattern).contains(['*', '?', '\\'])
}

/// The functions of a condition that are previews of their version.
pub(super) fn previews(expr: &Expr) -> bool {
    match expr {
        Expr::MvLike { .. } | Expr::MvRlike { .. } => true,
        Expr::Not(inner) | Expr::OrFalse(inner) => previews(inner),
        Expr::And(parts) | Expr::Or(parts) => parts.iter().any(previews),
        Expr::Compare { column: Column::Key { .. }, .. } => true,
        _ => false,
    }
}
