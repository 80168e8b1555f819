//! Folding of alerts: Splunk calls it throttling (`alert.suppress`).

use super::schedule::Timing;
use super::settings::Columns;
use super::stanza::Stanza;
use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::backend::spl::{Rows, key};
use crate::backend::target::Options;
use crate::ir::{Detection, Duration, Field, MissingFields, Rule, Suppression, Window};

/// Adds the settings.
///
/// Without a wish of the rule's own, what runs that overlap see twice is an alert once: the detection
/// engine does the same by the ids of events.
pub(super) fn fold(
    rule: &Rule,
    rows: &Rows,
    timing: &Timing,
    options: &Options,
    columns: &mut Columns,
    stanza: &mut Stanza,
    losses: &mut Vec<Loss>,
) {
    stanza.set("alert.track", "0");
    let (fields, period) = match (wish(rule), rows) {
        (Some(wish), _) => wanted(&wish, rule, rows, timing, options, columns, losses),
        (None, _) if timing.look_back <= timing.interval => (Vec::new(), None),
        (None, Rows::Events) => (vec!["eventID".to_owned()], Some(timing.look_back)),
        (None, Rows::Groups(columns)) => (columns.clone(), Some(timing.look_back)),
    };
    let Some(period) = period else {
        stanza.set("alert.digest_mode", "1");
        return;
    };
    // Throttling by fields works on results one by one; without fields there is one result at most.
    stanza.set("alert.digest_mode", if fields.is_empty() { "1" } else { "0" });
    stanza.set("alert.suppress", "1");
    stanza.set("alert.suppress.fields", fields.join(","));
    stanza.set("alert.suppress.period", format!("{}s", (period.millis / 1000).max(1)));
}

/// The folding that the rule asks for; a count of one over a window asks for nothing else.
fn wish(rule: &Rule) -> Option<Suppression> {
    match &rule.detection {
        Detection::Threshold(threshold) if threshold.at_least <= 1 && threshold.cardinality.is_empty() => {
            let (Window::FirstEvent(span) | Window::Sliding(span) | Window::Tumbling(span)) =
                threshold.window
            else {
                return rule.suppression.clone();
            };
            let missing = Some(threshold.missing);
            let own = Suppression { group_by: threshold.group_by.clone(), duration: Some(span), missing };
            Some(rule.suppression.clone().unwrap_or(own))
        }
        _ => rule.suppression.clone(),
    }
}

fn wanted(
    wish: &Suppression,
    rule: &Rule,
    rows: &Rows,
    timing: &Timing,
    options: &Options,
    columns: &mut Columns,
    losses: &mut Vec<Loss>,
) -> (Vec<String>, Option<Duration>) {
    let mut loss = |path: &str, message: String| {
        losses.push(Loss::new(&codes::LOSS_SUPPRESSION, path, message));
    };
    let fields = match rows {
        // A threshold is folded by its own keys.
        Rows::Groups(columns) if wish.group_by.is_empty() => columns.clone(),
        _ => {
            let named = |field: &Field| match rows {
                Rows::Events => columns.of(field, options),
                Rows::Groups(_) => key(field, options).map(|(name, _)| name),
            };
            let found: Vec<_> = wish.group_by.iter().map(named).collect();
            for (field, column) in wish.group_by.iter().zip(&found) {
                let there = match (rows, column) {
                    (Rows::Groups(columns), Some(column)) => columns.contains(column),
                    (Rows::Events, column) => column.is_some(),
                    (_, None) => false,
                };
                if !there {
                    let message = format!(
                        "the results have no column with the values of `{field}`; if allowed, alerts are not folded"
                    );
                    loss("suppress.by", message);
                    return (Vec::new(), None);
                }
            }
            found.into_iter().flatten().collect()
        }
    };
    if wish.missing == Some(MissingFields::Exclude) && matches!(rows, Rows::Events) && !fields.is_empty() {
        let message = "the rule does not fold events without one of the fields; Splunk folds them, too";
        loss("suppress.missing", message.into());
    }
    let period = wish.duration.unwrap_or_else(|| {
        let message = format!(
            "the rule `{}` folds alerts within one run; Splunk folds them for a length of time: if allowed, that \
             between two runs",
            rule.name()
        );
        loss("suppress.duration", message);
        timing.interval
    });
    (fields, Some(period))
}
