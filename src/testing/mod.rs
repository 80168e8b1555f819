//! Fixtures: events beside a rule, and what the rule must say about them.
//!
//! This room owns the fixture file (`NAME.test.yml`), the runner, the coverage of clauses and the
//! report of a failure. How an event is judged is the matcher's business.

pub mod codes;
mod coverage;
mod discover;
mod fixture;
mod outcome;
mod read;
pub mod report;

pub use coverage::{Gap, RuleCoverage};
pub use discover::{beside, clean, fixtures};
pub use fixture::{Case, EventSpec, Expect, FixtureFile, RuleName, RunPlan};
pub use outcome::{CaseReport, Failure, Outcome, Report, Summary};
pub use read::read;
