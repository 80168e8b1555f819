//! A record written in YAML, as the JSON text that the event readers take.
//!
//! Numbers stay as they are written where JSON can say them; anything else that is bare (an account
//! id with a leading zero, an instant) is text.

use crate::frontend::tree::{Tree, TreeKind};

/// The JSON text of a tree (depth is bounded by the YAML reader).
pub fn to_json(tree: &Tree) -> String {
    let mut out = String::new();
    write(tree, &mut out);
    out
}

/// The same as a value.
pub(super) fn to_json_value(tree: &Tree) -> serde_json::Value {
    // What `write` prints is JSON; a number that no double holds stays a text.
    serde_json::from_str(&to_json(tree)).unwrap_or_else(|_| serde_json::Value::String(to_json(tree)))
}

fn write(tree: &Tree, out: &mut String) {
    match &tree.kind {
        TreeKind::Null => out.push_str("null"),
        TreeKind::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        TreeKind::Int(number) => out.push_str(&number.to_string()),
        TreeKind::Float(number) => out.push_str(&format!("{number:?}")),
        TreeKind::Literal(text) if is_json_number(text) => out.push_str(text),
        TreeKind::Literal(text) => string(text, out),
        TreeKind::Text(text) => string(&text.text, out),
        TreeKind::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        TreeKind::Map(entries) => {
            out.push('{');
            for (index, entry) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                string(&entry.key, out);
                out.push(':');
                write(&entry.value, out);
            }
            out.push('}');
        }
    }
}

fn string(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// RFC 8259 §6, and small enough for every reader.
fn is_json_number(text: &str) -> bool {
    let first = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let starts = first.first().is_some_and(u8::is_ascii_digit);
    starts && serde_json::from_str::<serde_json::Number>(text).is_ok()
}
