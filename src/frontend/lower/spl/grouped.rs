//! `bin` and `stats` with a bound on counts: a threshold.

use std::collections::HashMap;

use trailsmith_grammar::Span;
use trailsmith_grammar::spl::{Aggregation, CompareOp, Eval, EvalKind, Search, SearchKind, SearchOp, Stats};

use super::scope::Scope;
use super::text::number;
use super::value::{Alternative, Fold, Leaf};
use super::{Problem, Result, codes};
use crate::ir::{Cardinality, Duration, Field, MissingFields, Node, Threshold, Window};

/// What `stats` made of the events.
#[derive(Debug, Clone)]
pub(super) struct Grouped {
    by: Result<(Vec<Field>, Window, MissingFields)>,
    columns: HashMap<String, Column>,
    /// A command behind `stats` that may have changed any column.
    changed: Option<Problem>,
    count: Option<u64>,
    distinct: Vec<Cardinality>,
    bounded: bool,
}

/// What a column holds.
#[derive(Debug, Clone)]
enum Column {
    /// The number of events.
    Count,
    /// The number of distinct values.
    Distinct(Field),
    /// Anything else, or a column that was changed.
    Other,
}

impl Grouped {
    /// Groups events; `bin`: the stretches that `_time` was cut into.
    pub(super) fn new(stats: &Stats, scope: &Scope, bin: Option<Duration>, span: Span) -> Self {
        let mut columns = HashMap::new();
        for aggregation in &stats.aggregations {
            columns.insert(aggregation.column(), column(aggregation, scope, span));
        }
        Grouped {
            by: keys(stats, scope, bin, span),
            columns,
            changed: None,
            count: None,
            distinct: Vec::new(),
            bounded: false,
        }
    }

    /// Whether a bound was set on a column.
    pub(super) fn is_bounded(&self) -> bool {
        self.bounded
    }

    /// A column got another value.
    pub(super) fn change(&mut self, name: &str) {
        self.columns.insert(name.to_owned(), Column::Other);
    }

    /// Any column may have got another value.
    pub(super) fn change_all(&mut self, problem: Problem) {
        self.changed = Some(problem);
    }

    /// A column got another name.
    pub(super) fn rename(&mut self, from: &str, to: &str, span: Span) {
        if from.contains('*') || to.contains('*') {
            let title = "columns were renamed by a pattern";
            self.changed = Some(Problem::new(&codes::SPL_COMPUTED_FIELD, title, span));
        } else if let Some(column) = self.columns.remove(from) {
            self.columns.insert(to.to_owned(), column);
        }
    }

    /// `where count > 5 and methods >= 2`.
    pub(super) fn bound_where(&mut self, eval: &Eval) -> Result<()> {
        match &eval.kind {
            EvalKind::And(list) => list.iter().try_for_each(|eval| self.bound_where(eval)),
            EvalKind::Compare { left, op, right } => {
                let (name, op, limit) = match (&left.kind, &right.kind) {
                    (EvalKind::Field(name), EvalKind::Number(number)) => (name, Some(*op), number.value()),
                    (EvalKind::Number(number), EvalKind::Field(name)) => (name, flipped(*op), number.value()),
                    _ => return Err(not_a_bound(eval.span)),
                };
                let least = match op {
                    Some(CompareOp::Gt) => above(limit),
                    Some(CompareOp::Ge) => Some(limit.ceil()),
                    _ => None,
                };
                self.bound(name, least, eval.span)
            }
            _ => Err(not_a_bound(eval.span)),
        }
    }

    /// `search count>5`.
    pub(super) fn bound_search(&mut self, search: &Search) -> Result<()> {
        match &search.kind {
            SearchKind::And(list) => list.iter().try_for_each(|search| self.bound_search(search)),
            SearchKind::Compare { field, op, value } => {
                let limit = number(&value.text).ok_or_else(|| not_a_bound(search.span))?;
                let least = match op {
                    SearchOp::Gt => above(limit),
                    SearchOp::Ge => Some(limit.ceil()),
                    _ => None,
                };
                self.bound(&field.text, least, search.span)
            }
            _ => Err(not_a_bound(search.span)),
        }
    }

    fn bound(&mut self, name: &str, least: Option<f64>, span: Span) -> Result<()> {
        if let Some(problem) = &self.changed {
            return Err(Problem { span, ..problem.clone() });
        }
        let least = least.filter(|least| *least < 9e15).ok_or_else(|| not_a_bound(span))?;
        // A group has at least one event.
        let least = if least < 1.0 { 1 } else { least as u64 };
        match self.columns.get(name) {
            Some(Column::Count) => self.count = Some(self.count.map_or(least, |count| count.max(least))),
            Some(Column::Distinct(field)) => {
                self.distinct.push(Cardinality { field: field.clone(), at_least: least });
            }
            Some(Column::Other) | None => return Err(not_a_bound(span)),
        }
        self.bounded = true;
        Ok(())
    }

    /// The threshold over the events of `filter`.
    pub(super) fn threshold(self, filter: Node, span: Span) -> Result<Threshold> {
        let (group_by, window, missing) = self.by?;
        if window == Window::Run && self.distinct.len() > 1 {
            let title = "several distinct counts over one whole run are not followed";
            return Err(Problem::new(&codes::SPL_BOUND, title, span)
                .help("cut the time into stretches first: `| bin _time span=1h`"));
        }
        Ok(Threshold {
            filter,
            group_by,
            at_least: self.count.unwrap_or(1),
            cardinality: self.distinct,
            window,
            missing,
        })
    }
}

fn column(aggregation: &Aggregation, scope: &Scope, span: Span) -> Column {
    let argument = aggregation.argument.as_deref();
    match (aggregation.function.to_ascii_lowercase().as_str(), argument) {
        ("count" | "c", None | Some("")) => Column::Count,
        // Records differ in their ids, so that counting distinct ones counts them all.
        ("dc" | "distinct_count", Some("_raw")) => Column::Count,
        ("dc" | "distinct_count", Some(name)) => match plain(scope, name, span) {
            Some(field) => Column::Distinct(field),
            None => Column::Other,
        },
        _ => Column::Other,
    }
}

/// The field that a name stands for without further conditions.
fn plain(scope: &Scope, name: &str, span: Span) -> Option<Field> {
    field_of(&scope.value(name, span).ok()?)
}

fn field_of(value: &[Alternative]) -> Option<Field> {
    match value {
        [Alternative { guard: None, leaf: Leaf::Field(field, Fold::None) }] => Some(field.clone()),
        _ => None,
    }
}

fn keys(
    stats: &Stats,
    scope: &Scope,
    bin: Option<Duration>,
    span: Span,
) -> Result<(Vec<Field>, Window, MissingFields)> {
    let mut fields = Vec::new();
    let mut window = Window::Run;
    let mut filled = 0;
    for name in &stats.by {
        if name.text == "_time" {
            // Without `bin`, times are those of the records: whole seconds.
            window = Window::Tumbling(bin.unwrap_or(Duration::seconds(1)));
            continue;
        }
        let before = scope.filled(&name.text).and_then(field_of);
        filled += usize::from(before.is_some());
        match before.or_else(|| plain(scope, &name.text, name.span)) {
            Some(field) => fields.push(field),
            None => {
                let title = format!("groups by `{}`, which is computed, are not followed", name.text);
                return Err(Problem::new(&codes::SPL_COMPUTED_FIELD, title, span));
            }
        }
    }
    // `stats` drops events without one of the fields behind `by`, unless all were filled.
    let missing = match filled {
        0 => MissingFields::Exclude,
        filled if filled == fields.len() => MissingFields::Group,
        _ => {
            let title = "groups by fields of which some only were filled are not followed";
            return Err(Problem::new(&codes::SPL_COMPUTED_FIELD, title, span));
        }
    };
    Ok((fields, window, missing))
}

/// The least whole number above a limit.
fn above(limit: f64) -> Option<f64> {
    Some(limit.floor() + 1.0)
}

fn flipped(op: CompareOp) -> Option<CompareOp> {
    match op {
        CompareOp::Lt => Some(CompareOp::Gt),
        CompareOp::Le => Some(CompareOp::Ge),
        _ => None,
    }
}

fn not_a_bound(span: Span) -> Problem {
    let title = "this condition on aggregates is not a lower bound of a count";
    Problem::new(&codes::SPL_BOUND, title, span)
}
