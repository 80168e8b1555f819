//! Rule files of elastic/detection-rules: `[metadata]`, `[rule]`, `[transform]`.
//!
//! Writes every key that the rule holds, in the layout of that repository's formatter. A second pass
//! through reader and writer changes no byte.

mod print;
mod text;

use indexmap::IndexMap;

use crate::backend::kibana;
use crate::ir::{Format, Language, Rule, Value};

/// The rule as a TOML file, with its own query text.
pub fn write(rule: &Rule) -> String {
    write_with(rule, kibana::own_query(rule))
}

/// The rule as a TOML file, with the query given.
pub fn write_with(rule: &Rule, query: Option<(Language, &str)>) -> String {
    let mut map = kibana::api_object(rule, query);
    wrap_new_terms(&mut map);
    let mut root = Value::Map(IndexMap::from([
        ("metadata".to_owned(), Value::Map(IndexMap::new())),
        ("rule".to_owned(), Value::Map(map)),
    ]));
    for extra in &rule.metadata.extra {
        match rule.format {
            Format::ElasticToml => kibana::set(&mut root, &extra.path, extra.value.clone()),
            Format::KibanaNdjson => {
                let path: Vec<String> =
                    ["rule".to_owned()].into_iter().chain(extra.path.iter().cloned()).collect();
                kibana::set(&mut root, &path, extra.value.clone());
            }
            _ => {}
        }
    }
    if let Value::Map(map) = &mut root {
        map.retain(|key, value| key == "rule" || !matches!(value, Value::Map(inner) if inner.is_empty()));
    }
    print::document(&root)
}

/// TOML wraps the two keys of a new-terms rule in pairs of `field` and `value`.
fn wrap_new_terms(map: &mut IndexMap<String, Value>) {
    let fields = map.shift_remove("new_terms_fields");
    let start = map.shift_remove("history_window_start");
    let (Some(fields), Some(start)) = (fields, start) else { return };
    let pair = |name: &str, value: Value| {
        IndexMap::from([("field".to_owned(), Value::from(name)), ("value".to_owned(), value)])
    };
    let mut new_terms = pair("new_terms_fields", fields);
    let history = Value::List(vec![Value::Map(pair("history_window_start", start))]);
    new_terms.insert("history_window_start".into(), history);
    map.insert("new_terms".into(), Value::Map(new_terms));
}
