//! `required_fields`: the fields that a KQL query names, with their types, as Kibana lists them
//! beside a rule.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use trailsmith_grammar::kql::{Expr, ExprKind, Literal, LiteralKind, parse};

use crate::ir::{FieldType, Value, Vocabulary};
use crate::schema::{is_ecs, types};

/// Adds the key where the rule has none and its query is KQL.
pub(super) fn add(map: &mut IndexMap<String, Value>) {
    let text = |key: &str| map.get(key).and_then(Value::as_text);
    let (Some("kuery"), Some(query), false) =
        (text("language"), text("query"), map.contains_key("required_fields"))
    else {
        return;
    };
    let mut names = BTreeSet::new();
    if let Some(expr) = parse(query).ok().and_then(|query| query.expr) {
        collect(&expr, "", &mut names);
    }
    if names.is_empty() {
        return;
    }
    let row = |name: String| {
        let entries = [
            ("type", type_name(types(Vocabulary::Ecs).field_type(&name)).into()),
            ("ecs", is_ecs(&name).into()),
            ("name", name.into()),
        ];
        Value::Map(entries.into_iter().map(|(key, value): (&str, Value)| (key.to_owned(), value)).collect())
    };
    map.insert("required_fields".into(), Value::List(names.into_iter().map(row).collect()));
}

/// `path`: the nested field around the condition, with its dot.
fn collect(expr: &Expr, path: &str, names: &mut BTreeSet<String>) {
    let mut add = |field: &Literal| {
        // A wildcard names no field.
        if !matches!(field.kind, LiteralKind::Wildcard(_)) {
            names.insert(format!("{path}{}", field.plain()));
        }
    };
    match &expr.kind {
        ExprKind::And(operands) | ExprKind::Or(operands) => {
            operands.iter().for_each(|operand| collect(operand, path, names));
        }
        ExprKind::Not(operand) => collect(operand, path, names),
        ExprKind::Is { field, .. } => field.iter().for_each(add),
        ExprKind::Range { field, .. } => add(field),
        ExprKind::Nested { path: field, body } => {
            collect(body, &format!("{path}{}.", field.plain()), names);
        }
    }
}

/// A type by its name in a mapping; a key below a `flattened` field is a keyword.
fn type_name(ty: FieldType) -> &'static str {
    match ty {
        FieldType::FlattenedLeaf => FieldType::KEYWORD.as_str(),
        ty => ty.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_form_once() {
        let mut names = BTreeSet::new();
        let query = "b.c: (1 or 2) and not a >= 3 and n: { x: 1 and b.c: 2 } or free or w*: 1 and b.c: *";
        collect(&parse(query).unwrap().expr.unwrap(), "", &mut names);
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["a", "b.c", "n.b.c", "n.x"]);
    }
}
