//! Runs rules on events: a rule set is compiled once per layout of records, then every record is
//! judged by the few rules that can match it. Also explains verdicts.
//!
//! Knows no rule files and no containers; thresholds, new terms and suppression over time are the
//! business of `over_time`, on the evidence handed over here.

mod address;
#[cfg(test)]
mod agreement_tests;
mod check;
pub mod codes;
pub mod date;
mod datum;
mod derived;
mod evidence;
pub mod explain;
mod free_text;
mod index;
mod interest;
mod json;
mod leaves;
mod lower;
pub mod over_time;
pub mod overrides;
mod plan;
mod program;
mod raw_text;
mod rule_set;
#[cfg(test)]
mod test_rules;
mod text_set;
pub(crate) mod tokens;
mod tree;
mod view;
mod words;
mod world;

pub use datum::Datum;
pub use evidence::Evidence;
pub use interest::{fields_of_interest, placeholders};
pub use rule_set::{Options, RuleSet, Scratch};
pub use view::View;
pub use world::{Standard, World};
