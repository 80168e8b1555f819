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

/// The events of a block that new-terms rules match, a first and a last one for each combination of
/// values. What lies between the two, and no further from the first than the history reaches, changes
/// no verdict (see [`thin`]), and is left out before anything is allocated for it.
#[derive(Debug, Default)]
pub(super) struct Combinations {
    /// By rule.
    seen: Vec<OfRule>,
}

#[derive(Debug, Default)]
struct OfRule {
    by_values: HashMap<Box<[u8]>, usize>,
    stretches: Vec<Stretch>,
    /// The values asked for last, and their stretch: events of one identity come in rows.
    last: (Vec<u8>, usize),
}

impl OfRule {
    fn find(&mut self, values: &[u8]) -> Option<&mut Stretch> {
        if self.last.0 != values || self.stretches.is_empty() {
            let found = *self.by_values.get(values)?;
            self.last.0.clear();
            self.last.0.extend_from_slice(values);
            self.last.1 = found;
        }
        self.stretches.get_mut(self.last.1)
    }
}

#[derive(Debug)]
struct Stretch {
    first: Event,
    from: i64,
    /// Time and id of the last event; the id is written over in place.
    last: Option<(i64, String)>,
}

impl Combinations {
    /// Whether an event with these values at this time is covered by those already seen.
    pub fn covers(&mut self, rule: usize, values: &[u8], time: i64, id: &str, reach: i64) -> bool {
        let Some(stretch) = self.seen.get_mut(rule).and_then(|seen| seen.find(values)) else {
            return false;
        };
        // Earlier ones, and at the same time those of a lower id, would be the first themselves.
        if (time, id) < (stretch.from, &*stretch.first.id) || time.saturating_sub(stretch.from) > reach {
            return false;
        }
        match &mut stretch.last {
            Some((last, _)) if time <= *last => {}
            Some((last, name)) => {
                *last = time;
                name.clear();
                name.push_str(id);
            }
            last @ None if time > stretch.from => *last = Some((time, id.to_owned())),
            None => {}
        }
        true
    }

    /// Enters an event as the first of its combination, where there is none or it comes before the
    /// first one and the history reaches back to it from the last one; else hands it back.
    pub fn enter(&mut self, rule: usize, values: &[u8], event: Event, reach: i64) -> Option<Event> {
        let Some(from) = event.effective else { return Some(event) };
        if self.seen.len() <= rule {
            self.seen.resize_with(rule + 1, OfRule::default);
        }
        let seen = &mut self.seen[rule];
        if seen.find(values).is_none() {
            seen.by_values.insert(values.into(), seen.stretches.len());
            seen.stretches.push(Stretch { first: event, from, last: None });
            return None;
        }
        let Some(stretch) = seen.find(values) else { return Some(event) };
        let end = stretch.last.as_ref().map_or(stretch.from, |(last, _)| *last);
        if (from, &*event.id) >= (stretch.from, &*stretch.first.id) || end.saturating_sub(from) > reach {
            return Some(event);
        }
        let before = std::mem::replace(&mut stretch.first, event);
        stretch.last.get_or_insert_with(|| (stretch.from, before.id.to_string()));
        stretch.from = from;
        None
    }

    /// The events to keep, by rule.
    pub fn into_events(self) -> impl Iterator<Item = (usize, Event)> {
        self.seen.into_iter().enumerate().flat_map(|(rule, seen)| {
            seen.stretches.into_iter().flat_map(move |stretch| {
                let last = stretch.last.map(|(time, id)| stretch.first.again(&id, time));
                std::iter::once(stretch.first).chain(last).map(move |event| (rule, event))
            })
        })
    }
}
