//! Vocabularies: which fields there are, of which type, and how a field of one vocabulary is
//! reached in another. The facts stand in data files beside the code, not in it.
//!
//! Knows no rules.

mod attack;
mod categories;
mod finding;
mod index;
mod lookup;
mod mapping;
mod payloads;
mod reach;
mod resolve;
mod table;
mod types;
mod version;
mod vocabulary;

pub use attack::{ATTACK_RELEASE, AttackEntry, attack, attack_named, attack_tactics, attack_techniques};
pub use categories::{Category, category, event_names};
pub use finding::{
    Convert, FindingField, FindingHow, FindingMapping, finding_conversion, finding_fields, finding_list,
    finding_mappings, finding_root, finding_source, finding_twin, has_documents,
};
pub use index::{Engine, field_mapping, index_mapping};
pub use lookup::{Row, concepts, lookup, nearest};
pub use payloads::{is_object, is_open, splunk_names};
pub use reach::{Derived, Payload, Reach};
pub use resolve::{Origin, origins, reach};
pub use types::{FieldTypes, MapTypes};
pub use version::{Shape, Version};
pub use vocabulary::{base_field, cloudtrail, ecs, finding, is_ecs, names, splunk, threat_stack, types};
