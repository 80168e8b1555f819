//! Runs rules on events: a rule set is compiled once per shape of record, then every record is
//! judged by the few rules that can match it. Also explains verdicts.
//!
//! Knows no rule files and no containers; thresholds, new terms and suppression over time are the
//! business of `over_time`, on the evidence handed over here.

mod address;
mod check;
pub mod date;
mod leaves;
pub mod over_time;
mod text_set;
mod view;
mod words;

pub use view::View;
