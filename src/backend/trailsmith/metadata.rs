//! What a rule says about itself, as keys of the format.

use super::{Map, playbook, put, table, text, texts};
use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::ir::{Metadata, Overrides, Purpose, RuleSeverity, Technique, Threat, Value};

/// The framework that is not written.
const ATTACK: &str = "MITRE ATT&CK";

/// Adds every key that the rule has.
pub(super) fn add(meta: &Metadata, map: &mut Map, losses: &mut Vec<Loss>) {
    let list = |list: &Option<Vec<String>>| list.as_deref().map(texts);
    put(map, "severity", meta.severity.as_ref().map(severity));
    put(map, "risk_score", meta.risk_score.map(Value::Int));
    put(map, "description", text(&meta.description));
    put(map, "tags", list(&meta.tags));
    put(map, "author", list(&meta.author));
    put(map, "license", text(&meta.license));
    put(map, "references", list(&meta.references));
    put(map, "false_positives", list(&meta.false_positives));
    put(map, "mitre", meta.threat.as_ref().map(|list| Value::List(list.iter().map(threat).collect())));
    put(map, "investigation_guide", text(&meta.investigation_guide));
    put(map, "setup", text(&meta.setup));
    put(map, "investigation_fields", list(&meta.investigation_fields));
    put(map, "alert_title", text(&meta.alert_title));
    put(map, "playbook", meta.playbook.as_ref().map(playbook::value));
    put(map, "overrides", overrides(&meta.overrides));
    let hunt = (meta.purpose == Purpose::Hunting).then(|| Purpose::Hunting.as_str().into());
    put(map, "purpose", hunt);
    put(map, "enabled", meta.enabled.map(Value::Bool));
    put(map, "version", meta.version.map(Value::Int));
    match meta.building_block.as_deref() {
        None => {}
        Some("default") => put(map, "building_block", Some("default".into())),
        Some(word) => {
            let message = format!("`building_block` is `default` or absent, not `{word}`");
            losses.push(Loss::new(&codes::LOSS_METADATA_VALUE, "building_block", message));
        }
    }
    let timeline = meta.timeline.as_ref();
    let timeline = timeline
        .map(|(id, title)| table([("id", Some(id.as_str().into())), ("title", Some(title.as_str().into()))]));
    put(map, "timeline", timeline);
}

fn severity(severity: &RuleSeverity) -> Value {
    let level = Value::from(severity.level.as_str());
    match &severity.original {
        None => level,
        Some(original) => table([("level", Some(level)), ("original", Some(original.clone()))]),
    }
}

fn threat(threat: &Threat) -> Value {
    let tactic = &threat.tactic;
    table([
        ("framework", (threat.framework != ATTACK).then(|| threat.framework.as_str().into())),
        ("tactic", Some(Value::Map(named(&tactic.id, &tactic.name, &tactic.reference)))),
        ("techniques", threat.techniques.as_deref().map(techniques)),
    ])
}

fn techniques(list: &[Technique]) -> Value {
    let one = |technique: &Technique| {
        let mut map = named(&technique.id, &technique.name, &technique.reference);
        put(&mut map, "subtechniques", technique.subtechniques.as_deref().map(techniques));
        Value::Map(map)
    };
    Value::List(list.iter().map(one).collect())
}

fn named(id: &str, name: &str, reference: &Option<String>) -> Map {
    let mut map = Map::from([("id".to_owned(), id.into()), ("name".to_owned(), name.into())]);
    put(&mut map, "reference", text(reference));
    map
}

fn overrides(overrides: &Overrides) -> Option<Value> {
    let row = |field: &str, operator: &str, value: &str, key: &str, last: Option<Value>| {
        table([
            ("field", Some(field.into())),
            ("operator", Some(operator.into())),
            ("value", Some(value.into())),
            (key, last),
        ])
    };
    let severity = overrides
        .severity
        .iter()
        .map(|r| row(&r.field, &r.operator, &r.value, "severity", Some(r.severity.as_str().into())));
    let score = overrides
        .risk_score
        .iter()
        .map(|r| row(&r.field, &r.operator, &r.value, "risk_score", r.risk_score.map(Value::Int)));
    let list = |rows: Vec<Value>| (!rows.is_empty()).then_some(Value::List(rows));
    let written = *overrides != Overrides::default();
    written.then(|| {
        table([
            ("severity", list(severity.collect())),
            ("risk_score", list(score.collect())),
            ("rule_name", text(&overrides.rule_name)),
            ("timestamp", text(&overrides.timestamp)),
            ("timestamp_fallback_disabled", overrides.timestamp_fallback_disabled.map(Value::Bool)),
        ])
    })
}
