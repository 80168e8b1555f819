//! Types of fields as a front end asks for them.

use std::collections::BTreeMap;

use crate::ir::{FieldType, Glob};

/// A table of field types; decides what a comparison without a type of its own means.
pub trait FieldTypes {
    /// The type of a field; [`FieldType::Unknown`] where the table has no such field.
    fn field_type(&self, path: &str) -> FieldType;

    /// The fields whose whole path matches a pattern, in order of their names.
    fn expand(&self, pattern: &Glob) -> Vec<String>;
}

/// A table of one's own: a test's mapping, an index mapping.
#[derive(Debug, Clone, Default)]
pub struct MapTypes {
    /// Path and type.
    pub fields: BTreeMap<String, FieldType>,
}

impl FieldTypes for MapTypes {
    fn field_type(&self, path: &str) -> FieldType {
        let mut prefix = path;
        loop {
            match self.fields.get(prefix) {
                Some(ty) if prefix.len() == path.len() => return *ty,
                Some(FieldType::Flattened) => return FieldType::FlattenedLeaf,
                _ => {}
            }
            match prefix.rfind('.') {
                Some(dot) => prefix = &prefix[..dot],
                None => return FieldType::Unknown,
            }
        }
    }

    fn expand(&self, pattern: &Glob) -> Vec<String> {
        let matches = |path: &&String| pattern.matches(path, crate::ir::Case::Sensitive);
        self.fields.keys().filter(matches).cloned().collect()
    }
}
