//! From query texts and Query-DSL filters to predicates.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Source, Span};
use crate::ir::{Field, FieldType, Node, QueryText, Value, Vocabulary};

crate::codes! {
    /// The query is not read yet.
    pub NOT_LOWERED = error "not-lowered": "not lowered";
}

/// Where a query stands.
pub struct LowerInput<'a> {
    /// The file.
    pub source: &'a Arc<Source>,
    /// The rule's id.
    pub rule_id: &'a str,
    /// The rule's name.
    pub rule_name: &'a str,
}

/// What became of it.
pub struct Lowered {
    /// `None`: an error diagnostic says why.
    pub predicate: Option<Node>,
    /// Findings.
    pub diagnostics: Vec<Diagnostic>,
}

/// Lowers a query.
pub fn query(input: &LowerInput<'_>, query: &QueryText, _vocabulary: Vocabulary) -> Lowered {
    let end = query.text.len();
    let finding =
        Diagnostic::new(&NOT_LOWERED, "not lowered").at(input.source, query.map.span(Span::new(0, end)), "");
    Lowered { predicate: None, diagnostics: vec![finding] }
}

/// Lowers Elastic `filters`.
pub fn filters(input: &LowerInput<'_>, _filters: &[Value], span: Span) -> Lowered {
    let finding = Diagnostic::new(&NOT_LOWERED, "not lowered").at(input.source, span, "");
    Lowered { predicate: None, diagnostics: vec![finding] }
}

/// A field with its type.
pub fn field(vocabulary: Vocabulary, path: &str) -> Field {
    Field::new(vocabulary, path, FieldType::Unknown)
}
