//! From the values of an event to the keys of the groups it belongs to.

use std::sync::Arc;

use super::reading::Key;
use super::{Event, Scalar};
use crate::ir::MissingFields;

/// A group key as text; `None` where the field is missing.
pub(crate) type TextKey = Vec<Option<Arc<str>>>;

/// Most combinations of array values that one event is counted under.
pub(crate) const MOST_COMBINATIONS: usize = 100_000;

/// The groups of an event: one per combination of its values (a composite aggregation's view of
/// arrays; elastic_rule_types §3, §4, §7).
pub(crate) struct Groups {
    /// In key order.
    pub keys: Vec<Key>,
    /// Whether combinations beyond [`MOST_COMBINATIONS`] were left out.
    pub cut: bool,
}

/// Every combination of the values of `slots`. With [`MissingFields::Exclude`] an event that lacks
/// one of the fields is in no group; otherwise "missing" is a value of its own, before all others.
pub(crate) fn groups(event: &Event, slots: &[usize], missing: MissingFields) -> Groups {
    let mut keys: Vec<Key> = vec![Vec::with_capacity(slots.len())];
    let mut cut = false;
    for &slot in slots {
        let values = &event.values[slot];
        if values.is_empty() {
            if missing == MissingFields::Exclude {
                return Groups { keys: Vec::new(), cut: false };
            }
            keys.iter_mut().for_each(|key| key.push(None));
            continue;
        }
        let room = MOST_COMBINATIONS / values.len().max(1);
        if keys.len() > room {
            keys.truncate(room.max(1));
            cut = true;
        }
        let values = &values[..values.len().min(MOST_COMBINATIONS)];
        cut |= values.len() < event.values[slot].len();
        let extend = |key: &Key| {
            let key = key.clone();
            values.iter().map(move |value| {
                let mut key = key.clone();
                key.push(Some(value.clone()));
                key
            })
        };
        keys = keys.iter().flat_map(extend).collect();
    }
    Groups { keys, cut }
}

/// Whether the event lacks a value in one of the slots.
pub(crate) fn lacks_one(event: &Event, slots: &[usize]) -> bool {
    slots.iter().any(|&slot| event.values[slot].is_empty())
}

/// A key as text, as Kibana's history filters compare it (elastic_rule_types §3). A filter on such a
/// key finds exactly the events that have it among their [`groups`], "missing" included.
pub(crate) fn as_text(key: &Key) -> TextKey {
    key.iter().map(|value| value.as_ref().map(|value| value.as_text().into())).collect()
}

/// The key of in-memory suppression: the whole sorted array is one value, a missing field is empty
/// (elastic_rule_types §7).
pub(crate) fn whole_values(event: &Event, slots: &[usize]) -> Vec<Vec<Scalar>> {
    slots.iter().map(|&slot| event.values[slot].clone()).collect()
}
