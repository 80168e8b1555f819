//! Where the values of one record were found.

use super::guess::Guesses;
use crate::event::Leaf;

/// The values found, by slot. Reused from record to record, and then without allocation.
#[derive(Debug, Default)]
pub struct Slots {
    /// First and last found value of every slot, as indices into `found`.
    heads: Vec<(u32, u32)>,
    /// All values, in the order of the record; those of one slot are chained.
    found: Vec<Found>,
    /// By entry of the trie: the object in which that key was met last.
    met: Vec<u32>,
    /// Number of the object that was entered last, over all records.
    object: u32,
    pub(super) guesses: Guesses,
}

#[derive(Debug, Clone, Copy)]
struct Found {
    kind: Kind,
    start: u32,
    end: u32,
    next: u32,
}

/// What stands in the range of a found value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    True,
    False,
    Number,
    Text,
    Escaped,
    Object,
}

const NONE: u32 = u32::MAX;

impl Slots {
    /// The values of a slot; `record` is the text that was extracted from.
    #[inline]
    pub fn values<'a>(&'a self, slot: usize, record: &'a str) -> Values<'a> {
        Values { found: &self.found, next: self.heads.get(slot).map_or(NONE, |head| head.0), record }
    }

    /// Whether a slot has no value: the path is not in the record, or only with an empty array.
    #[inline]
    pub fn is_missing(&self, slot: usize) -> bool {
        self.heads.get(slot).is_none_or(|head| head.0 == NONE)
    }

    /// Forgets the record before. `bytes` is the length of the next one.
    pub(super) fn begin(&mut self, slots: usize, entries: usize, bytes: usize) {
        self.heads.clear();
        self.heads.resize(slots, (NONE, NONE));
        self.found.clear();
        // Every object takes two bytes at least: the numbers cannot run out within a record.
        if self.met.len() != entries || bytes >= (u32::MAX - self.object) as usize {
            self.met.clear();
            self.met.resize(entries, 0);
            self.object = 0;
        }
    }

    /// Number for an object that is entered.
    #[inline(always)]
    pub(super) fn enter(&mut self) -> u32 {
        self.object += 1;
        self.object
    }

    /// Notes that a key was met in an object: whether it is there for the first time.
    #[inline(always)]
    pub(super) fn first_time(&mut self, entry: u32, object: u32) -> bool {
        std::mem::replace(&mut self.met[entry as usize], object) != object
    }

    /// Adds a value and returns its index, for [`Slots::finish`].
    #[inline(always)]
    pub(super) fn push(&mut self, slot: u32, kind: Kind, start: usize, end: usize) -> usize {
        let index = self.found.len();
        let head = &mut self.heads[slot as usize];
        if head.0 == NONE {
            head.0 = index as u32;
        } else {
            self.found[head.1 as usize].next = index as u32;
        }
        head.1 = index as u32;
        self.found.push(Found { kind, start: start as u32, end: end as u32, next: NONE });
        index
    }

    /// Sets the end of an object that was added at its beginning.
    #[inline(always)]
    pub(super) fn finish(&mut self, index: usize, end: usize) {
        self.found[index].end = end as u32;
    }

    /// Lets slots share the values of other slots: pairs of (slot, slot that has the values).
    pub(super) fn alias(&mut self, pairs: &[(u32, u32)]) {
        for &(slot, of) in pairs {
            self.heads[slot as usize] = self.heads[of as usize];
        }
    }
}

/// Iterator over the values of one slot.
#[derive(Debug, Clone)]
pub struct Values<'a> {
    found: &'a [Found],
    next: u32,
    record: &'a str,
}

impl<'a> Iterator for Values<'a> {
    type Item = Leaf<'a>;

    #[inline]
    fn next(&mut self) -> Option<Leaf<'a>> {
        let found = self.found.get(self.next as usize)?;
        self.next = found.next;
        let text = || &self.record[found.start as usize..found.end as usize];
        Some(match found.kind {
            Kind::Null => Leaf::Null,
            Kind::True => Leaf::Bool(true),
            Kind::False => Leaf::Bool(false),
            Kind::Number => Leaf::Number(text()),
            Kind::Text => Leaf::Text(text()),
            Kind::Escaped => Leaf::Escaped(text()),
            Kind::Object => Leaf::Object(text()),
        })
    }
}
