//! Payloads whose text copy (Java's `Map.toString()`: `{key=value, key=[a, b]}`) holds a given text.

use serde_json::{Map, Value, json};

use super::outcome::Sample;
use super::state::{Edit, Write, leaves};
use crate::schema::Payload;

/// Most leaves of a payload that are rewritten one by one.
const MOST_LEAVES: usize = 12;

/// Edits after which the text copy of a payload may hold the text (`None`: there is no copy).
pub(super) fn edits(payload: Payload, wanted: Option<&str>, sample: &Sample) -> Vec<Edit> {
    let raw = payload.raw();
    let Some(text) = wanted else { return vec![vec![Write::Remove(raw.to_owned())]] };
    let mut out = Vec::new();
    // What is there keeps its place and gets the text instead of its own value.
    let mut paths = Vec::new();
    if let Some(value) = sample.record.get(raw) {
        leaves(value, raw, &mut paths);
    }
    // As pairs, where the text reads like some.
    if let Some(map) = pairs(text) {
        out.push(map.into_iter().map(|(key, value)| Write::Set(format!("{raw}.{key}"), value)).collect());
    }
    let free = free_key(raw, sample);
    out.push(vec![Write::Set(format!("{raw}.{free}"), json!(text))]);
    paths.truncate(MOST_LEAVES);
    out.extend(paths.into_iter().map(|path| vec![Write::Set(path, json!(text))]));
    out.push(vec![Write::Set(raw.to_owned(), json!({"example": text}))]);
    out
}

/// The pairs of `{key=value, key=value}`, with or without its braces; `None` where it is no such text.
fn pairs(text: &str) -> Option<Map<String, Value>> {
    let inner = text.strip_prefix('{').unwrap_or(text);
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let is_key = |key: &str| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))
    };
    let pair = |part: &str| {
        let (key, value) = part.split_once('=')?;
        let value = match value {
            "true" => json!(true),
            "false" => json!(false),
            _ if value.is_empty() || value.contains(['{', '}', '[', ']', '=']) => return None,
            _ => json!(value),
        };
        is_key(key).then(|| (key.to_owned(), value))
    };
    inner.split(", ").map(pair).collect()
}

/// A key that the payload does not have yet.
fn free_key(raw: &str, sample: &Sample) -> String {
    let taken = |key: &str| sample.record.get(raw).and_then(|payload| payload.get(key)).is_some();
    let mut key = "example".to_owned();
    let mut number = 2;
    while taken(&key) {
        key = format!("example{number}");
        number += 1;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::normalize::derive;
    use crate::schema::Derived;
    use crate::witness::state::sample;

    #[test]
    fn texts_become_pairs_where_they_read_like_some() {
        let first = |text| {
            let edits = edits(Payload::RequestParameters, Some(text), &sample(json!({})));
            let record = sample(json!({})).edited(&edits[0]).record;
            let text = derive(Derived::Text(Payload::RequestParameters), &record);
            (record["requestParameters"].clone(), text[0].as_str().unwrap().to_owned())
        };
        assert_eq!(first("{a=b, c=true}"), (json!({"a": "b", "c": true}), "{a=b, c=true}".into()));
        assert_eq!(first("\"AWS\":\"*\"").1, "{example=\"AWS\":\"*\"}");
        assert_eq!(first("name=x").0, json!({"name": "x"}));
    }
}
