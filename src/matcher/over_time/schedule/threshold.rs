//! One range of a threshold rule (elastic_rule_types §3 and §7, column "threshold").

use std::collections::{BTreeMap, HashSet};

use super::super::alert::Suppressed;
use super::super::keys;
use super::super::reading::{Key, ThresholdReading};
use super::super::{Alert, Event, Scalar};
use super::corpus::time;
use super::simulator::{History, Range, Run};
use super::store::{Candidate, Reach};
use super::{Corpus, Simulator};

/// Without group fields the count is the search's total, which Elasticsearch does not count further.
const MOST_HITS: u64 = 10_000;

/// One alert per group that reaches the count, in key order.
pub(super) fn search(
    simulator: &mut Simulator<'_>,
    reading: &ThresholdReading,
    range: &Range,
    corpus: &Corpus,
    run: &mut Run,
) {
    let paths = simulator.paths(&reading.keys);
    let mut history = match simulator.state.threshold_history.take() {
        Some(history) => history,
        None => from_alerts(simulator, range),
    };
    history.forget(range.from);
    let groups_before = history.of(paths.clone());

    let mut groups: BTreeMap<Key, Vec<&Event>> = BTreeMap::new();
    for event in corpus.between(range.from, range.to) {
        let found = keys::groups(event, &reading.keys, reading.missing).keys;
        let alerted =
            |key| groups_before.get(&keys::as_text(key)).is_some_and(|latest| time(event) <= *latest);
        // The history filter takes away the whole event, from all its groups.
        if !found.iter().any(alerted) {
            found.into_iter().for_each(|key| groups.entry(key).or_default().push(event));
        }
    }

    let most = simulator.timing.max_signals();
    let mut candidates = Vec::new();
    for (key, events) in groups {
        let Some(alert) = group_alert(simulator, reading, &key, &events) else { continue };
        if candidates.len() as u64 >= most {
            run.max_signals_exceeded = true;
            break;
        }
        groups_before.insert(keys::as_text(&key), alert.time.unwrap_or(range.to));
        let mut values: Vec<_> = key.iter().flatten().map(|value| value.as_text().to_owned()).collect();
        values.sort();
        let id = vec![range.now.to_string(), paths.join(","), values.join(",")];
        candidates.push(Candidate { id, alert });
    }
    simulator.state.threshold_history = Some(history);

    let (now, execution) = (range.now, simulator.execution);
    let duration = simulator.reading.suppression.as_ref().and_then(|fold| fold.duration);
    run.add(match duration {
        Some(duration) => {
            let reach = Reach::Since(now.saturating_sub(duration));
            simulator.store.fold(candidates, reach, most, now, execution)
        }
        None => simulator.store.create(candidates, most, now, execution),
    });
}

/// The history, rebuilt from this rule's alerts that were written in the range and rest on events in
/// it.
fn from_alerts(simulator: &Simulator<'_>, range: &Range) -> History {
    let mut history = History::default();
    for written in simulator.alerts() {
        let Some(latest) = written.alert.time.filter(|latest| *latest >= range.from) else { continue };
        if (range.from..=range.to).contains(&written.at) {
            let (paths, key): (Vec<String>, Key) = written.alert.group.iter().cloned().unzip();
            let entry = history.of(paths).entry(keys::as_text(&key)).or_insert(latest);
            *entry = latest.max(*entry);
        }
    }
    history
}

fn group_alert(
    simulator: &Simulator<'_>,
    reading: &ThresholdReading,
    key: &Key,
    events: &[&Event],
) -> Option<Alert> {
    let count = events.len() as u64;
    let count = if reading.keys.is_empty() { count.min(MOST_HITS) } else { count };
    if count < reading.at_least {
        return None;
    }
    let mut cardinality = Vec::new();
    // A range holds the first row only where the window is Elastic's; see `Reading`.
    for &(slot, least) in &reading.cardinality {
        let values: HashSet<&Scalar> = events.iter().flat_map(|event| &event.values[slot]).collect();
        if (values.len() as u64) < least {
            return None;
        }
        cardinality.push((simulator.reading.path(slot).to_owned(), values.len() as u64));
    }
    // Events of a range stand in order of their effective time, and a group has at least one.
    let (from, to) = (events[0].effective, events[events.len() - 1].effective);
    let group = simulator.reading.named(&reading.keys, key);
    let folds = simulator.reading.suppression.as_ref().is_some_and(|fold| fold.duration.is_some());
    let suppression = folds.then(|| Suppressed {
        terms: group.iter().map(|(path, value)| (path.clone(), value.clone().into())).collect(),
        start: from,
        end: to,
        docs_count: 0,
    });
    Some(Alert {
        time: to,
        events: events.iter().map(|event| event.reference()).collect(),
        group,
        count,
        cardinality,
        from,
        to,
        new_terms: None,
        suppression,
    })
}
