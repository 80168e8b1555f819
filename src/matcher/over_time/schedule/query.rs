//! One range of a query rule (elastic_rule_types §2 and §7, column "query").

use std::collections::BTreeMap;

use super::super::alert::Suppressed;
use super::super::keys;
use super::super::reading::{Fold, Key};
use super::super::{Alert, Event};
use super::corpus::time;
use super::simulator::{Range, Run};
use super::store::{AlertId, Candidate, Reach};
use super::{Corpus, Simulator};
use crate::ir::MissingFields;

/// One alert per event, the oldest first.
pub(super) fn plain(simulator: &mut Simulator<'_>, range: &Range, corpus: &Corpus, run: &mut Run) {
    let events: Vec<&Event> = corpus.between(range.from, range.to).iter().collect();
    let room = simulator.timing.max_signals();
    let (now, execution) = (range.now, simulator.execution);
    run.add(simulator.store.create(candidates(events), room, now, execution));
}

/// One alert per group of events, and one per event that `doNotSuppress` keeps out of the groups.
pub(super) fn suppressed(
    simulator: &mut Simulator<'_>,
    fold: &Fold,
    range: &Range,
    corpus: &Corpus,
    run: &mut Run,
) {
    let paths = simulator.paths(&fold.keys);
    simulator.state.query_history.forget(range.from);
    let history = simulator.state.query_history.of(paths.clone());
    let mut groups: BTreeMap<Key, Vec<&Event>> = BTreeMap::new();
    let mut plain = Vec::new();
    for event in corpus.between(range.from, range.to) {
        let found = keys::groups(event, &fold.keys, fold.missing).keys;
        let counted = |key| history.get(&keys::as_text(key)).is_some_and(|end| time(event) <= *end);
        if found.is_empty() {
            plain.push(event);
        } else if !found.iter().any(counted) {
            // The history filter takes away the whole event, from all its groups.
            found.into_iter().for_each(|key| groups.entry(key).or_default().push(event));
        }
    }
    let most = simulator.timing.max_signals();
    run.max_signals_exceeded |= groups.len() as u64 > most;
    let group_count = groups.len() as u64;
    let mut candidates_of_groups = Vec::new();
    // The aggregation asks for one group more than it may alert on, to notice that there are too
    // many; the executor read does not drop that one (§7, row "cap").
    for (key, events) in
        groups.into_iter().take(usize::try_from(most.saturating_add(1)).unwrap_or(usize::MAX))
    {
        let end = events.iter().map(|event| time(event)).max().unwrap_or(range.to);
        simulator.state.query_history.of(paths.clone()).insert(keys::as_text(&key), end);
        candidates_of_groups.push(group_candidate(simulator, fold, &key, &events));
    }
    let (now, execution) = (range.now, simulator.execution);
    run.add(match fold.duration {
        Some(duration) => {
            let reach = Reach::Since(now.saturating_sub(duration));
            simulator.store.fold(candidates_of_groups, reach, u64::MAX, now, execution)
        }
        None => simulator.store.create(candidates_of_groups, u64::MAX, now, execution),
    });
    if fold.missing == MissingFields::Exclude && group_count < most {
        let room = most - group_count;
        run.add(simulator.store.create(candidates(plain), room, now, execution));
    }
}

/// Alerts about single events, in the order of the search: by the primary timestamp, where documents
/// without it come last, then by `@timestamp`.
fn candidates(mut events: Vec<&Event>) -> Vec<Candidate> {
    let key = |event: &Event| (event.primary.is_none(), event.primary, event.time.is_none(), event.time);
    events.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.order(b)));
    events.into_iter().map(|event| Candidate { id: event_id(event), alert: Alert::of(event) }).collect()
}

/// What the id of an alert about an event is a hash of, beside the rule.
pub(super) fn event_id(event: &Event) -> AlertId {
    vec![event.index.to_string(), event.id.to_string(), event.serial.to_string()]
}

fn group_candidate(simulator: &Simulator<'_>, fold: &Fold, key: &Key, events: &[&Event]) -> Candidate {
    // Events of a range stand in order of their effective time, and a group has at least one.
    let (first, last) = (events[0], events[events.len() - 1]);
    let group = simulator.reading.named(&fold.keys, key);
    let terms: Vec<_> = group.iter().map(|(path, value)| (path.clone(), value.clone().into())).collect();
    let mut id = event_id(first);
    id.push(format!("{terms:?}"));
    id.push(format!("{:?}-{:?}", first.effective, last.effective));
    let suppression = Suppressed {
        terms,
        start: first.effective,
        end: last.effective,
        docs_count: events.len() as u64 - 1,
    };
    Candidate { id, alert: Alert { group, suppression: Some(suppression), ..Alert::of(first) } }
}
