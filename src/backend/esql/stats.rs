//! Thresholds as `STATS`: one row a group that reaches the count.

use super::leaf::Context;
use super::tree::{Bound, Group, Measure, Of, Stats};
use crate::backend::loss::Loss;
use crate::backend::{codes, elastic};
use crate::diagnostic::Severity;
use crate::ir::{Comparison, Field, FieldType, MissingFields, Node, Predicate, Test, Threshold, Window};

/// Up to so many values `COUNT_DISTINCT` counts each (esql.md §5).
const COUNTED_EXACTLY: u64 = 3_000;

/// The aggregation, and the conditions on single events that its keys ask for: a null key would make
/// a group of its own (measured).
pub(super) fn stats(threshold: &Threshold, context: Context, losses: &mut Vec<Loss>) -> (Stats, Vec<Node>) {
    let mut by = Vec::new();
    let mut present = Vec::new();
    for (index, key) in threshold.group_by.iter().enumerate() {
        let path = format!("threshold.group_by[{index}]");
        let Some(field) = elastic::field(key, &path, context.documents.version, losses) else { continue };
        if is_column(&field) {
            by.push(Group::Column(field.path.clone()));
        } else {
            let message = format!(
                "`{field}` is of type {}, which ES|QL cannot group by; events are grouped without it",
                field.ty.as_str()
            );
            losses.push(Loss::new(&codes::LOSS_FIELD_FORM, path, message));
        }
        if threshold.missing == MissingFields::Exclude {
            present.push(Node::synthetic(Predicate::Test(Test { field, comparison: Comparison::Exists })));
        }
    }
    match threshold.window {
        Window::Run => {}
        Window::Tumbling(length) => by.push(Group::Stretch("Esql.window_start".into(), length)),
        Window::FirstEvent(length) => window(losses, &format!("{length} from the first event of a group")),
        Window::Sliding(length) => window(losses, &format!("any {length}")),
    }
    let count =
        Measure { name: "Esql.event_count".into(), of: Of::Rows, bound: at_least(threshold.at_least.max(1)) };
    let mut measures = vec![count];
    // Elastic reads the first row only (elastic_rule_types.md §3).
    let rows = if threshold.window == Window::Run { 1 } else { usize::MAX };
    for (index, row) in threshold.cardinality.iter().take(rows).enumerate() {
        let path = format!("threshold.cardinality[{index}]");
        let Some(field) = elastic::field(&row.field, &path, context.documents.version, losses) else {
            continue;
        };
        if !is_column(&field) {
            let message = format!(
                "`{field}` is of type {}, of which ES|QL counts no values; the count is left out",
                field.ty.as_str()
            );
            losses.push(Loss::new(&codes::LOSS_FIELD_FORM, path, message));
            continue;
        }
        let exact = row.at_least <= COUNTED_EXACTLY;
        let message = format!("`COUNT_DISTINCT({field})` is approximate above {COUNTED_EXACTLY} values");
        let loss = Loss::new(&codes::LOSS_APPROXIMATE, path, message);
        losses.push(if exact { Loss { severity: Severity::Info, ..loss } } else { loss });
        let name = format!("Esql.{}_count_distinct", field.path.replace(['.', '@'], "_"));
        measures.push(Measure { name, of: Of::Distinct(field.path), bound: at_least(row.at_least) });
    }
    (Stats { measures, by }, present)
}

fn at_least(number: u64) -> Option<Bound> {
    Some(Bound::AtLeast(number))
}

/// Whether ES|QL can group by the field.
pub(super) fn is_column(field: &Field) -> bool {
    !matches!(
        field.ty,
        FieldType::Text
            | FieldType::Object
            | FieldType::Nested
            | FieldType::Flattened
            | FieldType::FlattenedLeaf
            | FieldType::Json
    )
}

fn window(losses: &mut Vec<Loss>, meant: &str) {
    let message = format!("the rule counts over {meant}; the query counts over the range that it is run on");
    losses.push(Loss::new(&codes::LOSS_WINDOW, "threshold.window", message));
}
