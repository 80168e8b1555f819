//! The TOML files of elastic/detection-rules: `[metadata]`, `[rule]`, `[transform]`.

use std::sync::Arc;

use super::codes;
use super::elastic::{self, Shape, Surroundings};
use super::reader::{Reader, Table};
use super::tree::{Tree, TreeKind};
use crate::diagnostic::{Diagnostic, Source};
use crate::ir::Rule;

/// Whether a document has the shape of such a file.
pub fn recognises(tree: &Tree) -> bool {
    tree.get("rule").is_some_and(|rule| rule.entries().is_some())
}

/// Reads the one rule of a file. `None` only when there is no table `[rule]`.
pub fn read(source: &Arc<Source>, tree: &Tree, fallback_id: String) -> (Option<Rule>, Vec<Diagnostic>) {
    let mut reader = Reader::new(source, false);
    let Some(mut root) = Table::open(&mut reader, tree, Vec::new()) else {
        return (None, reader.diagnostics);
    };
    root.keep(&mut reader, &["metadata", "transform"]);
    let integrations = tree.get("metadata").and_then(|metadata| metadata.get("integration"));
    let integrations = integrations.map(names).unwrap_or_default();
    let Some(entry) = root.entry("rule") else {
        let head = root.head();
        reader.report(&codes::MISSING_KEY, "the table `[rule]` is missing", head);
        return (None, reader.diagnostics);
    };
    root.finish(&mut reader);
    let Some(table) = Table::open(&mut reader, &entry.value, vec!["rule".into()]) else {
        return (None, reader.diagnostics);
    };
    let surroundings = Surroundings { fallback_id, integrations };
    let (rule, diagnostics) = elastic::rule(source, reader, table, Shape::Toml, surroundings);
    (Some(rule), diagnostics)
}

fn names(tree: &Tree) -> Vec<String> {
    match &tree.kind {
        TreeKind::Text(text) => vec![text.text.clone()],
        TreeKind::List(items) => items.iter().filter_map(|item| item.text().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}
