//! A record under construction and the changes that are tried on it.

use serde_json::{Map, Value, json};

use super::outcome::Sample;

/// One change of one place.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Write {
    /// Puts a value at a path of the record; what stands in the way is replaced.
    Set(String, Value),
    /// Takes away what is at a path of the record, and the objects that are empty then.
    Remove(String),
    /// Has the cluster add a field.
    With(String, Value),
    /// Has the cluster add it no longer.
    Without(String),
}

/// Changes that belong together.
pub(super) type Edit = Vec<Write>;

impl Sample {
    /// The sample after an edit.
    pub(super) fn edited(&self, edit: &[Write]) -> Sample {
        let mut next = self.clone();
        for write in edit {
            match write {
                Write::Set(path, value) => set(&mut next.record, path, value.clone()),
                Write::Remove(path) => {
                    remove(&mut next.record, path);
                    // CloudTrail writes these two even when they hold nothing.
                    for key in ["requestParameters", "responseElements"] {
                        if next.record.get(key).is_none() {
                            set(&mut next.record, key, Value::Null);
                        }
                    }
                }
                Write::With(path, value) => drop(next.with.insert(path.clone(), value.clone())),
                Write::Without(path) => drop(next.with.remove(path)),
            }
        }
        next
    }

    /// A text that is equal only for equal samples.
    pub(super) fn key(&self) -> String {
        let mut key = self.record.to_string();
        for (path, value) in &self.with {
            key.push_str(&format!("\n{path} {value}"));
        }
        key
    }

    /// The values at a path of the record, arrays entered.
    pub(super) fn at(&self, path: &str) -> Vec<&Value> {
        let mut out = Vec::new();
        find(&self.record, path, &mut out);
        out
    }
}

/// Puts a value at a dotted path. An array on the way is entered at its first element.
pub(super) fn set(at: &mut Value, path: &str, value: Value) {
    if let Value::Array(items) = at {
        if items.is_empty() {
            items.push(json!({}));
        }
        return set(&mut items[0], path, value);
    }
    if !at.is_object() {
        *at = json!({});
    }
    let Value::Object(map) = at else { return };
    let (head, rest) = match path.split_once('.') {
        None => return drop(map.insert(path.to_owned(), value)),
        Some(split) => split,
    };
    let child = map.entry(head).or_insert(Value::Null);
    if !child.is_object() && !child.is_array() {
        // Where CloudTrail writes lists: `resources`, and `items` in what EC2 was asked.
        *child = if matches!(head, "items" | "resources") { json!([{}]) } else { json!({}) };
    }
    set(child, rest, value);
}

/// Takes away what is at a dotted path; says whether anything is left of the value it was taken from.
fn remove(at: &mut Value, path: &str) -> bool {
    match at {
        Value::Array(items) => {
            items.retain_mut(|item| remove(item, path));
            !items.is_empty()
        }
        Value::Object(map) => {
            match path.split_once('.') {
                None => drop(map.shift_remove(path)),
                Some((head, rest)) => {
                    if map.get_mut(head).is_some_and(|child| !remove(child, rest)) {
                        map.shift_remove(head);
                    }
                }
            }
            !map.is_empty()
        }
        _ => true,
    }
}

fn find<'v>(at: &'v Value, path: &str, out: &mut Vec<&'v Value>) {
    match (at, path.split_once('.')) {
        (Value::Array(items), _) => items.iter().for_each(|item| find(item, path, out)),
        (Value::Object(map), None) => out.extend(map.get(path)),
        (Value::Object(map), Some((head, rest))) => {
            map.get(head).into_iter().for_each(|child| find(child, rest, out));
        }
        _ => {}
    }
}

/// The paths of the scalars below a value, arrays entered at their first element.
pub(super) fn leaves(at: &Value, path: &str, out: &mut Vec<String>) {
    match at {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            leaves(value, &below, out);
        }),
        Value::Array(items) => items.first().into_iter().for_each(|item| leaves(item, path, out)),
        Value::Null => {}
        _ => out.push(path.to_owned()),
    }
}

/// A sample of a record alone.
pub(super) fn sample(record: Value) -> Sample {
    Sample { record, with: Map::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_and_taken_away() {
        let empty = sample(json!({"requestParameters": null}));
        let set = |path: &str, value| Write::Set(path.into(), value);
        let one = empty.edited(&[set("requestParameters.a.items.b", json!(1))]);
        assert_eq!(
            one.record,
            json!({"requestParameters": {"a": {"items": [{"b": 1}]}}, "responseElements": null})
                .as_object()
                .map(|map| {
                    let mut map = map.clone();
                    map.shift_remove("responseElements");
                    Value::Object(map)
                })
                .unwrap()
        );
        assert_eq!(one.at("requestParameters.a.items.b"), [&json!(1)]);
        let two = one.edited(&[set("requestParameters.a.items.c", json!("x"))]);
        assert_eq!(two.record["requestParameters"]["a"]["items"], json!([{"b": 1, "c": "x"}]));
        let mut paths = Vec::new();
        leaves(&two.record, "", &mut paths);
        assert_eq!(paths, ["requestParameters.a.items.b", "requestParameters.a.items.c"]);
        let gone = one.edited(&[Write::Remove("requestParameters.a.items.b".into())]);
        assert_eq!(gone.record["requestParameters"], Value::Null);
    }
}
