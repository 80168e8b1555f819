//! The runs of a schedule, as Elastic's detection engine executes a rule (elastic_rule_types §1–§4, §7
//! and §10): ranges with gaps caught up, time filter, order, `max_signals`, no alert twice,
//! suppression with and without a duration, and the state that runs hand on.
//!
//! [`Simulator`] makes one run at a time; [`simulate`] plays a whole schedule. Severity, title and
//! the copy of the event that Kibana writes into an alert are the caller's business, and so are
//! documents that are themselves alerts.

mod corpus;
mod new_terms;
mod query;
mod replay;
mod simulator;
mod store;
#[cfg(test)]
mod tests;
mod threshold;
mod timing;

pub use corpus::Corpus;
pub use replay::{Simulation, simulate};
pub use simulator::{Run, Simulator};
pub use store::Written;
pub use timing::{ALERTING_MAX, Ranges, Timing, calculate_from};
