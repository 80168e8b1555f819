//! New terms over one range.

use std::collections::HashMap;

use super::super::reading::{Key, NewTermsReading};
use super::super::{Alert, Event, Reading, keys};
use super::LeftOut;
use crate::ir::MissingFields;
use crate::ir::date_math::Round;

/// One alert per combination and event that is new there: it did not occur in an earlier event since
/// the start of the history, which is reckoned from the event.
pub(super) fn alerts<'a>(
    reading: &Reading,
    new_terms: &NewTermsReading,
    events: &'a [Event],
    left_out: &mut LeftOut,
) -> Vec<(Alert, &'a Event)> {
    let mut last_seen: HashMap<Key, Option<i64>> = HashMap::new();
    let mut found = Vec::new();
    for event in events {
        let groups = keys::groups(event, &new_terms.keys, MissingFields::Exclude);
        left_out.combinations += usize::from(groups.cut);
        let history = event.effective.map(|now| new_terms.history_start.resolve_saturating(now, Round::Down));
        for key in groups.keys {
            let known = match (last_seen.get(&key), history) {
                (None, _) => false,
                (Some(Some(seen)), Some(start)) => *seen >= start,
                // Without times there is no window to have fallen out of.
                (Some(_), _) => true,
            };
            if !known {
                found.push((of(reading, new_terms, event, &key), event));
            }
            last_seen.insert(key, event.effective);
        }
    }
    found
}

/// The alert of one new combination.
pub(crate) fn of(reading: &Reading, new_terms: &NewTermsReading, event: &Event, key: &Key) -> Alert {
    Alert {
        group: reading.named(&new_terms.keys, key),
        new_terms: Some(key.iter().flatten().cloned().collect()),
        ..Alert::of(event)
    }
}
