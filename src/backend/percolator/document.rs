//! What stands beside a stored query: the rule's metadata under Elastic's names, and under
//! trailsmith's own where Elastic has none.

use serde_json::{Map, Value, json};

use crate::backend::kibana::{self, json as to_json};
use crate::ir::{Playbook, Rule};

/// The object.
pub(super) fn rule(rule: &Rule) -> Value {
    let mut map: Map<String, Value> = kibana::api_object(rule, None)
        .iter()
        // The query stands beside, with filters and exceptions in it.
        .filter(|(key, _)| !matches!(key.as_str(), "filters" | "exceptions_list"))
        .map(|(key, value)| (key.clone(), to_json(value)))
        .collect();
    let meta = &rule.metadata;
    map.insert("rule_id".into(), rule.id.as_str().into());
    if let Some(original) = meta.severity.as_ref().and_then(|severity| severity.original.as_ref()) {
        map.insert("severity_original".into(), to_json(original));
    }
    if let Some(title) = &meta.alert_title {
        map.insert("alert_title".into(), title.as_str().into());
    }
    if let Some(playbook) = &meta.playbook {
        map.insert("playbook".into(), self::playbook(playbook));
    }
    if !meta.extra.is_empty() {
        let extra: Map<String, Value> =
            meta.extra.iter().map(|extra| (extra.path.join("."), to_json(&extra.value))).collect();
        map.insert("extra".into(), Value::Object(extra));
    }
    Value::Object(map)
}

/// The playbook with the keys of trailsmith's YAML.
fn playbook(playbook: &Playbook) -> Value {
    let mut map = Map::new();
    if let Some(summary) = &playbook.summary {
        map.insert("summary".into(), summary.as_str().into());
    }
    if !playbook.parameters.is_empty() {
        let one = |(name, binding): (&String, &crate::ir::Binding)| {
            let mut map = Map::new();
            let entries = [("field", &binding.field), ("description", &binding.description)];
            for (key, text) in entries {
                if let Some(text) = text {
                    map.insert(key.into(), text.as_str().into());
                }
            }
            (name.clone(), Value::Object(map))
        };
        map.insert("parameters".into(), Value::Object(playbook.parameters.iter().map(one).collect()));
    }
    let steps = playbook.steps.iter().map(|step| {
        let mut map = Map::new();
        map.insert("title".into(), step.title.as_str().into());
        if let Some(text) = &step.text {
            map.insert("text".into(), text.as_str().into());
        }
        if !step.calls.is_empty() {
            let calls = step.calls.iter().map(|call| {
                let parameters: Map<String, Value> =
                    call.parameters.iter().map(|(key, value)| (key.clone(), to_json(value))).collect();
                json!({ "service": call.service, "action": call.action, "parameters": parameters })
            });
            map.insert("calls".into(), calls.collect());
        }
        map.extend(step.extra.iter().map(|(key, value)| (key.clone(), to_json(value))));
        Value::Object(map)
    });
    map.insert("steps".into(), steps.collect());
    Value::Object(map)
}
