//! Fixtures: events beside a rule, and what the rule must say about them.
//!
//! This room owns the fixture file (`NAME.test.yml`), the runner, the coverage of clauses, mutation, the
//! report of a failure and drafts of fixtures from witnesses. How an event is judged is the matcher's business.

mod alerts;
pub mod codes;
mod coverage;
mod discover;
mod draft;
mod events;
mod fixture;
mod judge;
mod mutate;
mod outcome;
mod read;
pub mod report;
mod suite;

pub use coverage::{Gap, RuleCoverage};
pub use discover::{beside, clean, fixtures, is_fixture};
pub use draft::{Draft, DraftOptions, draft};
pub use fixture::{Case, EventSpec, Expect, FixtureFile, RuleName, RunPlan};
pub use mutate::{RuleMutation, Survivor, mutate};
pub use outcome::{CaseReport, Failure, Outcome, Report, Summary};
pub use read::read;
pub use suite::{Fixtures, run};

use crate::schema::Version;

/// How fixtures are run.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The generation of ECS documents.
    pub version: Version,
    /// Only cases whose `RULE FILE › RULE NAME › CASE` matches.
    pub filter: Option<regex::Regex>,
    /// Whether the truth of every clause is recorded.
    pub coverage: bool,
}
