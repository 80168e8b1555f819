//! Leaves out events that cannot change what a new-terms rule says, so that a long replay keeps a
//! handful of events for each combination of values instead of all.

use std::collections::HashMap;

use super::super::reading::{Key, Kind};
use super::super::{Event, Reading, keys};
use crate::ir::MissingFields;

/// Leaves out events of a rule; [`run_once`](super::run_once) gives the same alerts for what is left
/// and for anything that is added to it later.
///
/// An alert rises where a combination was not seen for longer than the history reaches. Of the
/// events of a combination, in order, one may go if the event behind it is still within the history
/// of the last one that stays: then it raises no alert, and whatever comes to lie near it later finds
/// another event close enough. The first and the last event always stay. An event goes only if every
/// combination it belongs to lets it.
pub fn thin(reading: &Reading, events: &mut Vec<Event>) {
    let (Kind::NewTerms(new_terms), Some(reach)) = (&reading.kind, reading.reach()) else { return };
    events.sort_by(Event::order);
    let mut stays = vec![false; events.len()];
    /// The last event that stays, its time, and the event behind it that is still undecided.
    struct Seen {
        kept: i64,
        open: Option<usize>,
    }
    let mut seen: HashMap<Key, Seen> = HashMap::new();
    for (index, event) in events.iter().enumerate() {
        let groups = keys::groups(event, &new_terms.keys, MissingFields::Exclude);
        let Some(time) = event.effective.filter(|_| !groups.cut) else {
            stays[index] = true;
            continue;
        };
        for key in groups.keys {
            match seen.get_mut(&key) {
                None => {
                    stays[index] = true;
                    seen.insert(key, Seen { kept: time, open: None });
                }
                Some(seen) => {
                    if let Some(open) = seen.open.filter(|_| time.saturating_sub(seen.kept) > reach) {
                        stays[open] = true;
                        seen.kept = events[open].effective.unwrap_or(seen.kept);
                    }
                    seen.open = Some(index);
                }
            }
        }
    }
    for seen in seen.into_values() {
        seen.open.into_iter().for_each(|last| stays[last] = true);
    }
    let mut stays = stays.into_iter();
    events.retain(|_| stays.next().unwrap_or(true));
}
