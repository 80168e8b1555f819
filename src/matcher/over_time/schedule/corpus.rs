//! The matching events of one rule in the order and with the indexes that its runs need.

use std::collections::{BTreeSet, HashMap};

use super::super::reading::{Key, Kind};
use super::super::{Event, Reading, keys};
use crate::ir::MissingFields;

/// The events that match one rule, by effective time.
#[derive(Debug, Default)]
pub struct Corpus {
    events: Vec<Event>,
    /// New terms rules: where in `events` a combination occurs, in order.
    occurrences: HashMap<Key, Vec<usize>>,
    unseen: usize,
    cut: usize,
}

impl Corpus {
    /// Sorts the events that match; their order does not matter. Events without an effective time are
    /// never in range (elastic_rule_types §1.4) and only counted.
    pub fn new(reading: &Reading, mut events: Vec<Event>) -> Self {
        let all = events.len();
        events.retain(|event| event.effective.is_some());
        events.sort_by(Event::order);
        for (at, event) in events.iter_mut().enumerate().filter(|(_, event)| event.id.is_empty()) {
            event.serial = at + 1;
        }
        let mut corpus = Corpus { unseen: all - events.len(), ..Corpus::default() };
        if let Kind::NewTerms(new_terms) = &reading.kind {
            for (at, event) in events.iter().enumerate() {
                let groups = keys::groups(event, &new_terms.keys, MissingFields::Exclude);
                corpus.cut += usize::from(groups.cut);
                for key in groups.keys {
                    corpus.occurrences.entry(key).or_default().push(at);
                }
            }
        }
        corpus.events = events;
        corpus
    }

    /// Number of events left out because they have no time that the rule could see them by.
    pub fn unseen(&self) -> usize {
        self.unseen
    }

    /// Number of events whose array values span more combinations than are evaluated.
    pub(crate) fn cut(&self) -> usize {
        self.cut
    }

    /// All events with an effective time, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The events of a range, both ends inclusive.
    pub(crate) fn between(&self, from: i64, to: i64) -> &[Event] {
        let start = self.first_at(from);
        let end = self.events.partition_point(|event| time(event) <= to);
        &self.events[start..end.max(start)]
    }

    /// Time of the first event at or after an instant.
    pub(crate) fn next_time(&self, from: i64) -> Option<i64> {
        self.events.get(self.first_at(from)).map(time)
    }

    /// The combinations of a new terms rule that occur in a range, in key order.
    pub(crate) fn combinations(&self, slots: &[usize], from: i64, to: i64) -> BTreeSet<Key> {
        let keys = |event| keys::groups(event, slots, MissingFields::Exclude).keys;
        self.between(from, to).iter().flat_map(keys).collect()
    }

    /// The earliest event at or after `from` in which a combination occurs.
    pub(crate) fn first_occurrence(&self, key: &Key, from: i64) -> Option<&Event> {
        let places = self.occurrences.get(key)?;
        let first = self.first_at(from);
        places.get(places.partition_point(|&at| at < first)).map(|&at| &self.events[at])
    }

    fn first_at(&self, from: i64) -> usize {
        self.events.partition_point(|event| time(event) < from)
    }
}

/// Events of a corpus have an effective time: `new` keeps no others.
pub(super) fn time(event: &Event) -> i64 {
    event.effective.unwrap_or(i64::MAX)
}
