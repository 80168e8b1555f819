//! The response playbook of a rule.

use indexmap::IndexMap;

use super::metadata::literal;
use super::times;
use crate::frontend::reader::{Reader, Table, child};
use crate::frontend::tree::Tree;
use crate::ir::{Binding, Call, Playbook, Step, Until, Value};

/// Reads the key `playbook`.
pub(super) fn read(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<Playbook> {
    let tree = table.value(reader, "playbook")?;
    let path = table.at("playbook");
    reader.whole(&path, tree, |reader| {
        let mut inner = Table::open(reader, tree, path.clone())?;
        let id = inner.text(reader, "id");
        let summary = inner.text(reader, "summary");
        let parameters = match inner.value(reader, "parameters") {
            Some(tree) => parameters(reader, tree, child(&path, "parameters"))?,
            None => IndexMap::new(),
        };
        let policies = values(reader, &mut inner, "policies")?;
        let written = inner.has("steps");
        let steps = inner.list(reader, "steps", step);
        inner.finish(reader);
        if written && steps.is_none() {
            return None;
        }
        Some(Playbook { id, summary, parameters, policies, steps: steps.unwrap_or_default() })
    })
}

/// `name: {field, default, description}`, or `name: field`.
fn parameters(reader: &mut Reader<'_>, tree: &Tree, path: Vec<String>) -> Option<IndexMap<String, Binding>> {
    let Some(entries) = tree.entries() else {
        reader.wrong_type(&path, tree, "a table");
        return None;
    };
    let mut parameters = IndexMap::new();
    for entry in entries {
        let origin = Some(entry.key_span);
        let binding = match reader.as_text(&entry.value) {
            Some(field) => Binding { field: Some(field), origin, ..Binding::default() },
            None => {
                let mut table = Table::open(reader, &entry.value, child(&path, &entry.key))?;
                let field = table.text(reader, "field");
                let default = table.text(reader, "default");
                let description = table.text(reader, "description");
                table.finish(reader);
                Binding { field, default, description, origin }
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
    let written = ["requires", "when", "calls", "wait"].map(|key| table.has(key));
    let requires = table.texts(reader, "requires");
    let when = when(reader, &mut table);
    let calls = table.list(reader, "calls", call);
    let wait = times::duration(reader, &mut table, "wait").map(|(_, duration)| duration);
    table.finish(reader);
    let read = [requires.is_some(), when.is_some(), calls.is_some(), wait.is_some()];
    // A step without what it waits for or depends on would be another step.
    if written.iter().zip(read).any(|(written, read)| *written && !read) {
        return None;
    }
    Some(Step {
        title: title?,
        text,
        requires: requires.unwrap_or_default(),
        when: when.unwrap_or_default(),
        calls: calls.unwrap_or_default(),
        wait,
        extra: IndexMap::new(),
    })
}

/// `field: value` or `field: [value, …]`.
fn when(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<IndexMap<String, Vec<String>>> {
    let tree = table.value(reader, "when")?;
    let path = table.at("when");
    let Some(entries) = tree.entries() else {
        reader.wrong_type(&path, tree, "a table");
        return None;
    };
    let mut conditions = IndexMap::new();
    for entry in entries {
        let values = match reader.as_text(&entry.value) {
            Some(value) => vec![value],
            None => reader.as_texts(&child(&path, &entry.key), &entry.value)?,
        };
        conditions.insert(entry.key.clone(), values);
    }
    Some(conditions)
}

fn call(reader: &mut Reader<'_>, tree: &Tree, path: Vec<String>) -> Option<Call> {
    let mut table = Table::open(reader, tree, path)?;
    let service = table.text(reader, "service");
    let service = table.require(reader, "service", service);
    let action = table.text(reader, "action");
    let action = table.require(reader, "action", action);
    let each = table.text(reader, "each");
    let parameters = values(reader, &mut table, "parameters");
    let outputs = texts(reader, &mut table, "outputs");
    let written = table.has("until");
    let until = until(reader, &mut table);
    table.finish(reader);
    if written && until.is_none() {
        return None;
    }
    Some(Call {
        service: service?,
        action: action?,
        each,
        parameters: parameters?,
        outputs: outputs?,
        until,
        origin: Some(tree.span),
    })
}

/// `until: {state, parameters}`.
fn until(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<Until> {
    let tree = table.value(reader, "until")?;
    let mut inner = Table::open(reader, tree, table.at("until"))?;
    let state = inner.text(reader, "state");
    let state = inner.require(reader, "state", state);
    let parameters = values(reader, &mut inner, "parameters");
    inner.finish(reader);
    Some(Until { state: state?, parameters: parameters? })
}

/// A table of values that trailsmith hands on; none where it is not written.
fn values(
    reader: &mut Reader<'_>,
    table: &mut Table<'_>,
    key: &'static str,
) -> Option<IndexMap<String, Value>> {
    let Some(tree) = table.value(reader, key) else { return Some(IndexMap::new()) };
    let Some(entries) = tree.entries() else {
        reader.wrong_type(&table.at(key), tree, "a table");
        return None;
    };
    Some(entries.iter().map(|entry| (entry.key.clone(), literal(reader, &entry.value))).collect())
}

/// A table of texts.
fn texts(
    reader: &mut Reader<'_>,
    table: &mut Table<'_>,
    key: &'static str,
) -> Option<IndexMap<String, String>> {
    let Some(tree) = table.value(reader, key) else { return Some(IndexMap::new()) };
    let path = table.at(key);
    let Some(entries) = tree.entries() else {
        reader.wrong_type(&path, tree, "a table");
        return None;
    };
    let mut texts = IndexMap::new();
    for entry in entries {
        let Some(text) = reader.as_text(&entry.value) else {
            reader.wrong_type(&child(&path, &entry.key), &entry.value, "a text");
            return None;
        };
        texts.insert(entry.key.clone(), text);
    }
    Some(texts)
}
