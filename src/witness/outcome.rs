//! What comes out: records that match, records that nearly do, and what could not be shown.

use serde_json::{Map, Value};

use crate::diagnostic::Span;
use crate::event::{Layout, normalize};
use crate::ir::Field;
use crate::matcher::explain::ClauseInfo;
use crate::schema::Version;

/// A record, and what only the cluster would add to its document.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The raw CloudTrail record.
    pub record: Value,
    /// Fields that enrichment would add, by ECS path; the `with` of a fixture.
    pub with: Map<String, Value>,
}

impl Sample {
    /// What rules judge: the record itself, or its document where enrichment adds to it (as fixtures
    /// do).
    pub fn judged(&self, version: Version) -> (Layout, Value) {
        match self.with.is_empty() {
            true => (Layout::CloudTrail, self.record.clone()),
            false => (Layout::Ecs, Value::Object(self.document(version))),
        }
    }

    /// The ECS document of the record, with the fields that the cluster would add.
    pub fn document(&self, version: Version) -> Map<String, Value> {
        let options = normalize::Options { version, ..normalize::Options::default() };
        let mut document = Value::Object(normalize::normalize(&self.record, &options).document);
        self.with.iter().for_each(|(path, value)| super::state::set(&mut document, path, value.clone()));
        match document {
            Value::Object(map) => map,
            // `set` leaves an object an object.
            _ => Map::new(),
        }
    }
}

/// Everything that could be shown of a predicate.
#[derive(Debug, Clone, Default)]
pub struct Witnesses {
    /// The clauses, by number.
    pub clauses: Vec<ClauseInfo>,
    /// Records for which the predicate is true, without repetitions.
    pub matching: Vec<Witness>,
    /// Records for which it is false because of one clause, without repetitions: where the same
    /// record serves several clauses, it stands under the first of them.
    pub near_misses: Vec<NearMiss>,
    /// What could not be shown, and why.
    pub unreached: Vec<Unreached>,
}

/// A record that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The clause that decides here: if it alone turned, the record would no longer match. `None` for
    /// a record that shows no clause in particular.
    pub clause: Option<usize>,
    /// Whether the value of that clause is written in another case than the rule's, where the rule
    /// does not mind.
    pub other_case: bool,
    /// The record.
    pub sample: Sample,
}

/// A record that would match but for one clause.
#[derive(Debug, Clone, PartialEq)]
pub struct NearMiss {
    /// The clause that turned.
    pub clause: usize,
    /// Where it stands in the rule's file.
    pub origin: Option<Span>,
    /// The field it reads; none for free text.
    pub field: Option<Field>,
    /// What was done to the field.
    pub change: Change,
    /// The matching record that this one differs from, by its place in [`Witnesses::matching`].
    pub of: usize,
    /// Clauses that cannot but turn with it, because they read the same part of the record. Empty for
    /// most.
    pub also: Vec<usize>,
    /// The record.
    pub sample: Sample,
}

/// How a near miss differs from the record that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// Another value.
    Value,
    /// The value just outside: one beyond a limit, one character less.
    Edge,
    /// The same text in another case.
    Case,
    /// The field is gone.
    Absent,
    /// The field is there, or holds the very value that the rule excludes.
    Present,
}

impl Change {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Change::Value => "another value",
            Change::Edge => "just outside",
            Change::Case => "another case",
            Change::Absent => "absent",
            Change::Present => "present",
        }
    }
}

/// Something that could not be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// The clause; `None`: the whole rule.
    pub clause: Option<usize>,
    /// Where it stands in the rule's file.
    pub origin: Option<Span>,
    /// What is missing.
    pub side: Side,
    /// Why.
    pub reason: Reason,
}

/// The two sides of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// A matching record in which the clause decides; so there is no near miss either.
    Match,
    /// A near miss.
    NearMiss,
}

/// Why something could not be shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The clause reads what is the same in every event.
    Constant,
    /// No record has the field.
    NoSuchField,
    /// Whatever the clause says, others decide: no record was found for which it alone does.
    Masked,
    /// The search gave up before all possibilities were tried.
    GaveUp,
    /// The rule has more clauses than are looked at.
    TooMany,
    /// The rule is for other events than CloudTrail's; names them.
    OtherInput(String),
    /// The rule has no predicate that could be satisfied, or is not run; says why.
    NotRun(String),
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reason::Constant => f.write_str("the same in every event"),
            Reason::NoSuchField => f.write_str("no record has the field"),
            Reason::Masked => f.write_str("no record was found in which this clause decides"),
            Reason::GaveUp => f.write_str("the search gave up"),
            Reason::TooMany => f.write_str("the rule has more clauses than are looked at"),
            Reason::OtherInput(name) => write!(f, "the rule is for {name}, not for CloudTrail records"),
            Reason::NotRun(why) => f.write_str(why),
        }
    }
}
