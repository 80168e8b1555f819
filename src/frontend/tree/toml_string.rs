//! The map from the unescaped text of a TOML string to the bytes that it stands for.
//!
//! The `toml` crate has decoded and checked the string; this walks its written form once more and
//! notes which bytes gave which (TOML 1.1, "String").

use super::Text;
use crate::diagnostic::{Span, TextMap};

/// `written` is the string with its quotes, `span` its place in the file, `decoded` its text.
pub(super) fn text(written: &str, span: Span, decoded: &str) -> Text {
    let map = map(written, span.start);
    // The two walks agree unless this one has a fault: then positions fall back to the whole
    // string instead of pointing beside the mark.
    let map = if map.inner_len() == decoded.len() { map } else { whole(span, decoded.len()) };
    Text { text: decoded.into(), map }
}

fn whole(span: Span, len: usize) -> TextMap {
    let mut map = TextMap::default();
    map.push(len, span.start, span.len());
    map
}

fn map(written: &str, start: usize) -> TextMap {
    let quote = match written.as_bytes().first() {
        Some(b'\'') => "'",
        _ => "\"",
    };
    let triple = quote.repeat(3);
    let multi_line = written.len() >= 6 && written.starts_with(&triple) && written.ends_with(&triple);
    let width = if multi_line { 3 } else { 1 };
    let Some(mut body) = written.get(width..written.len().saturating_sub(width)) else {
        return TextMap::default();
    };
    let mut outer = start + width;
    if multi_line {
        let first = if body.starts_with("\r\n") { 2 } else { usize::from(body.starts_with('\n')) };
        body = &body[first..];
        outer += first;
    }
    let mut map = TextMap::default();
    let end = outer + body.len();
    map.push(0, outer, 0);
    while !body.is_empty() {
        let (inner, written) = match if quote == "\"" { body.find('\\') } else { None } {
            Some(0) => escape(&body[1..]),
            Some(run) => (run, run),
            None => (body.len(), body.len()),
        };
        let written = written.min(body.len());
        if inner > 0 {
            map.push(inner, outer, written);
        }
        outer += written;
        body = &body[written..];
    }
    map.push(0, end, 0);
    map
}

/// `(inner length, outer length)` of an escape; `after` follows the backslash.
fn escape(after: &str) -> (usize, usize) {
    let digits = match after.as_bytes().first() {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        Some(b' ' | b'\t' | b'\n' | b'\r') => {
            // A backslash at the end of a line swallows all white space up to the next character.
            return (0, 1 + after.len() - after.trim_start_matches([' ', '\t', '\n', '\r']).len());
        }
        _ => return (1, 2),
    };
    let value = after.get(1..1 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    (value.and_then(char::from_u32).map_or(1, char::len_utf8), 2 + digits)
}
