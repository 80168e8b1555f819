//! Fixtures: events beside a rule, and what the rule must say about them.
//!
//! This room owns the fixture file (`NAME.test.yml`), the runner, the coverage of clauses and the
//! report of a failure. How an event is judged is the matcher's business.

pub mod codes;
mod fixture;
mod read;

pub use fixture::{Case, EventSpec, Expect, FixtureFile, RuleName, RunPlan};
pub use read::read;
