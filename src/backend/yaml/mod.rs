//! Values → YAML text in block style, for the targets that are YAML.
//!
//! Every text reads back as the same text: plain only where no reader of YAML 1.1 or 1.2 takes it for
//! something else (an account id, `no`, a date), a literal block for several lines, else quoted.

use std::fmt::Write;

use indexmap::IndexMap;

use crate::ir::Value;

type Map = IndexMap<String, Value>;

/// A document.
pub(super) fn document(map: &Map) -> String {
    let mut out = String::new();
    entries(&mut out, map, 0);
    out
}

fn entries(out: &mut String, map: &Map, indent: usize) {
    for (index, (key, value)) in map.iter().enumerate() {
        // The first entry of a list item stands behind its dash.
        if index > 0 || out.is_empty() || out.ends_with('\n') {
            let _ = write!(out, "{:indent$}", "");
        }
        out.push_str(&one_line(key));
        out.push(':');
        below(out, value, indent);
    }
}

/// A value behind a key; `indent` is that of the key.
fn below(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Map(map) if !map.is_empty() => {
            out.push('\n');
            entries(out, map, indent + 2);
        }
        Value::List(items) if !items.is_empty() => {
            out.push('\n');
            list(out, items, indent + 2);
        }
        value => {
            out.push(' ');
            scalar(out, value, indent);
        }
    }
}

fn list(out: &mut String, items: &[Value], indent: usize) {
    for item in items {
        let _ = write!(out, "{:indent$}- ", "");
        match item {
            Value::Map(map) if !map.is_empty() => entries(out, map, indent + 2),
            Value::List(items) if !items.is_empty() => {
                // A list in a list: below its dash.
                out.truncate(out.trim_end_matches(' ').len());
                out.push('\n');
                list(out, items, indent + 2);
            }
            value => scalar(out, value, indent),
        }
    }
}

/// A scalar or an empty collection, with the end of its line. `indent` is that of the node around it.
fn scalar(out: &mut String, value: &Value, indent: usize) {
    let text = match value {
        Value::Null => "null".into(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Literal(text) if serde_json::from_str::<serde_json::Number>(text).is_ok() => text.clone(),
        Value::Text(text) if fits_block(text) => return block(out, text, indent + 2),
        Value::Literal(text) | Value::Text(text) => one_line(text),
        Value::List(_) => "[]".into(),
        Value::Map(_) => "{}".into(),
    };
    out.push_str(&text);
    out.push('\n');
}

/// Whether a literal block holds the text. White space at its edges is left to quotes: readers differ.
fn fits_block(text: &str) -> bool {
    let odd = |c: char| c != '\n' && needs_escape(c);
    let blank = |line: &str| !line.is_empty() && line.trim().is_empty();
    let inner = text.trim_end_matches('\n');
    let tab = |line: &str| line.trim_start_matches(' ').starts_with('\t');
    text.contains('\n')
        && !text.contains(odd)
        && !inner.is_empty()
        && !inner.split('\n').any(tab)
        && !inner.split('\n').next().is_some_and(blank)
        && !inner.split('\n').next_back().is_some_and(blank)
}

fn block(out: &mut String, text: &str, indent: usize) {
    // Without it the first line that is not empty would say how far the block is indented.
    let first = text.split('\n').find(|line| !line.is_empty());
    let indicator =
        if text.starts_with('\n') || first.is_some_and(|line| line.starts_with(' ')) { "2" } else { "" };
    let inner = text.trim_end_matches('\n');
    let chomp = match text.len() - inner.len() {
        0 => "-",
        1 => "",
        _ => "+",
    };
    let _ = writeln!(out, "|{indicator}{chomp}");
    for line in inner.split('\n').chain(std::iter::repeat_n("", (text.len() - inner.len()).saturating_sub(1)))
    {
        if !line.is_empty() {
            let _ = write!(out, "{:indent$}{line}", "");
        }
        out.push('\n');
    }
}

/// A text on one line.
fn one_line(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// Whether a text may stand without quotes.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 12] =
        ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"];
    let inside = |c: char| c.is_alphanumeric() || " _./()+@=-,;'|*".contains(c);
    let colon = |(at, _): (usize, &str)| text[at + 1..].starts_with(|c: char| !c.is_whitespace());
    (text.starts_with(|c: char| c.is_ascii_alphabetic()) || is_no_number(text))
        && !text.ends_with(char::is_whitespace)
        && text.chars().all(|c| inside(c) || c == ':')
        && text.match_indices(':').all(colon)
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether a text that begins with a digit is neither a number nor a date to any reader: `9m`, most UUIDs.
fn is_no_number(text: &str) -> bool {
    let radix = ["0x", "0o", "0b"].iter().any(|prefix| text.to_ascii_lowercase().starts_with(prefix));
    text.starts_with(|c: char| c.is_ascii_digit())
        && !radix
        && text.get(4..5) != Some("-")
        && text.contains(|c: char| c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E'))
}

/// Characters that a double-quoted text escapes and a block cannot hold.
fn needs_escape(c: char) -> bool {
    c.is_control() && c != '\t'
        || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if needs_escape(c) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests;
