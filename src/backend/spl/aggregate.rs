//! Counts and new values: `stats` over the events that the condition finds.

use trailsmith_grammar::Span;
use trailsmith_grammar::spl::{Aggregation, Arg, Assignment, CommandKind, CompareOp, Eval, Name, Stats};

use super::columns::{Column, columns};
use super::computed;
use super::time::{length, relative};
use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::backend::predicate::test;
use crate::backend::target::Options;
use crate::ir::{
    Comparison, Duration, Field, MissingFields, NewTerms, Predicate, Schedule, Threshold, Vocabulary, Window,
};
use crate::schema::{Derived, Reach, Shape, reach, types};

/// What the results of a search are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// Events.
    Events,
    /// Groups of events; the columns that name a group.
    Groups(Vec<String>),
}

/// What follows the condition.
pub(super) struct Group {
    /// The commands.
    pub commands: Vec<CommandKind>,
    /// What an event needs beside the rule's condition to be in a group.
    pub needs: Vec<Predicate>,
    /// Where the search has to begin, if not where it is told to.
    pub earliest: Option<String>,
    /// What comes out.
    pub rows: Rows,
}

impl Group {
    /// Nothing: the events themselves.
    pub fn none() -> Self {
        Group { commands: Vec::new(), needs: Vec::new(), earliest: None, rows: Rows::Events }
    }
}

/// The text that stands for a missing key of a group.
const MISSING: &str = "(none)";

/// Keys of a group.
struct Keys {
    names: Vec<String>,
    assignments: Vec<Assignment>,
    needs: Vec<Predicate>,
}

/// Commands for a threshold.
pub(super) fn threshold(threshold: &Threshold, options: &Options, losses: &mut Vec<Loss>) -> Group {
    // One event is enough: there is nothing to count.
    if threshold.at_least <= 1 && threshold.cardinality.is_empty() && threshold.window != Window::Run {
        let message = "each event reaches the count; a search does not say how its alerts are folded";
        losses.push(Loss::new(&codes::LOSS_ALERTS, "threshold", message));
        return Group::none();
    }
    let exclude = threshold.missing == MissingFields::Exclude;
    let mut keys = keys(&threshold.group_by, "threshold.group_by", exclude, options, losses);
    // Elastic reads the first only.
    let read = if threshold.window == Window::Run { 1 } else { usize::MAX };
    let mut aggregations = vec![aggregation("count", None, None)];
    let mut checks = vec![at_least("count", threshold.at_least)];
    for (index, row) in threshold.cardinality.iter().take(read).enumerate() {
        let path = format!("threshold.cardinality[{index}]");
        let Some((name, assignment)) = key(&row.field, options) else {
            losses.push(no_column(&row.field, path, "the count of its values is left out"));
            continue;
        };
        keys.assignments.extend(assignment);
        let column = if index == 0 { "distinct".to_owned() } else { format!("distinct_{}", index + 1) };
        aggregations.push(aggregation("dc", Some(&name), Some(&column)));
        checks.push(at_least(&column, row.at_least));
    }
    let mut commands = Vec::new();
    if !keys.assignments.is_empty() {
        commands.push(CommandKind::Eval(keys.assignments));
    }
    if !exclude && !keys.names.is_empty() {
        let names: Vec<_> = keys.names.iter().map(|name| Name::new(name).to_string()).collect();
        let args = format!("value={} {}", Name::new(MISSING), names.join(" "));
        commands.push(CommandKind::Other { name: "fillnull".into(), args });
    }
    let mut by: Vec<_> = keys.names.iter().map(Name::new).collect();
    match threshold.window {
        Window::Run => commands.push(CommandKind::Stats(Stats { aggregations, by })),
        Window::Tumbling(span) => {
            let value = Name::new(length(span));
            let args = vec![
                Arg { key: None, value: Name::new("_time") },
                Arg { key: Some(Name::new("span")), value },
            ];
            commands.push(CommandKind::Args { name: "bin".into(), args });
            by.insert(0, Name::new("_time"));
            commands.push(CommandKind::Stats(Stats { aggregations, by }));
        }
        Window::Sliding(span) => sliding(span, Stats { aggregations, by }, &mut commands),
        Window::FirstEvent(span) => {
            let message = format!(
                "the rule counts over {span} from the first event of a group, which Splunk does not; if allowed, \
                 any stretch of that length counts"
            );
            losses.push(Loss::new(&codes::LOSS_WINDOW, "threshold.window", message));
            sliding(span, Stats { aggregations, by }, &mut commands);
        }
    }
    commands.push(CommandKind::Where(super::filter::joined(checks, true)));
    Group { commands, needs: keys.needs, earliest: None, rows: Rows::Groups(keys.names) }
}

/// Any stretch of a length: each event is counted with those before it.
fn sliding(span: Duration, stats: Stats, commands: &mut Vec<CommandKind>) {
    commands.push(CommandKind::Other { name: "sort".into(), args: "0 _time".into() });
    let args = format!("time_window={} {stats}", length(span));
    commands.push(CommandKind::Other { name: "streamstats".into(), args });
}

/// Commands for values never seen before: the search reads the history too, and a combination is new
/// if its first event lies in the range of the run.
pub(super) fn new_terms(
    new_terms: &NewTerms,
    schedule: &Schedule,
    options: &Options,
    losses: &mut Vec<Loss>,
) -> Group {
    let from = schedule.from.as_deref().unwrap_or("now-6m");
    let ends = (relative(&new_terms.history_start), relative(from));
    let (Some(history), Some(run)) = ends else {
        let message = format!(
            "from `{}` to `{from}` is no history of fixed length; if allowed, every event that matches is an alert",
            new_terms.history_start
        );
        losses.push(Loss::new(&codes::LOSS_NEW_TERMS, "new_terms", message));
        return Group::none();
    };
    let before = losses.len();
    let keys = keys(&new_terms.fields, "new_terms.fields", true, options, losses);
    if losses[before..].iter().any(Loss::is_refused) {
        // A combination of fewer fields would be new less often.
        return Group::none();
    }
    let mut commands = Vec::new();
    if !keys.assignments.is_empty() {
        commands.push(CommandKind::Eval(keys.assignments));
    }
    let aggregations =
        vec![aggregation("count", None, None), aggregation("earliest", Some("_time"), Some("first_seen"))];
    let by = keys.names.iter().map(Name::new).collect();
    commands.push(CommandKind::Stats(Stats { aggregations, by }));
    let now = Eval::call("now", Vec::new());
    let begin = match run.as_str() {
        "now" => now,
        run => Eval::call("relative_time", vec![now, Eval::text(run)]),
    };
    commands.push(CommandKind::Where(Eval::compare(Eval::field("first_seen"), CompareOp::Ge, begin)));
    Group { commands, needs: keys.needs, earliest: Some(history), rows: Rows::Groups(keys.names) }
}

fn aggregation(function: &str, argument: Option<&str>, alias: Option<&str>) -> Aggregation {
    Aggregation {
        function: function.into(),
        argument: argument.map(|name| Name::new(name).to_string()),
        alias: alias.map(Name::new),
        span: Span::default(),
    }
}

fn at_least(column: &str, count: u64) -> Eval {
    Eval::compare(Eval::field(column), CompareOp::Ge, Eval::number(count.to_string()))
}

fn keys(fields: &[Field], path: &str, exclude: bool, options: &Options, losses: &mut Vec<Loss>) -> Keys {
    let mut found = Keys { names: Vec::new(), assignments: Vec::new(), needs: Vec::new() };
    for (index, field) in fields.iter().enumerate() {
        let Some((name, assignment)) = key(field, options) else {
            losses.push(no_column(field, format!("{path}[{index}]"), "events are not told apart by it"));
            continue;
        };
        if exclude {
            found.needs.extend(need(field, options));
        }
        found.names.push(name);
        found.assignments.extend(assignment);
    }
    found
}

fn no_column(field: &Field, path: String, instead: &str) -> Loss {
    let message = format!("raw events have no field with the values of `{field}`; if allowed, {instead}");
    Loss::new(&codes::LOSS_FIELD, path, message)
}

/// The column with the values of a field, and the `eval` that makes it where there is none.
pub(in crate::backend) fn key(field: &Field, options: &Options) -> Option<(String, Option<Assignment>)> {
    if field.vocabulary == Vocabulary::Splunk {
        return Some((field.path.clone(), None));
    }
    let made =
        |name: &str, value: Eval| Some((name.to_owned(), Some(Assignment { field: Name::new(name), value })));
    match reach(field, Shape::CloudTrail, options.version) {
        Reach::Path { path, .. } | Reach::Flattened { path, .. } => {
            let columns = columns(&raw(&path))?;
            match columns.as_slice() {
                [Column { name, .. }] => Some((name.clone(), None)),
                columns => {
                    let all = columns.iter().map(|column| Eval::field(&column.name)).collect();
                    made(&path.replace('.', "_"), Eval::call("mvappend", all))
                }
            }
        }
        Reach::Derived(Derived::AccountId) => {
            let from = ["userIdentity.accountId", "recipientAccountId"].map(Eval::field).into();
            made("account", Eval::call("coalesce", from))
        }
        Reach::Constant(text) => made(&field.path.replace('.', "_"), Eval::text(text)),
        Reach::Derived(_) => {
            let assignment = computed::column(field, options.version)?;
            Some((assignment.field.text.clone(), Some(assignment)))
        }
        _ => None,
    }
}

/// Texts that stand for "no value" make a group of their own unless they are left out.
fn need(field: &Field, options: &Options) -> Option<Predicate> {
    let (Reach::Path { path, .. } | Reach::Flattened { path, .. }) =
        reach(field, Shape::CloudTrail, options.version)
    else {
        return None;
    };
    let raw = raw(&path);
    let hides = columns(&raw)?.iter().any(|column| column.absent.is_some());
    (hides && field.vocabulary != Vocabulary::Splunk).then(|| test(&raw, Comparison::Exists))
}

fn raw(path: &str) -> Field {
    Field::new(Vocabulary::CloudTrail, path, types(Vocabulary::CloudTrail).field_type(path))
}
