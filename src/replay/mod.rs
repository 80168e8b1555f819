//! Events against rules: the hits, in the order of the input whatever the number of threads, and
//! after them the alerts of rules that look at more than one event.
//!
//! Owns the bridge between the reader of events and the matcher, and the form of a hit. Reading,
//! judging and evaluation over time are done by the rooms below.

mod documents;
pub mod events;
mod findings;
mod format;
mod hit;
mod kept;
mod run;

pub use documents::{Written, documents};
pub use format::{concise, full, json};
pub use hit::{AlertHit, EventHit, Found};
pub use run::{Replay, Settings, Stats};
