//! The rule object around the filter.

use serde_json::{Map, Value, json};

use super::filter;
use crate::backend::loss::Loss;
use crate::backend::predicate::{rewrite, to_raw};
use crate::backend::target::Options;
use crate::backend::{codes, look_back};
use crate::diagnostic::Severity;
use crate::ir::{
    Comparison, Detection, Duration, Exception, Field, Format, Level, MissingFields, Predicate, Rule, Test,
    Vocabulary, Window,
};

/// Keys that CloudTrail rules may group by (threatstack.md §4), each with the raw key it stands for.
const GROUP_KEYS: [(&str, &str); 5] = [
    ("user", "user"),
    ("eventName", "eventName"),
    ("eventSource", "eventSource"),
    ("ip", "sourceIPAddress"),
    ("accountId", "userIdentity.accountId"),
];

/// Most characters of a description.
const LONGEST_DESCRIPTION: usize = 300;

/// The object.
///
/// # Errors
///
/// An exception that says nothing in the target.
pub(super) fn object(
    rule: &Rule,
    filter: String,
    options: &Options,
    losses: &mut Vec<Loss>,
) -> Result<Value, Loss> {
    let meta = &rule.metadata;
    let mut map = Map::new();
    if !rule.id_is_derived {
        let message = "the API numbers its rules by itself";
        let loss = Loss::new(&codes::LOSS_METADATA, "id", message);
        losses.push(Loss { severity: Severity::Info, ..loss });
    }
    map.insert("name".into(), meta.name.as_str().into());
    if let Some(title) = &meta.alert_title {
        map.insert("title".into(), title.as_str().into());
    }
    let own = rule.source_type.as_deref().filter(|_| rule.format == Format::ThreatStackJson);
    map.insert("type".into(), own.unwrap_or("CloudTrail").into());
    let severity = severity(rule, losses);
    risk_score(meta.risk_score, severity.as_ref(), losses);
    if let Some(severity) = severity {
        map.insert("severityOfAlerts".into(), severity);
    }
    if let Some(description) = &meta.description {
        map.insert("alertDescription".into(), shortened(description, losses).into());
    }
    let (keys, at_least, window) = counting(rule, options, losses);
    if let Some(keys) = keys {
        map.insert("aggregateFields".into(), keys.into());
    }
    map.insert("filter".into(), filter.into());
    if let Some(window) = window {
        map.insert("window".into(), seconds(window, losses).into());
    }
    map.insert("threshold".into(), at_least.into());
    let mut suppressions = Vec::with_capacity(rule.exceptions.len());
    for (index, exception) in rule.exceptions.iter().enumerate() {
        suppressions.extend(suppression(exception, index, options, losses)?);
    }
    map.insert("suppressions".into(), suppressions.into());
    if let Some(enabled) = meta.enabled {
        map.insert("enabled".into(), enabled.into());
    }
    extras(rule, &mut map, losses);
    Ok(Value::Object(map))
}

/// 1 to 3: as the source had it, else by the level (threatstack.md §4).
fn severity(rule: &Rule, losses: &mut Vec<Loss>) -> Option<Value> {
    let severity = rule.metadata.severity.as_ref()?;
    if let Some(original) = &severity.original {
        let original = crate::backend::kibana::json(original);
        let number = original.as_i64().or_else(|| original.as_str()?.trim().parse().ok());
        if number.is_some_and(|number| (1..=3).contains(&number)) {
            return Some(original);
        }
        let message = "Threat Stack's scale goes from 1 to 3; the level decides";
        losses.push(Loss::new(&codes::LOSS_METADATA_VALUE, "severity.original", message));
    }
    let number = match severity.level {
        Level::Critical | Level::High => 1,
        Level::Medium => 2,
        Level::Low | Level::Informational => 3,
    };
    if matches!(severity.level, Level::Critical | Level::Informational) {
        let message = format!("Threat Stack has no level `{}`; it becomes {number}", severity.level.as_str());
        losses.push(Loss::new(&codes::LOSS_METADATA_VALUE, "severity.level", message));
    }
    Some(json!(number))
}

/// The score follows from the severity when the rule is read back.
fn risk_score(own: Option<i64>, severity: Option<&Value>, losses: &mut Vec<Loss>) {
    let number = severity.and_then(|value| value.as_i64().or_else(|| value.as_str()?.trim().parse().ok()));
    let follows = number.map(|number| {
        match number {
            1 => Level::High,
            2 => Level::Medium,
            _ => Level::Low,
        }
        .default_risk_score()
    });
    if own != follows {
        let message = match (own, follows) {
            (Some(own), Some(follows)) => {
                format!("Threat Stack has no scores; {own} becomes the {follows} of its severity")
            }
            (Some(own), None) => format!("Threat Stack has no scores; {own} is left out"),
            (None, _) => "the rule has no score; that of its severity stands for it".into(),
        };
        let code = if own.is_some() { &codes::LOSS_METADATA } else { &codes::LOSS_FILLED };
        losses.push(Loss::new(code, "risk_score", message));
    }
}

fn shortened(description: &str, losses: &mut Vec<Loss>) -> String {
    let length = description.chars().count();
    if length <= LONGEST_DESCRIPTION {
        return description.to_owned();
    }
    let message =
        format!("the API takes {LONGEST_DESCRIPTION} characters; the description has {length} and is cut");
    losses.push(Loss::new(&codes::LOSS_METADATA_VALUE, "description", message));
    description.chars().take(LONGEST_DESCRIPTION).collect()
}

/// Group keys, count and window.
fn counting(
    rule: &Rule,
    options: &Options,
    losses: &mut Vec<Loss>,
) -> (Option<Vec<String>>, u64, Option<Duration>) {
    let mut missing = |missing: MissingFields, has_keys: bool, path: &str| {
        if missing == MissingFields::Exclude && has_keys {
            let message = "Threat Stack groups events without a key together; the rule does not count them";
            losses.push(Loss::new(&codes::LOSS_THRESHOLD, path, message));
        }
    };
    match (&rule.detection, &rule.suppression) {
        (Detection::Threshold(threshold), _) => {
            missing(threshold.missing, !threshold.group_by.is_empty(), "threshold.missing");
            let window = match threshold.window {
                Window::FirstEvent(length) => length,
                Window::Sliding(length) | Window::Tumbling(length) => {
                    window_loss(losses, &format!("{length}, not from the first event of a group"));
                    length
                }
                Window::Run => {
                    let length = look_back(rule);
                    window_loss(losses, &format!("the range of one run ({length})"));
                    length
                }
            };
            let keys = keys(&threshold.group_by, "threshold.group_by", options, losses);
            if rule.suppression.is_none() && threshold.at_least <= 1 {
                let message = "a threshold of one folds alerts there: one alert a group and window";
                let loss = Loss::new(&codes::LOSS_SUPPRESSION, "suppress", message);
                losses.push(Loss { severity: Severity::Info, ..loss });
            }
            if rule.suppression.is_some() {
                let message = "the window of a Threat Stack rule either counts or folds alerts; it counts";
                losses.push(Loss::new(&codes::LOSS_SUPPRESSION, "suppress", message));
            }
            (Some(keys), threshold.at_least, Some(window))
        }
        (_, Some(suppression)) => {
            missing(
                suppression.missing.unwrap_or(MissingFields::Group),
                !suppression.group_by.is_empty(),
                "suppress.missing",
            );
            let window = suppression.duration.unwrap_or_else(|| {
                let length = look_back(rule);
                window_loss(losses, &format!("the range of one run ({length})"));
                length
            });
            (Some(keys(&suppression.group_by, "suppress.by", options, losses)), 1, Some(window))
        }
        _ => (None, 1, None),
    }
}

fn window_loss(losses: &mut Vec<Loss>, meant: &str) {
    let message =
        format!("the rule looks at {meant}; Threat Stack's window begins with the first event of a group");
    losses.push(Loss::new(&codes::LOSS_WINDOW, "window", message));
}

/// Whole seconds, at least one.
fn seconds(window: Duration, losses: &mut Vec<Loss>) -> i64 {
    if window.millis % 1000 != 0 || window.millis < 1000 {
        window_loss(losses, &format!("{window}, which is no whole number of seconds"));
    }
    (window.millis / 1000).max(1)
}

fn keys(fields: &[Field], path: &str, options: &Options, losses: &mut Vec<Loss>) -> Vec<String> {
    let mut names = Vec::with_capacity(fields.len());
    for (index, field) in fields.iter().enumerate() {
        if field.vocabulary == Vocabulary::ThreatStack {
            names.push(field.path.clone());
            continue;
        }
        let exists = Test { field: field.clone(), comparison: Comparison::Exists };
        let raw = match to_raw(&exists, Vocabulary::ThreatStack, options.version).map(|said| said.predicate) {
            Ok(Predicate::Test(test)) => Some(test.field.path),
            _ => None,
        };
        let known = raw.and_then(|raw| GROUP_KEYS.iter().find(|(_, key)| *key == raw));
        match known {
            Some((name, _)) => names.push((*name).to_owned()),
            None => {
                let message = format!(
                    "Threat Stack groups CloudTrail events by five keys, and `{field}` is none of them"
                );
                losses.push(Loss::new(&codes::LOSS_FIELD, format!("{path}[{index}]"), message));
            }
        }
    }
    names
}

/// An exception as a filter of its own. Narrowing is the safe direction: fewer events are excepted.
fn suppression(
    exception: &Exception,
    index: usize,
    options: &Options,
    losses: &mut Vec<Loss>,
) -> Result<Option<String>, Loss> {
    if let Some(text) = &exception.text {
        return Ok(Some(text.clone()));
    }
    let path = format!("exceptions[{index}]");
    let negated = crate::ir::Node::negate(exception.predicate.clone());
    let mut translate = |leaf: &Predicate| match leaf {
        Predicate::Test(test) if test.field.vocabulary != Vocabulary::ThreatStack => {
            to_raw(test, Vocabulary::ThreatStack, options.version)
        }
        other => Ok(other.clone().into()),
    };
    let translated = rewrite(&negated, &path, &mut translate, losses);
    let fitted = rewrite(&translated, &path, &mut filter::fits, losses);
    let node = crate::ir::Node::negate(fitted).simplified();
    if node.predicate == Predicate::Constant(false) {
        return Ok(None);
    }
    filter::text(&node, losses).map(Some)
}

/// Keys that the source had and the API takes; others are losses.
fn extras(rule: &Rule, map: &mut Map<String, Value>, losses: &mut Vec<Loss>) {
    const READ_ONLY: [&str; 5] = ["id", "rulesetId", "createdAt", "updatedAt", "created_at"];
    for extra in &rule.metadata.extra {
        let (own, key) = (rule.format == Format::ThreatStackJson, extra.path.join("."));
        if own && READ_ONLY.contains(&key.as_str()) {
            continue;
        }
        match (own, extra.path.as_slice()) {
            (true, [key]) if !map.contains_key(key) => {
                map.insert(key.clone(), crate::backend::kibana::json(&extra.value));
            }
            _ => {
                let message = format!("`threat-stack` has no place for the key `{key}`");
                losses.push(Loss::new(&codes::LOSS_METADATA, key, message).at(extra.origin));
            }
        }
    }
}
