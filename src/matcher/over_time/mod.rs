//! Rules over time: from the events that match a rule to the alerts they raise.
//!
//! Thresholds, new terms and suppression, evaluated either over the whole input as one range
//! ([`run_once`]) or as the runs of a schedule ([`simulate`]). Whether an event matches is decided elsewhere; this
//! folder is given the matching events and keeps their time, keys and id only: work out a rule's
//! [`Reading`], turn every matching [`Document`] into an [`Event`] with it, and hand these over.

mod alert;
mod civil;
pub mod codes;
mod date_math;
mod document;
mod keys;
mod once;
mod reading;
mod scalar;
mod schedule;

pub use alert::{Alert, Suppressed, Term};
pub use civil::{format as format_time, parse_date};
pub use date_math::{DateMath, DateMathError, Round};
pub use document::{Document, Event, EventRef};
pub use once::{Outcome, run_once};
pub use reading::Reading;
pub use scalar::Scalar;
pub use schedule::{
    ALERTING_MAX, Corpus, Ranges, Run, Simulation, Simulator, Timing, Written, calculate_from, simulate,
};
