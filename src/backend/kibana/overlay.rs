//! Puts the values that the front end kept back where they stood.

use crate::ir::{Format, Rule, Value};

/// Keys that a rule from a TOML file keeps beside the rule: no part of the API's object.
const BESIDE: [&str; 2] = ["metadata", "transform"];

/// Sets every kept value of an Elastic rule at its path.
pub(super) fn extras(rule: &Rule, root: &mut Value) {
    for extra in &rule.metadata.extra {
        match (rule.format, extra.path.split_first()) {
            (Format::KibanaNdjson, _) => set(root, &extra.path, extra.value.clone()),
            (Format::ElasticToml, Some((first, rest))) if first == "rule" && !rest.is_empty() => {
                set(root, rest, extra.value.clone());
            }
            (Format::ElasticToml, Some((first, _))) if BESIDE.contains(&first.as_str()) => {}
            _ => {}
        }
    }
}

/// Sets `value` at `path`, making tables where there are none; a number in the path is an index
/// where a list stands.
pub(crate) fn set(root: &mut Value, path: &[String], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        *root = value;
        return;
    };
    match root {
        Value::List(items) => {
            if let Some(item) = first.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                set(item, rest, value);
            }
        }
        Value::Map(map) => set(map.entry(first.clone()).or_insert(Value::Null), rest, value),
        _ => {
            *root = Value::Map(Default::default());
            set(root, path, value);
        }
    }
}
