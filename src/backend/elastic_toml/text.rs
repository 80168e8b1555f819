//! Strings of TOML, in the forms that detection-rules uses.

use std::fmt::Write;

/// A text on one line: in single quotes where that saves escapes, else in double ones.
pub(super) fn string(text: &str) -> String {
    let raw = text.contains('"') && !text.contains('\'') && !text.chars().any(char::is_control);
    if raw { format!("'{text}'") } else { format!("\"{}\"", escape(text, false)) }
}

/// A text of several lines, beginning on the line below the quotes.
pub(super) fn block(text: &str) -> String {
    format!("\"\"\"\n{}\"\"\"", escape(text, true))
}

/// A query: between `'''`, where its characters stand for themselves.
pub(super) fn literal_block(text: &str) -> String {
    let control = text.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
    if control || text.contains("'''") || text.ends_with('\'') {
        return if text.contains('\n') { block(text) } else { string(text) };
    }
    format!("'''\n{text}'''")
}

/// The text between double quotes, single or (`multi_line`) triple ones.
pub(super) fn escape(text: &str, multi_line: bool) -> String {
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
