//! YAML scalars: their type, and the map from the decoded text to the written one.
//!
//! Plain scalars are typed by the core schema of YAML 1.2.2 §10.3.2, with one exception: digits
//! with a leading zero stay text, because `012345678901` is an AWS account id. `yes`, `no`, `on`,
//! `off` and `1_000` are texts. A reader that expects a text finds the written form of a number in
//! its span, so an account id without quotes keeps every digit as well.

use saphyr_parser::ScalarStyle;

use super::{Text, Tree, TreeKind, number};
use crate::diagnostic::{Source, Span, TextMap};

/// The tree of a scalar; `written` is its slice of the file, `string` whether `!!str` stands
/// before it.
pub(super) fn scalar(written: &str, span: Span, decoded: &str, style: ScalarStyle, string: bool) -> Tree {
    if style == ScalarStyle::Plain
        && !string
        && let Some(kind) = plain(decoded)
    {
        return Tree::new(kind, span);
    }
    let (body, start) = match style {
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted if written.len() >= 2 => {
            (&written[1..written.len() - 1], span.start + 1)
        }
        _ => (written, span.start),
    };
    let map = align(body, start, decoded, style).unwrap_or_else(|| {
        let mut map = TextMap::default();
        map.push(decoded.len(), span.start, span.len());
        map
    });
    Tree::new(TreeKind::Text(Text { text: decoded.into(), map }), span)
}

/// The name that a scalar gives as a key: as written, whatever its type.
pub(super) fn key(source: &Source, tree: &Tree) -> Option<String> {
    match &tree.kind {
        TreeKind::Text(text) => Some(text.text.clone()),
        TreeKind::List(_) | TreeKind::Map(_) => None,
        _ => Some(source.slice(tree.span).trim().to_owned()),
    }
}

fn plain(text: &str) -> Option<TreeKind> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(TreeKind::Null),
        "true" | "True" | "TRUE" => return Some(TreeKind::Bool(true)),
        "false" | "False" | "FALSE" => return Some(TreeKind::Bool(false)),
        ".nan" | ".NaN" | ".NAN" => return Some(TreeKind::Literal(text.into())),
        _ => {}
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let digit = !digits.starts_with(['+', '-']);
            return i64::from_str_radix(digits, radix).ok().filter(|_| digit).map(TreeKind::Int);
        }
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Some(TreeKind::Literal(text.into()));
    }
    if !is_number(unsigned) {
        return None;
    }
    let leading_zero =
        unsigned.len() > 1 && unsigned.starts_with('0') && unsigned.as_bytes()[1].is_ascii_digit();
    if leading_zero {
        return None;
    }
    Some(match text.strip_prefix('+') {
        Some(rest) => number(rest),
        None => number(text),
    })
}

/// `[0-9]+`, or a float of the core schema without its sign.
fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_is_fine = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_is_fine
}

/// Walks the decoded and the written text side by side. White space may differ (indentation,
/// folding); everything else is the same or an escape. `None` when the walk loses its way.
fn align(written: &str, start: usize, decoded: &str, style: ScalarStyle) -> Option<TextMap> {
    let mut map = TextMap::default();
    map.push(0, start, 0);
    let (mut inner, mut at) = (0, 0);
    while let Some(c) = decoded[inner..].chars().next() {
        let rest = &written[at..];
        let next = rest.chars().next();
        if style == ScalarStyle::DoubleQuoted && next == Some('\\') {
            match escape(rest)? {
                (0, len) => at += len,
                (decoded_len, len) => {
                    map.push(decoded_len, start + at, len);
                    inner += decoded_len;
                    at += len;
                }
            }
        } else if style == ScalarStyle::SingleQuoted && rest.starts_with("''") {
            map.push(1, start + at, 2);
            inner += 1;
            at += 2;
        } else if next == Some(c) {
            map.push(c.len_utf8(), start + at, c.len_utf8());
            inner += c.len_utf8();
            at += c.len_utf8();
        } else if c == '\n' {
            let len = if rest.starts_with("\r\n") { 2 } else { 0 };
            map.push(1, start + at, len);
            inner += 1;
            at += len;
        } else if c == ' ' && matches!(next, Some('\n' | '\r')) {
            let len = rest.len() - rest.trim_start().len();
            map.push(1, start + at, len);
            inner += 1;
            at += len;
        } else if next.is_some_and(|next| matches!(next, ' ' | '\t' | '\n' | '\r')) {
            at += 1;
        } else {
            return None;
        }
    }
    map.push(0, start + at, 0);
    Some(map)
}

/// `(decoded length, written length)` of a double-quoted escape (YAML 1.2.2 §5.7).
fn escape(rest: &str) -> Option<(usize, usize)> {
    let c = rest[1..].chars().next()?;
    let digits = match c {
        '\n' | '\r' => return Some((0, rest.len() - rest[1..].trim_start().len())),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        'N' | '_' => return Some((2, 2)),
        'L' | 'P' => return Some((3, 2)),
        c => return Some((1, 1 + c.len_utf8())),
    };
    let value = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
    Some((char::from_u32(value)?.len_utf8(), 2 + digits))
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
