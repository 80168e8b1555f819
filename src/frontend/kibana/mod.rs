//! Kibana exports: one JSON object a line, or one JSON value with rules in it.
//!
//! A line is a rule, an exception list, an item of one, a connector (for actions) or the summary at
//! the end (`kibana_rule_import.md`, "Endpoint"). Items become exceptions of the rules that name
//! their list; lists, items and connectors are kept as [`Attachment`]s for the way back.

mod exceptions;

use std::sync::Arc;

pub use exceptions::absent;

use super::codes;
use super::elastic::{self, Shape, Surroundings};
use super::reader::{Reader, Table};
use super::tree::{Tree, json};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::ir::{Rule, Value};

/// What a line of an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A rule.
    Rule,
    /// An exception list without its items.
    ExceptionList,
    /// An item of an exception list.
    ExceptionItem,
    /// A connector that actions refer to.
    Connector,
    /// The summary of an export.
    Summary,
}

/// A line that is no rule but belongs to the export.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// What it is.
    pub kind: Kind,
    /// As it stands.
    pub value: Value,
    /// Where it stands.
    pub origin: Span,
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Read {
    /// The rules, in order.
    pub rules: Vec<Rule>,
    /// Everything else, in order.
    pub attachments: Vec<Attachment>,
    /// Findings.
    pub diagnostics: Vec<Diagnostic>,
}

/// What an object is, by its keys.
pub fn kind(tree: &Tree) -> Option<Kind> {
    let has = |key: &str| tree.has(key);
    let known_type =
        || tree.get("type").and_then(Tree::text).is_some_and(|word| elastic::TYPES.contains(&word));
    if has("exported_count") || has("exported_rules_count") {
        Some(Kind::Summary)
    } else if has("item_id") || (has("list_id") && has("entries")) {
        Some(Kind::ExceptionItem)
    } else if has("list_id") {
        Some(Kind::ExceptionList)
    } else if has("attributes") {
        Some(Kind::Connector)
    } else if has("rule_id") || (known_type() && (has("severity") || has("risk_score") || has("query"))) {
        Some(Kind::Rule)
    } else {
        None
    }
}

/// The values of an NDJSON file; a broken line is a finding and the others are read.
pub fn lines(source: &Arc<Source>) -> (Vec<Tree>, Vec<Diagnostic>) {
    let (mut trees, mut diagnostics) = (Vec::new(), Vec::new());
    let mut start = 0;
    for line in source.text().split_inclusive('\n') {
        let span = Span::new(start, start + line.trim_end_matches(['\n', '\r']).len());
        start += line.len();
        if line.trim().trim_start_matches('\u{feff}').is_empty() {
            continue;
        }
        match json::parse(source, span) {
            Ok(parsed) => {
                trees.push(parsed.tree);
                diagnostics.extend(parsed.diagnostics);
            }
            Err(finding) => diagnostics.push(*finding),
        }
    }
    (trees, diagnostics)
}

/// Reads the objects of a file; `fallback_id` gives the id of the n-th rule (from 1) if it has none.
pub fn read(source: &Arc<Source>, objects: &[&Tree], fallback_id: &dyn Fn(usize) -> String) -> Read {
    let mut read = Read::default();
    let mut items = Vec::new();
    for &tree in objects {
        match kind(tree) {
            Some(Kind::Rule) => {
                let mut reader = Reader::new(source, false);
                let Some(table) = Table::open(&mut reader, tree, Vec::new()) else { continue };
                let fallback_id = fallback_id(read.rules.len() + 1);
                let surroundings = Surroundings { fallback_id, integrations: Vec::new() };
                let (rule, diagnostics) = elastic::rule(source, reader, table, Shape::Api, surroundings);
                read.rules.push(rule);
                read.diagnostics.extend(diagnostics);
            }
            Some(kind) => {
                if kind == Kind::ExceptionItem {
                    items.push(tree);
                }
                read.attachments.push(Attachment { kind, value: tree.to_value(), origin: tree.span });
            }
            None => {
                let head = Span::new(tree.span.start, tree.span.start + 1);
                let title = "this is neither a rule nor anything else of an export";
                let finding = Diagnostic::new(&codes::NOT_A_RULE, title).at(source, head, "");
                read.diagnostics.push(finding);
            }
        }
    }
    let lists =
        objects.iter().filter(|tree| matches!(kind(tree), Some(Kind::ExceptionList | Kind::ExceptionItem)));
    let held: Vec<_> = lists.filter_map(|tree| exceptions::key_of(tree)).collect();
    exceptions::link(source, &mut read, &items, &held);
    read.diagnostics.extend(absent(source, &read.rules, &held));
    read
}

#[cfg(test)]
mod tests;
