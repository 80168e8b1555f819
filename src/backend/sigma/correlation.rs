//! A threshold as a correlation (`sigma.md` §6): `event_count`, or `value_count` for distinct values.

use indexmap::IndexMap;

use crate::backend::loss::Loss;
use crate::backend::predicate::to_raw;
use crate::backend::target::Options;
use crate::backend::{codes, look_back};
use crate::ir::{
    Comparison, Duration, Field, MissingFields, Predicate, Rule, Test, Threshold, Value, Vocabulary, Window,
};

/// What stands below `correlation`, but for the rules it refers to.
pub(super) fn of(
    rule: &Rule,
    threshold: &Threshold,
    options: &Options,
    losses: &mut Vec<Loss>,
) -> IndexMap<String, Value> {
    let mut keys = Vec::with_capacity(threshold.group_by.len());
    for (index, key) in threshold.group_by.iter().enumerate() {
        keys.extend(raw(key, &format!("threshold.group_by[{index}]"), options, losses).map(Value::Text));
    }
    if threshold.missing == MissingFields::Group && !keys.is_empty() {
        let message =
            "Sigma does not say that events without a group key are a group; the rule counts them as one";
        losses.push(Loss::new(&codes::LOSS_THRESHOLD, "threshold.missing", message));
    }
    let (kind, condition) = condition(threshold, options, losses);
    let mut map = IndexMap::from([("type".to_owned(), Value::from(kind))]);
    if !keys.is_empty() {
        map.insert("group-by".into(), Value::List(keys));
    }
    map.insert("timespan".into(), timespan(rule, threshold.window, losses).into());
    map.insert("condition".into(), Value::Map(condition));
    map
}

fn condition(
    threshold: &Threshold,
    options: &Options,
    losses: &mut Vec<Loss>,
) -> (&'static str, IndexMap<String, Value>) {
    let at_least = |number: u64| {
        let number = i64::try_from(number).map_or_else(|_| Value::Literal(number.to_string()), Value::Int);
        ("gte".to_owned(), number)
    };
    let mut counts = threshold.cardinality.iter();
    if let Some(distinct) = counts.next()
        && let Some(field) = raw(&distinct.field, "threshold.cardinality[0].field", options, losses)
    {
        // So many distinct values are at least as many events.
        if threshold.at_least > distinct.at_least {
            let message = format!(
                "a correlation counts either events or distinct values; it counts {} values, and the rule asks for {} \
                 events too",
                distinct.at_least, threshold.at_least
            );
            losses.push(Loss::new(&codes::LOSS_THRESHOLD, "threshold.at_least", message));
        }
        if counts.next().is_some() {
            let message = "a correlation counts the distinct values of one field";
            losses.push(Loss::new(&codes::LOSS_THRESHOLD, "threshold.cardinality[1]", message));
        }
        let field = ("field".to_owned(), field.into());
        return ("value_count", IndexMap::from([field, at_least(distinct.at_least)]));
    }
    ("event_count", IndexMap::from([at_least(threshold.at_least)]))
}

/// Whole seconds; any stretch of this length counts.
fn timespan(rule: &Rule, window: Window, losses: &mut Vec<Loss>) -> String {
    let (length, meant) = match window {
        Window::Sliding(length) => (length, None),
        Window::FirstEvent(length) => (length, Some(format!("{length} from the first event of a group"))),
        Window::Tumbling(length) => (length, Some(format!("stretches of {length} by the clock"))),
        Window::Run => {
            let length = look_back(rule);
            (length, Some(format!("the range of one run ({length})")))
        }
    };
    let whole = Duration::seconds((length.millis / 1000).max(1));
    let meant = meant.or_else(|| (whole != length).then(|| length.to_string()));
    if let Some(meant) = meant {
        let message = format!("the rule counts over {meant}; Sigma counts over any stretch of {whole}");
        losses.push(Loss::new(&codes::LOSS_WINDOW, "threshold.window", message));
    }
    // Sigma knows no weeks, and neither does the display.
    whole.to_string()
}

/// The name of a field in raw records.
pub(super) fn raw(field: &Field, path: &str, options: &Options, losses: &mut Vec<Loss>) -> Option<String> {
    if field.vocabulary == Vocabulary::CloudTrail {
        return Some(field.path.clone());
    }
    let exists = Test { field: field.clone(), comparison: Comparison::Exists };
    match to_raw(&exists, Vocabulary::CloudTrail, options.version).map(|said| said.predicate) {
        Ok(Predicate::Test(test)) => Some(test.field.path),
        _ => {
            let message = format!("no field of raw records holds the values of `{field}`; it is left out");
            losses.push(Loss::new(&codes::LOSS_FIELD, path, message));
            None
        }
    }
}
