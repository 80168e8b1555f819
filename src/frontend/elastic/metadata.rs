//! Everything an Elastic rule says about itself.

use super::{Shape, checks};
use crate::frontend::reader::{Reader, Table};
use crate::frontend::{codes, threat};
use crate::ir::{Metadata, Overrides, Purpose, RiskScoreMapping, RuleSeverity, SeverityMapping, Value};

/// Keys that are known and kept without being interpreted: job, indicator and data view settings,
/// and what Kibana adds to an exported rule.
const KEPT: &[&str] = &[
    "alias_purpose",
    "alias_target_id",
    "anomaly_threshold",
    "concurrent_searches",
    "created_at",
    "created_by",
    "data_view_id",
    "event_category_override",
    "execution_summary",
    "id",
    "immutable",
    "items_per_search",
    "language",
    "machine_learning_job_id",
    "meta",
    "namespace",
    "outcome",
    "output_index",
    "related_integrations",
    "required_fields",
    "response_actions",
    "revision",
    "rule_source",
    "saved_id",
    "threat_filters",
    "threat_index",
    "threat_indicator_path",
    "threat_language",
    "threat_mapping",
    "threat_mappings",
    "threat_query",
    "throttle",
    "tiebreaker_field",
    "timestamp_field",
    "updated_at",
    "updated_by",
];

const THREAT: threat::Keys =
    threat::Keys { list: "threat", techniques: "technique", subtechniques: "subtechnique", framework: None };

/// Reads the typed keys.
pub(super) fn read(reader: &mut Reader<'_>, table: &mut Table<'_>, shape: Shape) -> Metadata {
    let name = table.text(reader, "name");
    let name = table.require(reader, "name", name).unwrap_or_default();
    let description = table.text(reader, "description");
    let description = table.require(reader, "description", description);
    let severity = checks::level(reader, table, "severity");
    let severity = table.require(reader, "severity", severity);
    let risk_score = table.int_in(reader, "risk_score", 0..=100);
    let risk_score = table.require(reader, "risk_score", risk_score);
    let lowest_version = if shape == Shape::Api { 1 } else { 0 };
    Metadata {
        name,
        description,
        severity: severity.map(|level| RuleSeverity { level, original: None }),
        risk_score,
        tags: table.texts(reader, "tags"),
        author: table.texts(reader, "author"),
        license: table.text(reader, "license"),
        references: table.texts(reader, "references"),
        false_positives: table.texts(reader, "false_positives"),
        threat: threat::read(reader, table, &THREAT),
        investigation_guide: table.text(reader, "note"),
        setup: table.text(reader, "setup"),
        investigation_fields: investigation_fields(reader, table),
        playbook: None,
        alert_title: None,
        overrides: overrides(reader, table),
        enabled: table.bool(reader, "enabled"),
        version: table.int_in(reader, "version", lowest_version..=i64::MAX),
        purpose: Purpose::Alerting,
        building_block: building_block(reader, table),
        timeline: timeline(reader, table),
        extra: Vec::new(),
    }
}

/// Keeps the keys of [`KEPT`] and the actions, which are reported as well.
pub(super) fn keep_known(reader: &mut Reader<'_>, table: &mut Table<'_>) {
    if let Some(actions) = table.value(reader, "actions") {
        let path = table.at("actions");
        match actions.items() {
            Some([]) => {}
            Some(items) => {
                let title = format!(
                    "{} kept for Kibana",
                    crate::frontend::count(items.len(), "action is", "actions are")
                );
                reader.report(&codes::ACTIONS_KEPT, title, actions.span);
            }
            None => reader.wrong_type(&path, actions, "a list"),
        }
        reader.keep(&path, actions);
    }
    table.keep(reader, KEPT);
}

fn investigation_fields(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<Vec<String>> {
    let tree = table.value(reader, "investigation_fields")?;
    let path = table.at("investigation_fields");
    reader.whole(&path, tree, |reader| {
        let mut inner = Table::open(reader, tree, path.clone())?;
        let names = inner.texts(reader, "field_names");
        let names = inner.require(reader, "field_names", names);
        inner.finish(reader);
        names
    })
}

fn building_block(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<String> {
    let word = table.text(reader, "building_block_type")?;
    if word != "default" {
        let span = table.entry("building_block_type").map_or(table.head(), |entry| entry.value.span);
        let finding =
            reader.report(&codes::UNKNOWN_WORD, "`building_block_type` is `default` or absent", span);
        finding.severity = crate::diagnostic::Severity::Warning;
    }
    Some(word)
}

/// Both keys or none; one alone is kept and reported by [`checks::across`].
fn timeline(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<(String, String)> {
    let id = table.text(reader, "timeline_id");
    let title = table.text(reader, "timeline_title");
    match (id, title) {
        (Some(id), Some(title)) => Some((id, title)),
        (id, title) => {
            for (key, text) in [("timeline_id", id), ("timeline_title", title)] {
                if let Some(text) = text {
                    reader.keep_value(&table.at(key), Value::Text(text), None);
                }
            }
            None
        }
    }
}

fn overrides(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Overrides {
    let severity = table.list(reader, "severity_mapping", |reader, tree, path| {
        let mut row = Table::open(reader, tree, path)?;
        let (field, operator, value) = mapping(reader, &mut row);
        let severity = checks::level(reader, &mut row, "severity");
        let severity = row.require(reader, "severity", severity);
        row.finish(reader);
        Some(SeverityMapping { field: field?, operator: operator?, value: value?, severity: severity? })
    });
    let risk_score = table.list(reader, "risk_score_mapping", |reader, tree, path| {
        let mut row = Table::open(reader, tree, path)?;
        let (field, operator, value) = mapping(reader, &mut row);
        let risk_score = row.int_in(reader, "risk_score", 0..=100);
        row.finish(reader);
        Some(RiskScoreMapping { field: field?, operator: operator?, value: value?, risk_score })
    });
    // An empty list says the same as none, but is written back.
    let mut written_empty = |key: &str, empty: bool| {
        if empty {
            reader.keep_value(&table.at(key), Value::List(Vec::new()), None);
        }
    };
    written_empty("severity_mapping", severity.as_ref().is_some_and(Vec::is_empty));
    written_empty("risk_score_mapping", risk_score.as_ref().is_some_and(Vec::is_empty));
    Overrides {
        severity: severity.unwrap_or_default(),
        risk_score: risk_score.unwrap_or_default(),
        rule_name: table.text(reader, "rule_name_override"),
        timestamp: table.text(reader, "timestamp_override"),
        timestamp_fallback_disabled: table.bool(reader, "timestamp_override_fallback_disabled"),
    }
}

fn mapping(reader: &mut Reader<'_>, row: &mut Table<'_>) -> (Option<String>, Option<String>, Option<String>) {
    let field = row.text(reader, "field");
    let field = row.require(reader, "field", field);
    let operator = checks::word(reader, row, "operator", &["equals"]);
    let operator = row.require(reader, "operator", operator);
    let value = row.text(reader, "value");
    let value = row.require(reader, "value", value);
    (field, operator, value)
}
