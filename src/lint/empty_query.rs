//! Queries without a word in them.

use super::{place_of, whole};
use crate::diagnostic::Diagnostic;
use crate::ir::{Detection, Language, Rule};

crate::codes! {
    /// The query is empty and the rule has no filters, so it is true for every document of its index: Kibana takes an empty
    /// query for "everything". Each event of the account becomes an alert, up to the limit of a run.
    ///
    /// Say what the rule looks for. If it is meant to count everything (a threshold on all events, say), write that down:
    ///
    /// ```text
    /// data_stream.dataset: "aws.cloudtrail"
    /// ```
    pub EMPTY_QUERY = warning "empty-query": "an empty query, which matches every event";
}

pub(super) fn check(rule: &Rule, findings: &mut Vec<Diagnostic>) {
    let filtered = rule.filters.as_ref().is_some_and(|filters| !filters.is_empty());
    if filtered || matches!(rule.detection, Detection::Opaque(_)) {
        return;
    }
    let title = match &rule.query {
        Some(query) if query.language == Language::Kuery && query.text.trim().is_empty() => {
            "the query is empty: it matches every event"
        }
        None if rule
            .detection
            .predicate()
            .is_some_and(|node| node.predicate == crate::ir::Predicate::And(Vec::new())) =>
        {
            "the rule has no query: it matches every event"
        }
        _ => return,
    };
    let finding = Diagnostic::new(&EMPTY_QUERY, title).help("say what the rule looks for");
    findings.push(match place_of(rule, "query") {
        Some(span) => finding.at(&rule.source, span, ""),
        None => whole(finding, rule),
    });
}
