//! The candidate index: from an event's name and source to the few rules that can match it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::tree::{Keys, Tree};

/// Slot of `eventName` / `event.action` in every plan.
pub(super) const ACTION: usize = 0;
/// Slot of `eventSource` / `event.provider` in every plan.
pub(super) const SOURCE: usize = 1;

/// Rules by what they require.
#[derive(Debug, Default)]
pub(super) struct Index {
    actions: Table,
    sources: Table,
    always: Vec<u32>,
}

#[derive(Debug, Default)]
struct Table {
    exact: HashMap<Box<str>, Vec<u32>, BuildHasherDefault<Fx>>,
    /// By first byte; empty as long as there is no prefix at all.
    prefixes: Vec<Vec<(Box<str>, u32)>>,
}

impl Index {
    /// Enters a rule. A rule that demands nothing of the two slots is always a candidate.
    pub(super) fn insert(&mut self, rule: u32, tree: &Tree) {
        match (tree.required(ACTION), tree.required(SOURCE)) {
            // Names are the finer key, but a list of texts beats a prefix.
            (Some(actions), Some(sources)) if !actions.prefixes.is_empty() && sources.prefixes.is_empty() => {
                self.sources.insert(rule, sources);
            }
            (Some(actions), _) => self.actions.insert(rule, actions),
            (None, Some(sources)) => self.sources.insert(rule, sources),
            (None, None) => self.always.push(rule),
        }
    }

    /// Adds the candidates of one value of a slot.
    pub(super) fn candidates(&self, slot: usize, value: &str, out: &mut Vec<u32>) {
        let table = if slot == ACTION { &self.actions } else { &self.sources };
        if let Some(rules) = table.exact.get(value) {
            out.extend_from_slice(rules);
        }
        if let (Some(first), false) = (value.bytes().next(), table.prefixes.is_empty()) {
            let bucket = table.prefixes[usize::from(first)].iter();
            out.extend(bucket.filter(|(prefix, _)| value.starts_with(&**prefix)).map(|(_, rule)| *rule));
        }
    }

    /// The rules that are candidates for every event.
    pub(super) fn always(&self) -> &[u32] {
        &self.always
    }
}

impl Table {
    fn insert(&mut self, rule: u32, mut keys: Keys) {
        keys.exact.sort_unstable();
        keys.exact.dedup();
        for text in keys.exact {
            self.exact.entry(text).or_default().push(rule);
        }
        if !keys.prefixes.is_empty() && self.prefixes.is_empty() {
            self.prefixes.resize_with(256, Vec::new);
        }
        for prefix in keys.prefixes {
            // `required` gives no empty prefixes.
            if let Some(first) = prefix.bytes().next() {
                self.prefixes[usize::from(first)].push((prefix, rule));
            }
        }
    }
}

/// A hash for short texts from trusted rules: a multiplication for every eight bytes.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Fx(u64);

impl Hasher for Fx {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.write_u64(u64::from_le_bytes(*word)));
        match bytes.last_chunk::<8>() {
            // The last eight bytes, of which some are taken twice.
            Some(last) => self.write_u64(u64::from_le_bytes(*last)),
            None => self.write_u64(rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte))),
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(byte.into());
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
