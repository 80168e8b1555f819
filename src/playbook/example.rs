//! A playbook filled in without an event: plausible values for everything, for looking at its calls.

use std::collections::BTreeSet;

use super::fill::{Answers, Filled, fill};
use super::names;
use super::resolved::{Piece, Resolved};
use crate::ir::{Playbook, Rule};
use crate::matcher::World;

/// Parts of names and what such a value looks like. Keys and ids are those of AWS's documentation.
const EXAMPLES: &[(&str, &str)] = &[
    ("group", "sg-0123456789abcdef0"),
    ("volume", "vol-0123456789abcdef0"),
    ("snapshot", "snap-0123456789abcdef0"),
    ("image", "ami-0123456789abcdef0"),
    ("subnet", "subnet-0123456789abcdef0"),
    ("profile", "arn:aws:iam::111122223333:instance-profile/example"),
    ("instance", "i-0123456789abcdef0"),
    ("key", "AKIAIOSFODNN7EXAMPLE"),
    ("account", "111122223333"),
    ("range", "192.0.2.0/24"),
    ("before", "2026-01-15T12:00:00Z"),
];

fn example(name: &str) -> String {
    let found = EXAMPLES.iter().find(|(part, _)| name.to_ascii_lowercase().contains(part));
    found.map_or("example", |(_, value)| value).to_owned()
}

/// Every step with example values; steps for some events only are there, too. `None` where a name is
/// bound by nothing.
pub(super) fn filled(rule: &Rule, playbook: &Playbook, world: &dyn World) -> Option<Filled> {
    let mut used = BTreeSet::new();
    for call in playbook.steps.iter().flat_map(|step| &step.calls) {
        used.extend(names::of_call(playbook, call));
        used.extend(names::of_until(playbook, call));
    }
    used.extend(playbook.parameters.keys().cloned());
    let known =
        used.into_iter().filter(|name| !playbook.policies.contains_key(name) && name != names::LETTER);
    let set = known
        .map(|name| {
            let value = example(&name);
            (name, vec![value])
        })
        .collect();
    let mut answers = Answers { set, ..Answers::default() };
    answers.set.sort_keys();
    fill(rule, playbook, None, &answers, world).ok()
}

/// The JSON of a value; what only a response gives is an example, too.
pub(super) fn value(value: &Resolved) -> serde_json::Value {
    let known = known(value);
    serde_json::from_str(&known.readable()).unwrap_or_default()
}

fn known(value: &Resolved) -> Resolved {
    let piece = |piece: &Piece| match piece {
        Piece::Output(name) | Piece::Item(name) => Piece::Value(example(name)),
        Piece::Letter => Piece::Value("f".into()),
        known => known.clone(),
    };
    match value {
        Resolved::Plain(_) => value.clone(),
        Resolved::Text(pieces) => Resolved::Text(pieces.iter().map(piece).collect()),
        Resolved::Document(inner) => Resolved::Document(Box::new(known(inner))),
        Resolved::List(items) => Resolved::List(items.iter().map(known).collect()),
        Resolved::Splice(name) => Resolved::Text(vec![Piece::Value(example(name))]),
        Resolved::Map(map) => {
            Resolved::Map(map.iter().map(|(key, value)| (key.clone(), known(value))).collect())
        }
    }
}
