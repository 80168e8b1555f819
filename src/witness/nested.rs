//! Elements of arrays of objects: one that satisfies a body by itself, and ones that nearly do.

use serde_json::{Map, Value};

use super::outcome::{Change, Sample};
use super::place::Placer;
use super::propose::Proposal;
use super::state::{Edit, Write};
use super::values;
use crate::ir::{Field, Node, Predicate, Test};
use crate::schema::Reach;

/// Most ways in which a body may come true that are tried.
const MOST_WAYS: usize = 16;

/// A test of a body: its number among the clauses of the body, and whether it has to be true.
type Literal<'b> = (usize, &'b Test, bool);

/// Edits that put one element into the array.
pub(super) fn turn_true(path: &Field, body: &Node, placer: Placer, now: i64) -> Vec<Edit> {
    let mut out = Vec::new();
    for way in ways(body, true, &mut 0) {
        for variant in 0..4 {
            let mut element = Map::new();
            let mut array = None;
            for (_, test, wanted) in &way {
                let Some((home, key)) = member(path, &test.field, placer) else { return Vec::new() };
                array = Some(home);
                let value = match wanted {
                    true => {
                        let beside: Vec<&Test> = way
                            .iter()
                            .filter(|(_, other, true_too)| *true_too && other.field == test.field)
                            .map(|(_, other, _)| *other)
                            .collect();
                        let accepted = values::accepted(test, &placer.path(&test.field), now, &beside);
                        accepted.get(variant.min(accepted.len().saturating_sub(1))).cloned()
                    }
                    false => values::refused(test, &placer.path(&test.field), now)
                        .into_iter()
                        .nth(variant)
                        .and_then(|(_, value)| value),
                };
                if let (Some(value), false) = (value, element.contains_key(&key)) {
                    element.insert(key, value);
                }
            }
            if let Some(array) = array {
                out.push(vec![Write::Set(array, Value::Array(vec![Value::Object(element)]))]);
            }
        }
    }
    out.dedup();
    out
}

/// Edits of the element that is there, one test of the body at a time, and of the array as a whole.
pub(super) fn turn_false(
    path: &Field,
    body: &Node,
    clause: usize,
    placer: Placer,
    now: i64,
    sample: &Sample,
) -> Vec<Proposal> {
    let mut out = Vec::new();
    let mut tests = Vec::new();
    list(body, &mut 0, &mut tests);
    let Some((array, _)) = tests.first().and_then(|(_, test)| member(path, &test.field, placer)) else {
        return out;
    };
    let there = sample.at(&array);
    let element = there.iter().find_map(|value| match value {
        Value::Array(items) => items.first().and_then(Value::as_object),
        value => value.as_object(),
    });
    for (number, test) in &tests {
        let (Some(element), Some((_, key))) = (element, member(path, &test.field, placer)) else { continue };
        let plausible = placer.path(&test.field);
        let accepted = values::accepted(test, &plausible, now, &[]).into_iter();
        let changes = values::refused(test, &plausible, now)
            .into_iter()
            .chain(accepted.map(|value| (Change::Present, Some(value))));
        for (change, value) in changes {
            let mut element = element.clone();
            match value {
                Some(value) => drop(element.insert(key.clone(), value)),
                None => drop(element.shift_remove(&key)),
            }
            let edit = vec![Write::Set(array.clone(), Value::Array(vec![Value::Object(element)]))];
            out.push(Proposal { change, clause: clause + number, edit });
        }
    }
    out.push(Proposal { change: Change::Absent, clause, edit: vec![Write::Remove(array)] });
    out
}

/// The raw path of the array and the key of a field in its elements; `None` where an element cannot
/// hold the field.
fn member(path: &Field, field: &Field, placer: Placer) -> Option<(String, String)> {
    let rest = field.path.strip_prefix(path.path.as_str())?.strip_prefix('.')?;
    let raw = match placer.reach(field) {
        Reach::Path { path, .. } | Reach::Flattened { path, .. } => path,
        _ => return None,
    };
    // As many keys of the raw path belong to the element as of the rule's.
    let (at, _) = raw.rmatch_indices('.').nth(rest.matches('.').count())?;
    let key = &raw[at + 1..];
    (!key.contains('.')).then(|| (raw[..at].to_owned(), key.to_owned()))
}

/// The tests of a body with their numbers.
fn list<'b>(node: &'b Node, number: &mut usize, out: &mut Vec<(usize, &'b Test)>) {
    match &node.predicate {
        Predicate::And(nodes) | Predicate::Or(nodes) => {
            nodes.iter().for_each(|node| list(node, number, out));
        }
        Predicate::Not(inner) => list(inner, number, out),
        Predicate::Nested { .. } | Predicate::AnyField(_) => *number += super::clauses::count(node),
        Predicate::Test(test) => {
            out.push((*number, test));
            *number += 1;
        }
        Predicate::Constant(_) => {}
    }
}

/// The conjunctions of tests by which a body comes true (or false).
fn ways<'b>(node: &'b Node, wanted: bool, number: &mut usize) -> Vec<Vec<Literal<'b>>> {
    match &node.predicate {
        Predicate::Constant(truth) if *truth == wanted => vec![Vec::new()],
        Predicate::Constant(_) => Vec::new(),
        Predicate::Not(inner) => ways(inner, !wanted, number),
        Predicate::Test(test) => {
            *number += 1;
            vec![vec![(*number - 1, test, wanted)]]
        }
        Predicate::And(nodes) | Predicate::Or(nodes) => {
            let parts: Vec<_> = nodes.iter().map(|node| ways(node, wanted, number)).collect();
            if matches!(node.predicate, Predicate::And(_)) != wanted {
                let mut any: Vec<_> = parts.into_iter().flatten().collect();
                any.truncate(MOST_WAYS);
                return any;
            }
            parts.into_iter().fold(vec![Vec::new()], |all, part| {
                let with = |way: &Vec<Literal<'b>>| {
                    part.iter().map(|more| [way.as_slice(), more.as_slice()].concat()).collect::<Vec<_>>()
                };
                all.iter().flat_map(with).take(MOST_WAYS).collect()
            })
        }
        Predicate::Nested { .. } | Predicate::AnyField(_) => {
            *number += super::clauses::count(node);
            Vec::new()
        }
    }
}
