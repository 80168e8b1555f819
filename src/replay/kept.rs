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
    seen: HashMap<usize, HashMap<Box<[u8]>, Stretch>>,
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
        let Some(stretch) = self.seen.get_mut(&rule).and_then(|seen| seen.get_mut(values)) else {
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

    /// Enters an event as the first of its combination; hands it back if there is one.
    pub fn enter(&mut self, rule: usize, values: &[u8], event: Event) -> Option<Event> {
        let seen = self.seen.entry(rule).or_default();
        let Some(from) = event.effective.filter(|_| !seen.contains_key(values)) else { return Some(event) };
        seen.insert(values.into(), Stretch { first: event, from, last: None });
        None
    }

    /// The events to keep, by rule.
    pub fn into_events(self) -> impl Iterator<Item = (usize, Event)> {
        self.seen.into_iter().flat_map(|(rule, seen)| {
            seen.into_values().flat_map(move |stretch| {
                let last = stretch.last.map(|(time, id)| stretch.first.again(&id, time));
                std::iter::once(stretch.first).chain(last).map(move |event| (rule, event))
            })
        })
    }
}
