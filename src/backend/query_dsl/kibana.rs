//! What Kibana makes of a KQL query where it does not know the types of the fields (kql.md §4, first
//! column): every leaf is a `match`, a `match_phrase` or a `query_string` in a `bool` of its own.

use serde_json::Value;
use trailsmith_grammar::kql::{
    Expr, ExprKind, Literal, LiteralKind, Query as Tree, RangeOp, Segment, ValueExpr, ValueKind,
};

use super::tree::Query;
use crate::ir::{FieldType, Glob, GlobPart};
use crate::schema::FieldTypes;

/// The query. `fields` are those of the data view: patterns for field names are expanded against
/// them, and fields below a nested one get its wrapper.
pub fn untyped(tree: &Tree, fields: &dyn FieldTypes) -> Query {
    match &tree.expr {
        None => Query::MatchAll,
        Some(expr) => Kibana { fields }.expr(expr, None),
    }
}

struct Kibana<'a> {
    fields: &'a dyn FieldTypes,
}

impl Kibana<'_> {
    fn expr(&self, expr: &Expr, nested: Option<&str>) -> Query {
        let each = |list: &[Expr]| list.iter().map(|expr| self.expr(expr, nested)).collect();
        match &expr.kind {
            ExprKind::And(list) => Query::all(each(list)),
            ExprKind::Or(list) => Query::any(each(list)),
            ExprKind::Not(inner) => Query::none(vec![self.expr(inner, nested)]),
            ExprKind::Is { field, value } => self.value(field.as_ref(), value, nested),
            ExprKind::Range { field, op, value, .. } => {
                let key = match op {
                    RangeOp::Lt => "lt",
                    RangeOp::Lte => "lte",
                    RangeOp::Gt => "gt",
                    RangeOp::Gte => "gte",
                };
                let bound = Value::from(value.plain());
                self.each_field(field, nested, |field| Query::Range {
                    field,
                    bounds: vec![(key, bound.clone())],
                })
            }
            ExprKind::Nested { path, body } => {
                let path = join(nested, &path.plain());
                let query = Box::new(self.expr(body, Some(&path)));
                Query::Nested { path, query }
            }
        }
    }

    fn value(&self, field: Option<&Literal>, value: &ValueExpr, nested: Option<&str>) -> Query {
        let each = |list: &[ValueExpr]| list.iter().map(|value| self.value(field, value, nested)).collect();
        match &value.kind {
            ValueKind::Literal(literal) => self.is(field, literal, nested),
            ValueKind::And(list) => Query::all(each(list)),
            ValueKind::Or(list) => Query::any(each(list)),
            ValueKind::Not(inner) => Query::none(vec![self.value(field, inner, nested)]),
        }
    }

    fn is(&self, field: Option<&Literal>, value: &Literal, nested: Option<&str>) -> Query {
        let star = is_star(value);
        match field {
            Some(field) if is_star(field) && star && nested.is_none() => return Query::MatchAll,
            None => {
                return match &value.kind {
                    LiteralKind::Quoted(text) => {
                        Query::MultiMatch { query: text.as_str().into(), phrase: true }
                    }
                    LiteralKind::Wildcard(segments) => {
                        Query::QueryString { fields: Vec::new(), query: super::leaf::lucene(&glob(segments)) }
                    }
                    _ => Query::MultiMatch { query: scalar(value), phrase: false },
                };
            }
            Some(_) => {}
        }
        // The early return above leaves only queries with a field.
        let Some(field) = field else { return Query::MatchAll };
        self.each_field(field, nested, |field| match &value.kind {
            _ if star => Query::Exists(field),
            LiteralKind::Quoted(text) => Query::MatchPhrase { field, query: text.as_str().into() },
            LiteralKind::Wildcard(segments) => {
                Query::QueryString { fields: vec![field], query: super::leaf::lucene(&glob(segments)) }
            }
            _ => Query::Match { field, query: scalar(value) },
        })
    }

    /// A leaf for every field that a name stands for, in the `bool` that Kibana puts around them.
    fn each_field(&self, name: &Literal, nested: Option<&str>, leaf: impl Fn(String) -> Query) -> Query {
        let names = match &name.kind {
            LiteralKind::Wildcard(segments) => {
                let mut pattern = glob(segments);
                if let Some(path) = nested {
                    pattern.parts.insert(0, GlobPart::Literal(format!("{path}.")));
                }
                let is_value = |path: &String| {
                    !matches!(self.fields.field_type(path), FieldType::Nested | FieldType::Object)
                };
                let mut found: Vec<String> = self.fields.expand(&pattern);
                found.retain(is_value);
                if found.is_empty() { vec![join(nested, &name.plain())] } else { found }
            }
            _ => vec![join(nested, &name.plain())],
        };
        let leaves = names.into_iter().map(|name| match self.nested_above(&name, nested) {
            Some(path) => Query::Nested { path, query: Box::new(leaf(name)) },
            None => leaf(name),
        });
        Query::any(leaves.collect())
    }

    /// The innermost nested field above a field that no group of the query names.
    fn nested_above(&self, name: &str, nested: Option<&str>) -> Option<String> {
        let known = nested.map_or(0, str::len);
        let mut dots = name.rmatch_indices('.').map(|(at, _)| at).take_while(|&at| at > known);
        let at = dots.find(|&at| self.fields.field_type(&name[..at]) == FieldType::Nested)?;
        Some(name[..at].to_owned())
    }
}

fn is_star(literal: &Literal) -> bool {
    matches!(&literal.kind, LiteralKind::Wildcard(segments) if segments.as_slice() == [Segment::Star])
}

fn join(nested: Option<&str>, path: &str) -> String {
    nested.map_or_else(|| path.to_owned(), |prefix| format!("{prefix}.{path}"))
}

fn scalar(literal: &Literal) -> Value {
    match &literal.kind {
        LiteralKind::Bool(value) => (*value).into(),
        LiteralKind::Null => Value::Null,
        _ => literal.plain().into(),
    }
}

fn glob(segments: &[Segment]) -> Glob {
    let part = |segment: &Segment| match segment {
        Segment::Text(text) => GlobPart::Literal(text.clone()),
        Segment::Star => GlobPart::Any,
    };
    Glob { parts: segments.iter().map(part).collect() }
}
