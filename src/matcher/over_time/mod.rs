//! Rules over time: from the events that match a rule to the alerts they raise.
//!
//! Thresholds, new terms and suppression, evaluated either over the whole input as one range
//! ([`run_once`]) or as the runs of a schedule ([`simulate`]). Whether an event matches is decided elsewhere; this
//! folder is given the matching events and keeps their time, keys and id only: work out a rule's
//! [`Reading`], turn every matching [`Document`] into an [`Event`] with it, and hand these over.

mod alert;
pub mod codes;
mod document;
mod keys;
mod once;
#[cfg(test)]
mod property_tests;
mod reading;
mod scalar;
mod schedule;
#[cfg(test)]
mod test_support;

pub use alert::{Alert, Suppressed, Term};
pub use document::{Document, Event, EventRef, Overrides};
pub use once::{Outcome, run_once, thin};
pub use reading::Reading;
pub use scalar::Scalar;
pub use schedule::{
    ALERTING_MAX, Corpus, Ranges, Run, Simulation, Simulator, Timing, Written, calculate_from, simulate,
};

/// Writes an instant in milliseconds since 1970 as Elasticsearch and Kibana do:
/// `2024-03-05T06:00:00.000Z`. One beyond the calendar stays a number.
pub fn format_time(millis: i64) -> String {
    match jiff::Timestamp::from_millisecond(millis) {
        Ok(instant) => format!("{instant:.3}"),
        Err(_) => millis.to_string(),
    }
}
