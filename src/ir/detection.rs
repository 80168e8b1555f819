//! What a rule detects: an event, a count over events, values never seen before.

use super::{Duration, Field, Language, Node, Value};
use crate::diagnostic::Span;

/// The heart of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Detection {
    /// Every event for which the predicate is true.
    Event(Node),
    /// A group of events that reaches a count.
    Threshold(Threshold),
    /// An event that carries a combination of values not seen in the history window.
    NewTerms(NewTerms),
    /// A query that only its own target can run; says why.
    Opaque(Opaque),
}

/// Count of events per group.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// Events that count.
    pub filter: Node,
    /// Group keys; empty: one group over everything.
    pub group_by: Vec<Field>,
    /// The least number of events.
    pub at_least: u64,
    /// Distinct values that the group must show beside the count; Elastic reads the first only.
    pub cardinality: Vec<Cardinality>,
    /// Over what stretch of time is counted.
    pub window: Window,
    /// Whether an event without one of the group keys is in no group or in a group of its own.
    pub missing: MissingFields,
}

/// Distinct values of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Cardinality {
    /// The field whose values are counted.
    pub field: Field,
    /// The least number of distinct values.
    pub at_least: u64,
}

/// Values never seen before.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTerms {
    /// Events that count, in the history too.
    pub filter: Node,
    /// One to three fields whose combination must be new.
    pub fields: Vec<Field>,
    /// Start of the history as date math against the end of the range (`now-14d`).
    pub history_start: String,
}

/// The stretch of time over which an aggregate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The range of one scheduled run (Elastic).
    Run,
    /// A fixed length from the first event of the group (Threat Stack).
    FirstEvent(Duration),
    /// Any stretch of this length (Sigma).
    Sliding(Duration),
    /// Clock-aligned stretches (SPL `bin`, ES|QL `BUCKET`).
    Tumbling(Duration),
}

/// What happens to an event that lacks a group key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingFields {
    /// It is in no group: not counted, or alerted by itself.
    Exclude,
    /// "Missing" is a value like any other.
    Group,
}

/// Alerts folded into one.
#[derive(Debug, Clone, PartialEq)]
pub struct Suppression {
    /// Fields whose equal values make alerts the same; empty for thresholds (their own keys).
    pub group_by: Vec<Field>,
    /// How long after the first alert; `None`: within one run.
    pub duration: Option<Duration>,
    /// [`MissingFields::Exclude`] is Elastic's `doNotSuppress`, [`MissingFields::Group`] its
    /// default `suppress`. `None`: not written.
    pub missing: Option<MissingFields>,
}

/// An exception: events for which it is true never count.
#[derive(Debug, Clone, PartialEq)]
pub struct Exception {
    /// What is excepted.
    pub predicate: Node,
    /// The text it was written as, in the rule's own filter language.
    pub text: Option<String>,
    /// Its name, where it has one.
    pub name: Option<String>,
}

/// A reference to an exception list kept outside the rule.
#[derive(Debug, Clone, PartialEq)]
pub struct ExceptionList {
    /// The reference as the rule writes it.
    pub value: Value,
    /// Where it stands.
    pub origin: Option<Span>,
    /// Whether the list stands in the rule's file, with every item of it among the rule's
    /// [exceptions](Exception). A target that can say those says the list.
    pub resolved: bool,
}

/// The [`reason`](Opaque::reason) of a detection whose text is at fault; the fault itself is an error
/// of its own.
pub const UNREADABLE: &str = "a key that it depends on could not be read";

/// A query that is carried but not understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Opaque {
    /// Its language, where it has one (machine-learning rules have none).
    pub language: Option<Language>,
    /// The query as written.
    pub text: Option<String>,
    /// Why it is opaque, as a phrase: "EQL is not compiled yet".
    pub reason: String,
}

impl Detection {
    /// The event predicate on which the detection rests, if it is understood.
    pub fn predicate(&self) -> Option<&Node> {
        match self {
            Detection::Event(node) => Some(node),
            Detection::Threshold(threshold) => Some(&threshold.filter),
            Detection::NewTerms(new_terms) => Some(&new_terms.filter),
            Detection::Opaque(_) => None,
        }
    }
}
