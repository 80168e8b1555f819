//! Kibana rules: the object of the detection engine's API, as an export line holds it.
//!
//! Writes what the rule says in Elastic's own terms. Query texts are reprinted, never translated
//! here: the caller supplies another query where the rule was written in another language
//! ([`write_with`]). Keys and shapes: `kibana_rule_import.md`.

mod api_form;
mod fields;
mod limits;
mod overlay;
mod required;
mod target;

use indexmap::IndexMap;

use super::loss::Loss;
use crate::ir::{Format, Language, Rule, Value};

pub use fields::threat;
pub use target::{ElasticToml, Kibana};

/// The rule as a JSON object, with its own query text.
pub fn write(rule: &Rule) -> serde_json::Value {
    write_with(rule, own_query(rule))
}

/// The rule as a JSON object, with the query given.
pub fn write_with(rule: &Rule, query: Option<(Language, &str)>) -> serde_json::Value {
    json(&Value::Map(object(rule, query)))
}

/// The rule's own query, if it is in one of Elastic's languages.
pub fn own_query(rule: &Rule) -> Option<(Language, &str)> {
    let query = rule.query.as_ref()?;
    match query.language {
        Language::Kuery | Language::Lucene | Language::Eql | Language::Esql => {
            Some((query.language, &query.text))
        }
        Language::ThreatStack | Language::Spl => None,
    }
}

/// The rule as Kibana's API takes it on import, with a loss for what comes out in another form or is
/// refused there.
pub(super) fn import(
    rule: &Rule,
    query: Option<(Language, &str)>,
    losses: &mut Vec<Loss>,
) -> serde_json::Value {
    let mut map = object(rule, query);
    if rule.format == Format::ElasticToml {
        api_form::apply(rule, &mut map, losses);
    }
    if rule.format != Format::KibanaNdjson {
        required::add(&mut map);
    }
    limits::check(&map, losses);
    json(&Value::Map(map))
}

/// The keys of the rule in a fixed order, those kept from the source behind them.
fn object(rule: &Rule, query: Option<(Language, &str)>) -> IndexMap<String, Value> {
    let mut map = fields::common(rule, query);
    fields::detection(rule, &mut map);
    let mut root = Value::Map(map);
    overlay::extras(rule, &mut root);
    match root {
        Value::Map(map) => map,
        _ => IndexMap::new(),
    }
}

/// The object in this crate's own values: for the TOML writer, which differs in a few keys.
pub(crate) fn api_object(rule: &Rule, query: Option<(Language, &str)>) -> IndexMap<String, Value> {
    let mut map = fields::common(rule, query);
    fields::detection(rule, &mut map);
    map
}

pub(crate) use overlay::set;

/// A value as JSON. A literal that is a number becomes one; any other is text.
pub fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Int(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Literal(text) => match serde_json::from_str(text) {
            Ok(number @ serde_json::Value::Number(_)) => number,
            _ => text.as_str().into(),
        },
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(map) => map.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}
