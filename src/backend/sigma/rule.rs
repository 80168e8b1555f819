//! The keys of a Sigma rule around its detection.

use indexmap::IndexMap;

use super::condition::Expr;
use super::correlation::raw;
use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::backend::target::Options;
use crate::diagnostic::Severity;
use crate::ir::{Extra, Field, Format, Metadata, Rule, Technique, Value};
use crate::schema::types;

type Map = IndexMap<String, Value>;

/// A rule on single events.
pub(super) fn document(rule: &Rule, detection: Expr, options: &Options, losses: &mut Vec<Loss>) -> Map {
    let mut map = head(rule, losses);
    described(rule, &mut map, losses);
    events(&mut map, detection);
    judged(rule, &mut map, options, losses);
    map
}

/// The rule that names the events, and the correlation that counts them.
pub(super) fn with_correlation(
    rule: &Rule,
    detection: Expr,
    mut correlation: Map,
    options: &Options,
    losses: &mut Vec<Loss>,
) -> Vec<Map> {
    let name = format!("{}_events", slug(&rule.metadata.name, '_'));
    let title = format!("{}: events that count", rule.metadata.name);
    let mut base = Map::from([("title".to_owned(), title.into()), ("name".to_owned(), name.as_str().into())]);
    events(&mut base, detection);
    let mut map = head(rule, losses);
    described(rule, &mut map, losses);
    correlation.shift_insert(1, "rules".into(), Value::List(vec![name.into()]));
    map.insert("correlation".into(), Value::Map(correlation));
    judged(rule, &mut map, options, losses);
    vec![base, map]
}

fn head(rule: &Rule, losses: &mut Vec<Loss>) -> Map {
    let mut map = Map::from([("title".to_owned(), rule.metadata.name.as_str().into())]);
    if uuid::Uuid::parse_str(&rule.id).is_ok() {
        map.insert("id".into(), rule.id.as_str().into());
    } else if !rule.id_is_derived {
        let message = format!("ids of Sigma are UUIDs, and `{}` is none", rule.id);
        losses.push(Loss::new(&codes::LOSS_METADATA_VALUE, "id", message));
    }
    map
}

fn events(map: &mut Map, detection: Expr) {
    let source = [("product", "aws"), ("service", "cloudtrail")];
    let source = source.into_iter().map(|(key, value)| (key.to_owned(), value.into()));
    map.insert("logsource".into(), Value::Map(source.collect()));
    map.insert("detection".into(), Value::Map(detection.detection()));
}

fn described(rule: &Rule, map: &mut Map, losses: &mut Vec<Loss>) {
    let meta = &rule.metadata;
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            map.insert(key.into(), value);
        }
    };
    let texts = |list: &Option<Vec<String>>| {
        let list = list.as_ref().filter(|list| !list.is_empty())?;
        Some(Value::List(list.iter().map(|text| text.as_str().into()).collect()))
    };
    let mut kept = extras(rule, losses);
    put("status", kept.shift_remove("status"));
    put("description", meta.description.as_deref().map(Value::from));
    put("license", meta.license.as_deref().map(Value::from));
    put("references", texts(&meta.references));
    put("author", author(meta, losses));
    put("date", kept.shift_remove("date"));
    put("modified", kept.shift_remove("modified"));
    let tags = tags(meta, losses);
    put("tags", (!tags.is_empty()).then(|| Value::List(tags.into_iter().map(Value::Text).collect())));
}

fn judged(rule: &Rule, map: &mut Map, options: &Options, losses: &mut Vec<Loss>) {
    let meta = &rule.metadata;
    let mut fields = Vec::new();
    let mut moved = false;
    for (index, name) in meta.investigation_fields.iter().flatten().enumerate() {
        let field = Field::new(rule.vocabulary, name.as_str(), types(rule.vocabulary).field_type(name));
        let found = raw(&field, &format!("investigation_fields[{index}]"), options, losses);
        moved |= found.as_ref().is_some_and(|found| found != name);
        fields.extend(found);
    }
    if moved {
        let message = "`investigation_fields` by their names in raw records";
        losses.push(Loss::new(&codes::LOSS_REWRITTEN, "investigation_fields", message));
    }
    let list = |texts: Vec<String>| {
        (!texts.is_empty()).then(|| Value::List(texts.into_iter().map(Value::Text).collect()))
    };
    let entries = [
        ("fields", list(fields)),
        ("falsepositives", list(meta.false_positives.clone().unwrap_or_default())),
        ("level", meta.severity.as_ref().map(|severity| severity.level.as_str().into())),
    ];
    map.extend(entries.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
}

/// One text; names are joined with a comma.
fn author(meta: &Metadata, losses: &mut Vec<Loss>) -> Option<Value> {
    let names = meta.author.as_ref().filter(|names| !names.is_empty())?;
    if names.iter().any(|name| name.contains(',')) {
        let message = "`author` is one text in Sigma, and a name with a comma in it reads as two";
        let loss = Loss::new(&codes::LOSS_METADATA_VALUE, "author", message);
        losses.push(Loss { severity: Severity::Info, ..loss });
    }
    Some(names.join(", ").into())
}

/// `attack.TACTIC` and `attack.tNNNN`; of the rule's own tags those that have Sigma's form.
fn tags(meta: &Metadata, losses: &mut Vec<Loss>) -> Vec<String> {
    let mut tags = Vec::new();
    let mut add = |tag: String| {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    };
    let threats = meta.threat.as_deref().unwrap_or_default();
    let (known, other): (Vec<_>, Vec<_>) =
        threats.iter().partition(|threat| threat.framework == "MITRE ATT&CK");
    for threat in &known {
        add(format!("attack.{}", slug(&threat.tactic.name, '-')));
        techniques(threat.techniques.as_deref().unwrap_or_default(), &mut add);
    }
    if !known.is_empty() {
        let message = "`mitre` as tags: names of tactics and ids of techniques";
        losses.push(Loss::new(&codes::LOSS_REWRITTEN, "mitre", message));
    }
    if let Some(threat) = other.first() {
        let message = format!("Sigma has no tags for the framework `{}`", threat.framework);
        losses.push(Loss::new(&codes::LOSS_METADATA, "mitre", message));
    }
    let own = meta.tags.as_deref().unwrap_or_default();
    let (fitting, others): (Vec<_>, Vec<_>) = own.iter().partition(|tag| is_tag(tag));
    fitting.into_iter().for_each(|tag| add(tag.clone()));
    if !others.is_empty() {
        let names: Vec<String> = others.iter().map(|tag| format!("`{tag}`")).collect();
        let message = format!("tags of Sigma have the form `name.value`; left out: {}", names.join(", "));
        losses.push(Loss::new(&codes::LOSS_METADATA_VALUE, "tags", message));
    }
    tags
}

fn techniques(list: &[Technique], add: &mut dyn FnMut(String)) {
    for technique in list {
        add(format!("attack.{}", technique.id.to_ascii_lowercase()));
        techniques(technique.subtechniques.as_deref().unwrap_or_default(), add);
    }
}

/// `namespace.value` in lower case.
fn is_tag(tag: &str) -> bool {
    let part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    tag.split_once('.').is_some_and(|(space, value)| {
        !space.is_empty()
            && !value.is_empty()
            && space.chars().all(part)
            && value.chars().all(|c| part(c) || c == '.')
    })
}

/// Lower-case words joined by `by`.
fn slug(name: &str, by: char) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join(&by.to_string())
}

/// Dates and maturity of a file of detection-rules have a place; other keys are losses.
fn extras(rule: &Rule, losses: &mut Vec<Loss>) -> Map {
    let mut map = Map::new();
    for extra in &rule.metadata.extra {
        // `[metadata]` is kept as one table.
        let tables = match &extra.value {
            Value::Map(inner) if rule.format == Format::ElasticToml && extra.path == ["metadata"] => {
                inner.clone()
            }
            _ => {
                lost(extra, &extra.path.join("."), losses);
                continue;
            }
        };
        for (key, value) in &tables {
            let known = match (key.as_str(), value.as_text()) {
                ("creation_date", Some(text)) => date(text).map(|date| ("date", date)),
                ("updated_date", Some(text)) => date(text).map(|date| ("modified", date)),
                ("maturity", Some("production")) => Some(("status", "stable".into())),
                ("maturity", Some("development")) => Some(("status", "experimental".into())),
                ("maturity", Some("deprecated")) => Some(("status", "deprecated".into())),
                _ => None,
            };
            match known {
                Some((key, value)) => drop(map.insert(key.into(), value.into())),
                None => lost(extra, &format!("metadata.{key}"), losses),
            }
        }
    }
    map
}

fn lost(extra: &Extra, key: &str, losses: &mut Vec<Loss>) {
    let message = format!("`sigma` has no place for the key `{key}`");
    losses.push(Loss::new(&codes::LOSS_METADATA, key, message).at(extra.origin));
}

/// `2026/11/22` as `2026-11-22`.
fn date(text: &str) -> Option<String> {
    let form = |(index, byte): (usize, u8)| match index {
        4 | 7 => byte == b'/',
        _ => byte.is_ascii_digit(),
    };
    (text.len() == 10 && text.bytes().enumerate().all(form)).then(|| text.replace('/', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_dates() {
        assert!(is_tag("attack.t1078.004") && is_tag("cve.2021-44228"));
        assert!(!is_tag("Domain: Cloud") && !is_tag("aws") && !is_tag("a.") && !is_tag(".a"));
        assert_eq!(slug("Command and Control", '-'), "command-and-control");
        assert_eq!(date("2026/11/22").as_deref(), Some("2026-11-22"));
        assert_eq!(date("2026-11-22"), None);
    }
}
