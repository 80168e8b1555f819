//! The response playbook of a rule.

use indexmap::IndexMap;

use super::metadata::literal;
use crate::frontend::reader::{Reader, Table, child};
use crate::frontend::tree::Tree;
use crate::ir::{Binding, Call, Playbook, Step};

/// Reads the key `playbook`.
pub(super) fn read(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<Playbook> {
    let tree = table.value(reader, "playbook")?;
    let path = table.at("playbook");
    reader.whole(&path, tree, |reader| {
        let mut inner = Table::open(reader, tree, path.clone())?;
        let summary = inner.text(reader, "summary");
        let parameters = match inner.value(reader, "parameters") {
            Some(tree) => parameters(reader, tree, child(&path, "parameters"))?,
            None => IndexMap::new(),
        };
        let written = inner.has("steps");
        let steps = inner.list(reader, "steps", step);
        inner.finish(reader);
        if written && steps.is_none() {
            return None;
        }
        Some(Playbook { summary, parameters, steps: steps.unwrap_or_default() })
    })
}

/// `name: {field, description}`, or `name: field`.
fn parameters(reader: &mut Reader<'_>, tree: &Tree, path: Vec<String>) -> Option<IndexMap<String, Binding>> {
    let Some(entries) = tree.entries() else {
        reader.wrong_type(&path, tree, "a table");
        return None;
    };
    let mut parameters = IndexMap::new();
    for entry in entries {
        let origin = Some(entry.key_span);
        let binding = match reader.as_text(&entry.value) {
            Some(field) => Binding { field: Some(field), description: None, origin },
            None => {
                let mut table = Table::open(reader, &entry.value, child(&path, &entry.key))?;
                let field = table.text(reader, "field");
                let description = table.text(reader, "description");
                table.finish(reader);
                Binding { field, description, origin }
            }
        };
        parameters.insert(entry.key.clone(), binding);
    }
    Some(parameters)
}

fn step(reader: &mut Reader<'_>, tree: &Tree, path: Vec<String>) -> Option<Step> {
    let mut table = Table::open(reader, tree, path)?;
    let title = table.text(reader, "title");
    let title = table.require(reader, "title", title);
    let text = table.text(reader, "text");
    let written = table.has("calls");
    let calls = table.list(reader, "calls", call);
    table.finish(reader);
    if written && calls.is_none() {
        return None;
    }
    Some(Step { title: title?, text, calls: calls.unwrap_or_default(), extra: IndexMap::new() })
}

fn call(reader: &mut Reader<'_>, tree: &Tree, path: Vec<String>) -> Option<Call> {
    let mut table = Table::open(reader, tree, path)?;
    let service = table.text(reader, "service");
    let service = table.require(reader, "service", service);
    let action = table.text(reader, "action");
    let action = table.require(reader, "action", action);
    let parameters = match table.value(reader, "parameters") {
        None => IndexMap::new(),
        Some(tree) => match tree.entries() {
            Some(entries) => entries.iter().map(|e| (e.key.clone(), literal(reader, &e.value))).collect(),
            None => {
                reader.wrong_type(&table.at("parameters"), tree, "a table");
                return None;
            }
        },
    };
    table.finish(reader);
    Some(Call { service: service?, action: action?, parameters, origin: Some(tree.span) })
}
