//! Rules that came from Threat Stack, back in the form of its API (`threatstack.md` §4).
//!
//! Filters are reprinted, never translated here. Keys that the API computes (`id`, `rulesetId`,
//! times) are written as they were read: strip them before a POST.

use crate::ir::{Detection, Extra, Format, Language, Level, Rule, Value, Window};

use crate::backend::kibana::json;

/// The rule as a JSON object, with its own filter. `None`: the rule is not written in Threat
/// Stack's language, or counts in a way that the product has no words for.
pub fn write(rule: &Rule) -> Option<serde_json::Value> {
    let filter = rule.query.as_ref().filter(|query| query.language == Language::ThreatStack)?;
    let suppressions: Option<Vec<&str>> = rule.exceptions.iter().map(|e| e.text.as_deref()).collect();
    let (threshold, window, fields) = counting(rule)?;
    let meta = &rule.metadata;
    let mut map = serde_json::Map::new();
    if !rule.id_is_derived {
        map.insert("id".into(), rule.id.as_str().into());
    }
    map.insert("name".into(), meta.name.as_str().into());
    let texts =
        [("type", &rule.source_type), ("title", &meta.alert_title), ("alertDescription", &meta.description)];
    for (key, text) in texts {
        if let Some(text) = text {
            map.insert(key.into(), text.as_str().into());
        }
    }
    if let Some(severity) = &meta.severity {
        let number = match severity.level {
            Level::Critical | Level::High => 1,
            Level::Medium => 2,
            Level::Low | Level::Informational => 3,
        };
        map.insert("severityOfAlerts".into(), severity.original.as_ref().map_or(number.into(), json));
    }
    map.insert("aggregateFields".into(), fields.into());
    map.insert("filter".into(), filter.text.as_str().into());
    if let Some(seconds) = window {
        map.insert("window".into(), seconds.into());
    }
    map.insert("threshold".into(), threshold.into());
    map.insert("suppressions".into(), suppressions?.into());
    if let Some(enabled) = meta.enabled {
        map.insert("enabled".into(), enabled.into());
    }
    let own = |extra: &&Extra| rule.format == Format::ThreatStackJson && !extra.path.is_empty();
    for extra in meta.extra.iter().filter(own) {
        // The snake-case spelling of a key that is written in camel case above.
        let key = match extra.path[0].as_str() {
            "aggregate_fields" | "aggFields" => "aggregateFields",
            key => key,
        };
        if extra.value != Value::Null {
            map.insert(key.into(), json(&extra.value));
        }
    }
    Some(map.into())
}

/// Threshold, window in seconds, aggregate fields.
fn counting(rule: &Rule) -> Option<(u64, Option<i64>, Vec<&str>)> {
    match &rule.detection {
        Detection::Threshold(threshold) if threshold.cardinality.is_empty() => {
            let Window::FirstEvent(window) = threshold.window else { return None };
            let fields = threshold.group_by.iter().map(|field| field.path.as_str()).collect();
            Some((threshold.at_least, Some(window.millis / 1000), fields))
        }
        Detection::Event(_) | Detection::Opaque(_) => {
            let suppression = rule.suppression.as_ref();
            let fields = suppression.map(|s| s.group_by.iter().map(|field| field.path.as_str()).collect());
            let window = suppression.and_then(|s| s.duration).map(|duration| duration.millis / 1000);
            Some((1, window, fields.unwrap_or_default()))
        }
        Detection::Threshold(_) | Detection::NewTerms(_) => None,
    }
}
