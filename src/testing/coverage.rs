//! Which clauses of a rule its fixtures have seen true, and which false.
//!
//! A clause that was never true may be misspelt; one that was never false may be superfluous. A
//! rule is covered when every clause of it was seen both ways. Clauses that are true of every event
//! of the rule's input (on `data_stream.dataset`, `event_type`) are left out of the count: no fixture
//! could show them false.

use crate::ir::Rule;
use crate::matcher::explain::{ClauseInfo, Observation, clauses};

/// A rule's clauses.
#[derive(Debug, Clone)]
pub struct RuleCoverage {
    /// The rule's file.
    pub rule_path: String,
    /// Its id.
    pub rule_id: String,
    /// Its name.
    pub rule_name: String,
    clauses: Vec<(Gap, Observation)>,
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

impl RuleCoverage {
    /// The clauses of a rule with what was seen of them, by their numbers.
    pub fn new(rule: &Rule, observed: &[Observation]) -> Self {
        let clause = |clause: ClauseInfo| {
            let constant = clause.constant;
            let at = rule.source.position(clause.origin.map_or(rule.origin.start, |span| span.start));
            let seen = observed.get(clause.id).copied().unwrap_or_default();
            let missing = match (seen.yes, seen.no) {
                (true, true) => "",
                (false, true) => "never true",
                (true, false) => "never false",
                (false, false) => "never judged",
            };
            let gap = Gap { line: at.line, column: at.column, clause: clause.text, missing };
            // A constant that is false is a gap all the same: the clause is never true.
            (!constant || seen.no).then_some((gap, seen))
        };
        RuleCoverage {
            rule_path: rule.source.path().to_owned(),
            rule_id: rule.id.clone(),
            rule_name: rule.name().to_owned(),
            clauses: clauses(rule).into_iter().filter_map(clause).collect(),
        }
    }

    /// Twice the number of clauses (constant ones aside): each can be seen true and false.
    pub fn total(&self) -> usize {
        2 * self.clauses.len()
    }

    /// How many of them were seen.
    pub fn covered(&self) -> usize {
        self.clauses.iter().map(|(_, seen)| usize::from(seen.yes) + usize::from(seen.no)).sum()
    }

    /// Whole percent, rounded down; 100 for a rule without clauses.
    pub fn percent(&self) -> usize {
        (100 * self.covered()).checked_div(self.total()).unwrap_or(100)
    }

    /// What was not seen, in order of the rule.
    pub fn gaps(&self) -> impl Iterator<Item = &Gap> {
        self.clauses.iter().filter(|(_, seen)| !(seen.yes && seen.no)).map(|(gap, _)| gap)
    }
}
