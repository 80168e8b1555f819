//! What a fixture file says, before any event is read.

use std::sync::Arc;

use crate::diagnostic::{Source, Span};

/// One `NAME.test.yml`.
#[derive(Debug, Clone)]
pub struct FixtureFile {
    /// Its text.
    pub source: Arc<Source>,
    /// The rule that it names; `None`: the rule file of the same name.
    pub rule: Option<RuleName>,
    /// The cases, in order.
    pub cases: Vec<Case>,
}

/// `FILE` or `FILE#RULE_ID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleName {
    /// The path as written, relative to the fixture file.
    pub file: String,
    /// The id, where one is named.
    pub id: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// One case.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// What is expected; only a case that is still to do may lack it.
    pub expect: Option<Expect>,
    /// The events, in order.
    pub events: Vec<EventSpec>,
    /// Fields that only the cluster would add, by ECS path, each value as JSON.
    pub with: Vec<(String, serde_json::Value)>,
    /// Why the case is not true yet.
    pub todo: Option<String>,
    /// When the rule runs; `None`: once, at the end of the events.
    pub schedule: Option<RunPlan>,
}

/// What a case expects.
#[derive(Debug, Clone, PartialEq)]
pub enum Expect {
    /// Every event matches.
    Match,
    /// No event matches.
    NoMatch,
    /// All events together give this many alerts.
    Alerts {
        /// How many.
        count: u64,
        /// Each is the group of an alert of its own: field and value as text.
        groups: Vec<Vec<(String, String)>>,
    },
}

/// When a simulated rule runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunPlan {
    /// At these instants, in milliseconds since 1970.
    At(Vec<i64>),
    /// From the first instant to the second, one interval of the rule apart.
    Between(i64, i64),
}

/// Where events come from.
#[derive(Debug, Clone)]
pub enum EventSpec {
    /// A file, relative to the fixture file, and what to pick from it.
    File {
        /// The path as written.
        path: String,
        /// `$.Records[2]`; `None`: every event of the file.
        select: Option<String>,
        /// Where the path stands.
        span: Span,
    },
    /// A record in the fixture file, as JSON.
    Inline {
        /// The record.
        json: String,
        /// Where it stands.
        span: Span,
    },
}
