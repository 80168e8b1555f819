//! The events of rules that look at more than one: kept until the input has been read, but no more
//! of them than the rule's verdict depends on.

use std::collections::HashMap;

use crate::matcher::over_time::{Event, Reading, thin};

/// The events of one rule. A rule that can do without some of them lets them go from time to time.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub events: Vec<Event>,
    /// Number of events at which to look again for what can go.
    full: usize,
}

impl Kept {
    pub fn add(&mut self, event: Event, reading: &Reading, may_thin: bool) {
        if may_thin && self.events.len() >= self.full.max(256) {
            thin(reading, &mut self.events);
            self.full = self.events.len() * 2;
        }
        self.events.push(event);
    }
}

/// Combinations of one rule above which a thread forgets them and begins anew.
const COMBINATIONS: usize = 1 << 16;

/// What one thread has seen of the events that new-terms rules match: a first and a last one for each
/// combination of values. What lies between the two, and no further from the first than the history
/// reaches, changes no verdict (see [`thin`]), and is left out before anything is allocated for it.
///
/// It lives as long as the thread: after every block, [`hand_on`](Combinations::hand_on) gives what
/// that block changed.
#[derive(Debug, Default)]
pub(super) struct Combinations {
    /// By rule.
    seen: Vec<OfRule>,
    /// The stretches that changed since the last block, as rule and number.
    changed: Vec<(usize, usize)>,
    /// Events of stretches that made room for later ones.
    out: Vec<(usize, Event)>,
}

#[derive(Debug, Default)]
struct OfRule {
    by_values: HashMap<Box<[u8]>, usize>,
    stretches: Vec<Stretch>,
    /// The values asked for last, and their stretch: events of one identity come in rows.
    last: (Vec<u8>, usize),
}

impl OfRule {
    fn find(&mut self, values: &[u8]) -> Option<usize> {
        if self.last.0 != values || self.stretches.is_empty() {
            let found = *self.by_values.get(values)?;
            self.last.0.clear();
            self.last.0.extend_from_slice(values);
            self.last.1 = found;
        }
        Some(self.last.1)
    }
}

#[derive(Debug)]
struct Stretch {
    first: Event,
    from: i64,
    /// Time and id of the last event; the id is written over in place.
    last: Option<(i64, String)>,
    /// Whether the first event, and the last, still have to be handed on.
    new_first: bool,
    new_last: bool,
}

impl Stretch {
    fn new(first: Event, from: i64) -> Self {
        Stretch { first, from, last: None, new_first: true, new_last: false }
    }

    fn changed(&self) -> bool {
        self.new_first || self.new_last
    }

    fn hand_on(&mut self) -> impl Iterator<Item = Event> + use<> {
        let first = std::mem::take(&mut self.new_first).then(|| self.first.clone());
        let last = self.last.as_ref().filter(|_| std::mem::take(&mut self.new_last));
        first.into_iter().chain(last.map(|(time, id)| self.first.again(id, *time)))
    }
}

impl Combinations {
    /// Whether an event with these values at this time is covered by those already seen.
    pub fn covers(&mut self, rule: usize, values: &[u8], time: i64, id: &str, reach: i64) -> bool {
        let Some(seen) = self.seen.get_mut(rule) else { return false };
        let Some(number) = seen.find(values) else { return false };
        let stretch = &mut seen.stretches[number];
        // Earlier ones, and at the same time those of a lower id, would be the first themselves.
        if (time, id) < (stretch.from, &*stretch.first.id) || time.saturating_sub(stretch.from) > reach {
            return false;
        }
        match &mut stretch.last {
            Some((last, _)) if time <= *last => return true,
            Some((last, name)) => {
                *last = time;
                name.clear();
                name.push_str(id);
            }
            last @ None if time > stretch.from => *last = Some((time, id.to_owned())),
            None => return true,
        }
        if !stretch.changed() {
            self.changed.push((rule, number));
        }
        stretch.new_last = true;
        true
    }

    /// Enters an event as the first of its combination, where there is none, or where it comes before
    /// the first one and the history reaches back to it from the last one, or where it is out of the
    /// first one's reach; else hands it back.
    pub fn enter(&mut self, rule: usize, values: &[u8], event: Event, reach: i64) -> Option<Event> {
        let Some(from) = event.effective else { return Some(event) };
        if self.seen.len() <= rule {
            self.seen.resize_with(rule + 1, OfRule::default);
        }
        let seen = &mut self.seen[rule];
        let Some(number) = seen.find(values) else {
            seen.by_values.insert(values.into(), seen.stretches.len());
            self.changed.push((rule, seen.stretches.len()));
            seen.stretches.push(Stretch::new(event, from));
            return None;
        };
        let stretch = &mut seen.stretches[number];
        let changed = stretch.changed();
        if from.saturating_sub(stretch.from) > reach {
            let mut before = std::mem::replace(stretch, Stretch::new(event, from));
            self.out.extend(before.hand_on().map(|event| (rule, event)));
        } else {
            let end = stretch.last.as_ref().map_or(stretch.from, |(last, _)| *last);
            if (from, &*event.id) >= (stretch.from, &*stretch.first.id) || end.saturating_sub(from) > reach {
                return Some(event);
            }
            let before = std::mem::replace(&mut stretch.first, event);
            if stretch.last.is_none() {
                stretch.last = Some((stretch.from, before.id.to_string()));
                stretch.new_last = stretch.new_first;
            }
            stretch.from = from;
            stretch.new_first = true;
        }
        if !changed {
            self.changed.push((rule, number));
        }
        None
    }

    /// The events to keep that came or changed since the last call, by rule.
    pub fn hand_on(&mut self) -> impl Iterator<Item = (usize, Event)> {
        let mut out = std::mem::take(&mut self.out);
        for (rule, number) in self.changed.drain(..) {
            let events = self.seen[rule].stretches[number].hand_on();
            out.extend(events.map(|event| (rule, event)));
        }
        for seen in &mut self.seen {
            if seen.stretches.len() > COMBINATIONS {
                *seen = OfRule::default();
            }
        }
        out.into_iter()
    }
}
