//! The table form of a vendor script (`threatstack.md` §6): one row a rule and suppression.
//!
//! Rows become the same trees that JSON objects would give, so that one reader serves both.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Source, Span, TextMap};
use crate::frontend::codes;
use crate::frontend::tree::{Entry, Text, Tree, TreeKind};

/// Columns and the keys of a rule object that they stand for.
const COLUMNS: &[(&str, &str)] = &[
    ("RuleSetId", "rulesetId"),
    ("RuleSetName", ""),
    ("Id", "id"),
    ("Name", "name"),
    ("Title", "title"),
    ("Description", "alertDescription"),
    ("Enabled", "enabled"),
    ("Severity", "severityOfAlerts"),
    ("Filter", "filter"),
    ("Suppressions", "suppressions"),
];

/// Whether a text begins with such a table's header.
pub fn recognises(text: &str) -> bool {
    let header = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    let names: Vec<&str> = header.split(',').map(|name| name.trim().trim_matches('"')).collect();
    names.contains(&"Filter") && names.contains(&"Name")
}

/// The rule objects of a table; rows of one rule differ in their suppression only.
pub fn objects(source: &Arc<Source>) -> (Vec<Tree>, Vec<Diagnostic>) {
    let mut rows =
        Rows { text: source.text(), at: if source.text().starts_with('\u{feff}') { 3 } else { 0 } };
    let Some(header) = rows.next() else { return (Vec::new(), Vec::new()) };
    let keys: Vec<&str> = header
        .iter()
        .map(|cell| {
            COLUMNS.iter().find(|(name, _)| *name == cell.text.text.trim()).map_or("", |(_, key)| key)
        })
        .collect();
    let (mut trees, mut diagnostics): (Vec<Tree>, Vec<Diagnostic>) = (Vec::new(), Vec::new());
    for row in rows {
        if row.len() == 1 && row[0].text.text.trim().is_empty() {
            continue;
        }
        if row.len() != keys.len() {
            let title = format!("this row has {} cells, the header {}", row.len(), keys.len());
            diagnostics.push(Diagnostic::new(&codes::BAD_COUNT, title).at(source, row[0].span, ""));
            continue;
        }
        let span = row[0].span.to(row[row.len() - 1].span);
        let tree = object(&keys, row, span);
        match trees.last_mut() {
            Some(last) if same_rule(last, &tree) => add_suppressions(last, tree),
            _ => trees.push(tree),
        }
    }
    (trees, diagnostics)
}

fn object(keys: &[&str], row: Vec<Cell>, span: Span) -> Tree {
    let mut entries = Vec::new();
    for (key, cell) in keys.iter().zip(row).filter(|(key, _)| !key.is_empty()) {
        let text = cell.text.text.trim().to_owned();
        let kind = match *key {
            _ if text.is_empty() && *key != "filter" => continue,
            "enabled" if text.eq_ignore_ascii_case("true") => TreeKind::Bool(true),
            "enabled" if text.eq_ignore_ascii_case("false") => TreeKind::Bool(false),
            "suppressions" => TreeKind::List(vec![Tree::new(TreeKind::Text(cell.text), cell.span)]),
            _ => TreeKind::Text(cell.text),
        };
        entries.push(Entry { key: (*key).into(), key_span: cell.span, value: Tree::new(kind, cell.span) });
    }
    Tree::new(TreeKind::Map(entries), span)
}

fn same_rule(a: &Tree, b: &Tree) -> bool {
    let id = |tree: &Tree| tree.get("id").and_then(Tree::text).map(str::to_owned);
    id(a).is_some() && id(a) == id(b)
}

fn add_suppressions(rule: &mut Tree, row: Tree) {
    let (TreeKind::Map(entries), TreeKind::Map(more)) = (&mut rule.kind, row.kind) else { return };
    rule.span = rule.span.to(row.span);
    for entry in more.into_iter().filter(|entry| entry.key == "suppressions") {
        match entries.iter_mut().find(|known| known.key == "suppressions") {
            Some(Entry { value: Tree { kind: TreeKind::List(list), .. }, .. }) => {
                if let TreeKind::List(items) = entry.value.kind {
                    list.extend(items);
                }
            }
            _ => entries.push(entry),
        }
    }
}

struct Cell {
    text: Text,
    span: Span,
}

/// Rows by RFC 4180: cells in double quotes may hold commas, line ends and doubled quotes.
struct Rows<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Rows<'_> {
    type Item = Vec<Cell>;

    fn next(&mut self) -> Option<Vec<Cell>> {
        if self.at >= self.text.len() {
            return None;
        }
        let mut cells = vec![self.cell()];
        while self.text[self.at..].starts_with(',') {
            self.at += 1;
            cells.push(self.cell());
        }
        let rest = &self.text[self.at..];
        self.at += if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) };
        Some(cells)
    }
}

impl Rows<'_> {
    fn cell(&mut self) -> Cell {
        let start = self.at;
        let mut text = String::new();
        let mut map = TextMap::default();
        let quoted = self.text[start..].starts_with('"');
        self.at += usize::from(quoted);
        map.push(0, self.at, 0);
        let mut inside = quoted;
        while let Some(c) = self.text[self.at..].chars().next() {
            let rest = &self.text[self.at..];
            let len = match c {
                '"' if inside && rest.starts_with("\"\"") => 2,
                '"' if inside => {
                    inside = false;
                    self.at += 1;
                    continue;
                }
                ',' | '\n' | '\r' if !inside => break,
                c => c.len_utf8(),
            };
            text.push(c);
            map.push(c.len_utf8(), self.at, len);
            self.at += len;
        }
        Cell { text: Text { text, map }, span: Span::new(start, self.at) }
    }
}
