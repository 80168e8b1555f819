//! Rules over time: from the events that match a rule to the alerts they raise.
//!
//! Thresholds, new terms and suppression, evaluated either over the whole input as one range or as
//! the runs of a schedule. Whether an event matches is decided elsewhere; this folder is given the
//! matching events and keeps their time, keys and id only.

mod civil;
mod date_math;

pub use civil::{format as format_time, parse_date};
pub use date_math::{DateMath, DateMathError, Round};
