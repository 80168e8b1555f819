//! From a query text to a [`Predicate`](crate::ir::Predicate).
//!
//! The grammar crate says what was written; here it gets its meaning: the types of the fields
//! decide what a comparison means, every clause gets its place in the outer file, and every trap of
//! the language becomes a diagnostic.

pub mod codes;
pub mod kql;
mod query_dsl;
pub mod spl;
mod threat_stack;
mod typed;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Source, Span};
use crate::ir::{Detection, Field, Input, Language, Node, QueryText, Schedule, Vocabulary};
use crate::schema;

pub use query_dsl::filters;

/// Whose query it is.
#[derive(Debug, Clone, Copy)]
pub struct LowerInput<'a> {
    /// The file.
    pub source: &'a Arc<Source>,
    /// Id of the rule.
    pub rule_id: &'a str,
    /// Name of the rule.
    pub rule_name: &'a str,
}

/// What became of a query.
#[derive(Debug, Clone, Default)]
pub struct Lowered {
    /// The predicate; `None`: an error among the diagnostics says why.
    pub predicate: Option<Node>,
    /// Findings, in order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// The event type that a Threat Stack filter demands with an `event_type = "…"` conjunct, and
    /// where it stands.
    pub event_type: Option<(String, Span)>,
    /// What an SPL search says beside its predicate.
    pub search: Option<Search>,
}

/// What an SPL search says beside its predicate.
#[derive(Debug, Clone)]
pub struct Search {
    /// What it detects, if it aggregates; its filter is the predicate.
    pub aggregate: Option<Detection>,
    /// Why it cannot be followed, as a phrase.
    pub opaque: Option<String>,
    /// The events it is written for.
    pub input: Input,
    /// The range that it names.
    pub schedule: Schedule,
}

/// Lowers a query in a language that has a grammar: KQL, Threat Stack filters or SPL. Others give
/// an error diagnostic.
pub fn query(input: &LowerInput<'_>, query: &QueryText, vocabulary: Vocabulary) -> Lowered {
    match query.language {
        Language::Kuery => kql::lower(input, query, vocabulary, types(vocabulary)),
        Language::ThreatStack => threat_stack::lower(input, query, threat_stack::Mode::Strict, vocabulary),
        Language::Spl => search(spl::read(input, query)),
        other => {
            let title = format!("queries in {} are not compiled yet", other.as_str());
            let at = query.map.span(Span::new(0, query.map.inner_len()));
            let diagnostic = Diagnostic::new(&codes::LANGUAGE_NOT_COMPILED, title)
                .at(input.source, at, "this query")
                .for_rule(input.rule_id, input.rule_name);
            Lowered { diagnostics: vec![diagnostic], ..Lowered::default() }
        }
    }
}

/// A search as a predicate and what stands around it.
fn search(reading: spl::Reading) -> Lowered {
    let (predicate, aggregate) = match reading.detection {
        Some(Detection::Event(node)) => (Some(node), None),
        Some(aggregate) => (aggregate.predicate().cloned(), Some(aggregate)),
        None => (None, None),
    };
    let search =
        Search { aggregate, opaque: reading.opaque, input: reading.input, schedule: reading.schedule };
    Lowered { predicate, diagnostics: reading.diagnostics, search: Some(search), ..Lowered::default() }
}

/// Lowers a Threat Stack filter that was copied from a web page: typographic quotes, localised
/// keywords and bare values are repaired, each with a diagnostic.
pub fn threat_stack_lenient(input: &LowerInput<'_>, query: &QueryText) -> Lowered {
    threat_stack::lower(input, query, threat_stack::Mode::Lenient, Vocabulary::ThreatStack)
}

/// A field of a vocabulary, with its type there.
pub fn field(vocabulary: Vocabulary, path: &str) -> Field {
    Field::new(vocabulary, path, types(vocabulary).field_type(path))
}

fn types(vocabulary: Vocabulary) -> &'static dyn schema::FieldTypes {
    match vocabulary {
        Vocabulary::Ecs => schema::ecs(),
        Vocabulary::CloudTrail => schema::cloudtrail(),
        Vocabulary::ThreatStack => schema::threat_stack(),
        Vocabulary::Splunk => schema::splunk(),
        Vocabulary::Finding(service) => schema::finding(service),
    }
}
