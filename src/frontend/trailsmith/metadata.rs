//! What a rule of the format says about itself.

use super::times;
use crate::frontend::reader::{Reader, Table};
use crate::frontend::threat;
use crate::frontend::tree::Tree;
use crate::ir::{
    Level, Metadata, Overrides, Purpose, RiskScoreMapping, RuleSeverity, SeverityMapping, Value,
};

const LEVELS: &[&str] = &["informational", "low", "medium", "high", "critical"];

const MITRE: threat::Keys = threat::Keys {
    list: "mitre",
    techniques: "techniques",
    subtechniques: "subtechniques",
    framework: Some("MITRE ATT&CK"),
};

/// Reads every key of metadata.
pub(super) fn read(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Metadata {
    let name = table.text(reader, "name");
    let name = table.require(reader, "name", name).unwrap_or_default();
    Metadata {
        name,
        description: table.text(reader, "description"),
        severity: severity(reader, table),
        risk_score: table.int_in(reader, "risk_score", 0..=100),
        tags: table.texts(reader, "tags"),
        author: author(reader, table),
        license: table.text(reader, "license"),
        references: table.texts(reader, "references"),
        false_positives: table.texts(reader, "false_positives"),
        threat: threat::read(reader, table, &MITRE),
        investigation_guide: table.text(reader, "investigation_guide"),
        setup: table.text(reader, "setup"),
        investigation_fields: table.texts(reader, "investigation_fields"),
        playbook: super::playbook::read(reader, table),
        alert_title: table.text(reader, "alert_title"),
        overrides: overrides(reader, table),
        enabled: table.bool(reader, "enabled"),
        version: table.int_in(reader, "version", 0..=i64::MAX),
        purpose: purpose(reader, table),
        building_block: building_block(reader, table),
        timeline: timeline(reader, table),
        extra: Vec::new(),
    }
}

/// A list of names, or one name.
fn author(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<Vec<String>> {
    match table.peek("author") {
        Some(tree) if !super::is_list(tree) => table.text(reader, "author").map(|name| vec![name]),
        _ => table.texts(reader, "author"),
    }
}

/// `true`, or Elastic's word `default`.
fn building_block(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<String> {
    let tree = table.peek("building_block")?;
    if matches!(tree.kind, crate::frontend::tree::TreeKind::Bool(_)) {
        return table.bool(reader, "building_block")?.then(|| "default".to_owned());
    }
    times::word(reader, table, "building_block", &["default"])
}

/// `alerting`, which is meant where nothing is written, or `hunting`.
fn purpose(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Purpose {
    let words = [Purpose::Alerting.as_str(), Purpose::Hunting.as_str()];
    times::word(reader, table, "purpose", &words).and_then(|word| Purpose::parse(&word)).unwrap_or_default()
}

/// A word, or `{level, original}` where the source has a scale of its own.
fn severity(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<RuleSeverity> {
    let tree = table.value(reader, "severity")?;
    if tree.entries().is_none() {
        let level = times::word(reader, table, "severity", LEVELS)?;
        return Some(RuleSeverity { level: Level::parse(&level)?, original: None });
    }
    let path = table.at("severity");
    reader.whole(&path, tree, |reader| {
        let mut inner = Table::open(reader, tree, path.clone())?;
        let level = times::word(reader, &mut inner, "level", LEVELS);
        let level = inner.require(reader, "level", level);
        let original = inner.value(reader, "original").map(Tree::to_value);
        inner.finish(reader);
        Some(RuleSeverity { level: Level::parse(&level?)?, original })
    })
}

fn overrides(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Overrides {
    let Some(tree) = table.value(reader, "overrides") else { return Overrides::default() };
    let path = table.at("overrides");
    let read = reader.whole(&path, tree, |reader| {
        let mut inner = Table::open(reader, tree, path.clone())?;
        let severity = inner.list(reader, "severity", |reader, tree, path| {
            let mut row = Table::open(reader, tree, path)?;
            let (field, operator, value) = mapping(reader, &mut row);
            let level = times::word(reader, &mut row, "severity", &LEVELS[1..]);
            let level = row.require(reader, "severity", level);
            row.finish(reader);
            Some(SeverityMapping { field: field?, operator, value, severity: Level::parse(&level?)? })
        });
        let risk_score = inner.list(reader, "risk_score", |reader, tree, path| {
            let mut row = Table::open(reader, tree, path)?;
            let (field, operator, value) = mapping(reader, &mut row);
            let risk_score = row.int_in(reader, "risk_score", 0..=100);
            row.finish(reader);
            Some(RiskScoreMapping { field: field?, operator, value, risk_score })
        });
        let overrides = Overrides {
            severity: severity.unwrap_or_default(),
            risk_score: risk_score.unwrap_or_default(),
            rule_name: inner.text(reader, "rule_name"),
            timestamp: inner.text(reader, "timestamp"),
            timestamp_fallback_disabled: inner.bool(reader, "timestamp_fallback_disabled"),
        };
        inner.finish(reader);
        Some(overrides)
    });
    read.unwrap_or_default()
}

fn mapping(reader: &mut Reader<'_>, row: &mut Table<'_>) -> (Option<String>, String, String) {
    let field = row.text(reader, "field");
    let field = row.require(reader, "field", field);
    let operator = times::word(reader, row, "operator", &["equals"]).unwrap_or_else(|| "equals".into());
    let value = row.text(reader, "value").unwrap_or_default();
    (field, operator, value)
}

fn timeline(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<(String, String)> {
    let tree = table.value(reader, "timeline")?;
    let path = table.at("timeline");
    reader.whole(&path, tree, |reader| {
        let mut inner = Table::open(reader, tree, path.clone())?;
        let id = inner.text(reader, "id");
        let id = inner.require(reader, "id", id);
        let title = inner.text(reader, "title");
        let title = inner.require(reader, "title", title);
        inner.finish(reader);
        Some((id?, title?))
    })
}

/// A value for the playbook: a bare account id keeps its digits.
pub(super) fn literal(reader: &Reader<'_>, tree: &Tree) -> Value {
    match (tree.to_value(), reader.as_text(tree)) {
        (Value::Literal(_), Some(text)) => Value::Text(text),
        (value, _) => value,
    }
}
