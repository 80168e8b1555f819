//! The intermediate representation in which every rule language meets every target.
//!
//! A [`Rule`] is metadata plus a [`Detection`]; a detection rests on [`Predicate`]s, which are true
//! or false for every event and in which every comparison names its own semantics. Nothing here
//! knows a file format, JSON or the syntax of any language: front ends build these values, back
//! ends and the matcher read them. Origins are byte spans of the outer file
//! ([`diagnostic::Span`](crate::diagnostic::Span)).

pub mod date_math;
mod detection;
mod field;
mod metadata;
mod playbook;
mod predicate;
mod rule;
mod schedule;
mod service;
mod simplify;
mod value;

pub use detection::{
    Cardinality, Detection, Exception, ExceptionList, MissingFields, NewTerms, Opaque, Suppression,
    Threshold, UNREADABLE, Window,
};
pub use field::{Field, FieldType, Vocabulary};
pub use metadata::{
    Extra, Level, Metadata, Overrides, Purpose, RiskScoreMapping, RuleSeverity, SeverityMapping, Tactic,
    Technique, Threat,
};
pub use playbook::{Binding, Call, Playbook, Step, Until};
pub use predicate::{
    Bound, Case, Comparison, DateBound, Glob, GlobPart, Limit, Node, NumberOp, Predicate, Test, TextMatch,
    Words,
};
pub use rule::{Format, Input, Language, QueryText, Rule};
pub use schedule::{Duration, Schedule};
pub use service::Service;
pub use value::Value;
