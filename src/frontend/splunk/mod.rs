//! Splunk: bare searches, and the stanzas of `savedsearches.conf`.
//!
//! What a search means is decided in [`lower::spl`]; here it becomes a rule.

mod correlation;
mod saved;

use std::sync::Arc;

use super::lower::{self, LowerInput};
use crate::diagnostic::{Diagnostic, RuleRef, Source, Span, TextMap};
use crate::ir::{Detection, Format, Language, Metadata, Opaque, QueryText, Rule, Schedule, Vocabulary};

pub use saved::{read as saved_searches, recognises as is_saved_searches};

/// A file that holds one search and nothing else; the rule is named after the file.
pub fn search_file(source: &Arc<Source>, name: &str, id: String) -> (Rule, Vec<Diagnostic>) {
    let text = source.text();
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let query = QueryText {
        language: Language::Spl,
        text: text[start..].to_owned(),
        map: TextMap::verbatim(start, text.len() - start),
    };
    let metadata = Metadata { name: name.into(), ..Metadata::default() };
    let origin = Span::new(0, text.len());
    rule(source, Parts { id, id_is_derived: true, format: Format::SplunkSearch, metadata, query, origin })
}

/// What a rule is made of.
struct Parts {
    id: String,
    id_is_derived: bool,
    format: Format,
    metadata: Metadata,
    query: QueryText,
    origin: Span,
}

fn rule(source: &Arc<Source>, parts: Parts) -> (Rule, Vec<Diagnostic>) {
    let Parts { id, id_is_derived, format, metadata, query, origin } = parts;
    let input = LowerInput { source, rule_id: &id, rule_name: &metadata.name };
    let reading = lower::spl::read(&input, &query);
    let detection = reading.detection.unwrap_or_else(|| {
        Detection::Opaque(Opaque {
            language: Some(Language::Spl),
            text: Some(query.text.clone()),
            reason: reading.opaque.unwrap_or_else(|| crate::ir::UNREADABLE.to_owned()),
        })
    });
    let mut diagnostics = reading.diagnostics;
    for finding in diagnostics.iter_mut().filter(|finding| finding.rule.is_none()) {
        finding.rule = Some(RuleRef { id: id.clone(), name: metadata.name.clone() });
    }
    let rule = Rule {
        id,
        id_is_derived,
        input: reading.input,
        vocabulary: Vocabulary::Splunk,
        format,
        source_type: None,
        metadata,
        query: Some(query),
        index: None,
        filters: None,
        detection,
        exceptions: Vec::new(),
        exception_lists: None,
        suppression: None,
        schedule: Schedule { from: reading.schedule.from, to: reading.schedule.to, ..Schedule::default() },
        source: Arc::clone(source),
        origin,
    };
    (rule, diagnostics)
}

#[cfg(test)]
mod tests;
