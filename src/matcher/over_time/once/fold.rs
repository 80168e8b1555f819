//! Suppression over one range.

use std::collections::HashMap;

use super::super::alert::{Suppressed, Term};
use super::super::keys;
use super::super::reading::Fold;
use super::super::{Alert, Event, Reading};
use super::{LeftOut, sort};

/// An alert that may be folded into an earlier one of the same terms.
struct Candidate {
    alert: Alert,
    terms: Vec<(String, Term)>,
    start: Option<i64>,
    end: Option<i64>,
}

/// Single events: one group per element of an array (elastic_rule_types §7, column "query").
pub(super) fn events(reading: &Reading, fold: &Fold, events: &[Event], left_out: &mut LeftOut) -> Vec<Alert> {
    let mut candidates = Vec::new();
    let mut plain = Vec::new();
    for event in events {
        let groups = keys::groups(event, &fold.keys, fold.missing);
        left_out.combinations += usize::from(groups.cut);
        if groups.keys.is_empty() {
            plain.push(Alert::of(event));
            continue;
        }
        if unplaceable(fold, event.effective, left_out) {
            continue;
        }
        for key in groups.keys {
            let group = reading.named(&fold.keys, &key);
            let terms = group.iter().map(|(path, value)| (path.clone(), value.clone().into())).collect();
            let alert = Alert { group, ..Alert::of(event) };
            candidates.push(Candidate { alert, terms, start: event.effective, end: event.effective });
        }
    }
    let mut alerts = run(fold, candidates);
    alerts.extend(plain);
    sort(&mut alerts);
    alerts
}

/// Thresholds: by their own keys; what is folded are alerts, not events.
pub(super) fn thresholds(fold: &Fold, alerts: Vec<Alert>) -> Vec<Alert> {
    let candidate = |alert: Alert| Candidate {
        terms: alert.group.iter().map(|(path, value)| (path.clone(), value.clone().into())).collect(),
        start: alert.from,
        end: alert.to,
        alert,
    };
    let mut candidates: Vec<_> = alerts.into_iter().map(candidate).collect();
    candidates.sort_by_key(|candidate| (candidate.start.is_none(), candidate.start));
    let mut alerts = run(fold, candidates);
    sort(&mut alerts);
    alerts
}

/// New terms: an array is one key as a whole; what is folded are alerts.
pub(super) fn new_terms(
    reading: &Reading,
    fold: &Fold,
    found: Vec<(Alert, &Event)>,
    left_out: &mut LeftOut,
) -> Vec<Alert> {
    let mut candidates = Vec::new();
    let mut plain = Vec::new();
    for (alert, event) in found {
        if fold.missing == crate::ir::MissingFields::Exclude && keys::lacks_one(event, &fold.keys) {
            plain.push(alert);
        } else if !unplaceable(fold, event.effective, left_out) {
            let values: Vec<Term> =
                keys::whole_values(event, &fold.keys).into_iter().map(Term::from).collect();
            let terms = reading.named(&fold.keys, &values);
            candidates.push(Candidate { alert, terms, start: event.effective, end: event.effective });
        }
    }
    let mut alerts = run(fold, candidates);
    alerts.extend(plain);
    sort(&mut alerts);
    alerts
}

/// Whether a duration would need the time that the event lacks.
fn unplaceable(fold: &Fold, time: Option<i64>, left_out: &mut LeftOut) -> bool {
    let unplaceable = fold.duration.is_some() && time.is_none();
    left_out.untimed += usize::from(unplaceable);
    unplaceable
}

/// Folds candidates that stand in order of their start.
fn run(fold: &Fold, candidates: Vec<Candidate>) -> Vec<Alert> {
    let mut alerts: Vec<Alert> = Vec::new();
    let mut open: HashMap<Vec<(String, Term)>, usize> = HashMap::new();
    for Candidate { mut alert, terms, start, end } in candidates {
        let earlier = open.get(&terms).and_then(|&at| alerts[at].suppression.as_mut());
        if let Some(earlier) = earlier.filter(|earlier| within(fold, earlier.start, start)) {
            earlier.docs_count += 1;
            earlier.end = earlier.end.max(end);
            continue;
        }
        alert.suppression = Some(Suppressed { terms: terms.clone(), start, end, docs_count: 0 });
        open.insert(terms, alerts.len());
        alerts.push(alert);
    }
    alerts
}

/// The window hangs on the alert's start, its end belongs to it, and it is not prolonged
/// (elastic_rule_types §7: `kibana.alert.start` ≥ now − D).
fn within(fold: &Fold, alert: Option<i64>, candidate: Option<i64>) -> bool {
    match (fold.duration, alert, candidate) {
        (None, ..) => true,
        (Some(duration), Some(alert), Some(candidate)) => candidate.saturating_sub(alert) <= duration,
        _ => false,
    }
}
