//! Writes JSON values as YAML that the fixture reader reads back as the same values.

use serde_json::Value;

/// Writes a mapping as lines, each `indent` blanks from the left; the caller has written what stands
/// before the first key.
pub(super) fn mapping(value: &Value, indent: usize, out: &mut String) {
    let Value::Object(map) = value else { return };
    for (number, (key, value)) in map.iter().enumerate() {
        if number > 0 {
            pad(indent, out);
        }
        out.push_str(&scalar_text(key));
        out.push(':');
        below(value, indent, out);
    }
}

/// Writes a value after its key (or nothing) and ends the line.
fn below(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            pad(indent + 2, out);
            mapping(value, indent + 2, out);
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('\n');
            for item in items {
                pad(indent + 2, out);
                out.push('-');
                match item {
                    Value::Object(map) if !map.is_empty() => {
                        out.push(' ');
                        mapping(item, indent + 4, out);
                    }
                    // A list in a list is rare enough for the short form.
                    Value::Array(_) => out.push_str(&format!(" {}\n", flow(item))),
                    _ => below(item, indent, out),
                }
            }
        }
        _ => out.push_str(&format!(" {}\n", flow(value))),
    }
}

/// A value on one line.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar_text(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| format!("{}: {}", quoted(key), flow_quoted(value));
            format!("{{{}}}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// As [`flow`], with every text in quotes: commas and brackets mean something there.
fn flow_quoted(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => flow(other),
    }
}

fn pad(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// A text, bare where no reader can take it for anything else.
pub(super) fn scalar_text(text: &str) -> String {
    let bare = text.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@' | ' '))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&text.to_ascii_lowercase().as_str());
    if bare { text.to_owned() } else { quoted(text) }
}

/// A text in double quotes, as JSON escapes it: YAML reads these escapes too. What YAML does not allow
/// unescaped is escaped as well.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for c in Value::from(text).to_string().chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::diagnostic::Source;
    use crate::testing::{EventSpec, read};

    #[test]
    fn what_is_written_is_read_back() {
        let event = json!({
            "eventName": "Create User", "empty": "", "yes": "no", "number": "012", "count": 3, "half": 0.5,
            "flag": true, "nothing": null, "list": ["a", 1, {"b": "c: d", "e": [[1, "x, y"], []]}, null, {}],
            "deep": {"odd key: #": {"quote\"\\": "line\nbreak\u{85}\u{7f}"}}, "dash": "-", "text": "ünï", "hash": "a #b",
            "date": "2026-01-15T12:00:00Z", "version": "1.10", "account": "111122223333", "tilde": "~",
        });
        let mut text = String::from("tests:\n  - name: a\n    expect: match\n    events:\n      - ");
        mapping(&event, 8, &mut text);
        let (file, diagnostics) = read(&Arc::new(Source::new("a.test.yml", text.as_str())));
        assert!(diagnostics.is_empty(), "{diagnostics:?}\n{text}");
        let EventSpec::Inline { json, .. } = &file.cases[0].events[0] else { panic!("{text}") };
        assert_eq!(serde_json::from_str::<Value>(json).unwrap(), event, "{text}");
    }
}
