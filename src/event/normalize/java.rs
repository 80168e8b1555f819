//! The text copies of payloads: what Java prints for a `HashMap` that was parsed from JSON.
//!
//! Source: `cloudtrail_to_ecs.md` §4; the order of keys is `java.util.HashMap`'s.

use serde_json::{Map, Number, Value};

use super::prune::vanishes;

/// Texts of this many characters or more have no flattened copy (`cloudtrail_to_ecs.md` §2).
pub(super) const FLATTENED_LIMIT: usize = 32_766;

/// Java's `toString()` of a parsed value. `pruned`: keys with empty values are left out, although
/// they still count for the order, as in a map from which they were removed.
pub(super) fn to_text(value: &Value, pruned: bool) -> String {
    without_key(value, pruned, None)
}

/// The same, with one key of the outermost object removed.
pub(super) fn without_key(value: &Value, pruned: bool, key: Option<&str>) -> String {
    let mut out = String::new();
    write(&mut out, value, pruned, key);
    out
}

fn write(out: &mut String, value: &Value, pruned: bool, without: Option<&str>) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number_text(number)),
        Value::String(text) => out.push_str(text),
        Value::Array(items) => {
            out.push('[');
            let kept = items.iter().filter(|item| !(pruned && vanishes(item)));
            for (index, item) in kept.enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(out, item, pruned, None);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            let mut first = true;
            for (key, value) in hash_order(map) {
                if pruned && vanishes(value) || without == Some(key) {
                    continue;
                }
                if !std::mem::take(&mut first) {
                    out.push_str(", ");
                }
                out.push_str(key);
                out.push('=');
                write(out, value, pruned, None);
            }
            out.push('}');
        }
    }
}

fn hash_order(map: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let mut entries: Vec<(&str, &Value)> = map.iter().map(|(key, value)| (key.as_str(), value)).collect();
    sort_by_hash(&mut entries, |entry| entry.0);
    entries
}

/// Sorts by the bucket that `java.util.HashMap` puts a key into; keys of one bucket stay in the
/// order they were put in.
pub(super) fn sort_by_hash<T>(entries: &mut [T], key: impl Fn(&T) -> &str) {
    let mut capacity = 16_usize;
    while entries.len() > capacity / 4 * 3 {
        capacity *= 2;
    }
    entries.sort_by_cached_key(|entry| {
        let hash =
            key(entry).encode_utf16().fold(0_u32, |h, unit| h.wrapping_mul(31).wrapping_add(unit.into()));
        (hash ^ (hash >> 16)) as usize & (capacity - 1)
    });
}

/// Java's `toString()` of `Integer`, `Long` and `Double`.
fn number_text(number: &Number) -> String {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(whole), ..) => whole.to_string(),
        (_, Some(whole), _) => whole.to_string(),
        (_, _, Some(double)) => double_text(double),
        _ => number.to_string(),
    }
}

fn double_text(double: f64) -> String {
    let size = double.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{double:?}");
    }
    let text = format!("{double:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if digits.contains('.') => format!("{digits}E{exponent}"),
        Some((digits, exponent)) => format!("{digits}.0E{exponent}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_come_in_hash_order() {
        // Buckets of 16: the one-letter keys `a` (97) and `q` (113) fall into bucket 1, `b` into 2.
        let value = json!({"b": [1, "x", {"c": null}], "q": true, "a": {}, "p": "v"});
        assert_eq!(to_text(&value, false), "{p=v, q=true, a={}, b=[1, x, {c=null}]}");
        assert_eq!(to_text(&value, true), "{p=v, q=true, b=[1, x]}");
        assert_eq!(without_key(&value, true, Some("q")), "{p=v, b=[1, x]}");
    }

    #[test]
    fn twelve_keys_fit_sixteen_buckets_and_thirteen_do_not() {
        let keys = |n: u8| (0..n).map(|i| char::from(b'a' + i).to_string()).collect::<Vec<_>>();
        let mut twelve = keys(12);
        sort_by_hash(&mut twelve, |key| key);
        assert_eq!(twelve.concat(), "abcdefghijkl");
        // `p` is 112: bucket 0 of 16, bucket 16 of 32.
        let mut thirteen = keys(12);
        thirteen.insert(0, "p".into());
        sort_by_hash(&mut thirteen, |key| key);
        assert_eq!(thirteen.concat(), "abcdefghijklp");
    }

    #[test]
    fn numbers_look_like_javas() {
        let text = |value: Value| to_text(&value, false);
        assert_eq!(
            text(json!([1, -2, 0.0, 2.5, 1e7, 1.25e-4, 18446744073709551615_u64])),
            "[1, -2, 0.0, 2.5, 1.0E7, 1.25E-4, 18446744073709551615]"
        );
    }
}
