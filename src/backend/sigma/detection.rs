//! A predicate on raw fields as a condition of Sigma.

use super::condition::Expr;
use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::ir::{Case, Comparison, Glob, GlobPart, Node, NumberOp, Predicate, Test, TextMatch, Value};

/// The condition.
///
/// # Errors
///
/// What has no form; [`fits`](super::fits) leaves only a condition that is the same for every event.
pub(super) fn of(node: &Node) -> Result<Expr, Loss> {
    let each = |nodes: &[Node]| nodes.iter().map(of).collect::<Result<Vec<_>, _>>();
    match &node.predicate {
        Predicate::And(nodes) => Ok(Expr::all(each(nodes)?)),
        Predicate::Or(nodes) => Ok(Expr::any(each(nodes)?)),
        Predicate::Not(inner) => Ok(of(inner)?.negate()),
        Predicate::Test(test) => leaf(test).ok_or_else(|| lacking(node)),
        Predicate::Constant(_) | Predicate::Nested { .. } | Predicate::AnyField(_) => Err(lacking(node)),
    }
}

fn lacking(node: &Node) -> Loss {
    let (code, message) = match node.predicate {
        Predicate::Constant(_) => {
            (&codes::LOSS_CONSTANT, "Sigma has no condition that is the same for every event")
        }
        _ => (&codes::LOSS_FIELD_FORM, "a comparison that Sigma does not have"),
    };
    Loss::new(code, "detection", message).at(node.origin)
}

fn leaf(test: &Test) -> Option<Expr> {
    let field = &test.field.path;
    let item = |modifiers: &str, value: Value| Some(Expr::item(format!("{field}{modifiers}"), value));
    match &test.comparison {
        Comparison::Exists => Some(Expr::item(field.clone(), Value::Null).negate()),
        Comparison::Text { matcher, case } => {
            let cased = if *case == Case::Sensitive { "|cased" } else { "" };
            match matcher {
                TextMatch::Equals(text) => item(cased, literal(text)),
                TextMatch::Prefix(text) => item(&format!("|startswith{cased}"), literal(text)),
                TextMatch::Suffix(text) => item(&format!("|endswith{cased}"), literal(text)),
                TextMatch::Contains(text) => item(&format!("|contains{cased}"), literal(text)),
                TextMatch::Glob(glob) => item(cased, glob.escaped().into()),
            }
        }
        Comparison::Number { op, value } => item(
            match op {
                NumberOp::Eq => "",
                NumberOp::Lt => "|lt",
                NumberOp::Le => "|lte",
                NumberOp::Gt => "|gt",
                NumberOp::Ge => "|gte",
            },
            number(*value),
        ),
        Comparison::Bool(value) => item("", (*value).into()),
        Comparison::Ip(network) => item("|cidr", network.to_string().into()),
        Comparison::TextRange { .. }
        | Comparison::IpRange { .. }
        | Comparison::Date { .. }
        | Comparison::Words(_) => None,
    }
}

/// A text in which `*`, `?` and `\` stand for themselves.
fn literal(text: &str) -> Value {
    Glob { parts: vec![GlobPart::Literal(text.to_owned())] }.escaped().into()
}

fn number(value: f64) -> Value {
    // Below that every whole number is exact.
    if value.fract() == 0.0 && value.abs() < 9e15 { Value::Int(value as i64) } else { Value::Float(value) }
}
