//! Alternatives of conjunctions as the object that stands under `detail`.

use serde_json::{Map, Value};

use super::super::codes;
use super::super::loss::Loss;
use super::lower::{Clause, Literal};

/// What all alternatives share stands outside `$or`.
pub(super) fn detail(mut clauses: Vec<Clause>, losses: &mut Vec<Loss>) -> Map<String, Value> {
    let common: Clause = match clauses.as_slice() {
        [first, rest @ ..] => first
            .iter()
            .filter(|literal| rest.iter().all(|clause| clause.contains(literal)))
            .cloned()
            .collect(),
        [] => Vec::new(),
    };
    let mut out = object(&common, losses);
    clauses.iter_mut().for_each(|clause| clause.retain(|literal| !common.contains(literal)));
    if clauses.len() > 1 && clauses.iter().all(|clause| !clause.is_empty()) {
        let alternatives = clauses.iter().map(|clause| Value::Object(object(clause, losses))).collect();
        out.insert("$or".into(), Value::Array(alternatives));
    }
    out
}

fn object(clause: &Clause, losses: &mut Vec<Loss>) -> Map<String, Value> {
    let mut out = Map::new();
    for literal in clause {
        if !insert(&mut out, &literal.path, literal) {
            let path = &literal.path;
            let message = format!("`{path}` and a field above or below it; if allowed, it is left out");
            losses.push(Loss::new(&codes::LOSS_ONE_FIELD, "detection", message));
        }
    }
    out
}

/// Whether there was a place for the field.
fn insert(map: &mut Map<String, Value>, path: &str, literal: &Literal) -> bool {
    match path.split_once('.') {
        None if map.contains_key(path) => false,
        None => {
            map.insert(path.to_owned(), Value::Array(literal.values.clone()));
            true
        }
        Some((head, rest)) => {
            let inner = map.entry(head).or_insert_with(|| Value::Object(Map::new()));
            inner.as_object_mut().is_some_and(|inner| insert(inner, rest, literal))
        }
    }
}
