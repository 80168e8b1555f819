//! The `threat` key: tactics and techniques of a framework.

use crate::frontend::reader::{Reader, Table, child};
use crate::frontend::tree::Tree;
use crate::ir::{Tactic, Technique, Threat};

/// Reads the whole key.
pub(super) fn read(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<Vec<Threat>> {
    table.list(reader, "threat", entry)
}

fn entry(reader: &mut Reader<'_>, tree: &Tree, path: Vec<String>) -> Option<Threat> {
    let mut table = Table::open(reader, tree, path)?;
    let framework = table.text(reader, "framework");
    let framework = table.require(reader, "framework", framework);
    let tactic = table.entry("tactic").map(|entry| &entry.value);
    let tactic = table.require(reader, "tactic", tactic).and_then(|tree| {
        let path = child(&table.path, "tactic");
        let (id, name, reference, table) = named(reader, tree, path)?;
        table.finish(reader);
        Some(Tactic { id, name, reference })
    });
    let techniques = techniques(reader, &mut table, "technique");
    table.finish(reader);
    Some(Threat { framework: framework?, tactic: tactic?, techniques })
}

fn techniques(reader: &mut Reader<'_>, table: &mut Table<'_>, key: &'static str) -> Option<Vec<Technique>> {
    table.list(reader, key, |reader, tree, path| {
        let (id, name, reference, mut table) = named(reader, tree, path)?;
        // Sub-techniques have none of their own: that key is unknown there.
        let subtechniques =
            if key == "technique" { techniques(reader, &mut table, "subtechnique") } else { None };
        table.finish(reader);
        Some(Technique { id, name, reference, subtechniques })
    })
}

type Named<'t> = (String, String, Option<String>, Table<'t>);

fn named<'t>(reader: &mut Reader<'_>, tree: &'t Tree, path: Vec<String>) -> Option<Named<'t>> {
    let mut table = Table::open(reader, tree, path)?;
    let id = table.text(reader, "id");
    let id = table.require(reader, "id", id);
    let name = table.text(reader, "name");
    let name = table.require(reader, "name", name);
    let reference = table.text(reader, "reference");
    Some((id?, name?, reference, table))
}
