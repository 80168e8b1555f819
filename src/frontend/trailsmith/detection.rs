//! `threshold` and `new_terms`; without either, a rule detects single events.

use super::times;
use crate::diagnostic::Span;
use crate::frontend::codes;
use crate::frontend::lower;
use crate::frontend::reader::{Reader, Table, child};
use crate::frontend::tree::Tree;
use crate::ir::{
    Cardinality, Detection, Field, MissingFields, NewTerms, Node, Threshold, Vocabulary, Window,
};

/// What was read: at most one of the two.
pub(super) struct Read {
    threshold: Option<Counted>,
    new_terms: Option<(Vec<Field>, String)>,
    broken: bool,
}

struct Counted {
    group_by: Vec<Field>,
    at_least: u64,
    cardinality: Vec<Cardinality>,
    window: Window,
    missing: MissingFields,
}

impl Read {
    /// Whether neither key is there.
    pub(super) fn is_event(&self) -> bool {
        self.threshold.is_none() && self.new_terms.is_none() && !self.broken
    }

    /// The detection over the events of `filter`; `None` when a part could not be read.
    pub(super) fn detection(self, filter: Node) -> Option<Detection> {
        match (self.threshold, self.new_terms) {
            _ if self.broken => None,
            (Some(Counted { group_by, at_least, cardinality, window, missing }), _) => {
                Some(Detection::Threshold(Threshold {
                    filter,
                    group_by,
                    at_least,
                    cardinality,
                    window,
                    missing,
                }))
            }
            (None, Some((fields, history_start))) => {
                Some(Detection::NewTerms(NewTerms { filter, fields, history_start }))
            }
            (None, None) => Some(Detection::Event(filter)),
        }
    }
}

/// Reads both keys.
pub(super) fn read(reader: &mut Reader<'_>, table: &mut Table<'_>, vocabulary: Vocabulary) -> Read {
    let both = table.has("threshold") && table.has("new_terms");
    if both {
        let span = table.peek("new_terms").map_or(table.head(), |tree| tree.span);
        let finding =
            reader.report(&codes::KEYS_DISAGREE, "a rule has a threshold or new terms, not both", span);
        finding.severity = crate::diagnostic::Severity::Error;
    }
    let threshold = table.value(reader, "threshold").map(|tree| {
        let path = table.at("threshold");
        reader.whole(&path, tree, |reader| threshold(reader, tree, path.clone(), vocabulary))
    });
    let new_terms = table.value(reader, "new_terms").map(|tree| {
        let path = table.at("new_terms");
        reader.whole(&path, tree, |reader| new_terms(reader, tree, path.clone(), vocabulary))
    });
    let broken = both || matches!(threshold, Some(None)) || matches!(new_terms, Some(None));
    Read { threshold: threshold.flatten(), new_terms: new_terms.flatten(), broken }
}

fn threshold(
    reader: &mut Reader<'_>,
    tree: &Tree,
    path: Vec<String>,
    vocabulary: Vocabulary,
) -> Option<Counted> {
    let mut table = Table::open(reader, tree, path)?;
    let fields = table.texts(reader, "group_by");
    let at_least = table.int_in(reader, "at_least", 1..=i64::MAX);
    let at_least = table.require(reader, "at_least", at_least);
    let window = window(reader, &mut table);
    let cardinality = table.list(reader, "cardinality", |reader, tree, path| {
        let mut row = Table::open(reader, tree, path)?;
        let field = row.text(reader, "field");
        let field = row.require(reader, "field", field);
        let least = row.int_in(reader, "at_least", 1..=i64::MAX);
        let least = row.require(reader, "at_least", least);
        row.finish(reader);
        Some(Cardinality { field: lower::field(vocabulary, &field?), at_least: least?.unsigned_abs() })
    });
    let missing = super::missing(reader, &mut table).unwrap_or(MissingFields::Exclude);
    table.finish(reader);
    Some(Counted {
        group_by: fields.unwrap_or_default().iter().map(|name| lower::field(vocabulary, name)).collect(),
        at_least: at_least?.unsigned_abs(),
        cardinality: cardinality.unwrap_or_default(),
        window: window?,
        missing,
    })
}

/// `run`, or one of `first_event`, `sliding`, `tumbling` with its length; `run` when not written.
fn window(reader: &mut Reader<'_>, table: &mut Table<'_>) -> Option<Window> {
    let Some(tree) = table.value(reader, "window") else { return Some(Window::Run) };
    if reader.as_text(tree).is_some() {
        return times::word(reader, table, "window", &["run"]).map(|_| Window::Run);
    }
    let path = child(&table.path, "window");
    let mut inner = Table::open(reader, tree, path)?;
    let first = times::duration(reader, &mut inner, "first_event").map(|(_, d)| Window::FirstEvent(d));
    let sliding = times::duration(reader, &mut inner, "sliding").map(|(_, d)| Window::Sliding(d));
    let tumbling = times::duration(reader, &mut inner, "tumbling").map(|(_, d)| Window::Tumbling(d));
    inner.finish(reader);
    let mut windows = [first, sliding, tumbling].into_iter().flatten();
    match (windows.next(), windows.next()) {
        (Some(window), None) => Some(window),
        _ => {
            let help = "name exactly one of first_event, sliding, tumbling: `{first_event: 1h}`";
            reader.report(&codes::BAD_COUNT, "this is not one window", tree.span).help.push(help.into());
            None
        }
    }
}

fn new_terms(
    reader: &mut Reader<'_>,
    tree: &Tree,
    path: Vec<String>,
    vocabulary: Vocabulary,
) -> Option<(Vec<Field>, String)> {
    let mut table = Table::open(reader, tree, path)?;
    let fields = table.texts(reader, "fields");
    let fields = table.require(reader, "fields", fields);
    let history = times::date_math(reader, &mut table, "history");
    let history = table.require(reader, "history", history);
    let at = table.peek("fields").map_or(Span::default(), |tree| tree.span);
    table.finish(reader);
    let (fields, history) = (fields?, history?);
    if !(1..=3).contains(&fields.len()) {
        reader.report(&codes::BAD_COUNT, "new terms are over one to three fields", at);
        return None;
    }
    Some((fields.iter().map(|name| lower::field(vocabulary, name)).collect(), history))
}
