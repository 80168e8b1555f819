//! A KQL tree in the JSON form of Kibana's assertions: parentheses gone, value lists distributed
//! over their field.

use serde_json::{Value, json};
use trailsmith_grammar::kql::{
    Expr, ExprKind, Literal, LiteralKind, Query, RangeOp, Segment, ValueExpr, ValueKind,
};

pub fn query(query: &Query) -> Value {
    match &query.expr {
        None => json!(["is", {"wildcard": "*"}, {"wildcard": "*"}]),
        Some(e) => expr(e),
    }
}

fn expr(node: &Expr) -> Value {
    match &node.kind {
        ExprKind::And(list) => chain("and", list.iter().map(expr)),
        ExprKind::Or(list) => chain("or", list.iter().map(expr)),
        ExprKind::Not(operand) => json!(["not", expr(operand)]),
        ExprKind::Is { field, value: v } => {
            let field = field.as_ref().map_or(json!({"literal": null}), |f| literal(f, false));
            value(&field, v)
        }
        ExprKind::Range { field, op, value: bound, .. } => {
            let op = match op {
                RangeOp::Lt => "lt",
                RangeOp::Lte => "lte",
                RangeOp::Gt => "gt",
                RangeOp::Gte => "gte",
            };
            json!(["range", literal(field, false), op, literal(bound, false)])
        }
        ExprKind::Nested { path, body } => json!(["nested", literal(path, false), expr(body)]),
    }
}

fn value(field: &Value, node: &ValueExpr) -> Value {
    match &node.kind {
        ValueKind::Literal(l) => json!(["is", field, literal(l, true)]),
        ValueKind::And(list) => chain("and", list.iter().map(|v| value(field, v))),
        ValueKind::Or(list) => chain("or", list.iter().map(|v| value(field, v))),
        ValueKind::Not(operand) => json!(["not", value(field, operand)]),
    }
}

fn chain(name: &str, operands: impl Iterator<Item = Value>) -> Value {
    std::iter::once(json!(name)).chain(operands).collect()
}

/// The assertions tell quoted text apart as a value, not as a field or a bound.
fn literal(literal: &Literal, is_value: bool) -> Value {
    match &literal.kind {
        LiteralKind::Quoted(text) if is_value => json!({"quoted": text}),
        LiteralKind::Quoted(text) | LiteralKind::Text(text) => json!({"literal": text}),
        LiteralKind::Bool(value) => json!({"literal": value}),
        LiteralKind::Null => json!({"literal": null}),
        LiteralKind::Wildcard(segments) => {
            let part = |segment: &Segment| match segment {
                Segment::Star => "*".to_owned(),
                Segment::Text(text) => text.chars().map(lucene).collect(),
            };
            json!({"wildcard": segments.iter().map(part).collect::<String>()})
        }
    }
}

/// Wildcards are dumped in the escaped form that goes into a Lucene query string.
fn lucene(c: char) -> String {
    if "+-=&|><!(){}[]^\"~*?:\\/".contains(c) { format!("\\{c}") } else { c.to_string() }
}
