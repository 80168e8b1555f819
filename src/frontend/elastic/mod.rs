//! What Elastic rules of both formats share: the keys of a rule, as the TOML files of
//! elastic/detection-rules and the lines of a Kibana export write them.
//!
//! Limits and required keys: `kibana_rule_import.md` and the OpenAPI sources it cites. The two
//! wrappers ([`elastic_toml`](super::elastic_toml), [`kibana`](super::kibana)) open the file.

mod checks;
mod detection;
mod input;
mod metadata;
mod opaque;

use std::sync::Arc;

pub use detection::TYPES;

use super::reader::{Reader, Table};
use crate::diagnostic::{Diagnostic, Source};
use crate::ir::{Exception, ExceptionList, Format, Rule, Schedule, Vocabulary};

/// Which of the two shapes a rule has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A TOML file: `rule.new_terms`, `[metadata]` beside the rule.
    Toml,
    /// The API's JSON.
    Api,
}

/// What the surroundings of a rule say about it.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// The id to use when the rule has none.
    pub fallback_id: String,
    /// `metadata.integration` of a TOML file.
    pub integrations: Vec<String>,
}

/// Keys without which the meaning of a rule is not known; a fault in one makes it opaque.
const MEANING: &[&str] = &[
    "type",
    "query",
    "language",
    "filters",
    "threshold",
    "new_terms",
    "new_terms_fields",
    "history_window_start",
    "alert_suppression",
    "exceptions_list",
    "index",
    "timestamp_override",
];

/// Reads a rule from its table. Faults are findings; the rule comes back with what could be read.
pub fn rule(
    source: &Arc<Source>,
    mut reader: Reader<'_>,
    mut table: Table<'_>,
    shape: Shape,
    surroundings: Surroundings,
) -> (Rule, Vec<Diagnostic>) {
    let origin = table.span;
    let written_id = table.text(&mut reader, "rule_id").filter(|id| !id.is_empty());
    let written_id = table.require(&mut reader, "rule_id", written_id);
    let id_is_derived = written_id.is_none();
    let id = written_id.unwrap_or(surroundings.fallback_id);
    let metadata = metadata::read(&mut reader, &mut table, shape);
    let schedule = schedule(&mut reader, &mut table);
    let index = table.texts(&mut reader, "index");
    let mut integrations = surroundings.integrations;
    integrations.extend(input::related_packages(&table));
    let read = detection::read(&mut reader, &mut table, shape, &id, &metadata.name);
    let exception_lists = table.list(&mut reader, "exceptions_list", |reader, item, path| {
        Table::open(reader, item, path)?;
        Some(ExceptionList { value: item.to_value(), origin: Some(item.span), resolved: false })
    });
    checks::across(&mut reader, &table);
    metadata::keep_known(&mut reader, &mut table);
    let path = table.path.clone();
    table.finish(&mut reader);
    let mut detection = read.detection;
    if reader.has_failed(&path, MEANING) {
        detection = detection::unreadable(read.query.as_ref());
    }
    let mut metadata = metadata;
    metadata.extra = reader.extra;
    let input = input::of(&detection, read.query.as_ref(), index.as_deref(), &integrations);
    let mut diagnostics = reader.diagnostics;
    for finding in &mut diagnostics {
        if finding.rule.is_none() {
            finding.rule = Some(crate::diagnostic::RuleRef { id: id.clone(), name: metadata.name.clone() });
        }
    }
    let format = match shape {
        Shape::Toml => Format::ElasticToml,
        Shape::Api => Format::KibanaNdjson,
    };
    let rule = Rule {
        id,
        id_is_derived,
        input,
        vocabulary: Vocabulary::Ecs,
        format,
        source_type: read.source_type,
        metadata,
        query: read.query,
        index,
        filters: read.filters,
        detection,
        exceptions: Vec::<Exception>::new(),
        exception_lists,
        suppression: read.suppression,
        schedule,
        source: Arc::clone(source),
        origin,
    };
    (rule, diagnostics)
}

fn schedule(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Schedule {
    Schedule {
        from: checks::date_math(reader, table, "from"),
        to: checks::date_math(reader, table, "to"),
        interval: checks::interval(reader, table, "interval"),
        max_signals: table.int_in(reader, "max_signals", 1..=i64::MAX),
    }
}
