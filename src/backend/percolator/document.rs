//! What stands beside a stored query: the rule's metadata under Elastic's names, and under
//! trailsmith's own where Elastic has none.

use serde_json::{Map, Value};

use crate::backend::kibana::{self, json as to_json};
use crate::backend::trailsmith;
use crate::ir::Rule;

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
        map.insert("playbook".into(), to_json(&trailsmith::playbook_value(playbook)));
    }
    if !meta.extra.is_empty() {
        let extra: Map<String, Value> =
            meta.extra.iter().map(|extra| (extra.path.join("."), to_json(&extra.value))).collect();
        map.insert("extra".into(), Value::Object(extra));
    }
    Value::Object(map)
}
