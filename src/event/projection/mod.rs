//! Extraction of the paths that rules read from the bytes of one record.
//!
//! A [`Projection`] is built once, from every path that any rule reads, and then filled into
//! [`Slots`] record after record: one pass over the bytes, which validates the whole record as JSON
//! and allocates nothing once the slots have grown. What the values mean is left to the matcher.

mod guess;
mod keys;
#[cfg(test)]
mod oracle;
mod repeated;
pub(super) mod scan;
mod slots;
#[cfg(test)]
mod tests;
mod trie;
mod walk;
mod words;

use serde::de::IgnoredAny;

pub use slots::{Slots, Values};
use trie::Trie;
pub(super) use words::special;

/// A record that is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at byte {offset}")]
pub struct JsonError {
    /// Byte offset in the record.
    pub offset: usize,
    /// What is wrong.
    pub message: String,
}

/// A set of paths, each with a slot number in order of construction.
#[derive(Debug)]
pub struct Projection {
    trie: Trie,
}

impl Projection {
    /// Paths are split at dots; a key that itself contains dots is found like a path.
    pub fn new<'p>(paths: impl IntoIterator<Item = &'p str>) -> Self {
        Projection { trie: Trie::new(paths) }
    }

    /// Number of slots.
    pub fn len(&self) -> usize {
        self.trie.slots
    }

    /// Whether there is no path at all.
    pub fn is_empty(&self) -> bool {
        self.trie.slots == 0
    }

    /// Fills `slots` from one record, a JSON object. Arrays on the way and at the end are entered:
    /// a slot holds every value that the path reaches, in the order of the record. Of a repeated
    /// key the last value counts, as in `serde_json::Value`.
    ///
    /// # Errors
    /// Exactly the texts that `serde_json` refuses to skip as `IgnoredAny`, and those nested deeper
    /// than 127 levels, which it refuses to build as a `Value`. The slots are empty then.
    pub fn extract(&self, record: &str, slots: &mut Slots) -> Result<(), JsonError> {
        slots.begin(self.trie.slots, self.trie.entries(), record.len());
        slots.guesses.begin(self.trie.identity);
        // Slots hold offsets of 32 bits.
        let fits = u32::try_from(record.len()).is_ok();
        let outcome = if fits { walk::walk(&self.trie, record, slots) } else { None };
        match outcome {
            Some(walk::Outcome::Complete) => {}
            Some(walk::Outcome::KeyRepeated) => {
                slots.begin(self.trie.slots, self.trie.entries(), record.len());
                repeated::walk(&self.trie, record, slots);
            }
            None => {
                slots.begin(self.trie.slots, self.trie.entries(), 0);
                return Err(JsonError::of(record));
            }
        }
        slots.alias(&self.trie.aliases);
        Ok(())
    }
}

impl JsonError {
    /// Why the scanner refused `record`: the scanner itself only says no, so that its fast path
    /// stays small; the words are `serde_json`'s.
    pub(in crate::event) fn of(record: &str) -> JsonError {
        if u32::try_from(record.len()).is_err() {
            return JsonError { offset: 0, message: "the record is larger than 4 GiB".into() };
        }
        match serde_json::from_str::<IgnoredAny>(record) {
            Ok(_) => JsonError { offset: 0, message: format!("nested deeper than {} levels", scan::DEPTH) },
            Err(error) => {
                let line = error.line().saturating_sub(1);
                let start: usize = record.split_inclusive('\n').take(line).map(str::len).sum();
                let words = error.to_string();
                let message = words.split(" at line ").next().unwrap_or(&words).to_owned();
                let offset = (start + error.column().saturating_sub(1)).min(record.len());
                JsonError { offset, message }
            }
        }
    }
}
