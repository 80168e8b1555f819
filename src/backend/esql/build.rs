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
            // Elasticsearch makes one automaton of a list. With beginnings only it stays small; with eleven
            // patterns of the form `*x*` it was "too complex to determinize" (measured on 8.19).
            (Expr::Like { column, patterns }, Expr::Like { column: other, patterns: more })
                if column == other && patterns.iter().chain(more).all(|pattern| is_beginning(pattern)) =>
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

/// Whether the only wildcard of a pattern is a star at its end.
fn is_beginning(pattern: &str) -> bool {
    let mut escaped = false;
    let mut wildcards = pattern.char_indices().filter(|(_, c)| {
        let wildcard = !escaped && matches!(c, '*' | '?');
        escaped = !escaped && *c == '\\';
        wildcard
    });
    match (wildcards.next(), wildcards.next()) {
        (None, _) => true,
        (Some((at, '*')), None) => at + 1 == pattern.len(),
        _ => false,
    }
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
