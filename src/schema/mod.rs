//! Vocabularies: which fields there are, of which type, and how a field of one vocabulary is
//! reached in another. The facts stand in data files beside the code, not in it.
//!
//! Knows no rules.

mod reach;
mod types;

pub use reach::{Derived, Reach};
pub use types::{FieldTypes, MapTypes};
