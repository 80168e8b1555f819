//! What came of a run of fixtures.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::ir::Rule;

use super::coverage::RuleCoverage;
use super::fixture::Expect;
use super::mutate::RuleMutation;

/// The result of a whole run, in a stable order.
#[derive(Debug, Default)]
pub struct Report {
    /// Cases, by rule file, fixture file and position.
    pub cases: Vec<CaseReport>,
    /// What is wrong with fixture files.
    pub diagnostics: Vec<Diagnostic>,
    /// How many rules were looked at.
    pub rules: usize,
    /// Rules without a fixture file.
    pub without_fixture: Vec<Arc<Rule>>,
    /// Clause by clause, for the rules that have fixtures; empty unless asked for.
    pub coverage: Vec<RuleCoverage>,
    /// Mutants, for the rules that have fixtures; empty unless asked for.
    pub mutation: Vec<RuleMutation>,
}

/// One case.
#[derive(Debug, Clone)]
pub struct CaseReport {
    /// The rule's file.
    pub rule_path: String,
    /// The rule's id.
    pub rule_id: String,
    /// The rule's name.
    pub rule_name: String,
    /// The fixture file.
    pub fixture: String,
    /// Line of the case in the fixture file.
    pub line: usize,
    /// The case's name.
    pub name: String,
    /// What it expects; only a case that is still to do may lack it.
    pub expect: Option<Expect>,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As expected.
    Passed,
    /// Not as expected, each failure by itself.
    Failed(Vec<Failure>),
    /// Not as expected, and its author says why.
    Todo(String),
}

/// One failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// One sentence.
    pub message: String,
    /// The verdict tree, or a text diff of the alerts; may be empty.
    pub detail: String,
}

impl Failure {
    /// A failure that one sentence explains.
    pub fn new(message: impl Into<String>) -> Self {
        Failure { message: message.into(), detail: String::new() }
    }
}

/// Counts for the summary line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Summary {
    /// Rules looked at.
    pub rules: usize,
    /// Cases run.
    pub fixtures: usize,
    /// Cases as expected.
    pub passed: usize,
    /// Cases not as expected.
    pub failed: usize,
    /// Cases that are not true yet and say so.
    pub todo: usize,
    /// Rules without a fixture file.
    pub rules_without_fixture: usize,
}

impl Report {
    /// The counts.
    pub fn summary(&self) -> Summary {
        let count = |wanted: fn(&Outcome) -> bool| self.cases.iter().filter(|c| wanted(&c.outcome)).count();
        Summary {
            rules: self.rules,
            fixtures: self.cases.len(),
            passed: count(|outcome| matches!(outcome, Outcome::Passed)),
            failed: count(|outcome| matches!(outcome, Outcome::Failed(_))),
            todo: count(|outcome| matches!(outcome, Outcome::Todo(_))),
            rules_without_fixture: self.without_fixture.len(),
        }
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let some = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
        write!(f, "{} · {}", some(self.rules, "rule"), some(self.fixtures, "fixture"))?;
        write!(f, " · {} passed · {} failed", self.passed, self.failed)?;
        if self.todo > 0 {
            write!(f, " · {} todo", self.todo)?;
        }
        if self.rules_without_fixture > 0 {
            write!(f, " · {} without a fixture", some(self.rules_without_fixture, "rule"))?;
        }
        Ok(())
    }
}
