//! Vocabularies: which fields there are, of which type, and how a field of one vocabulary is
//! reached in another. The facts stand in data files beside the code, not in it.
//!
//! Knows no rules.

mod reach;
mod types;

pub use reach::{Derived, Reach};
pub use types::{FieldTypes, MapTypes};
/// The fields of ECS and of Elastic's AWS integration.
pub fn ecs() -> &'static dyn FieldTypes {
    static TYPES: MapTypes = MapTypes { fields: std::collections::BTreeMap::new() };
    &TYPES
}

/// The keys of a raw CloudTrail record.
pub fn cloudtrail() -> &'static dyn FieldTypes {
    ecs()
}

/// Raw keys and Threat Stack's aliases.
pub fn threat_stack() -> &'static dyn FieldTypes {
    ecs()
}
