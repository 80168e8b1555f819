//! Witnesses: from a rule to records that satisfy it and, clause by clause, to records that would but
//! for that one clause.
//!
//! For each clause a record is made up in which the clause decides: everything that stands beside it in
//! a conjunction is true, everything beside it in a disjunction is false. What the clause reads is then
//! changed, and nothing else: the record no longer matches. A field of ECS is written where the mapping
//! of vocabularies takes it from; what only the cluster adds is kept beside the record.
//!
//! How a value is found is guesswork, on purpose: values are proposed and the native matcher decides. A
//! record that does not do what it is meant to is never returned; what could not be shown is listed with
//! its reason. Knows no files of rules and prints nothing.

mod aggregate;
mod base;
mod clauses;
mod derived;
mod generate;
mod judge;
mod nested;
mod outcome;
mod payload;
mod place;
mod propose;
mod search;
mod state;
#[cfg(test)]
mod tests;
mod text;
mod values;

pub use aggregate::{AggregateCase, aggregate};
pub use generate::{Options, of_predicate, witnesses};
pub use outcome::{Change, NearMiss, Reason, Sample, Side, Unreached, Witness, Witnesses};

/// A successful call of an IAM user as CloudTrail writes it, with nothing in it that a rule asks for.
pub fn plain_record() -> serde_json::Value {
    base::record()
}
