//! Severity, risk score and name taken from the event, as Elastic's detection engine maps them
//! (elastic_rule_types.md §9).

use super::Datum;
use crate::ir::{Level, Rule};

/// The values of a field and whether an array holds them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldValues {
    /// The values; none where the field is missing or null.
    pub values: Vec<Datum>,
    /// Whether they stand in an array, be it of one.
    pub list: bool,
}

/// The paths that a rule's overrides read, each once.
pub(super) fn fields(rule: &Rule) -> Vec<&str> {
    let overrides = &rule.metadata.overrides;
    let mut out: Vec<&str> = overrides.severity.iter().map(|row| row.field.as_str()).collect();
    out.extend(overrides.risk_score.first().map(|row| row.field.as_str()));
    out.extend(overrides.rule_name.as_deref());
    out.retain(|path| !path.is_empty());
    out.sort_unstable();
    out.dedup();
    out
}

/// The severity: the highest of the rows whose value the event holds, even below the rule's own.
/// `None`: no row applies, the rule's own stays.
pub fn severity(rule: &Rule, field: &dyn Fn(&str) -> FieldValues) -> Option<Level> {
    let rows = rule.metadata.overrides.severity.iter();
    rows.filter(|row| {
        let found = field(&row.field);
        if row.field == "event.severity" {
            // The mapping's value is floored; only a number in the event counts.
            let wanted = row.value.trim().parse::<f64>().ok().map(f64::floor);
            let numbers = found.values.iter().filter_map(|value| match value {
                Datum::Number(number) => number.parse::<f64>().ok(),
                Datum::Bool(_) | Datum::Text(_) => None,
            });
            return wanted.is_some_and(|wanted| numbers.into_iter().any(|number| number == wanted));
        }
        found.values.iter().any(|value| comparable(value).is_some_and(|text| text == row.value))
    })
    .map(|row| row.severity)
    .max()
}

/// Texts and safe integers are compared as text; fractions and booleans never match.
fn comparable(value: &Datum) -> Option<String> {
    const SAFE: f64 = 9_007_199_254_740_991.0;
    match value {
        Datum::Bool(_) => None,
        Datum::Text(text) => Some(text.clone()),
        Datum::Number(number) => {
            let number: f64 = number.parse().ok()?;
            // `as` is exact here; minus zero prints as zero.
            (number.fract() == 0.0 && number.abs() <= SAFE).then(|| (number as i64).to_string())
        }
    }
}

/// The risk score: the largest element of the first row's field that is a number, or numeric text,
/// from 0 to 100. Empty text counts as 0. `None`: the rule's own stays.
pub fn risk_score(rule: &Rule, field: &dyn Fn(&str) -> FieldValues) -> Option<f64> {
    let row = rule.metadata.overrides.risk_score.first()?;
    let score = |value: &Datum| match value {
        Datum::Bool(_) => None,
        Datum::Number(text) => text.parse::<f64>().ok(),
        Datum::Text(text) if text.trim().is_empty() => Some(0.0),
        Datum::Text(text) => super::check::number(text.trim()),
    };
    let scores = field(&row.field).values.iter().filter_map(score).collect::<Vec<_>>();
    scores.into_iter().filter(|score| (0.0..=100.0).contains(score)).max_by(f64::total_cmp)
}

/// The alert's name: the override field's value if it is a single text. `None`: the rule's name
/// stays.
pub fn rule_name(rule: &Rule, field: &dyn Fn(&str) -> FieldValues) -> Option<String> {
    let found = field(rule.metadata.overrides.rule_name.as_deref()?);
    match found.values.as_slice() {
        [Datum::Text(text)] if !found.list => Some(text.clone()),
        _ => None,
    }
}
