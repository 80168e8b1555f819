//! Lints: what is certainly wrong or missing in a rule that can be read.
//!
//! One file a lint: the doc comments of its codes are its pages. To add one, write the file and add
//! a line to [`ALL`]. A lint reports only what is certain; what is merely unusual is not a finding.

mod attack;
mod contradiction;
mod empty_query;
mod fields;
mod metadata;
mod playbook;
mod playbook_order;
mod risk_score;
mod schedule;
pub mod suppression;
mod value_case;

use crate::diagnostic::{Diagnostic, Page, Span};
use crate::ir::{Format, Node, Rule};
use crate::testing;

/// A lint: its codes and its check of one rule.
#[derive(Debug)]
pub struct Lint {
    /// What it reports.
    pub codes: Page,
    check: fn(&Rule, &mut Vec<Diagnostic>),
}

/// Every lint.
pub static ALL: &[Lint] = &[
    Lint { codes: attack::ALL, check: attack::check },
    Lint { codes: contradiction::ALL, check: contradiction::check },
    Lint { codes: empty_query::ALL, check: empty_query::check },
    Lint { codes: fields::ALL, check: fields::check },
    Lint { codes: metadata::ALL, check: metadata::check },
    Lint { codes: playbook::ALL, check: playbook::check },
    Lint { codes: playbook_order::ALL, check: playbook_order::check },
    Lint { codes: risk_score::ALL, check: risk_score::check },
    Lint { codes: schedule::ALL, check: schedule::check },
    Lint { codes: value_case::ALL, check: value_case::check },
];

/// Checks one rule; findings name it.
pub fn check(rule: &Rule) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    ALL.iter().for_each(|lint| (lint.check)(rule, &mut findings));
    for finding in &mut findings {
        if finding.source.is_none() {
            finding.source = Some(std::sync::Arc::clone(&rule.source));
        }
        *finding = finding.clone().for_rule(&rule.id, rule.name());
    }
    findings
}

/// Checks the playbook of a rule only: what is wrong with it before any event is looked at.
pub fn playbook_faults(rule: &Rule) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    playbook::check(rule, &mut findings);
    playbook_order::check(rule, &mut findings);
    findings.into_iter().map(|finding| finding.for_rule(&rule.id, rule.name())).collect()
}

/// The finding on a rule beside whose file no fixture file lies. A fixture file elsewhere may name the
/// rule all the same: that is for the runner to know, which knows all fixture files.
pub fn missing_fixture(rule: &Rule) -> Option<Diagnostic> {
    let path = std::path::Path::new(rule.source.path());
    if testing::beside(path).is_file() {
        return None;
    }
    let finding = Diagnostic::new(&testing::codes::MISSING_FIXTURE, "the rule has no fixture");
    let name = testing::beside(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let finding = whole(finding.help(format!("put `{name}` beside it")), rule);
    Some(finding.for_rule(&rule.id, rule.name()))
}

/// Every predicate of a rule: the detection's and those of its exceptions.
fn predicates(rule: &Rule) -> impl Iterator<Item = &Node> {
    rule.detection.predicate().into_iter().chain(rule.exceptions.iter().map(|e| &e.predicate))
}

/// Where a text stands in the rule's part of its file, if it stands there exactly once; lints on
/// metadata point there, since metadata carries no positions of its own.
fn place_of(rule: &Rule, needle: &str) -> Option<Span> {
    // The origin of a TOML rule is its table's head; the file holds nothing else.
    let within = match rule.format {
        Format::ElasticToml => Span::new(0, rule.source.text().len()),
        _ => rule.origin,
    };
    let mut found = rule.source.slice(within).match_indices(needle);
    let (at, _) = found.next()?;
    let start = within.start + at;
    found.next().is_none().then(|| Span::new(start, start + needle.len()))
}

/// Puts a finding at a span of the rule's file, or on the rule as a whole.
fn at(finding: Diagnostic, rule: &Rule, span: Option<Span>, label: &str) -> Diagnostic {
    match span {
        Some(span) => finding.at(&rule.source, span, label),
        None => whole(finding, rule),
    }
}

/// Puts a finding on the first line of a rule.
fn whole(finding: Diagnostic, rule: &Rule) -> Diagnostic {
    let line = rule.source.line_span(rule.source.position(rule.origin.start).line);
    let start = rule.origin.start.max(line.start);
    finding.at(&rule.source, Span::new(start, line.end.min(rule.origin.end).max(start)), "in this rule")
}

#[cfg(test)]
mod tests;
