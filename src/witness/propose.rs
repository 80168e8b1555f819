//! Edits that may turn a leaf, true or false.

use serde_json::{Value, json};

use super::clauses::Leaf;
use super::outcome::{Change, Sample};
use super::place::Placer;
use super::state::{Edit, Write, leaves};
use super::{base, nested, text, values};
use crate::ir::{Predicate, Test, Words};

/// An edit that may turn a leaf.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Proposal {
    /// What it does to the field.
    pub change: Change,
    /// The clause that it turns: one of those of the leaf.
    pub clause: usize,
    /// The edit.
    pub edit: Edit,
}

/// Edits that may make a leaf true. `beside`: tests on the same field that must be true as well.
pub(super) fn turn_true(
    leaf: Leaf<'_>,
    beside: &[&Test],
    placer: Placer,
    now: i64,
    sample: &Sample,
) -> Vec<Edit> {
    match &leaf.node.predicate {
        Predicate::Test(test) => {
            let values = values::accepted(test, &placer.path(&test.field), now, beside);
            values.iter().flat_map(|value| placer.edits(&test.field, Some(value), sample)).collect()
        }
        Predicate::AnyField(words) => {
            let texts = text::with_words(words).into_iter();
            texts
                .flat_map(|text| spots().map(move |spot| vec![Write::Set(spot.to_owned(), json!(text))]))
                .collect()
        }
        Predicate::Nested { path, body } => nested::turn_true(path, body, placer, now),
        _ => Vec::new(),
    }
}

/// Edits that may make a leaf false.
pub(super) fn turn_false(leaf: Leaf<'_>, placer: Placer, now: i64, sample: &Sample) -> Vec<Proposal> {
    let clause = leaf.clause;
    match &leaf.node.predicate {
        Predicate::Test(test) => {
            let refused = values::refused(test, &placer.path(&test.field), now).into_iter();
            let placed = refused.flat_map(|(change, value)| {
                let edits = placer.edits(&test.field, value.as_ref(), sample);
                edits.into_iter().map(move |edit| Proposal { change, clause, edit })
            });
            placed.collect()
        }
        Predicate::AnyField(words) => without_text(words, clause, sample),
        Predicate::Nested { path, body } => nested::turn_false(path, body, clause, placer, now, sample),
        _ => Vec::new(),
    }
}

/// With the type of an identity comes the rest of it; only for records that are being made up, since
/// more than the one field changes.
pub(super) fn with_identity(edit: &[Write]) -> Option<Edit> {
    match edit {
        [Write::Set(path, Value::String(kind))] if path == "userIdentity.type" => {
            Some(vec![Write::Set("userIdentity".into(), base::identity(kind)?)])
        }
        _ => None,
    }
}

/// Where free text is put: a parameter of the call, else what the caller says of itself.
fn spots() -> impl Iterator<Item = &'static str> {
    ["requestParameters.example", "userAgent", "errorMessage"].into_iter()
}

/// Every value of the record may be the one that satisfies free text.
fn without_text(words: &Words, clause: usize, sample: &Sample) -> Vec<Proposal> {
    let mut paths = Vec::new();
    leaves(&sample.record, "", &mut paths);
    let mut out = Vec::new();
    for path in paths.iter().rev().take(40) {
        for (change, text) in text::without_words(words) {
            out.push(Proposal { change, clause, edit: vec![Write::Set(path.clone(), json!(text))] });
        }
        out.push(Proposal { change: Change::Absent, clause, edit: vec![Write::Remove(path.clone())] });
    }
    out
}
