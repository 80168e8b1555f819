//! Why a rule matches a record or does not: every clause with its truth and with what the record
//! holds there.
//!
//! This is a second, plain evaluator: it walks the predicate over a tree of the record and shares
//! with the compiled programs only the comparison of single values. The property tests hold the two
//! against each other.

mod clause;
mod coverage;
mod describe;
mod evaluate;
mod look;
mod render;

pub use clause::{Clause, ClauseKind, Seen, Verdict};
pub use coverage::{ClauseInfo, Observation, clauses, observe};
pub use describe::{comparison, words};
pub use evaluate::{ExplainError, Explainer};
pub use render::render;
