//! trailsmith's own rule format: one YAML document a rule, beginning with `trailsmith: 1`.
//!
//! The JSON schema of the format is `docs/trailsmith-rule.schema.json`. Every key is typed; unknown
//! ones are kept and reported with the nearest known name.

mod detection;
mod metadata;
mod playbook;
mod times;

use std::sync::Arc;

use super::codes;
use super::lower::{self, LowerInput};
use super::reader::{Reader, Table};
use super::tree::{Tree, TreeKind};
use crate::diagnostic::{Diagnostic, RuleRef, Severity, Source, Span};
use crate::ir::{
    Detection, Exception, Format, Input, Language, MissingFields, Opaque, QueryText, Rule, Schedule,
    Suppression, Vocabulary,
};

/// Keys without which the meaning of a rule is not known.
const MEANING: &[&str] = &[
    "trailsmith",
    "language",
    "query",
    "filters",
    "threshold",
    "new_terms",
    "suppress",
    "exceptions",
    "input",
    "index",
];

/// Whether a document is a rule of this format.
pub fn recognises(tree: &Tree) -> bool {
    tree.has("trailsmith")
}

/// Reads one document.
pub fn read(source: &Arc<Source>, tree: &Tree, fallback_id: String) -> (Option<Rule>, Vec<Diagnostic>) {
    let mut reader = Reader::new(source, true);
    let Some(mut table) = Table::open(&mut reader, tree, Vec::new()) else {
        return (None, reader.diagnostics);
    };
    let r = &mut reader;
    if let Some((number, span)) = table.int(r, "trailsmith")
        && number != 1
    {
        r.report(&codes::OUT_OF_RANGE, "this program reads version 1 of the format", span);
        r.fail(&table.at("trailsmith"));
    }
    let written_id = table.text(r, "id").filter(|id| !id.is_empty());
    let id_is_derived = written_id.is_none();
    let id = written_id.unwrap_or(fallback_id);
    let metadata = metadata::read(r, &mut table);
    let mut input = table.text(r, "input").map_or(Input::CloudTrail, |name| match name.as_str() {
        // Under any of its names: a rule for a data set of its own would not run on records.
        name if ["cloudtrail", "aws.cloudtrail"].iter().any(|own| name.eq_ignore_ascii_case(own)) => {
            Input::CloudTrail
        }
        _ => Input::Other(name),
    });
    let query = query(r, &mut table);
    let vocabulary = query.as_ref().map_or(Vocabulary::Ecs, |query| match query.language {
        // The filter language on the keys that the service itself writes.
        Language::ThreatStack => input.service().map_or(Vocabulary::ThreatStack, Vocabulary::Finding),
        Language::Spl => Vocabulary::Splunk,
        _ => Vocabulary::Ecs,
    });
    let index = table.texts(r, "index");
    let filters_span = table.peek("filters").map(|tree| tree.span);
    let filters = table.list(r, "filters", |_, tree, _| Some(tree.to_value()));
    let mut schedule = schedule(r, &mut table);
    let suppression = suppression(r, &mut table, vocabulary);
    let read = detection::read(r, &mut table, vocabulary);

    let lower_input = LowerInput { source, rule_id: &id, rule_name: &metadata.name };
    let exceptions =
        exceptions(r, &mut table, &lower_input, query.as_ref().map(|query| query.language), vocabulary);
    let mut predicate = None;
    let mut search = None;
    if let Some(query) = &query {
        let lowered = lower::query(&lower_input, query, vocabulary);
        r.diagnostics.extend(lowered.diagnostics);
        predicate = lowered.predicate;
        search = lowered.search;
    }
    if let Some(filters) = filters.as_deref().filter(|filters| !filters.is_empty()) {
        let lowered = lower::filters(&lower_input, filters, filters_span.unwrap_or_default());
        r.diagnostics.extend(lowered.diagnostics);
        predicate = match (predicate, lowered.predicate) {
            (Some(query), Some(filter)) => Some(crate::ir::Node::all(vec![query, filter])),
            _ => None,
        };
    }
    let origin = table.span;
    let path = table.path.clone();
    table.finish(r);
    let whole = !r.has_failed(&path, MEANING) && exceptions.is_some();
    if let Some(search) = &search {
        // What the file says by itself stands before what its search says.
        schedule.from = schedule.from.or_else(|| search.schedule.from.clone());
        schedule.to = schedule.to.or_else(|| search.schedule.to.clone());
        if input == Input::CloudTrail {
            input = search.input.clone();
        }
    }
    let aggregate = search.as_ref().and_then(|search| search.aggregate.clone());
    let detection = match aggregate {
        Some(aggregate) if read.is_event() && filters.is_none() => Some(aggregate).filter(|_| whole),
        Some(_) => {
            let span = query.as_ref().map_or(origin, |q| q.map.span(Span::new(0, q.map.inner_len())));
            let title = "a search that counts by itself stands with no other count and no filters";
            r.report(&codes::KEYS_DISAGREE, title, span).severity = Severity::Error;
            None
        }
        None => predicate.filter(|_| whole).and_then(|filter| read.detection(filter)),
    };
    let reason = search.and_then(|search| search.opaque).filter(|_| whole);
    let detection = detection.unwrap_or_else(|| opaque(query.as_ref(), reason));

    let mut metadata = metadata;
    metadata.extra = reader.extra;
    let mut diagnostics = reader.diagnostics;
    for finding in diagnostics.iter_mut().filter(|finding| finding.rule.is_none()) {
        finding.rule = Some(RuleRef { id: id.clone(), name: metadata.name.clone() });
    }
    let rule = Rule {
        id,
        id_is_derived,
        input,
        vocabulary,
        format: Format::Trailsmith,
        source_type: None,
        metadata,
        query,
        index,
        filters,
        detection,
        exceptions: exceptions.unwrap_or_default(),
        exception_lists: None,
        suppression,
        schedule,
        source: Arc::clone(source),
        origin,
    };
    (Some(rule), diagnostics)
}

fn opaque(query: Option<&QueryText>, reason: Option<String>) -> Detection {
    // A language without a grammar here is carried; anything else has an error of its own.
    let carried = query.map(|query| query.language).filter(|language| !compiled(*language));
    let reason = reason.unwrap_or_else(|| match carried {
        Some(language) => format!("{} is carried as it is", language.as_str()),
        None => crate::frontend::UNREADABLE.to_owned(),
    });
    Detection::Opaque(Opaque {
        language: query.map(|query| query.language),
        text: query.map(|query| query.text.clone()),
        reason,
    })
}

fn compiled(language: Language) -> bool {
    matches!(language, Language::Kuery | Language::ThreatStack | Language::Spl)
}

fn query(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<QueryText> {
    let language = table.text(reader, "language");
    let language = table.require(reader, "language", language);
    let query = table.mapped_text(reader, "query");
    let query = table.require(reader, "query", query);
    let word = language?;
    let Some(language) = Language::parse(&word) else {
        let span = table.peek("language").map_or(table.head(), |tree| tree.span);
        let finding = reader.report(&codes::UNKNOWN_WORD, format!("`language` cannot be `{word}`"), span);
        finding.help.push("it is one of threat-stack, kuery, eql, esql, lucene, spl".into());
        reader.keep_value(&table.at("language"), word.into(), Some(span));
        reader.fail(&table.at("language"));
        return None;
    };
    let (text, _) = query?;
    Some(QueryText { language, text: text.text.clone(), map: text.map.clone() })
}

fn schedule(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Schedule {
    let Some(tree) = table.value(reader, "schedule") else { return Schedule::default() };
    let path = table.at("schedule");
    let read = reader.whole(&path, tree, |reader| {
        let mut inner = Table::open(reader, tree, path.clone())?;
        let schedule = Schedule {
            from: times::date_math(reader, &mut inner, "from"),
            to: times::date_math(reader, &mut inner, "to"),
            interval: times::duration(reader, &mut inner, "interval").map(|(text, _)| text),
            max_signals: inner.int_in(reader, "max_signals", 1..=i64::MAX),
        };
        inner.finish(reader);
        Some(schedule)
    });
    read.unwrap_or_default()
}

fn suppression(
    reader: &mut Reader<'_>,
    table: &mut Table<'_>,
    vocabulary: Vocabulary,
) -> Option<Suppression> {
    let tree = table.value(reader, "suppress")?;
    let path = table.at("suppress");
    reader.whole(&path, tree, |reader| {
        let mut inner = Table::open(reader, tree, path.clone())?;
        let fields = inner.texts(reader, "by").unwrap_or_default();
        let group_by = fields.iter().map(|name| lower::field(vocabulary, name)).collect();
        let duration = times::duration(reader, &mut inner, "for").map(|(_, duration)| duration);
        let missing = missing(reader, &mut inner);
        inner.finish(reader);
        Some(Suppression { group_by, duration, missing })
    })
}

/// `missing: group` or `exclude`.
fn missing(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<MissingFields> {
    let word = times::word(reader, table, "missing", &["group", "exclude"])?;
    Some(if word == "group" { MissingFields::Group } else { MissingFields::Exclude })
}

/// `None` when one of them cannot be read.
fn exceptions(
    reader: &mut Reader<'_>,
    table: &mut Table<'_>,
    input: &LowerInput<'_>,
    language: Option<Language>,
    vocabulary: Vocabulary,
) -> Option<Vec<Exception>> {
    if !table.has("exceptions") {
        return Some(Vec::new());
    }
    table.list(reader, "exceptions", |reader, tree, path| {
        let mut row = Table::open(reader, tree, path)?;
        let name = row.text(reader, "name");
        let query = row.mapped_text(reader, "query");
        let query = row.require(reader, "query", query);
        row.finish(reader);
        let (text, _) = query?;
        let query = QueryText { language: language?, text: text.text.clone(), map: text.map.clone() };
        let lowered = lower::query(input, &query, vocabulary);
        reader.diagnostics.extend(lowered.diagnostics);
        // An exception is a condition on one event.
        let one_event = lowered.search.is_none_or(|search| search.aggregate.is_none());
        Some(Exception { predicate: lowered.predicate.filter(|_| one_event)?, text: Some(query.text), name })
    })
}

/// A value that may be one text or a list of them.
fn is_list(tree: &Tree) -> bool {
    matches!(tree.kind, TreeKind::List(_))
}

#[cfg(test)]
mod tests;
