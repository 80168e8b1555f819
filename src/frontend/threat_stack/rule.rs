//! One rule object, camel or snake case.

use std::sync::Arc;

use super::checks;
use crate::diagnostic::{Diagnostic, RuleRef, Source, Span, TextMap};
use crate::frontend::codes;
use crate::frontend::lower::{self, LowerInput};
use crate::frontend::reader::{Reader, Table};
use crate::frontend::tree::{Text, Tree, TreeKind};
use crate::ir::{
    Detection, Duration, Exception, Field, Format, Input, Language, Level, Metadata, MissingFields, Opaque,
    QueryText, Rule, RuleSeverity, Schedule, Suppression, Threshold, Value, Vocabulary, Window,
};

/// Known and kept: read-only keys, keys of file rules, keys of the older form.
const KEPT: &[&str] = &[
    "anomalous_only",
    "auto_suppress",
    "classifiers",
    "createdAt",
    "created_at",
    "eventsToMonitor",
    "fileIntegrityPaths",
    "ignoreFiles",
    "rulesetId",
    "tags",
    "updatedAt",
    "updated_at",
];

/// Keys without which the meaning of a rule is not known.
const MEANING: &[&str] = &[
    "filter",
    "threshold",
    "window",
    "window_seconds",
    "aggregateFields",
    "aggregate_fields",
    "aggFields",
    "suppressions",
    "exclusions",
    "exclusion_filter",
    "type",
];

/// Reads a rule.
pub(super) fn read(
    source: &Arc<Source>,
    mut reader: Reader<'_>,
    mut table: Table<'_>,
    fallback_id: String,
) -> (Rule, Vec<Diagnostic>) {
    let r = &mut reader;
    let written_id = table.text(r, "id").filter(|id| !id.is_empty());
    let id_is_derived = written_id.is_none();
    let id = written_id.unwrap_or(fallback_id);
    let name = table.text(r, "name");
    let name = table.require(r, "name", name).unwrap_or_default();
    let kind = table.text(r, "type");
    let alert_title = table.text(r, "title");
    let severity = severity(r, &mut table);
    let key = either(&table, "alertDescription", "description");
    let description = table.text(r, key);
    let mut enabled = table.bool(r, "enabled");
    let names =
        first(r, &mut table, ["aggregateFields", "aggregate_fields", "aggFields"]).unwrap_or_default();
    let group_by: Vec<Field> = names.iter().map(|name| lower::field(Vocabulary::ThreatStack, name)).collect();
    let key = either(&table, "window", "window_seconds");
    let window = table.int_in(r, key, 1..=i64::MAX);
    let threshold = table.int_in(r, "threshold", 1..=i64::MAX).unwrap_or(1);

    let input = LowerInput { source, rule_id: &id, rule_name: &name };
    let filter = table.mapped_text(r, "filter").map(|(text, _)| query_text(text));
    let is_file = kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("file"));
    if !is_file {
        table.require(r, "filter", filter.as_ref());
    }
    let lowered = filter.as_ref().map(|filter| lower::query(&input, filter, Vocabulary::ThreatStack));
    let lowered = lowered.unwrap_or_default();
    r.diagnostics.extend(lowered.diagnostics);
    let exceptions = exceptions(r, &mut table, &input);

    let feed = checks::input(r, &table, kind.as_deref(), lowered.event_type.as_ref());
    if feed.is_none() {
        // Imported switched off; what was written is kept.
        if let Some(written) = enabled.replace(false) {
            r.keep_value(&table.at("enabled"), Value::Bool(written), None);
        }
    }
    checks::lints(r, &table, kind.as_deref(), &names, description.as_deref(), alert_title.as_deref());
    table.keep(r, KEPT);
    let path = table.path.clone();
    let origin = table.span;
    let window_head = table.head();
    table.finish(r);

    let mut suppression = None;
    let seconds = window.map(Duration::seconds);
    let detection = match (lowered.predicate, threshold, seconds) {
        _ if r.has_failed(&path, MEANING) => None,
        (Some(predicate), 1, window) => {
            let missing = Some(MissingFields::Group);
            suppression = window.map(|window| Suppression { group_by, duration: Some(window), missing });
            Some(Detection::Event(predicate))
        }
        (Some(filter), at_least, Some(window)) => Some(Detection::Threshold(Threshold {
            filter,
            group_by,
            at_least: at_least.unsigned_abs(),
            cardinality: Vec::new(),
            window: Window::FirstEvent(window),
            missing: MissingFields::Group,
        })),
        (Some(_), _, None) => {
            r.report(&codes::MISSING_KEY, "a threshold needs a `window`", window_head);
            None
        }
        (None, ..) => None,
    };
    let detection = detection.filter(|_| exceptions.is_some());
    let detection = detection.unwrap_or_else(|| opaque(filter.as_ref(), is_file));
    let metadata = Metadata {
        name: name.clone(),
        description,
        risk_score: severity.as_ref().map(|severity| severity.level.default_risk_score()),
        severity,
        alert_title,
        enabled,
        extra: std::mem::take(&mut r.extra),
        ..Metadata::default()
    };
    let mut diagnostics = std::mem::take(&mut r.diagnostics);
    name_rule(&mut diagnostics, &id, &name);
    let rule = Rule {
        input: feed.unwrap_or_else(|| Input::Other(kind.clone().unwrap_or_default())),
        id_is_derived,
        vocabulary: Vocabulary::ThreatStack,
        format: Format::ThreatStackJson,
        source_type: kind,
        metadata,
        query: filter,
        index: None,
        filters: None,
        detection,
        exceptions: exceptions.unwrap_or_default(),
        exception_lists: None,
        suppression,
        schedule: Schedule::default(),
        source: Arc::clone(source),
        origin,
        id,
    };
    (rule, diagnostics)
}

/// A file that holds one filter and nothing else; the rule is named after the file.
pub fn filter_file(source: &Arc<Source>, name: &str, id: String) -> (Rule, Vec<Diagnostic>) {
    let text = source.text();
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let filter = QueryText {
        language: Language::ThreatStack,
        text: text[start..].to_owned(),
        map: TextMap::verbatim(start, text.len() - start),
    };
    let input = LowerInput { source, rule_id: &id, rule_name: name };
    let lowered = lower::query(&input, &filter, Vocabulary::ThreatStack);
    let mut diagnostics = lowered.diagnostics;
    name_rule(&mut diagnostics, &id, name);
    let feed = lowered.event_type.as_ref().map_or("cloudtrail", |(word, _)| word.as_str());
    let rule = Rule {
        id,
        id_is_derived: true,
        input: checks::feed(feed),
        vocabulary: Vocabulary::ThreatStack,
        format: Format::ThreatStackFilter,
        source_type: None,
        metadata: Metadata { name: name.into(), ..Metadata::default() },
        index: None,
        filters: None,
        detection: lowered.predicate.map_or_else(|| opaque(Some(&filter), false), Detection::Event),
        query: Some(filter),
        exceptions: Vec::new(),
        exception_lists: None,
        suppression: None,
        schedule: Schedule::default(),
        source: Arc::clone(source),
        origin: Span::new(0, text.len()),
    };
    (rule, diagnostics)
}

fn name_rule(diagnostics: &mut [Diagnostic], id: &str, name: &str) {
    for finding in diagnostics.iter_mut().filter(|finding| finding.rule.is_none()) {
        finding.rule = Some(RuleRef { id: id.into(), name: name.into() });
    }
}

fn opaque(filter: Option<&QueryText>, is_file: bool) -> Detection {
    let reason = match filter {
        None if is_file => "a rule on file changes says what it watches outside its filter",
        _ => crate::frontend::UNREADABLE,
    };
    Detection::Opaque(Opaque {
        language: Some(Language::ThreatStack),
        text: filter.map(|filter| filter.text.clone()),
        reason: reason.into(),
    })
}

fn query_text(text: &Text) -> QueryText {
    QueryText { language: Language::ThreatStack, text: text.text.clone(), map: text.map.clone() }
}

/// 1 to 3, as a number or as text; 1 is the gravest.
fn severity(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<RuleSeverity> {
    let key = if table.has("severityOfAlerts") { "severityOfAlerts" } else { "severity" };
    let tree = table.value(reader, key)?;
    let number = match &tree.kind {
        TreeKind::Int(number) => Some(*number),
        TreeKind::Text(text) => text.text.trim().parse().ok(),
        _ => None,
    };
    let level = match number {
        Some(1) => Level::High,
        Some(2) => Level::Medium,
        Some(3) => Level::Low,
        _ => {
            reader.report(&codes::OUT_OF_RANGE, format!("`{key}` is 1, 2 or 3"), tree.span);
            reader.keep(&table.at(key), tree);
            return None;
        }
    };
    Some(RuleSeverity { level, original: Some(tree.to_value()) })
}

/// The first of two spellings of a key, unless only the second is there.
fn either(table: &Table<'_>, camel: &'static str, snake: &'static str) -> &'static str {
    if table.has(snake) && !table.has(camel) { snake } else { camel }
}

fn first(reader: &mut Reader<'_>, table: &mut Table<'_>, keys: [&'static str; 3]) -> Option<Vec<String>> {
    let key = keys.into_iter().find(|key| table.has(key))?;
    let names = table.texts(reader, key)?;
    // `rule_id` may come back from the API, which refuses it on the way in (§4).
    if names.iter().any(|name| name == "rule_id") {
        let all = names.iter().map(|name| Value::Text(name.clone())).collect();
        reader.keep_value(&table.at(key), Value::List(all), None);
    }
    Some(names.into_iter().filter(|name| name != "rule_id").collect())
}

/// Suppressions; `None` when one of them cannot be read.
fn exceptions(
    reader: &mut Reader<'_>,
    table: &mut Table<'_>,
    input: &LowerInput<'_>,
) -> Option<Vec<Exception>> {
    let mut texts: Vec<&Text> = Vec::new();
    for key in ["suppressions", "exclusions"] {
        let items = table.value(reader, key).map(Tree::items);
        match items {
            None => {}
            Some(Some(items)) => {
                for item in items {
                    match &item.kind {
                        TreeKind::Text(text) => texts.push(text),
                        _ => reader.wrong_type(&table.at(key), item, "a list of filters"),
                    }
                }
            }
            Some(None) => {
                let tree = table.peek(key)?;
                reader.wrong_type(&table.at(key), tree, "a list of filters");
            }
        }
    }
    texts.extend(table.mapped_text(reader, "exclusion_filter").map(|(text, _)| text));
    let mut exceptions = Some(Vec::new());
    for text in texts.into_iter().filter(|text| !text.text.trim().is_empty()) {
        let lowered = lower::query(input, &query_text(text), Vocabulary::ThreatStack);
        reader.diagnostics.extend(lowered.diagnostics);
        match (lowered.predicate, &mut exceptions) {
            (Some(predicate), Some(list)) => {
                list.push(Exception { predicate, text: Some(text.text.clone()), name: None });
            }
            (None, _) => exceptions = None,
            _ => {}
        }
    }
    exceptions
}
