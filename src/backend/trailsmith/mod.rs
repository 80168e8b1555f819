//! `trailsmith`: the rule in trailsmith's own YAML.
//!
//! The query keeps its text and language; a rule that has no query text of its own gets a filter or
//! KQL. Everything that the format has a key for is written and reads back as the same.

mod metadata;
mod playbook;
mod query;

use indexmap::IndexMap;

pub(super) use playbook::value as playbook_value;

use super::capability::Capabilities;
use super::codes;
use super::kibana::set;
use super::loss::{Artefact, Loss};
use super::metadata::Key;
use super::target::{Made, Options, Target};
use super::yaml;
use crate::ir::{
    Detection, Duration, Field, Format, MissingFields, NewTerms, Purpose, Rule, Schedule, Suppression,
    Threshold, Value, Window,
};

type Map = IndexMap<String, Value>;

/// The target.
#[derive(Debug)]
pub struct Trailsmith;

/// Every key of a rule but references to lists kept elsewhere.
const HOLDS: &[Key] = &[
    Key::Name,
    Key::Id,
    Key::Description,
    Key::Severity,
    Key::OriginalSeverity,
    Key::RiskScore,
    Key::Tags,
    Key::Author,
    Key::License,
    Key::References,
    Key::FalsePositives,
    Key::Threat,
    Key::InvestigationGuide,
    Key::Setup,
    Key::InvestigationFields,
    Key::Playbook,
    Key::AlertTitle,
    Key::Overrides,
    Key::Purpose,
    Key::Enabled,
    Key::Purpose,
    Key::Version,
    Key::BuildingBlock,
    Key::Timeline,
    Key::Extra,
    Key::Suppression,
    Key::Schedule,
    Key::Index,
];

static CAPABILITIES: Capabilities = Capabilities { lacks: &[], limits: &[], holds: Some(HOLDS) };

impl Target for Trailsmith {
    fn name(&self) -> &'static str {
        "trailsmith"
    }

    fn summary(&self) -> &'static str {
        "trailsmith's own YAML"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "yml"
    }

    fn carries_opaque(&self) -> bool {
        true
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        let query = query::of(rule, options, losses)?;
        let mut map = Map::new();
        map.insert("trailsmith".into(), Value::Int(1));
        map.insert("id".into(), rule.id.as_str().into());
        map.insert("name".into(), rule.metadata.name.as_str().into());
        map.insert("input".into(), rule.input.as_str().into());
        if rule.metadata.purpose != Purpose::default() {
            map.insert("purpose".into(), rule.metadata.purpose.as_str().into());
        }
        map.insert("language".into(), query.language.as_str().into());
        map.insert("query".into(), query.text.into());
        put(&mut map, "filters", query.filters.map(Value::List));
        put(&mut map, "index", rule.index.as_deref().map(texts));
        detection(&rule.detection, &mut map, losses);
        put(&mut map, "suppress", rule.suppression.as_ref().map(|suppression| folding(suppression, losses)));
        if !query.exceptions.is_empty() {
            map.insert("exceptions".into(), Value::List(query.exceptions));
        }
        put(&mut map, "schedule", schedule(&rule.schedule));
        metadata::add(&rule.metadata, &mut map, losses);
        let mut root = Value::Map(map);
        extras(rule, &mut root, losses);
        let Value::Map(map) = root else {
            unreachable!("`set` keeps a table a table for paths that have a key")
        };
        Ok(Artefact::Text(yaml::document(&map)))
    }
}

fn put(map: &mut Map, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        map.insert(key.into(), value);
    }
}

fn table<const N: usize>(entries: [(&str, Option<Value>); N]) -> Value {
    let there = entries.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Map(there.collect())
}

fn text(text: &Option<String>) -> Option<Value> {
    text.clone().map(Value::Text)
}

fn texts(texts: &[String]) -> Value {
    Value::List(texts.iter().map(|text| text.as_str().into()).collect())
}

fn names(fields: &[Field]) -> Value {
    Value::List(fields.iter().map(|field| field.path.as_str().into()).collect())
}

fn int(number: u64) -> Value {
    i64::try_from(number).map_or_else(|_| Value::Literal(number.to_string()), Value::Int)
}

fn missing(missing: MissingFields) -> Value {
    match missing {
        MissingFields::Group => "group".into(),
        MissingFields::Exclude => "exclude".into(),
    }
}

/// `90s`, `1h`. The format counts whole seconds.
fn duration(duration: Duration, path: &str, losses: &mut Vec<Loss>) -> Value {
    if duration.millis > 0 && duration.millis % 1000 == 0 {
        return duration.to_string().into();
    }
    let whole = Duration::seconds((duration.millis / 1000).saturating_add(1).max(1));
    let message = format!("{duration} is no whole number of seconds; it becomes {whole}");
    losses.push(Loss::new(&codes::LOSS_WINDOW, path, message));
    whole.to_string().into()
}

fn detection(detection: &Detection, map: &mut Map, losses: &mut Vec<Loss>) {
    match detection {
        Detection::Event(_) | Detection::Opaque(_) => {}
        Detection::Threshold(threshold) => {
            map.insert("threshold".into(), counting(threshold, losses));
        }
        Detection::NewTerms(NewTerms { fields, history_start, .. }) => {
            let value = [("fields", Some(names(fields))), ("history", Some(history_start.as_str().into()))];
            map.insert("new_terms".into(), table(value));
        }
    }
}

fn counting(threshold: &Threshold, losses: &mut Vec<Loss>) -> Value {
    let mut length = |key: &str, length: Duration| {
        let path = format!("threshold.window.{key}");
        Some(table([(key, Some(duration(length, &path, losses)))]))
    };
    let window = match threshold.window {
        Window::Run => None,
        Window::FirstEvent(window) => length("first_event", window),
        Window::Sliding(window) => length("sliding", window),
        Window::Tumbling(window) => length("tumbling", window),
    };
    let row = |row: &crate::ir::Cardinality| {
        table([("field", Some(row.field.path.as_str().into())), ("at_least", Some(int(row.at_least)))])
    };
    let cardinality = threshold.cardinality.iter().map(row).collect::<Vec<_>>();
    table([
        ("group_by", (!threshold.group_by.is_empty()).then(|| names(&threshold.group_by))),
        ("at_least", Some(int(threshold.at_least))),
        ("window", window),
        ("cardinality", (!cardinality.is_empty()).then_some(Value::List(cardinality))),
        ("missing", (threshold.missing == MissingFields::Group).then(|| missing(threshold.missing))),
    ])
}

fn folding(suppression: &Suppression, losses: &mut Vec<Loss>) -> Value {
    table([
        ("by", Some(names(&suppression.group_by))),
        ("for", suppression.duration.map(|length| duration(length, "suppress.for", losses))),
        ("missing", suppression.missing.map(missing)),
    ])
}

fn schedule(schedule: &Schedule) -> Option<Value> {
    let written = *schedule != Schedule::default();
    written.then(|| {
        table([
            ("from", text(&schedule.from)),
            ("to", text(&schedule.to)),
            ("interval", text(&schedule.interval)),
            ("max_signals", schedule.max_signals.map(Value::Int)),
        ])
    })
}

/// Keys of this format stand where they stood; those of another have no place.
fn extras(rule: &Rule, root: &mut Value, losses: &mut Vec<Loss>) {
    for extra in &rule.metadata.extra {
        if rule.format == Format::Trailsmith && !extra.path.is_empty() {
            set(root, &extra.path, extra.value.clone());
            continue;
        }
        let key = extra.path.join(".");
        let message = format!("`trailsmith` has no place for the key `{key}`");
        losses.push(Loss::new(&codes::LOSS_METADATA, key, message).at(extra.origin));
    }
}
