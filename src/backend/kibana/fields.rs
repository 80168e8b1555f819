//! Typed parts of a rule → the keys of the API.

use indexmap::IndexMap;

use crate::ir::{
    Detection, Duration, Field, Language, MissingFields, Overrides, Rule, Suppression, Technique, Threat,
    Value,
};

type Map = IndexMap<String, Value>;

/// Everything but what depends on the type.
pub(super) fn common(rule: &Rule, query: Option<(Language, &str)>) -> Map {
    let meta = &rule.metadata;
    let mut map = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            map.insert(key.into(), value);
        }
    };
    let texts = |list: &Option<Vec<String>>| list.as_deref().map(texts);
    let text = |text: &Option<String>| text.clone().map(Value::Text);
    put("rule_id", (!missing_id(rule)).then(|| rule.id.as_str().into()));
    put("name", Some(meta.name.as_str().into()).filter(|_| !meta.name.is_empty()));
    put("description", text(&meta.description));
    put("type", rule_type(rule).map(Value::Text));
    put("language", query.map(|(language, _)| language.as_str().into()));
    put("query", query.map(|(_, text)| text.into()));
    put("index", texts(&rule.index));
    put("filters", rule.filters.clone().map(Value::List));
    put("severity", meta.severity.as_ref().map(|severity| level(severity.level).into()));
    put("risk_score", meta.risk_score.map(Value::Int));
    put("enabled", meta.enabled.map(Value::Bool));
    put("version", meta.version.map(Value::Int));
    put("from", text(&rule.schedule.from));
    put("to", text(&rule.schedule.to));
    put("interval", text(&rule.schedule.interval));
    put("max_signals", rule.schedule.max_signals.map(Value::Int));
    put("author", texts(&meta.author));
    put("license", text(&meta.license));
    put("tags", texts(&meta.tags));
    put("references", texts(&meta.references));
    put("false_positives", texts(&meta.false_positives));
    put("note", text(&meta.investigation_guide));
    put("setup", text(&meta.setup));
    put("building_block_type", text(&meta.building_block));
    put("timeline_id", meta.timeline.as_ref().map(|(id, _)| id.as_str().into()));
    put("timeline_title", meta.timeline.as_ref().map(|(_, title)| title.as_str().into()));
    put(
        "investigation_fields",
        meta.investigation_fields.as_ref().map(|fields| one("field_names", self::texts(fields))),
    );
    put("threat", meta.threat.as_deref().map(threat));
    overrides(&meta.overrides, &mut map);
    if let Some(lists) = &rule.exception_lists {
        let lists = lists.iter().map(|list| list.value.clone()).collect();
        map.insert("exceptions_list".into(), Value::List(lists));
    }
    if let Some(suppression) = &rule.suppression {
        map.insert("alert_suppression".into(), self::suppression(rule, suppression));
    }
    map
}

/// An Elastic rule without an id stays one; rules of other formats get the id that was derived.
fn missing_id(rule: &Rule) -> bool {
    rule.id_is_derived
        && matches!(rule.format, crate::ir::Format::ElasticToml | crate::ir::Format::KibanaNdjson)
}

/// The keys that depend on the type.
pub(super) fn detection(rule: &Rule, map: &mut Map) {
    match &rule.detection {
        Detection::Threshold(threshold) => {
            let mut inner = Map::new();
            inner.insert("field".into(), names(&threshold.group_by));
            inner.insert("value".into(), int(threshold.at_least));
            if !threshold.cardinality.is_empty() {
                let row = |c: &crate::ir::Cardinality| {
                    table([("field", c.field.path.as_str().into()), ("value", int(c.at_least))])
                };
                inner.insert(
                    "cardinality".into(),
                    threshold.cardinality.iter().map(row).collect::<Vec<_>>().into(),
                );
            }
            map.insert("threshold".into(), Value::Map(inner));
        }
        Detection::NewTerms(new_terms) => {
            map.insert("new_terms_fields".into(), names(&new_terms.fields));
            map.insert("history_window_start".into(), new_terms.history_start.as_str().into());
        }
        Detection::Event(_) | Detection::Opaque(_) => {}
    }
}

/// The `threat` key.
pub fn threat(threats: &[Threat]) -> Value {
    let one = |threat: &Threat| {
        let mut map = Map::new();
        map.insert("framework".into(), threat.framework.as_str().into());
        let tactic = &threat.tactic;
        map.insert("tactic".into(), Value::Map(named(&tactic.id, &tactic.name, &tactic.reference)));
        if let Some(list) = &threat.techniques {
            map.insert("technique".into(), techniques(list));
        }
        Value::Map(map)
    };
    Value::List(threats.iter().map(one).collect())
}

fn techniques(list: &[Technique]) -> Value {
    let one = |technique: &Technique| {
        let mut map = named(&technique.id, &technique.name, &technique.reference);
        if let Some(list) = &technique.subtechniques {
            map.insert("subtechnique".into(), techniques(list));
        }
        Value::Map(map)
    };
    Value::List(list.iter().map(one).collect())
}

fn named(id: &str, name: &str, reference: &Option<String>) -> Map {
    let mut map = Map::new();
    map.insert("id".into(), id.into());
    map.insert("name".into(), name.into());
    if let Some(reference) = reference {
        map.insert("reference".into(), reference.as_str().into());
    }
    map
}

fn overrides(overrides: &Overrides, map: &mut Map) {
    if !overrides.severity.is_empty() {
        let row = |row: &crate::ir::SeverityMapping| {
            let severity = Value::from(level(row.severity));
            let field = row.field.as_str().into();
            table([
                ("field", field),
                ("operator", row.operator.as_str().into()),
                ("value", row.value.as_str().into()),
                ("severity", severity),
            ])
        };
        map.insert("severity_mapping".into(), overrides.severity.iter().map(row).collect::<Vec<_>>().into());
    }
    if !overrides.risk_score.is_empty() {
        let row = |row: &crate::ir::RiskScoreMapping| {
            let field = row.field.as_str().into();
            let mut value = table([
                ("field", field),
                ("operator", row.operator.as_str().into()),
                ("value", row.value.as_str().into()),
            ]);
            if let (Some(score), Value::Map(map)) = (row.risk_score, &mut value) {
                map.insert("risk_score".into(), Value::Int(score));
            }
            value
        };
        map.insert(
            "risk_score_mapping".into(),
            overrides.risk_score.iter().map(row).collect::<Vec<_>>().into(),
        );
    }
    if let Some(field) = &overrides.rule_name {
        map.insert("rule_name_override".into(), field.as_str().into());
    }
    if let Some(field) = &overrides.timestamp {
        map.insert("timestamp_override".into(), field.as_str().into());
    }
    if let Some(disabled) = overrides.timestamp_fallback_disabled {
        map.insert("timestamp_override_fallback_disabled".into(), disabled.into());
    }
}

fn suppression(rule: &Rule, suppression: &Suppression) -> Value {
    let mut map = Map::new();
    let is_threshold = rule_type(rule).as_deref() == Some("threshold");
    if !(is_threshold && suppression.group_by.is_empty()) {
        map.insert("group_by".into(), names(&suppression.group_by));
    }
    if let Some(duration) = suppression.duration {
        map.insert("duration".into(), self::duration(duration));
    }
    if let Some(missing) = suppression.missing {
        let word = match missing {
            MissingFields::Exclude => "doNotSuppress",
            MissingFields::Group => "suppress",
        };
        map.insert("missing_fields_strategy".into(), word.into());
    }
    Value::Map(map)
}

fn duration(duration: Duration) -> Value {
    let (value, unit) = duration.in_hours_minutes_seconds();
    table([("value", Value::Int(value)), ("unit", unit.into())])
}

/// The type as an Elastic source named it, else by the detection.
fn rule_type(rule: &Rule) -> Option<String> {
    use crate::ir::Format::{ElasticToml, KibanaNdjson};
    if matches!(rule.format, ElasticToml | KibanaNdjson) {
        return rule.source_type.clone();
    }
    Some(match &rule.detection {
        Detection::Event(_) => "query".into(),
        Detection::Threshold(_) => "threshold".into(),
        Detection::NewTerms(_) => "new_terms".into(),
        Detection::Opaque(opaque) => match opaque.language? {
            Language::Eql => "eql".into(),
            Language::Esql => "esql".into(),
            _ => "query".into(),
        },
    })
}

/// Kibana has no level below `low`.
fn level(level: crate::ir::Level) -> &'static str {
    match level {
        crate::ir::Level::Informational => "low",
        level => level.as_str(),
    }
}

fn int(number: u64) -> Value {
    i64::try_from(number).map_or_else(|_| Value::Literal(number.to_string()), Value::Int)
}

fn names(fields: &[Field]) -> Value {
    Value::List(fields.iter().map(|field| field.path.as_str().into()).collect())
}

fn texts(texts: &[String]) -> Value {
    Value::List(texts.iter().map(|text| text.as_str().into()).collect())
}

fn one(key: &str, value: Value) -> Value {
    table([(key, value)])
}

fn table<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}
