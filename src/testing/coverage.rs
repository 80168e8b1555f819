//! Which clauses of a rule its fixtures have seen true, and which false.
//!
//! A clause that was never true may be misspelt; one that was never false may be superfluous. A
//! rule is covered when every test in it was seen both ways.

use std::collections::HashMap;

use crate::diagnostic::Span;
use crate::ir::{Node, Predicate, Rule};

/// A rule's clauses.
#[derive(Debug, Clone)]
pub struct RuleCoverage {
    /// The rule's file.
    pub rule_path: String,
    /// Its id.
    pub rule_id: String,
    /// Its name.
    pub rule_name: String,
    clauses: Vec<Clause>,
}

#[derive(Debug, Clone)]
struct Clause {
    span: Span,
    text: String,
    line: usize,
    column: usize,
    seen_true: bool,
    seen_false: bool,
}

/// A clause that was not seen both ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Line in the rule's file.
    pub line: usize,
    /// Column in characters.
    pub column: usize,
    /// The clause as written.
    pub clause: String,
    /// `never true`, `never false` or `never judged`.
    pub missing: &'static str,
}

/// What was seen of the clause at each place: true, false.
pub type Seen = HashMap<Span, (bool, bool)>;

impl RuleCoverage {
    /// The clauses of a rule with what was seen of them.
    pub fn new(rule: &Rule, seen: &Seen) -> Self {
        let mut spans = Vec::new();
        if let Some(node) = rule.detection.predicate() {
            tests(node, &mut spans);
        }
        rule.exceptions.iter().for_each(|exception| tests(&exception.predicate, &mut spans));
        spans.sort();
        spans.dedup();
        let clause = |span: Span| {
            let at = rule.source.position(span.start);
            let (seen_true, seen_false) = seen.get(&span).copied().unwrap_or_default();
            let text = rule.source.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
            Clause { span, text, line: at.line, column: at.column, seen_true, seen_false }
        };
        RuleCoverage {
            rule_path: rule.source.path().to_owned(),
            rule_id: rule.id.clone(),
            rule_name: rule.name().to_owned(),
            clauses: spans.into_iter().map(clause).collect(),
        }
    }

    /// Twice the number of clauses: each can be seen true and false.
    pub fn total(&self) -> usize {
        2 * self.clauses.len()
    }

    /// How many of them were seen.
    pub fn covered(&self) -> usize {
        self.clauses.iter().map(|c| usize::from(c.seen_true) + usize::from(c.seen_false)).sum()
    }

    /// Whole percent, rounded down; 100 for a rule without clauses.
    pub fn percent(&self) -> usize {
        (100 * self.covered()).checked_div(self.total()).unwrap_or(100)
    }

    /// Where each clause stands, in order.
    pub fn places(&self) -> Vec<Span> {
        self.clauses.iter().map(|clause| clause.span).collect()
    }

    /// What was not seen, in order of the file.
    pub fn gaps(&self) -> Vec<Gap> {
        let gap = |clause: &Clause| {
            let missing = match (clause.seen_true, clause.seen_false) {
                (true, true) => return None,
                (false, true) => "never true",
                (true, false) => "never false",
                (false, false) => "never judged",
            };
            let Clause { line, column, text, .. } = clause;
            Some(Gap { line: *line, column: *column, clause: text.clone(), missing })
        };
        self.clauses.iter().filter_map(gap).collect()
    }
}

/// The places of all tests; those without a place in the file cannot be shown and are left out.
fn tests(node: &Node, out: &mut Vec<Span>) {
    match &node.predicate {
        Predicate::And(nodes) | Predicate::Or(nodes) => nodes.iter().for_each(|node| tests(node, out)),
        Predicate::Not(node) => tests(node, out),
        // A nested body is judged element by element; the group as a whole is the clause.
        Predicate::Nested { .. } | Predicate::Test(_) | Predicate::AnyField(_) => out.extend(node.origin),
        Predicate::Constant(_) => {}
    }
}
