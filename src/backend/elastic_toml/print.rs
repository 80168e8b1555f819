//! Values → TOML text: plain keys first, then tables and arrays of tables.

use std::fmt::Write;

use indexmap::IndexMap;

use crate::ir::Value;

/// A whole document. What is no table at the root is not printed.
pub(super) fn document(root: &Value) -> String {
    let mut out = String::new();
    if let Value::Map(map) = root {
        table(&mut out, &mut Vec::new(), map);
    }
    let trimmed = out.trim_start_matches('\n').len();
    out.drain(..out.len() - trimmed);
    out
}

/// Whether a value gets a header of its own.
fn has_header(value: &Value) -> bool {
    match value {
        Value::Map(_) => true,
        Value::List(items) => !items.is_empty() && items.iter().all(|item| matches!(item, Value::Map(_))),
        _ => false,
    }
}

fn table(out: &mut String, path: &mut Vec<String>, map: &IndexMap<String, Value>) {
    for (name, value) in map.iter().filter(|(_, value)| !has_header(value)) {
        // TOML has no null: a key without a value is left out.
        if *value != Value::Null {
            let _ = writeln!(out, "{} = {}", key(name), inline(value, &Place::Key));
        }
    }
    for (name, value) in map.iter().filter(|(_, value)| has_header(value)) {
        path.push(key(name));
        let header = path.join(".");
        match value {
            Value::Map(inner) => {
                let _ = writeln!(out, "\n[{header}]");
                table(out, path, inner);
            }
            Value::List(items) => {
                for item in items {
                    if let Value::Map(inner) = item {
                        let _ = writeln!(out, "\n[[{header}]]");
                        table(out, path, inner);
                    }
                }
            }
            _ => {}
        }
        path.pop();
    }
}

/// Where a value stands: multi-line forms are for keys and list items of a block only.
enum Place {
    Key,
    Inline,
}

fn inline(value: &Value, place: &Place) -> String {
    match value {
        Value::Null => "\"\"".into(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Literal(text) => literal(text),
        Value::Text(text) => string(text, place),
        Value::List(items) => list(items, place),
        Value::Map(map) => {
            let entry = |(name, value): (&String, &Value)| {
                format!("{} = {}", key(name), inline(value, &Place::Inline))
            };
            let entries: Vec<String> =
                map.iter().filter(|(_, value)| **value != Value::Null).map(entry).collect();
            if entries.is_empty() { "{}".into() } else { format!("{{ {} }}", entries.join(", ")) }
        }
    }
}

fn list(items: &[Value], place: &Place) -> String {
    let one_line = |items: &[Value]| {
        let items: Vec<String> = items.iter().map(|item| inline(item, &Place::Inline)).collect();
        format!("[{}]", items.join(", "))
    };
    let flat = one_line(items);
    if matches!(place, Place::Inline) || flat.chars().count() <= 100 {
        return flat;
    }
    let items: Vec<String> =
        items.iter().map(|item| format!("    {},\n", inline(item, &Place::Inline))).collect();
    format!("[\n{}]", items.concat())
}

/// A literal that TOML can hold stands as it is: a date-time or a number; else it is text.
fn literal(text: &str) -> String {
    let document = format!("v = {text}");
    match ::toml::de::DeTable::parse(&document) {
        Ok(_) if !text.contains('\n') => text.into(),
        _ => string(text, &Place::Inline),
    }
}

/// Texts of several lines stand in multi-line strings, literal ones where they hold a backslash.
fn string(text: &str, place: &Place) -> String {
    let multi_line = text.contains('\n') && matches!(place, Place::Key);
    let control = text.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
    if !multi_line {
        let literal = !control && !text.contains(['\'', '\n']) && text.contains(['"', '\\']);
        return if literal { format!("'{text}'") } else { format!("\"{}\"", escape(text, false)) };
    }
    let literal = !control && text.contains('\\') && !text.contains("'''") && !text.ends_with('\'');
    if literal { format!("'''\n{text}'''") } else { format!("\"\"\"\n{}\"\"\"", escape(text, true)) }
}

fn escape(text: &str, multi_line: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut quotes = 0;
    for c in text.chars() {
        quotes = if c == '"' { quotes + 1 } else { 0 };
        match c {
            '\\' => out.push_str("\\\\"),
            // Two quotes in a row are fine in a multi-line string, three would end it, and so
            // would one at its end.
            '"' if multi_line && quotes < 3 => out.push('"'),
            '"' => {
                quotes = 0;
                out.push_str("\\\"");
            }
            '\n' if multi_line => out.push('\n'),
            '\n' => out.push_str("\\n"),
            '\t' if multi_line => out.push('\t'),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    if multi_line && out.ends_with('"') && !out.ends_with("\\\"") {
        out.truncate(out.len() - 1);
        out.push_str("\\\"");
    }
    out
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
                let map = IndexMap::from([("k".to_owned(), value)]);
                let document = document(&Value::Map(map));
                let read: ::toml::Table =
                    document.parse().unwrap_or_else(|e| panic!("{text:?} {document:?} {e}"));
                let back = read["k"].as_array().map_or(&read["k"], |items| &items[0]);
                assert_eq!(back.as_str(), Some(text), "{document:?}");
            }
        }
    }

    #[test]
    fn tables_come_after_plain_keys() {
        let leaf = |n| Value::Map(IndexMap::from([("x".to_owned(), Value::Int(n))]));
        let inner = IndexMap::from([
            ("t".to_owned(), leaf(1)),
            ("a b".to_owned(), Value::from(true)),
            ("l".to_owned(), Value::List(vec![leaf(2), leaf(3)])),
        ]);
        let root = Value::Map(IndexMap::from([("r".to_owned(), Value::Map(inner))]));
        let expected = "[r]\n\"a b\" = true\n\n[r.t]\nx = 1\n\n[[r.l]]\nx = 2\n\n[[r.l]]\nx = 3\n";
        assert_eq!(document(&root), expected);
    }
}
