//! Threat Stack: rule objects of the API in every shape that exports have, tables, bare filters.
//!
//! Shapes and meaning: `threatstack.md` §4 to §6. A rule with threshold 1 detects single events and
//! folds equal alerts of one window into one; a higher threshold counts events of a group within
//! the window that the group's first event opens.

mod checks;
mod csv;
mod rule;

use std::sync::Arc;

use super::codes;
use super::reader::{Reader, Table};
use super::tree::Tree;
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::ir::Rule;

pub use csv::{objects as csv_objects, recognises as is_csv};
pub use rule::filter_file;

/// Whether an object is a rule of Threat Stack's.
pub fn recognises(tree: &Tree) -> bool {
    const SIGNS: &[&str] = &[
        "severityOfAlerts",
        "aggregateFields",
        "aggregate_fields",
        "aggFields",
        "suppressions",
        "exclusions",
        "window_seconds",
        "alertDescription",
        "rulesetId",
    ];
    let text = |key: &str| tree.get(key).and_then(Tree::text).is_some();
    (text("filter") && text("name")) || (text("name") && SIGNS.iter().any(|key| tree.has(key)))
}

/// A rule object and, in the on-disk form of a command-line tool, the tags beside it.
pub struct Found<'t> {
    /// The rule.
    pub rule: &'t Tree,
    /// `tags` of `{"rule": …, "tags": …}`.
    pub tags: Option<&'t Tree>,
}

/// The rule objects of one JSON value, by the shapes of §6; empty when it has none.
pub fn find<'t>(source: &Arc<Source>, tree: &'t Tree) -> (Vec<Found<'t>>, Vec<Diagnostic>) {
    let (mut found, mut diagnostics) = (Vec::new(), Vec::new());
    collect(source, tree, &mut found, &mut diagnostics, 0);
    (found, diagnostics)
}

fn collect<'t>(
    source: &Arc<Source>,
    tree: &'t Tree,
    found: &mut Vec<Found<'t>>,
    diagnostics: &mut Vec<Diagnostic>,
    depth: usize,
) {
    if depth > 4 {
        return;
    }
    if let Some(items) = tree.items() {
        items.iter().for_each(|item| collect(source, item, found, diagnostics, depth + 1));
        return;
    }
    if let Some(rule) = tree.get("rule").filter(|rule| recognises(rule)) {
        found.push(Found { rule, tags: tree.get("tags") });
        return;
    }
    if recognises(tree) && !is_ruleset(tree) {
        found.push(Found { rule: tree, tags: None });
        return;
    }
    for key in ["rulesets", "rules", "ruleIds", "rulesIds"] {
        let Some(list) = tree.get(key) else { continue };
        let Some(items) = list.items() else { continue };
        if !items.is_empty() && items.iter().all(|item| item.text().is_some()) {
            let title =
                format!("this ruleset names {} by id only", super::count(items.len(), "rule", "rules"));
            let head = Span::new(list.span.start, list.span.start + 1);
            diagnostics.push(Diagnostic::new(&codes::THREAT_STACK_RULESET, title).at(source, head, ""));
        } else {
            collect(source, list, found, diagnostics, depth + 1);
        }
    }
}

fn is_ruleset(tree: &Tree) -> bool {
    ["rules", "ruleIds", "rulesIds", "rulesets"]
        .iter()
        .any(|key| tree.get(key).is_some_and(|t| t.items().is_some()))
}

/// Reads one rule object.
pub fn read(source: &Arc<Source>, found: &Found<'_>, fallback_id: String) -> (Option<Rule>, Vec<Diagnostic>) {
    let mut reader = Reader::new(source, false);
    let Some(table) = Table::open(&mut reader, found.rule, Vec::new()) else {
        return (None, reader.diagnostics);
    };
    if let Some(tags) = found.tags {
        reader.keep(&["tags".to_owned()], tags);
    }
    let (rule, diagnostics) = rule::read(source, reader, table, fallback_id);
    (Some(rule), diagnostics)
}

#[cfg(test)]
mod tests;
