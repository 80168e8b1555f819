//! One range of a new terms rule (elastic_rule_types §4 and §7, last column).

use super::super::alert::Suppressed;
use super::super::once::new_term_alert;
use super::super::reading::{Fold, Key, NewTermsReading, finding};
use super::super::{Alert, Event, Term, codes, keys};
use super::query::event_id;
use super::simulator::{Range, Run};
use super::store::{Candidate, Outcome, Reach};
use super::{Corpus, Simulator};
use crate::ir::MissingFields;
use crate::ir::date_math::Round;

/// Combinations that one page of the search yields.
const PAGE: usize = 10_000;

/// How many alerts may be created or folded, as a multiple of `max_signals`.
const FOLDED_MULTIPLE: u64 = 5;

/// One alert per combination first seen after the start of the range, in key order.
pub(super) fn search(
    simulator: &mut Simulator<'_>,
    reading: &NewTermsReading,
    range: &Range,
    corpus: &Corpus,
    run: &mut Run,
) {
    let history = reading.history_start.resolve_saturating(range.to, Round::Down);
    if history >= range.from {
        let title = "the history window does not begin before the range: the run fails";
        run.findings.push(finding(simulator.rule, &codes::HISTORY_WINDOW, title));
        return;
    }
    let combinations: Vec<Key> =
        corpus.combinations(&reading.keys, range.from, range.to).into_iter().collect();
    let mut created = 0;
    let mut folded = 0;
    for page in combinations.chunks(PAGE) {
        let new = |key: &Key| {
            let event = corpus.first_occurrence(key, history)?;
            let first_seen = event.effective.filter(|seen| *seen > range.from && *seen <= range.to);
            first_seen.map(|_| (new_term_alert(&simulator.reading, reading, event, key), event))
        };
        let found: Vec<(Alert, &Event)> = page.iter().filter_map(new).collect();
        let room = simulator.timing.max_signals().saturating_sub(created);
        let outcome = match simulator.reading.suppression.clone() {
            None => {
                let candidates = found.into_iter().map(|(alert, event)| candidate(alert, event)).collect();
                simulator.store.create(candidates, room, range.now, simulator.execution)
            }
            Some(fold) => suppressed(simulator, &fold, found, room, range.now),
        };
        created += outcome.created.len() as u64;
        folded += outcome.suppressed;
        let cut = outcome.cut;
        run.add(outcome);
        let most = simulator.timing.max_signals().saturating_mul(FOLDED_MULTIPLE);
        if cut || (simulator.reading.suppression.is_some() && created.saturating_add(folded) >= most) {
            run.max_signals_exceeded = true;
            return;
        }
    }
}

fn candidate(alert: Alert, event: &Event) -> Candidate {
    let mut id = event_id(event);
    id.push(format!("{:?}", alert.new_terms));
    Candidate { id, alert }
}

/// Alerts are folded by the values of their event; those that `doNotSuppress` keeps out come first.
fn suppressed(
    simulator: &mut Simulator<'_>,
    fold: &Fold,
    found: Vec<(Alert, &Event)>,
    room: u64,
    now: i64,
) -> Outcome {
    let apart = |event: &Event| fold.missing == MissingFields::Exclude && keys::lacks_one(event, &fold.keys);
    let (plain, mut folding): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, event)| apart(event));
    let plain = plain.into_iter().map(|(alert, event)| candidate(alert, event)).collect();
    let plain = simulator.store.create(plain, room, now, simulator.execution);

    folding.sort_by_key(|(_, event)| event.effective);
    let folding = folding.into_iter().map(|(alert, event)| {
        let values: Vec<Term> = keys::whole_values(event, &fold.keys).into_iter().map(Term::from).collect();
        let terms = simulator.reading.named(&fold.keys, &values);
        let suppression =
            Some(Suppressed { terms, start: event.effective, end: event.effective, docs_count: 0 });
        candidate(Alert { suppression, ..alert }, event)
    });
    let folding = folding.collect();
    let reach = fold.duration.map_or(Reach::Execution, |duration| Reach::Since(now.saturating_sub(duration)));
    let room = room - plain.created.len() as u64;
    let mut outcome = simulator.store.fold(folding, reach, room, now, simulator.execution);
    outcome.created.splice(0..0, plain.created);
    outcome.cut |= plain.cut;
    outcome
}
