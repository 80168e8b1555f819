//! Thresholds as a sequence of equal steps: it completes with the last of so many events of one key
//! (eql.md §7: a step's newest partial sequence wins, so these are the latest events in a row).

use super::build::build;
use super::leaf;
use super::tree::{Field, Query};
use crate::backend::indexed::Documents;
use crate::backend::loss::Loss;
use crate::backend::{codes, elastic};
use crate::ir::{Comparison, Duration, MissingFields, Node, Predicate, Test, Threshold, Window};

/// Most steps that `runs` makes (eql.md §1).
const MOST_RUNS: u64 = 100;

/// The query of a threshold whose condition on single events is `filter`.
///
/// # Errors
///
/// A comparison that EQL lacks; the rewriting before leaves none.
pub(super) fn query(
    threshold: &Threshold,
    filter: Node,
    documents: Documents,
    losses: &mut Vec<Loss>,
) -> Result<Query, Loss> {
    let mut keys = Vec::with_capacity(threshold.group_by.len());
    for (index, key) in threshold.group_by.iter().enumerate() {
        let path = format!("threshold.group_by[{index}]");
        let Some(key) = elastic::field(key, &path, documents.version, losses) else { continue };
        let exists = Test { field: key.clone(), comparison: Comparison::Exists };
        if leaf::leaf(&exists, documents).is_some() {
            keys.push(key);
        } else {
            let message = format!(
                "`{key}` is of type {}, which is no key of a sequence; events are counted without it",
                key.ty.as_str()
            );
            losses.push(Loss::new(&codes::LOSS_FIELD_FORM, path, message));
        }
    }
    if threshold.at_least > MOST_RUNS {
        let message = format!(
            "a sequence has at most {MOST_RUNS} steps, the rule counts to {}; if allowed, {MOST_RUNS} events are enough",
            threshold.at_least
        );
        losses.push(Loss::new(&codes::LOSS_THRESHOLD, "threshold.at_least", message));
    }
    let runs = threshold.at_least.min(MOST_RUNS);
    if runs < 2 {
        let mut parts = vec![filter];
        if threshold.missing == MissingFields::Exclude {
            let exists = |field| Predicate::Test(Test { field, comparison: Comparison::Exists });
            parts.extend(keys.into_iter().map(|key| Node::synthetic(exists(key))));
        }
        return Ok(Query::Event(build(&Node::all(parts).simplified(), documents)?));
    }
    let optional = threshold.missing == MissingFields::Group;
    let by = keys.into_iter().map(|key| Field { path: key.path, optional }).collect();
    let maxspan = match threshold.window {
        Window::Run => None,
        Window::Sliding(length) => Some(length),
        Window::FirstEvent(length) => {
            window(losses, &format!("{length} from the first event of a group"), length);
            Some(length)
        }
        Window::Tumbling(length) => {
            window(losses, &format!("stretches of {length}"), length);
            Some(length)
        }
    };
    // A window does not hold the event exactly one length after its first, `maxspan` does.
    let maxspan = maxspan.map(|length| Duration { millis: length.millis.max(1) - 1 });
    Ok(Query::Repeated { by, maxspan, runs, event: build(&filter, documents)? })
}

fn window(losses: &mut Vec<Loss>, meant: &str, length: Duration) {
    let message = format!("the rule counts over {meant}; the sequence counts over any {length}");
    losses.push(Loss::new(&codes::LOSS_WINDOW, "threshold.window", message));
}
