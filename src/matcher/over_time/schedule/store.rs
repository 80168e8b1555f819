//! The alerts a rule has written: no id twice, and later alerts folded into earlier ones
//! (elastic_rule_types §1.7, §7).

use std::collections::{HashMap, HashSet};

use super::super::{Alert, Term};

/// An alert in the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The alert.
    pub alert: Alert,
    /// The run that wrote it: `@timestamp` (as in Kibana's rule preview) and `kibana.alert.start`,
    /// in milliseconds since 1970.
    pub at: i64,
    /// The last run that wrote or extended it: `kibana.alert.last_detected`.
    pub last_detected: i64,
    /// Whether `kibana.alert.workflow_status` is `closed`.
    pub closed: bool,
    execution: u64,
}

/// The identity of an alert: its kind and what its id is a hash of.
pub(super) type AlertId = Vec<String>;

/// What a range found, before it is written.
pub(super) struct Candidate {
    pub id: AlertId,
    pub alert: Alert,
}

/// Which earlier alerts later ones may be folded into.
#[derive(Clone, Copy)]
pub(super) enum Reach {
    /// Those of this execution.
    Execution,
    /// Those that started at this instant or after it.
    Since(i64),
}

/// What happened to candidates.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Indexes of new alerts.
    pub created: Vec<usize>,
    /// Indexes of alerts that took in others.
    pub updated: Vec<usize>,
    /// Number of candidates folded into others.
    pub suppressed: u64,
    /// Whether something new did not fit.
    pub cut: bool,
}

#[derive(Debug, Default)]
pub(super) struct Store {
    pub alerts: Vec<Written>,
    ids: HashSet<AlertId>,
    instances: HashMap<Vec<(String, Term)>, Vec<usize>>,
}

impl Store {
    /// Writes candidates that are new, at most `room` of them.
    pub fn create(&mut self, candidates: Vec<Candidate>, room: u64, now: i64, execution: u64) -> Outcome {
        let mut outcome = Outcome::default();
        for Candidate { id, alert } in candidates {
            if self.ids.contains(&id) {
                continue;
            }
            if outcome.created.len() as u64 >= room {
                outcome.cut = true;
                break;
            }
            outcome.created.push(self.write(id, alert, now, execution));
        }
        outcome
    }

    /// Folds candidates (all with suppression) into earlier alerts and into each other, and writes the
    /// rest, at most `room` of them.
    pub fn fold(
        &mut self,
        candidates: Vec<Candidate>,
        reach: Reach,
        room: u64,
        now: i64,
        execution: u64,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let mut updates: Vec<(usize, Candidate)> = Vec::new();
        let mut fresh: Vec<Candidate> = Vec::new();
        // Where the first candidate of the same terms went.
        let mut seen: HashMap<Vec<(String, Term)>, (bool, usize)> = HashMap::new();
        let mut ids = HashSet::new();
        for candidate in candidates {
            if self.ids.contains(&candidate.id) || !ids.insert(candidate.id.clone()) {
                continue;
            }
            let Some(suppression) = &candidate.alert.suppression else { continue };
            let existing = self.existing(&suppression.terms, reach, execution);
            let counted = existing.is_some_and(|at| {
                let earlier = &self.alerts[at];
                let end = earlier.alert.suppression.as_ref().map(|earlier| earlier.end);
                earlier.execution != execution && end.is_some_and(|end| suppression.end <= end)
            });
            if counted {
                continue;
            }
            match seen.get(&suppression.terms) {
                Some(&(true, at)) => take_in(&mut updates[at].1.alert, &candidate.alert),
                Some(&(false, at)) => take_in(&mut fresh[at].alert, &candidate.alert),
                None => {
                    let terms = suppression.terms.clone();
                    match existing {
                        Some(at) => {
                            seen.insert(terms, (true, updates.len()));
                            updates.push((at, candidate));
                            outcome.suppressed += 1;
                        }
                        None => {
                            seen.insert(terms, (false, fresh.len()));
                            fresh.push(candidate);
                        }
                    }
                    continue;
                }
            }
            outcome.suppressed += 1;
        }
        for (at, candidate) in updates {
            take_in(&mut self.alerts[at].alert, &candidate.alert);
            self.alerts[at].last_detected = now;
            outcome.updated.push(at);
        }
        let created = self.create(fresh, room, now, execution);
        Outcome { created: created.created, cut: created.cut, ..outcome }
    }

    /// Sets every open alert to closed.
    pub fn close(&mut self) {
        self.alerts.iter_mut().for_each(|written| written.closed = true);
    }

    /// The newest alert of the same terms that may take in others.
    fn existing(&self, terms: &[(String, Term)], reach: Reach, execution: u64) -> Option<usize> {
        let reachable = |&&at: &&usize| {
            let written = &self.alerts[at];
            let within = match reach {
                Reach::Execution => written.execution == execution,
                Reach::Since(start) => written.at >= start,
            };
            within && !written.closed
        };
        // Written in order of their start, so the newest is the last.
        self.instances.get(terms)?.iter().rev().find(reachable).copied()
    }

    fn write(&mut self, id: AlertId, alert: Alert, now: i64, execution: u64) -> usize {
        let at = self.alerts.len();
        self.ids.insert(id);
        if let Some(suppression) = &alert.suppression {
            self.instances.entry(suppression.terms.clone()).or_default().push(at);
        }
        self.alerts.push(Written { alert, at: now, last_detected: now, closed: false, execution });
        at
    }
}

/// Counts one alert as folded into another: it and all that it took in itself.
fn take_in(alert: &mut Alert, other: &Alert) {
    if let (Some(into), Some(from)) = (&mut alert.suppression, &other.suppression) {
        into.docs_count = into.docs_count.saturating_add(from.docs_count).saturating_add(1);
        into.end = into.end.max(from.end);
    }
}
