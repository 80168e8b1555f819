//! Alerts, as one evaluation of a rule raises them.

use super::{EventRef, Scalar};

/// An alert. Which rule it is of, its severity and its title are the caller's knowledge.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Its time in milliseconds since 1970. Single events and new terms: the event's own time (of the
    /// earliest event of a suppressed group). Threshold over a range: its latest event (Elastic's
    /// `original_time`). Threshold with a window of its own: the event that reached the count.
    pub time: Option<i64>,
    /// The events it rests on, oldest first. With suppression: those of the alert itself, not of
    /// the alerts folded into it.
    pub events: Vec<EventRef>,
    /// Group fields and their values; `None` for a missing field.
    pub group: Vec<(String, Option<Scalar>)>,
    /// Number of events counted.
    pub count: u64,
    /// Threshold rules: distinct values of the cardinality field.
    pub cardinality: Vec<(String, u64)>,
    /// Threshold rules: time of the earliest event counted.
    pub from: Option<i64>,
    /// Threshold rules: time of the latest event counted.
    pub to: Option<i64>,
    /// New terms rules: the values that are new, in field order.
    pub new_terms: Option<Vec<Scalar>>,
    /// Present where the rule folds alerts.
    pub suppression: Option<Suppressed>,
}

/// What was folded into an alert (`kibana.alert.suppression.*`).
#[derive(Debug, Clone, PartialEq)]
pub struct Suppressed {
    /// Fields and values by which alerts were folded.
    pub terms: Vec<(String, Term)>,
    /// Time of the first event.
    pub start: Option<i64>,
    /// Time of the last event.
    pub end: Option<i64>,
    /// How many were folded into the alert; itself is not counted.
    pub docs_count: u64,
}

/// A suppression value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// The field is missing.
    Missing,
    /// One value (query and threshold rules).
    One(Scalar),
    /// All values of the field, sorted (new terms rules).
    All(Vec<Scalar>),
}

impl From<Option<Scalar>> for Term {
    fn from(value: Option<Scalar>) -> Self {
        value.map_or(Term::Missing, Term::One)
    }
}

impl From<Vec<Scalar>> for Term {
    fn from(values: Vec<Scalar>) -> Self {
        if values.is_empty() { Term::Missing } else { Term::All(values) }
    }
}

impl Alert {
    /// An alert about one event.
    pub(crate) fn of(event: &super::Event) -> Self {
        Alert {
            time: event.time,
            events: vec![event.reference()],
            group: Vec::new(),
            count: 1,
            cardinality: Vec::new(),
            from: None,
            to: None,
            new_terms: None,
            suppression: None,
        }
    }
}
