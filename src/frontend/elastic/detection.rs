//! What an Elastic rule detects, by its type.

use super::{Shape, checks, opaque};
use crate::diagnostic::Span;
use crate::frontend::codes;
use crate::frontend::lower::{self, LowerInput};
use crate::frontend::reader::{Reader, Table, child};
use crate::frontend::tree::Tree;
use crate::ir::{
    Cardinality, Detection, Duration, Field, Language, MissingFields, NewTerms, Node, QueryText, Suppression,
    Threshold, Value, Vocabulary, Window,
};

/// The eight types of Kibana's detection engine.
pub const TYPES: &[&str] =
    &["query", "saved_query", "eql", "esql", "threshold", "threat_match", "machine_learning", "new_terms"];

/// The detection and the keys that belong to it.
pub(super) struct Read {
    pub(super) detection: Detection,
    pub(super) source_type: Option<String>,
    pub(super) query: Option<QueryText>,
    pub(super) filters: Option<Vec<Value>>,
    pub(super) suppression: Option<Suppression>,
}

/// Reads type, query, filters, thresholds, new terms and suppression.
pub(super) fn read(
    reader: &mut Reader<'_>,
    table: &mut Table<'_>,
    shape: Shape,
    id: &str,
    name: &str,
) -> Read {
    let source_type = checks::word(reader, table, "type", TYPES);
    let source_type = table.require(reader, "type", source_type);
    let kind = source_type.clone().unwrap_or_default();
    let (query, query_span) = query(reader, table, shape, &kind);
    let filters_span = table.entry("filters").map(|entry| entry.value.span);
    let filters = table.list(reader, "filters", |_, tree, _| Some(tree.to_value()));
    let suppression = suppression(reader, table, &kind);
    let threshold = (kind == "threshold").then(|| threshold(reader, table)).flatten();
    let new_terms = (kind == "new_terms").then(|| new_terms(reader, table, shape)).flatten();

    let understood = matches!(kind.as_str(), "query" | "threshold" | "new_terms")
        && query.as_ref().is_none_or(|query| query.language == Language::Kuery);
    let detection = if !understood {
        let type_span = table.entry("type").map_or(table.head(), |entry| entry.value.span);
        opaque::carried(reader, table, &kind, query.as_ref(), query_span.unwrap_or(type_span))
    } else {
        let input = LowerInput { source: reader.source, rule_id: id, rule_name: name };
        let filter = predicate(reader, &input, query.as_ref(), filters.as_deref(), filters_span);
        match (filter, kind.as_str(), threshold, new_terms) {
            (Some(filter), "query", ..) => Detection::Event(filter),
            (Some(filter), "threshold", Some(read), _) => Detection::Threshold(Threshold {
                filter,
                group_by: read.group_by,
                at_least: read.at_least,
                cardinality: read.cardinality,
                window: Window::Run,
                missing: MissingFields::Exclude,
            }),
            (Some(filter), "new_terms", _, Some((fields, history_start))) => {
                Detection::NewTerms(NewTerms { filter, fields, history_start })
            }
            _ => unreadable(query.as_ref()),
        }
    };
    Read { detection, source_type, query, filters, suppression }
}

/// What stands for a detection whose text is at fault; the fault itself is reported where it is.
pub(super) fn unreadable(query: Option<&QueryText>) -> Detection {
    opaque::because(query, crate::frontend::UNREADABLE.into())
}

fn query(
    reader: &mut Reader<'_>,
    table: &mut Table<'_>,
    shape: Shape,
    kind: &str,
) -> (Option<QueryText>, Option<Span>) {
    let fixed = match kind {
        "eql" => Some(Language::Eql),
        "esql" => Some(Language::Esql),
        _ => None,
    };
    let words: &[&str] = match fixed {
        Some(Language::Eql) => &["eql"],
        Some(_) => &["esql"],
        None => &["kuery", "lucene"],
    };
    let is_text = table.has("query");
    let text = table.mapped_text(reader, "query");
    // Kibana: the query of these two types defaults to the empty one, which matches everything.
    let optional = matches!(kind, "machine_learning" | "saved_query")
        || (kind == "query" && (shape == Shape::Api || table.has("filters")));
    if !optional {
        table.require(reader, "query", is_text.then_some(()));
    }
    let Some((text, span)) = text else {
        return (None, None);
    };
    let written = checks::word(reader, table, "language", words);
    if fixed.is_some() {
        table.require(reader, "language", written.clone());
    }
    let language = fixed.or_else(|| Language::parse(written.as_deref()?)).unwrap_or(Language::Kuery);
    (Some(QueryText { language, text: text.text.clone(), map: text.map.clone() }), Some(span))
}

fn predicate(
    reader: &mut Reader<'_>,
    input: &LowerInput<'_>,
    query: Option<&QueryText>,
    filters: Option<&[Value]>,
    filters_span: Option<Span>,
) -> Option<Node> {
    let mut nodes = Vec::new();
    let mut complete = true;
    if let Some(query) = query {
        let lowered = lower::query(input, query, Vocabulary::Ecs);
        reader.diagnostics.extend(lowered.diagnostics);
        complete &= lowered.predicate.is_some();
        nodes.extend(lowered.predicate);
    }
    if let Some(filters) = filters.filter(|filters| !filters.is_empty()) {
        let lowered = lower::filters(input, filters, filters_span.unwrap_or_default());
        reader.diagnostics.extend(lowered.diagnostics);
        complete &= lowered.predicate.is_some();
        nodes.extend(lowered.predicate);
    }
    complete.then(|| Node::all(nodes))
}

struct ReadThreshold {
    group_by: Vec<Field>,
    at_least: u64,
    cardinality: Vec<Cardinality>,
}

fn ecs(path: &str) -> Field {
    lower::field(Vocabulary::Ecs, path)
}

fn threshold(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<ReadThreshold> {
    let tree = table.value(reader, "threshold");
    let tree = table.require(reader, "threshold", tree)?;
    let path = table.at("threshold");
    reader.whole(&path, tree, |reader| {
        let mut inner = Table::open(reader, tree, path.clone())?;
        let names = field_names(reader, &mut inner)?;
        count(reader, names.len(), 0, 5, "`threshold.field`", tree.span);
        let value = inner.int_in(reader, "value", 1..=i64::MAX);
        let value = inner.require(reader, "value", value);
        let written_empty = inner.has("cardinality");
        let cardinality = inner.list(reader, "cardinality", |reader, item, path| {
            let mut row = Table::open(reader, item, path)?;
            let field = row.text(reader, "field");
            let field = row.require(reader, "field", field);
            let value = row.int_in(reader, "value", 0..=i64::MAX);
            let value = row.require(reader, "value", value);
            row.finish(reader);
            if let Some(field) = field.as_ref().filter(|field| names.contains(field)) {
                let title = format!("`{field}` has one value in every group that it makes");
                reader.report(&codes::KEYS_DISAGREE, title, item.span);
            }
            Some(Cardinality { field: ecs(&field?), at_least: u64::try_from(value?).ok()? })
        });
        let cardinality = cardinality.unwrap_or_default();
        if cardinality.len() > 1 {
            let title = "Kibana counts the distinct values of the first cardinality only";
            reader.report(&codes::KEYS_DISAGREE, title, tree.span);
        }
        if cardinality.is_empty() && written_empty {
            let path = child(&path, "cardinality");
            reader.keep_value(&path, Value::List(Vec::new()), None);
        }
        inner.finish(reader);
        let group_by = names.iter().map(|name| ecs(name)).collect();
        Some(ReadThreshold { group_by, at_least: u64::try_from(value?).ok()?, cardinality })
    })
}

/// `field` is a list, or one name (kept as it was written).
fn field_names(reader: &mut Reader<'_>, inner: &mut Table<'_>) -> Option<Vec<String>> {
    let tree = inner.value(reader, "field");
    let tree = inner.require(reader, "field", tree)?;
    let path = inner.at("field");
    match reader.as_text(tree) {
        Some(name) => {
            reader.keep(&path, tree);
            Some(if name.is_empty() { Vec::new() } else { vec![name] })
        }
        None => reader.as_texts(&path, tree),
    }
}

fn count(reader: &mut Reader<'_>, found: usize, least: usize, most: usize, what: &str, span: Span) {
    if !(least..=most).contains(&found) {
        let title = format!("{what} names {found} fields; Kibana accepts {least} to {most}");
        reader.report(&codes::BAD_COUNT, title, span);
    }
}

/// Fields and start of the history. TOML wraps both in pairs of `field` and `value`.
fn new_terms(reader: &mut Reader<'_>, table: &mut Table<'_>, shape: Shape) -> Option<(Vec<Field>, String)> {
    let (fields, start) = match shape {
        Shape::Api => {
            let fields = table.texts(reader, "new_terms_fields");
            let fields = table.require(reader, "new_terms_fields", fields);
            let start = checks::date_math(reader, table, "history_window_start");
            (fields, table.require(reader, "history_window_start", start))
        }
        Shape::Toml => {
            let tree = table.value(reader, "new_terms");
            let tree = table.require(reader, "new_terms", tree)?;
            let path = table.at("new_terms");
            reader.whole(&path, tree, |reader| wrapped_new_terms(reader, tree, path.clone()))?
        }
    };
    let (fields, start) = (fields?, start?);
    let key = if shape == Shape::Api { "new_terms_fields" } else { "new_terms" };
    let span = table.entry(key).map_or(table.head(), |entry| entry.value.span);
    count(reader, fields.len(), 1, 3, "`new_terms`", span);
    if !start.starts_with("now-") {
        let finding = reader.report(&codes::BAD_TIME, "the history has to start at a relative date", span);
        finding.help.push("write it as `now-14d`".into());
    }
    Some((fields.iter().map(|name| ecs(name)).collect(), start))
}

type Wrapped = (Option<Vec<String>>, Option<String>);

fn wrapped_new_terms(reader: &mut Reader<'_>, tree: &Tree, path: Vec<String>) -> Option<Wrapped> {
    let mut inner = Table::open(reader, tree, path)?;
    let label = checks::word(reader, &mut inner, "field", &["new_terms_fields"]);
    inner.require(reader, "field", label);
    let fields = inner.texts(reader, "value");
    let fields = inner.require(reader, "value", fields);
    let rows = inner.list(reader, "history_window_start", |reader, item, path| {
        let mut row = Table::open(reader, item, path)?;
        let label = checks::word(reader, &mut row, "field", &["history_window_start"]);
        row.require(reader, "field", label);
        let value = checks::date_math(reader, &mut row, "value");
        let value = row.require(reader, "value", value);
        row.finish(reader);
        value
    });
    let rows = inner.require(reader, "history_window_start", rows)?;
    if rows.len() != 1 {
        reader.report(&codes::BAD_COUNT, "`history_window_start` has exactly one entry", tree.span);
        return None;
    }
    inner.finish(reader);
    Some((fields, rows.into_iter().next()))
}

fn suppression(reader: &mut Reader<'_>, table: &mut Table<'_>, kind: &str) -> Option<Suppression> {
    let tree = table.value(reader, "alert_suppression")?;
    let path = table.at("alert_suppression");
    reader.whole(&path, tree, |reader| {
        let mut inner = Table::open(reader, tree, path.clone())?;
        let group_by = inner.texts(reader, "group_by");
        let group_by = if kind == "threshold" {
            if let Some(fields) = &group_by {
                let title = "a threshold rule is suppressed by its own fields; `group_by` has no effect";
                reader.report(&codes::KEYS_DISAGREE, title, tree.span);
                let names = fields.iter().map(|field| Value::Text(field.clone())).collect();
                reader.keep_value(&child(&path, "group_by"), Value::List(names), None);
            }
            Vec::new()
        } else {
            let names = inner.require(reader, "group_by", group_by)?;
            count(reader, names.len(), 1, 3, "`alert_suppression.group_by`", tree.span);
            names.iter().map(|name| ecs(name)).collect()
        };
        let duration = match inner.value(reader, "duration") {
            Some(tree) => Some(duration(reader, tree, child(&path, "duration"))?),
            None => None,
        };
        if kind == "threshold" && !inner.has("duration") {
            inner.require::<()>(reader, "duration", None);
        }
        let strategies = ["suppress", "doNotSuppress"];
        let missing = checks::word(reader, &mut inner, "missing_fields_strategy", &strategies);
        let missing = missing.map(|word| match word.as_str() {
            "doNotSuppress" => MissingFields::Exclude,
            _ => MissingFields::Group,
        });
        inner.finish(reader);
        Some(Suppression { group_by, duration, missing })
    })
}

/// `{value, unit}`; kept as written where the writers would choose another unit.
fn duration(reader: &mut Reader<'_>, tree: &Tree, path: Vec<String>) -> Option<Duration> {
    let mut inner = Table::open(reader, tree, path.clone())?;
    let value = inner.int_in(reader, "value", 1..=i64::MAX);
    let value = inner.require(reader, "value", value);
    let unit = checks::word(reader, &mut inner, "unit", &["s", "m", "h"]);
    let unit = inner.require(reader, "unit", unit);
    inner.finish(reader);
    let (value, unit) = (value?, unit?);
    let Some(duration) = Duration::parse(&format!("{value}{unit}")) else {
        reader.report(&codes::OUT_OF_RANGE, "this length of time is too long", tree.span);
        return None;
    };
    if duration.in_hours_minutes_seconds() != (value, unit.as_str()) {
        reader.keep(&path, tree);
    }
    Some(duration)
}
