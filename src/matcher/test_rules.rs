//! Rules for tests: a predicate with everything else at rest.

use std::sync::Arc;

use crate::diagnostic::{Source, Span};
use crate::ir::{
    Case, Comparison, Detection, Field, Format, Input, Metadata, Node, Predicate, Rule, Schedule, Test,
    TextMatch, Vocabulary,
};
use crate::schema::types;

/// A rule over single events.
pub(super) fn rule(vocabulary: Vocabulary, predicate: Predicate) -> Rule {
    Rule {
        id: "r".into(),
        id_is_derived: false,
        input: Input::CloudTrail,
        vocabulary,
        format: Format::Trailsmith,
        source_type: None,
        metadata: Metadata { name: "R".into(), ..Metadata::default() },
        query: None,
        index: None,
        filters: None,
        detection: Detection::Event(Node::synthetic(predicate)),
        exceptions: Vec::new(),
        exception_lists: None,
        suppression: None,
        schedule: Schedule::default(),
        source: Arc::new(Source::new("r.yml", "")),
        origin: Span::default(),
    }
}

/// A field with the type that its vocabulary gives it.
pub(super) fn field(vocabulary: Vocabulary, path: &str) -> Field {
    Field::new(vocabulary, path, types(vocabulary).field_type(path))
}

/// A test.
pub(super) fn test(vocabulary: Vocabulary, path: &str, comparison: Comparison) -> Node {
    Node::synthetic(Predicate::Test(Test { field: field(vocabulary, path), comparison }))
}

/// Equality of text, case-sensitive.
pub(super) fn equals(text: &str) -> Comparison {
    Comparison::Text { matcher: TextMatch::Equals(text.into()), case: Case::Sensitive }
}
