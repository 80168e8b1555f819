//! Tab-separated data files and the tables of field types read from them.

use std::collections::BTreeMap;

use super::FieldTypes;
use crate::ir::{Case, FieldType, Glob};

/// The rows of a data file: comments and blank lines dropped, cells split at tabs.
pub(super) fn rows<const N: usize>(file: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let mut cells = line.split('\t');
        std::array::from_fn(|_| cells.next().unwrap_or("-"))
    })
}

/// The path and everything above it: `a.b.c`, `a.b`, `a`.
pub(super) fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |prefix| prefix.rfind('.').map(|dot| &prefix[..dot]))
}

/// Field types of one vocabulary.
#[derive(Debug, Default)]
pub(super) struct Table {
    fields: BTreeMap<String, FieldType>,
    /// The type of any key below a path.
    below: BTreeMap<&'static str, FieldType>,
}

impl Table {
    /// Adds a field and, as objects, every path above it; `name.*` adds the keys below `name`.
    pub(super) fn add(&mut self, path: &'static str, ty: FieldType) {
        match path.strip_suffix(".*") {
            Some(root) => {
                self.below.insert(root, ty);
                self.fields.entry(root.to_owned()).or_insert(FieldType::Object);
            }
            None => {
                if ty == FieldType::Flattened {
                    self.below.insert(path, FieldType::FlattenedLeaf);
                }
                self.fields.insert(path.to_owned(), ty);
            }
        }
        for above in prefixes(path).skip(1) {
            self.fields.entry(above.to_owned()).or_insert(FieldType::Object);
        }
    }

    /// Lets any key stand below a path.
    pub(super) fn add_below(&mut self, path: &'static str, ty: FieldType) {
        self.below.insert(path, ty);
    }

    /// Adds a field below another one that has a value itself (`user.name.text`).
    pub(super) fn add_multi_field(&mut self, path: &str, suffix: &str, ty: FieldType) {
        self.fields.insert(format!("{path}.{suffix}"), ty);
    }

    /// Every field in order of its name; objects are left out.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(|(_, ty)| **ty != FieldType::Object).map(|(path, _)| path.as_str())
    }
}

impl FieldTypes for Table {
    fn field_type(&self, path: &str) -> FieldType {
        if let Some(ty) = self.fields.get(path) {
            return *ty;
        }
        prefixes(path).skip(1).find_map(|above| self.below.get(above)).copied().unwrap_or(FieldType::Unknown)
    }

    fn expand(&self, pattern: &Glob) -> Vec<String> {
        self.names().filter(|path| pattern.matches(path, Case::Sensitive)).map(str::to_owned).collect()
    }
}
