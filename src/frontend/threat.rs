//! Tactics and techniques of a framework, as Elastic's `threat` and trailsmith's `mitre` write them.

use super::reader::{Reader, Table, child};
use super::tree::Tree;
use crate::ir::{Tactic, Technique, Threat};

/// The names of a format's keys.
#[derive(Debug)]
pub(super) struct Keys {
    /// The whole list.
    pub(super) list: &'static str,
    /// Techniques of a tactic.
    pub(super) techniques: &'static str,
    /// Techniques below a technique.
    pub(super) subtechniques: &'static str,
    /// The framework where none is written; `None`: it has to be.
    pub(super) framework: Option<&'static str>,
}

/// Reads the whole key.
pub(super) fn read(reader: &mut Reader<'_>, table: &mut Table<'_>, keys: &Keys) -> Option<Vec<Threat>> {
    table.list(reader, keys.list, |reader, tree, path| entry(reader, tree, path, keys))
}

fn entry(reader: &mut Reader<'_>, tree: &Tree, path: Vec<String>, keys: &Keys) -> Option<Threat> {
    let mut table = Table::open(reader, tree, path)?;
    let framework = table.text(reader, "framework");
    let framework = match (framework, keys.framework) {
        (None, Some(usual)) => Some(usual.to_owned()),
        (framework, _) => table.require(reader, "framework", framework),
    };
    let tactic = table.entry("tactic").map(|entry| &entry.value);
    let tactic = table.require(reader, "tactic", tactic).and_then(|tree| {
        let (id, name, reference, table) = named(reader, tree, child(&table.path, "tactic"))?;
        table.finish(reader);
        Some(Tactic { id, name, reference })
    });
    let techniques = techniques(reader, &mut table, keys.techniques, Some(keys.subtechniques));
    table.finish(reader);
    Some(Threat { framework: framework?, tactic: tactic?, techniques })
}

/// `below`: the key of sub-techniques, which have none of their own.
fn techniques(
    reader: &mut Reader<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    below: Option<&'static str>,
) -> Option<Vec<Technique>> {
    table.list(reader, key, |reader, tree, path| {
        let (id, name, reference, mut table) = named(reader, tree, path)?;
        let subtechniques = below.and_then(|key| techniques(reader, &mut table, key, None));
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
