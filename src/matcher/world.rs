//! What the matcher must be told about fields and documents. The standard answers come from
//! [`crate::schema`] and [`crate::event::normalize`]; tests bring their own.

use crate::event::{Layout, normalize};
use crate::ir::{Field, FieldType, Vocabulary};
use crate::schema::{self, Reach, Version};

/// The surroundings of a rule set.
pub trait World: Send + Sync {
    /// How the values of a field are reached in a record of a layout.
    fn reach(&self, field: &Field, layout: Layout) -> Reach;

    /// The type of a field by its path, for free text and for fields that metadata names.
    fn field_type(&self, vocabulary: Vocabulary, path: &str) -> FieldType;

    /// The document that Elastic's AWS integration would index for a raw record or a finding, as JSON
    /// text; `None` where the record cannot be normalised.
    fn document(&self, record: &str, layout: Layout) -> Option<String>;

    /// Whether a payload (its JSON text) has a flattened copy in the document.
    fn has_flattened_copy(&self, payload: &str) -> bool;
}

/// The world as it is: the mapping table and the normaliser, for one generation of documents.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standard {
    /// The generation of documents that ECS rules are meant for.
    pub version: Version,
}

impl World for Standard {
    fn reach(&self, field: &Field, layout: Layout) -> Reach {
        schema::reach(field, layout.shape(), self.version)
    }

    fn field_type(&self, vocabulary: Vocabulary, path: &str) -> FieldType {
        schema::types(vocabulary).field_type(path)
    }

    fn document(&self, record: &str, layout: Layout) -> Option<String> {
        let record = serde_json::from_str(record).ok()?;
        let options = normalize::Options { version: self.version, ..normalize::Options::default() };
        serde_json::to_string(&normalize::document(&record, layout, &options)?).ok()
    }

    fn has_flattened_copy(&self, payload: &str) -> bool {
        normalize::has_flattened_copy(payload, self.version)
    }
}
