//! New terms: the query reads the history itself, and keeps the combinations of values whose first
//! event is within the range of the run.

use super::leaf::Context;
use super::stats::is_column;
use super::tree::{Bound, Expr, Group, Measure, Moment, Of, Stats};
use crate::backend::elastic;
use crate::ir::date_math::DateMath;
use crate::ir::{Comparison, Duration, NewTerms, Node, Predicate, Rule, Test};

/// Elastic's default range of a run.
const DEFAULT_FROM: &str = "now-6m";

/// What a rule on new terms adds to its condition.
pub(super) struct History {
    /// Events count that have every field.
    pub present: Vec<Node>,
    /// How far back events are read.
    pub since: Expr,
    /// The combinations and when each was first seen.
    pub stats: Stats,
}

/// The aggregation; `None`: ES|QL has no form for the rule's times or fields.
pub(super) fn history(rule: &Rule, new_terms: &NewTerms, context: Context) -> Option<History> {
    let ago = |text: &str| {
        let offset = DateMath::parse(text)?.fixed_offset()?.checked_neg()?;
        (offset > 0).then_some(Duration { millis: offset })
    };
    let from = ago(rule.schedule.from.as_deref().unwrap_or(DEFAULT_FROM))?;
    let start = ago(&new_terms.history_start)?;
    let ends_now = rule.schedule.to.as_deref().is_none_or(|to| to == "now");
    if !ends_now || start <= from {
        return None;
    }
    let (mut by, mut present) = (Vec::new(), Vec::new());
    for key in &new_terms.fields {
        let field = elastic::field(key, "new_terms.fields", context.documents.version, &mut Vec::new())?;
        if !is_column(&field) {
            return None;
        }
        by.push(Group::Column(field.path.clone()));
        present.push(Node::synthetic(Predicate::Test(Test { field, comparison: Comparison::Exists })));
    }
    let overrides = &rule.metadata.overrides;
    let time = match overrides.timestamp.as_deref().filter(|path| *path != "@timestamp") {
        None => Moment::Column("@timestamp".into()),
        Some(path) if overrides.timestamp_fallback_disabled == Some(true) => Moment::Column(path.into()),
        Some(path) => Moment::OrTimestamp(path.into()),
    };
    let first = Measure {
        name: "Esql.first_seen".into(),
        of: Of::First(time.clone()),
        bound: Some(Bound::Within(from)),
    };
    let count = Measure { name: "Esql.event_count".into(), of: Of::Rows, bound: None };
    let since = Expr::Since { time, length: start };
    Some(History { present, since, stats: Stats { measures: vec![first, count], by } })
}
