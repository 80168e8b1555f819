//! Escaping of text for KQL, exactly as Kibana's own helpers do it.
//!
//! [`escape_unquoted`] is there to reproduce Kibana, faults included: it does not protect `{`,
//! `}` and the second of two neighbouring keywords, and Kibana reads its `\not ` as a newline and
//! `ot `. The printer has its own, safe escaping.

use super::raw::is_js_space;

/// `escapeKuery` of Kibana: special characters, `and`/`or` between whitespace, `not` before
/// whitespace, and tab, newline and carriage return get a backslash.
pub fn escape_unquoted(text: &str) -> String {
    let text = escape_special(text);
    let text = escape_and_or(&text);
    let text = escape_not(&text);
    text.replace('\t', "\\t").replace('\r', "\\r").replace('\n', "\\n")
}

/// `escapeQuotes` of Kibana: a backslash before every backslash and quotation mark.
pub fn escape_quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn escape_special(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '(' | ')' | ':' | '<' | '>' | '"' | '*') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Whitespace, `and` or `or`, whitespace: a match uses up both spaces, so of `a and or b` only
/// the first keyword is escaped.
fn escape_and_or(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_js_space) {
        out.push_str(&rest[..at]);
        let word = rest[at..].trim_start_matches(is_js_space);
        let space = &rest[at..rest.len() - word.len()];
        out.push_str(space);
        rest = word;
        for keyword in ["and", "or"] {
            let Some(head) = word.get(..keyword.len()) else {
                continue;
            };
            let behind = &word[keyword.len()..];
            let after = behind.trim_start_matches(is_js_space);
            if head.eq_ignore_ascii_case(keyword) && after.len() < behind.len() {
                out.push('\\');
                out.push_str(&word[..word.len() - after.len()]);
                rest = after;
                break;
            }
        }
    }
    out.push_str(rest);
    out
}

fn escape_not(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let found = text.get(at..at + 3).is_some_and(|word| word.eq_ignore_ascii_case("not"))
            && text[at + 3..].starts_with(is_js_space);
        if found {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
