//! Thresholds over one range, by the kind of window.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::super::keys;
use super::super::reading::{Key, ThresholdReading};
use super::super::{Alert, Event, Reading, Scalar};
use super::{LeftOut, sort};
use crate::ir::Window;

/// The groups that reach the count. Windows are half-open: an event exactly one window length after
/// the first is outside.
pub(super) fn alerts(
    reading: &Reading,
    threshold: &ThresholdReading,
    events: &[Event],
    left_out: &mut LeftOut,
) -> Vec<Alert> {
    let mut groups: BTreeMap<Key, Vec<&Event>> = BTreeMap::new();
    for event in events {
        if threshold.window != Window::Run && event.effective.is_none() {
            left_out.untimed += 1;
            continue;
        }
        let found = keys::groups(event, &threshold.keys, threshold.missing);
        left_out.combinations += usize::from(found.cut);
        for key in found.keys {
            groups.entry(key).or_default().push(event);
        }
    }
    let mut alerts = Vec::new();
    for (key, events) in groups {
        let stretches = match threshold.window {
            Window::Run => whole(threshold, events),
            Window::FirstEvent(length) => anchored(threshold, &events, length.millis.max(1)),
            Window::Sliding(length) => sliding(threshold, &events, length.millis.max(1)),
            Window::Tumbling(length) => tumbling(threshold, &events, length.millis.max(1)),
        };
        alerts.extend(stretches.into_iter().map(|stretch| alert(reading, threshold, &key, stretch)));
    }
    sort(&mut alerts);
    alerts
}

/// Events that together reach the threshold.
struct Stretch<'a> {
    events: Vec<&'a Event>,
    /// When they did; `None`: by the latest of them.
    fired: Option<i64>,
}

fn alert(reading: &Reading, threshold: &ThresholdReading, key: &Key, stretch: Stretch<'_>) -> Alert {
    let times = || stretch.events.iter().filter_map(|event| event.effective);
    let tally = Tally::of(threshold, &stretch.events);
    let cardinality = threshold.cardinality.iter().zip(&tally.distinct);
    Alert {
        time: stretch.fired.or_else(|| times().max()),
        events: stretch.events.iter().map(|event| event.reference()).collect(),
        group: reading.named(&threshold.keys, key),
        count: stretch.events.len() as u64,
        cardinality: cardinality
            .map(|(&(slot, _), values)| (reading.path(slot).to_owned(), values.len() as u64))
            .collect(),
        from: times().min(),
        to: times().max(),
        new_terms: None,
        suppression: None,
    }
}

/// Count and distinct values of the events now in the window.
struct Tally<'a> {
    count: u64,
    distinct: Vec<HashMap<&'a Scalar, usize>>,
}

impl<'a> Tally<'a> {
    fn new(threshold: &ThresholdReading) -> Self {
        Tally { count: 0, distinct: vec![HashMap::new(); threshold.cardinality.len()] }
    }

    fn of(threshold: &ThresholdReading, events: &[&'a Event]) -> Self {
        let mut tally = Tally::new(threshold);
        events.iter().for_each(|event| tally.add(threshold, event));
        tally
    }

    fn add(&mut self, threshold: &ThresholdReading, event: &'a Event) {
        self.count += 1;
        for (values, &(slot, _)) in self.distinct.iter_mut().zip(&threshold.cardinality) {
            event.values[slot].iter().for_each(|value| *values.entry(value).or_default() += 1);
        }
    }

    fn remove(&mut self, threshold: &ThresholdReading, event: &'a Event) {
        self.count -= 1;
        for (values, &(slot, _)) in self.distinct.iter_mut().zip(&threshold.cardinality) {
            for value in &event.values[slot] {
                match values.get_mut(value) {
                    Some(times) if *times > 1 => *times -= 1,
                    _ => drop(values.remove(value)),
                }
            }
        }
    }

    fn reached(&self, threshold: &ThresholdReading) -> bool {
        let mut rows = self.distinct.iter().zip(&threshold.cardinality);
        self.count >= threshold.at_least && rows.all(|(values, &(_, least))| values.len() as u64 >= least)
    }
}

/// The whole input (Elastic's run).
fn whole<'a>(threshold: &ThresholdReading, events: Vec<&'a Event>) -> Vec<Stretch<'a>> {
    let reached = Tally::of(threshold, &events).reached(threshold);
    reached.then_some(Stretch { events, fired: None }).into_iter().collect()
}

/// From the first event of the group (threatstack §5): fires once, when the count is reached; later
/// events of the window only raise it; the first event beyond the window opens the next.
fn anchored<'a>(threshold: &ThresholdReading, events: &[&'a Event], length: i64) -> Vec<Stretch<'a>> {
    let mut stretches = Vec::new();
    let mut rest = events;
    while let Some(first) = rest.first() {
        let inside = |event: &&&Event| time(event).saturating_sub(time(first)) < length;
        let size = rest.iter().take_while(inside).count().max(1);
        let (window, after) = rest.split_at(size);
        let mut tally = Tally::new(threshold);
        let fired = window.iter().find(|event| {
            tally.add(threshold, event);
            tally.reached(threshold)
        });
        if let Some(event) = fired {
            stretches.push(Stretch { events: window.to_vec(), fired: event.effective });
        }
        rest = after;
    }
    stretches
}

/// Any stretch of the length (Sigma). Sigma does not say how often a lasting condition fires; here it
/// fires once: the alert takes in every event that again closes a stretch which reaches the count, and
/// the next alert begins after an event that does not, or after a whole window of silence.
fn sliding<'a>(threshold: &ThresholdReading, events: &[&'a Event], length: i64) -> Vec<Stretch<'a>> {
    let mut stretches: Vec<Stretch<'a>> = Vec::new();
    let mut window: VecDeque<&Event> = VecDeque::new();
    let mut tally = Tally::new(threshold);
    let mut lasting = false;
    for &event in events {
        let outside = |first: &&Event| time(event).saturating_sub(time(first)) >= length;
        while let Some(first) = window.front().copied().filter(|first| outside(first)) {
            tally.remove(threshold, first);
            window.pop_front();
        }
        lasting &= !window.is_empty();
        window.push_back(event);
        tally.add(threshold, event);
        let reached = tally.reached(threshold);
        match stretches.last_mut().filter(|_| lasting) {
            Some(stretch) if reached => stretch.events.push(event),
            None if reached => {
                let events = window.iter().copied().collect();
                stretches.push(Stretch { events, fired: event.effective });
            }
            _ => {}
        }
        lasting = reached;
    }
    stretches
}

/// Stretches aligned to the clock: the n-th begins n lengths after 1970-01-01T00:00:00Z.
fn tumbling<'a>(threshold: &ThresholdReading, events: &[&'a Event], length: i64) -> Vec<Stretch<'a>> {
    events
        .chunk_by(|a, b| time(a).div_euclid(length) == time(b).div_euclid(length))
        .flat_map(|bin| whole(threshold, bin.to_vec()))
        .collect()
}

/// Events in a window have a time: those without were left out above.
fn time(event: &Event) -> i64 {
    event.effective.unwrap_or(i64::MAX)
}
