//! What the pipelines remove before they look at a record: null, `""`, `"-"`, `"none"` and whatever
//! is empty after that (`cloudtrail_to_ecs.md` §1, step 4).

use serde_json::{Map, Value};

use super::values::is_kept;

/// The value without its empty parts; `None` if nothing is left.
pub(super) fn prune(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) => is_kept(text).then(|| value.clone()),
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().filter_map(prune).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(map) => {
            let map: Map<String, Value> =
                map.iter().filter_map(|(key, value)| Some((key.clone(), prune(value)?))).collect();
            (!map.is_empty()).then_some(Value::Object(map))
        }
        Value::Bool(_) | Value::Number(_) => Some(value.clone()),
    }
}

/// Whether [`prune`] would leave nothing; copies nothing.
pub(super) fn vanishes(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => !is_kept(text),
        Value::Array(items) => items.iter().all(vanishes),
        Value::Object(map) => map.values().all(vanishes),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn empty_things_vanish_all_the_way_up() {
        let record =
            json!({"a": null, "b": {"c": "", "d": ["-", {"e": "none"}]}, "f": [0, "", "x"], "g": false});
        assert_eq!(prune(&record), Some(json!({"f": [0, "x"], "g": false})));
        assert_eq!(prune(&record["b"]), None);
        assert!(vanishes(&record["b"]) && !vanishes(&record["g"]));
    }
}
