//! One scheduled execution after another.

use std::collections::HashMap;

use super::super::format_time as format;
use super::super::keys::TextKey;
use super::super::reading::{Kind, finding};
use super::super::{Reading, codes};
use super::store::{Outcome, Store};
use super::{Corpus, Timing, Written, new_terms, query, threshold};
use crate::diagnostic::Diagnostic;
use crate::ir::Rule;

/// A rule with the state that its executions hand on (elastic_rule_types §10).
#[derive(Debug)]
pub struct Simulator<'r> {
    pub(super) rule: &'r Rule,
    pub(super) reading: Reading,
    pub(super) timing: Timing,
    alerting_max: u64,
    pub(super) state: State,
    pub(super) store: Store,
    pub(super) execution: u64,
    /// Whether events after the instant of a run are unknown to it.
    pub(super) as_they_happen: bool,
}

/// What the executor remembers; alerts are not part of it.
#[derive(Debug, Default)]
pub(super) struct State {
    previous_start: Option<i64>,
    /// Latest time alerted on by group; `None` until the first run, when alerts stand in for it.
    pub threshold_history: Option<History>,
    /// Latest time counted by group.
    pub query_history: History,
}

/// By group fields and their values, the time up to which events of the group have been counted.
#[derive(Debug, Default)]
pub(super) struct History(HashMap<Vec<String>, HashMap<TextKey, i64>>);

/// One execution.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// The instant it started, in milliseconds since 1970.
    pub at: i64,
    /// The ranges it searched, both ends inclusive, oldest first.
    pub ranges: Vec<(i64, i64)>,
    /// Alerts it wrote, as indexes into [`Simulator::alerts`].
    pub created: Vec<usize>,
    /// Alerts of earlier runs that took in others, likewise.
    pub updated: Vec<usize>,
    /// Candidates folded into other alerts.
    pub suppressed: u64,
    /// Whether `max_signals` made it drop alerts.
    pub max_signals_exceeded: bool,
    /// Findings: alerts cut, stretches not searched, a history window that fails the run.
    pub findings: Vec<Diagnostic>,
}

/// One range of one run.
pub(super) struct Range {
    pub now: i64,
    pub from: i64,
    pub to: i64,
}

impl<'r> Simulator<'r> {
    /// A rule that never ran; `alerting_max` is the cluster's limit on `max_signals`, by default
    /// [`ALERTING_MAX`](super::ALERTING_MAX).
    pub fn new(rule: &'r Rule, alerting_max: u64) -> Result<Self, Box<Diagnostic>> {
        Ok(Simulator {
            rule,
            reading: Reading::of(rule)?,
            timing: Timing::of(rule, alerting_max)?,
            alerting_max,
            state: State::default(),
            store: Store::default(),
            execution: 0,
            as_they_happen: false,
        })
    }

    /// What is read of the matching events.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// The schedule.
    pub fn timing(&self) -> &Timing {
        &self.timing
    }

    /// Every alert written so far, oldest first.
    pub fn alerts(&self) -> &[Written] {
        &self.store.alerts
    }

    /// Puts other settings in place; state and alerts stay.
    pub fn set_rule(&mut self, rule: &'r Rule) -> Result<(), Box<Diagnostic>> {
        (self.reading, self.timing) = (Reading::of(rule)?, Timing::of(rule, self.alerting_max)?);
        self.rule = rule;
        Ok(())
    }

    /// Forgets the executor's state (the task was lost, or the rule re-created); alerts stay.
    pub fn reset_state(&mut self) {
        self.state = State::default();
    }

    /// Closes every open alert.
    pub fn close_alerts(&mut self) {
        self.store.close();
    }

    /// One scheduled execution at `now` over the events that are indexed by then.
    pub fn run(&mut self, now: i64, corpus: &Corpus) -> Run {
        self.execution += 1;
        let found = self.timing.ranges(self.state.previous_start, now);
        let mut run = Run { at: now, ranges: found.ranges, ..Run::default() };
        if found.remaining_gap > 0 {
            let start = self.state.previous_start.unwrap_or(now);
            let end = format(start.saturating_add(found.remaining_gap));
            let title = format!("nothing was searched from {} to {end}", format(start));
            run.findings.push(finding(self.rule, &codes::GAP, title));
        }
        for (from, to) in run.ranges.clone() {
            let to = if self.as_they_happen { to.min(now) } else { to };
            self.search(&Range { now, from, to }, corpus, &mut run);
        }
        if run.max_signals_exceeded {
            let title = format!(
                "the run at {} found more than {} alerts and dropped the rest",
                format(now),
                self.timing.max_signals()
            );
            run.findings.push(finding(self.rule, &codes::MAX_SIGNALS, title));
        }
        self.state.previous_start = Some(now);
        run
    }

    fn search(&mut self, range: &Range, corpus: &Corpus, run: &mut Run) {
        match self.reading.kind.clone() {
            Kind::Event => match self.reading.suppression.clone() {
                None => query::plain(self, range, corpus, run),
                Some(fold) => query::suppressed(self, &fold, range, corpus, run),
            },
            Kind::Threshold(reading) => threshold::search(self, &reading, range, corpus, run),
            Kind::NewTerms(reading) => new_terms::search(self, &reading, range, corpus, run),
        }
    }

    /// When the previous run started.
    pub(super) fn previous_start(&self) -> Option<i64> {
        self.state.previous_start
    }

    /// Counts a run at `now` as made that had no event in range.
    pub(super) fn skip_to(&mut self, now: i64) {
        self.state.previous_start = Some(now);
    }

    /// The paths of some slots.
    pub(super) fn paths(&self, slots: &[usize]) -> Vec<String> {
        slots.iter().map(|&slot| self.reading.path(slot).to_owned()).collect()
    }
}

impl History {
    /// Forgets entries that ended at or before the start of a range: they are of no more use.
    pub(super) fn forget(&mut self, start: i64) {
        self.0.values_mut().for_each(|groups| groups.retain(|_, end| *end > start));
    }

    /// The groups over these fields.
    pub(super) fn of(&mut self, paths: Vec<String>) -> &mut HashMap<TextKey, i64> {
        self.0.entry(paths).or_default()
    }
}

impl Run {
    /// Adds what one range wrote.
    pub(super) fn add(&mut self, outcome: Outcome) {
        self.created.extend(outcome.created);
        self.updated.extend(outcome.updated);
        self.suppressed = self.suppressed.saturating_add(outcome.suppressed);
        self.max_signals_exceeded |= outcome.cut;
    }
}
