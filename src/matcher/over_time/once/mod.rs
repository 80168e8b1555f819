//! One range: the whole input is what one evaluation of the rule sees.
//!
//! This is how `match` and fixtures read a rule. Events are taken in order of time and id, whatever
//! the order of the files; the schedule and `max_signals` play no part. What a rule says about time
//! relative to a run is read relative to the event at hand instead:
//!
//! * a threshold per run counts over the whole input;
//! * new terms: an event alerts unless the same combination occurred before it, within the length of
//!   the history window. Nothing is known about the time before the first event of the input;
//! * suppression without a duration folds over the whole input; with one, an alert takes in what
//!   begins at most that long after its own start, and then the next alert begins.
//!
//! Events without a time come last. They count in what needs no clock and are left out, with a
//! finding, where a window or a duration would have to place them.

mod fold;
mod new_terms;
#[cfg(test)]
mod tests;
mod thin;
mod threshold;

pub(super) use new_terms::of as new_term_alert;
pub use thin::thin;

use super::reading::{Kind, finding};
use super::{Alert, Event, Reading, codes};
use crate::diagnostic::Diagnostic;
use crate::ir::Rule;

/// The alerts of a rule, and what has to be said about them.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// In order of time.
    pub alerts: Vec<Alert>,
    /// Findings, such as events left out.
    pub findings: Vec<Diagnostic>,
}

/// What was left out, to be reported once per rule.
#[derive(Debug, Default)]
struct LeftOut {
    untimed: usize,
    combinations: usize,
}

/// Evaluates a rule over `events` as one range. The events are those that match: its filter is true
/// and none of its exceptions is.
pub fn run_once(rule: &Rule, reading: &Reading, mut events: Vec<Event>) -> Outcome {
    events.sort_by(Event::order);
    let mut left_out = LeftOut::default();
    let alerts = match &reading.kind {
        Kind::Event => match &reading.suppression {
            None => events.iter().map(Alert::of).collect(),
            Some(suppression) => fold::events(reading, suppression, &events, &mut left_out),
        },
        Kind::Threshold(threshold) => {
            let alerts = threshold::alerts(reading, threshold, &events, &mut left_out);
            match &reading.suppression {
                None => alerts,
                Some(suppression) => fold::thresholds(suppression, alerts),
            }
        }
        Kind::NewTerms(new_terms) => {
            let found = new_terms::alerts(reading, new_terms, &events, &mut left_out);
            match &reading.suppression {
                None => found.into_iter().map(|(alert, _)| alert).collect(),
                Some(suppression) => fold::new_terms(reading, suppression, found, &mut left_out),
            }
        }
    };
    Outcome { alerts, findings: left_out.findings(rule) }
}

impl LeftOut {
    fn findings(&self, rule: &Rule) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        if self.untimed > 0 {
            let title = format!("{} matching events without a time were left out", self.untimed);
            findings.push(finding(rule, &codes::UNTIMED, title));
        }
        if self.combinations > 0 {
            let title = format!(
                "{} matching events span more than {} key combinations; those beyond were left out",
                self.combinations,
                super::keys::MOST_COMBINATIONS
            );
            findings.push(finding(rule, &codes::COMBINATIONS, title));
        }
        findings
    }
}

/// Sorts alerts by time (those without one last), keeping the order of equals.
fn sort(alerts: &mut [Alert]) {
    alerts.sort_by_key(|alert| (alert.time.is_none(), alert.time));
}
