//! What the matcher must be told about fields and documents. The standard answers come from
//! [`schema`](crate::schema) and [`event`](crate::event); tests bring their own.

use crate::ir::{Field, FieldType, Vocabulary};
use crate::schema::Reach;

/// The surroundings of a rule set.
pub trait World: Send + Sync {
    /// How the values of a field are reached in a raw CloudTrail record.
    fn reach(&self, field: &Field) -> Reach;

    /// The type of a field by its path, for free text and for fields that metadata names.
    fn field_type(&self, vocabulary: Vocabulary, path: &str) -> FieldType;

    /// The document that Elastic's AWS integration would index for a raw record, as JSON text;
    /// `None` where the record cannot be normalised.
    fn document(&self, record: &str) -> Option<String>;
}
