//! The naive extraction that the scanner is checked against: a `serde_json` map of every object.

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::event::Leaf;

/// The values of every path; `None` if the record is not JSON.
pub(super) fn extract<'r>(paths: &[&str], record: &'r str) -> Option<Vec<Vec<Leaf<'r>>>> {
    let root: &RawValue = serde_json::from_str(record).ok()?;
    let slot = |path: &&str| {
        let path: Vec<&str> = path.split('.').collect();
        let mut values = Vec::new();
        walk(root, &path, record, &mut values);
        values.sort_by_key(|value| value.0);
        values.into_iter().map(|value| value.1).collect()
    };
    Some(paths.iter().map(slot).collect())
}

fn walk<'r>(raw: &RawValue, path: &[&str], record: &'r str, out: &mut Vec<(usize, Leaf<'r>)>) {
    let start = raw.get().as_ptr() as usize - record.as_ptr() as usize;
    let text = &record[start..start + raw.get().len()];
    if text.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(text).unwrap();
        items.into_iter().for_each(|item| walk(item, path, record, out));
    } else if path.is_empty() {
        let inside = text.trim_matches('"');
        let leaf = match text.as_bytes()[0] {
            b'n' => Leaf::Null,
            b't' => Leaf::Bool(true),
            b'f' => Leaf::Bool(false),
            b'"' if text.contains('\\') => Leaf::Escaped(&text[1..text.len() - 1]),
            b'"' => Leaf::Text(inside),
            b'{' => Leaf::Object(text),
            _ => Leaf::Number(text),
        };
        out.push((start, leaf));
    } else if text.starts_with('{') {
        let map: HashMap<String, &RawValue> = serde_json::from_str(text).unwrap();
        for taken in 1..=path.len() {
            if let Some(value) = map.get(&path[..taken].join(".")) {
                walk(value, &path[taken..], record, out);
            }
        }
    }
}
