//! A verdict as a tree of text lines.

use std::fmt::Write;

use super::super::Datum;
use super::{Clause, ClauseKind, Seen, Verdict};

/// Values of a clause that are printed; the rest is counted.
const MOST_VALUES: usize = 5;
/// Characters of a value that are printed.
const MOST_CHARACTERS: usize = 120;

/// Renders the tree, one clause a line, marked `✓` or `✗`; below a test that fails, what the event
/// holds there. Ends with a line break.
pub fn render(verdict: &Verdict) -> String {
    let mut out = String::new();
    let root = &verdict.root;
    if root.children.is_empty() {
        let _ = writeln!(out, "{}", line(root));
        details(root, "  ", &mut out);
    } else {
        let _ = writeln!(out, "{}", root.text);
        children(root, "", &mut out);
    }
    out
}

fn line(clause: &Clause) -> String {
    format!("{} {}", if clause.truth { '✓' } else { '✗' }, clause.text)
}

fn children(clause: &Clause, indent: &str, out: &mut String) {
    for (number, child) in clause.children.iter().enumerate() {
        let last = number + 1 == clause.children.len();
        let (branch, below) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let _ = writeln!(out, "{indent}{branch}{}", line(child));
        let below = format!("{indent}{below}");
        details(child, &format!("{below}  "), out);
        children(child, &below, out);
    }
}

/// Below a failed test, or a search: what was found.
fn details(clause: &Clause, indent: &str, out: &mut String) {
    let tells = match clause.kind {
        ClauseKind::Test | ClauseKind::Nested => !clause.truth,
        ClauseKind::FreeText => true,
        ClauseKind::All | ClauseKind::Any | ClauseKind::Not | ClauseKind::Constant => false,
    };
    if tells {
        for words in describe(clause) {
            let _ = writeln!(out, "{indent}{words}");
        }
    }
}

fn describe(clause: &Clause) -> Vec<String> {
    let Seen { path, values, remark } = &clause.seen;
    let mut out = Vec::new();
    if !values.is_empty() {
        let named = clause.field.as_ref().map(|field| field.path.as_str());
        let place = match path {
            Some(path) if Some(path.as_str()) != named => format!("{path} is "),
            _ => "it is ".to_owned(),
        };
        let shown: Vec<String> = values.iter().take(MOST_VALUES).map(value).collect();
        let more = values.len().saturating_sub(MOST_VALUES);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        out.push(format!("{place}{}{rest}", shown.join(", ")));
    }
    out.extend(remark.clone());
    out
}

/// A value as JSON, shortened, without control characters.
fn value(scalar: &Datum) -> String {
    match scalar {
        Datum::Bool(_) | Datum::Number(_) => scalar.as_text().to_owned(),
        Datum::Text(text) => {
            let short: String = text.chars().take(MOST_CHARACTERS).collect();
            let more = if short.len() < text.len() { "…" } else { "" };
            format!("{:?}{more}", short)
        }
    }
}
