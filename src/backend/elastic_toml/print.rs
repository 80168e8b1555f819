//! Values → TOML text, laid out as the formatter of elastic/detection-rules does it
//! (`detection_rules/rule_formatter.py`): keys in order, the query last, then arrays of tables, then
//! tables; long lists an item a line.
//!
//! That formatter wraps long texts anew, which changes them. Here a text keeps its every character: it
//! stands in the formatter's layout where that reads back as the same text.

use indexmap::IndexMap;

use super::text::{block, escape, literal_block, string};
use crate::ir::Value;

type Map = IndexMap<String, Value>;

/// Keys of `[rule]` that stand behind all others, in literal blocks.
const QUERIES: [&str; 2] = ["query", "threat_query"];

/// Markdown begins right behind the quotes.
const MARKDOWN: [&str; 2] = ["note", "setup"];

/// Characters from which on a list of texts stands an item a line.
const LONG_LIST: usize = 100;

/// A whole document. What is no table at the root is not printed.
pub(super) fn document(root: &Value) -> String {
    let Value::Map(root) = root else { return String::new() };
    let mut tables: Vec<(&String, &Map)> =
        root.iter().filter_map(|(key, value)| Some((key, value.as_map()?))).collect();
    let rank = |key: &str| ["metadata", "transform", "rule"].iter().position(|known| *known == key);
    tables.sort_by_key(|(key, _)| (rank(key).unwrap_or(usize::MAX), key.to_owned()));
    let section = |(name, map): (&String, &Map)| format!("{}\n", top_table(name, map));
    tables.into_iter().map(section).collect()
}

/// One of the tables at the root with everything below it.
fn top_table(name: &str, map: &Map) -> String {
    let ordered = ordered(map);
    let path = key(name);
    let (plain, mut below) = body(&ordered, &path, name == "rule");
    let mut out = format!("[{path}]\n{plain}");
    // Level by level, as Python's toml prints them.
    while !below.is_empty() {
        let mut next = Vec::new();
        for (path, map) in below {
            let (text, inner) = body(map, &path, false);
            if !text.is_empty() || inner.is_empty() {
                if !out.ends_with("\n\n") {
                    out.push('\n');
                }
                out.push_str(&format!("[{path}]\n{text}"));
            }
            next.extend(inner);
        }
        below = next;
    }
    out
}

/// Keys in alphabetical order, those of the tables right below too; queries last.
fn ordered(map: &Map) -> Map {
    let mut entries: Vec<(String, Value)> =
        map.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    entries.sort_by(|a, b| {
        let last = |key: &str| QUERIES.iter().position(|query| *query == key).map_or(0, |at| at + 1);
        (last(&a.0), &a.0).cmp(&(last(&b.0), &b.0))
    });
    for (_, value) in &mut entries {
        if let Value::Map(inner) = value {
            inner.sort_keys();
        }
    }
    entries.into_iter().collect()
}

/// Whether a value gets headers of its own.
fn is_tables(value: &Value) -> bool {
    matches!(value, Value::List(items) if !items.is_empty() && items.iter().all(|item| matches!(item, Value::Map(_))))
}

/// Plain keys and arrays of tables as text; the tables are left to the caller.
fn body<'a>(map: &'a Map, path: &str, is_rule: bool) -> (String, Vec<(String, &'a Map)>) {
    let (mut plain, mut arrays, mut tables) = (String::new(), String::new(), Vec::new());
    let has_below = map.values().any(|value| matches!(value, Value::Map(_)) || is_tables(value));
    for (name, value) in map {
        let inner_path = format!("{path}.{}", key(name));
        match value {
            Value::Map(inner) => tables.push((inner_path, inner)),
            Value::List(items) if is_tables(value) => {
                items
                    .iter()
                    .filter_map(Value::as_map)
                    .for_each(|item| arrays.push_str(&element(item, &inner_path)));
            }
            // TOML has no null: a key without a value is left out.
            Value::Null => {}
            Value::Text(text) if is_rule && QUERIES.contains(&name.as_str()) => {
                let gap = if has_below { "\n\n" } else { "" };
                plain.push_str(&format!("\n{} = {}{gap}\n", key(name), literal_block(text)));
            }
            Value::Text(text) if is_rule && MARKDOWN.contains(&name.as_str()) && text.contains('\n') => {
                let newline = if text.starts_with('\n') { "\n" } else { "" };
                plain.push_str(&format!("{} = \"\"\"{newline}{}\"\"\"\n", key(name), escape(text, true)));
            }
            Value::Text(text) if text.contains('\n') => {
                plain.push_str(&format!("{} = {}\n", key(name), block(text)));
            }
            value => plain.push_str(&format!("{} = {}\n", key(name), inline(value, true))),
        }
    }
    plain.push_str(&arrays);
    (plain, tables)
}

/// One `[[…]]`: its plain keys, a blank line, then what is below it.
fn element(map: &Map, path: &str) -> String {
    let (text, mut below) = body(map, path, false);
    let mut out = format!("[[{path}]]\n");
    let gap = if text.starts_with('[') { "\n" } else { "" };
    out.push_str(gap);
    out.push_str(&text);
    if gap.is_empty() {
        out.push('\n');
    }
    while !below.is_empty() {
        let mut next = Vec::new();
        for (path, map) in below {
            let (text, inner) = body(map, &path, false);
            if !text.is_empty() || inner.is_empty() {
                out.push_str(&format!("[{path}]\n{text}"));
            }
            next.extend(inner);
        }
        below = next;
    }
    out
}

/// A value on one line, or at a key (`at_key`) a list with an item a line.
fn inline(value: &Value, at_key: bool) -> String {
    match value {
        Value::Null => "\"\"".into(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Literal(text) => literal(text),
        Value::Text(text) => string(text),
        Value::List(items) => list(items, at_key),
        Value::Map(map) => {
            let entry =
                |(name, value): (&String, &Value)| format!("{} = {}", key(name), inline(value, false));
            let entries: Vec<String> =
                map.iter().filter(|(_, value)| **value != Value::Null).map(entry).collect();
            if entries.is_empty() { "{}".into() } else { format!("{{ {} }}", entries.join(", ")) }
        }
    }
}

fn list(items: &[Value], at_key: bool) -> String {
    let texts: Option<Vec<&str>> = items.iter().map(Value::as_text).collect();
    let length = |texts: &[&str]| texts.iter().map(|text| text.chars().count() + 3).sum::<usize>();
    match texts.filter(|texts| at_key && length(texts) > LONG_LIST) {
        Some(texts) => {
            let item = |text: &&str| match text.contains('\n') {
                true => format!("    {},\n", block(text)),
                false => format!("    {},\n", string(text)),
            };
            format!("[\n{}]", texts.iter().map(item).collect::<String>())
        }
        None => {
            let items: Vec<String> = items.iter().map(|item| inline(item, false)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// A literal that TOML can hold stands as it is: a date-time or a number; else it is text.
fn literal(text: &str) -> String {
    let document = format!("v = {text}");
    match ::toml::de::DeTable::parse(&document) {
        Ok(_) if !text.contains('\n') => text.into(),
        _ => string(text),
    }
}

fn key(name: &str) -> String {
    let bare =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if bare { name.into() } else { format!("\"{}\"", escape(name, false)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_survive_the_way_through_toml() {
        for text in [
            "",
            "a",
            "a\"b",
            "it's \\d",
            "'''",
            "a\nb\"\"\"",
            "a\n\"\"\"\"b",
            "a\n\\b'",
            "\r\n",
            "\u{0}\u{7f}",
            "\n\n",
            "a\n\"",
            "a\n\"\"",
            "é\t\n",
            "a\\\n  b",
            "\\\"\n\"",
            "\\\n\\\"",
            "''\n''",
        ] {
            for value in [Value::from(text), Value::List(vec![Value::from(text)])] {
                for name in ["k", "note", "query"] {
                    let map = IndexMap::from([(name.to_owned(), value.clone())]);
                    let root = IndexMap::from([("rule".to_owned(), Value::Map(map))]);
                    let document = document(&Value::Map(root));
                    let read: ::toml::Table =
                        document.parse().unwrap_or_else(|e| panic!("{text:?} {document:?} {e}"));
                    let found = &read["rule"][name];
                    let back = found.as_array().map_or(found, |items| &items[0]);
                    assert_eq!(back.as_str(), Some(text), "{document:?}");
                }
            }
        }
    }

    /// The layout of Python's toml 0.10 with the formatter's encoder, written down from its source.
    #[test]
    fn tables_come_after_plain_keys() {
        let leaf = |n| Value::Map(IndexMap::from([("x".to_owned(), Value::Int(n))]));
        let element = IndexMap::from([
            ("framework".to_owned(), Value::from("F")),
            ("tactic".to_owned(), leaf(4)),
            ("technique".to_owned(), Value::List(vec![leaf(2), leaf(3)])),
        ]);
        let inner = IndexMap::from([
            ("t".to_owned(), leaf(1)),
            ("query".to_owned(), Value::from("q\n")),
            ("a b".to_owned(), Value::from(true)),
            ("l".to_owned(), Value::List(vec![Value::Map(element.clone()), Value::Map(element)])),
        ]);
        let root = Value::Map(IndexMap::from([("rule".to_owned(), Value::Map(inner))]));
        let threat = "[[rule.l]]\nframework = \"F\"\n[[rule.l.technique]]\nx = 2\n\n[[rule.l.technique]]\nx = 3\n\n\n\
                      [rule.l.tactic]\nx = 4\n";
        let expected = format!(
            "[rule]\n\"a b\" = true\n\nquery = '''\nq\n'''\n\n\n{threat}{threat}\n[rule.t]\nx = 1\n\n"
        );
        assert_eq!(document(&root), expected);
    }
}
