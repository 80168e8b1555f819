//! Rules of other formats as Elastic rules: fields in ECS, the condition as KQL, keys that Kibana
//! asks for. Rules that came from Elastic stay as they are.

use super::codes;
use super::kql;
use super::loss::Loss;
use super::metadata::Key;
use super::predicate::{self, to_ecs};
use super::query_dsl;
use super::target::Options;
use crate::ir::{
    Comparison, Detection, Field, Format, Input, Language, MissingFields, Node, Predicate, Rule, Suppression,
    Test, Value, Vocabulary, Window,
};
use crate::schema::{Version, types};

/// Keys that Elastic's formats have a place for.
pub(super) const HOLDS: &[Key] = &[
    Key::Name,
    Key::Id,
    Key::Description,
    Key::Severity,
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
    Key::Overrides,
    Key::Enabled,
    Key::Version,
    Key::BuildingBlock,
    Key::Timeline,
    Key::Extra,
    Key::Suppression,
    Key::Schedule,
    Key::Index,
    Key::ExceptionLists,
];

/// The index patterns of rules that name none: those of Elastic's AWS integration.
const INDEX: &str = "logs-aws.cloudtrail-*";

/// The index patterns of a query for a rule. A rule that names none reads those of Elastic's AWS
/// integration, or of the data set that it is written for.
pub(super) fn indices(rule: &Rule) -> Vec<String> {
    match (&rule.index, &rule.input) {
        (Some(index), _) if !index.is_empty() => index.clone(),
        (_, Input::CloudTrail) => vec![INDEX.to_owned()],
        (_, Input::Other(name)) => vec![format!("logs-{name}-*")],
    }
}

/// Most fields of `alert_suppression` (kibana_rule_import.md).
const MOST_KEYS: usize = 3;

/// A rule in Elastic's terms and its query, if it is not the rule's own.
pub(super) type Moved = (Rule, Option<String>);

/// The rule in Elastic's terms.
///
/// # Errors
///
/// Where nothing can come out.
pub(super) fn moved(rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Result<Moved, Loss> {
    let elastic = matches!(rule.format, Format::ElasticToml | Format::KibanaNdjson);
    let language = rule.query.as_ref().map(|query| query.language);
    let own = matches!(language, Some(Language::Kuery | Language::Lucene | Language::Eql | Language::Esql));
    if elastic {
        return Ok((rule.clone(), None));
    }
    if rule.id_is_derived {
        let message = "the rule has no id; it gets the one that follows from its place";
        losses.push(Loss::new(&codes::LOSS_FILLED, "id", message));
    }
    let mut moved = rule.clone();
    let text = match &rule.detection {
        Detection::Opaque(opaque) if own && opaque.text.is_some() && rule.exceptions.is_empty() => None,
        _ => {
            let (text, filters) = condition(rule, options, losses)?;
            moved.filters = (!filters.is_empty()).then_some(filters);
            Some(text)
        }
    };
    extra_losses(&mut moved, losses);
    moved.vocabulary = Vocabulary::Ecs;
    moved.exceptions.clear();
    if moved.index.is_none() {
        let message = format!("the rule names no index; it gets `{INDEX}`");
        losses.push(Loss::new(&codes::LOSS_FILLED, "index", message));
        moved.index = Some(vec![INDEX.to_owned()]);
    }
    if let Detection::Threshold(threshold) = &mut moved.detection {
        let mut keys = Vec::with_capacity(threshold.group_by.len());
        for (index, key) in threshold.group_by.iter().enumerate() {
            keys.extend(field(key, &format!("threshold.group_by[{index}]"), options.version, losses));
        }
        if threshold.missing == MissingFields::Group && !keys.is_empty() {
            let message = "Kibana does not count events without a group key; the rule counts them as a group";
            losses.push(Loss::new(&codes::LOSS_THRESHOLD, "threshold.missing", message));
        }
        threshold.group_by = keys;
        for (index, row) in threshold.cardinality.iter_mut().enumerate() {
            let path = format!("threshold.cardinality[{index}]");
            if let Some(field) = field(&row.field, &path, options.version, losses) {
                row.field = field;
            }
        }
        if let Window::FirstEvent(length) | Window::Sliding(length) | Window::Tumbling(length) =
            threshold.window
        {
            let message = format!(
                "Kibana counts over the range of each run, here every {length}; the rule's window is another"
            );
            losses.push(Loss::new(&codes::LOSS_WINDOW, "threshold.window", message));
            if moved.schedule.from.is_none() || moved.schedule.interval.is_none() {
                let message = format!("the rule runs every {length} over as long a range");
                losses.push(Loss::new(&codes::LOSS_FILLED, "schedule", message));
            }
            moved.schedule.from.get_or_insert_with(|| format!("now-{length}"));
            moved.schedule.interval.get_or_insert_with(|| length.to_string());
        }
    }
    if let Detection::NewTerms(new_terms) = &mut moved.detection {
        let mut fields = Vec::with_capacity(new_terms.fields.len());
        for (index, key) in new_terms.fields.iter().enumerate() {
            let path = format!("new_terms.fields[{index}]");
            let Some(field) = field(key, &path, options.version, losses) else {
                let message =
                    format!("`{key}` has no indexed field, and without it other values would be new");
                return Err(Loss::new(&codes::LOSS_FIELD, path, message));
            };
            fields.push(field);
        }
        new_terms.fields = fields;
    }
    moved.suppression = suppression(rule.suppression.as_ref(), options.version, losses);
    metadata(&mut moved, rule.vocabulary, options.version, losses);
    Ok((moved, text))
}

/// The condition as KQL, and as filters in Query DSL for those parts that KQL cannot say. Kibana joins
/// them with "and".
pub(super) fn condition(
    rule: &Rule,
    options: &Options,
    losses: &mut Vec<Loss>,
) -> Result<(String, Vec<Value>), Loss> {
    let mut whole = Vec::new();
    let text = kql::text(rule, options, &mut whole);
    let parts = match predicate::events(rule) {
        Some(parts) if text.is_err() || whole.iter().any(Loss::is_refused) => parts,
        _ => {
            losses.append(&mut whole);
            return text.map(|text| (text, Vec::new()));
        }
    };
    let mut conjuncts = Vec::new();
    for (path, node) in parts {
        match node.predicate {
            Predicate::And(nodes) => conjuncts.extend(
                nodes.into_iter().enumerate().map(|(index, node)| (format!("{path}.and[{index}]"), node)),
            ),
            predicate => conjuncts.push((path, Node { predicate, origin: node.origin })),
        }
    }
    let prepare = |part: &(String, Node), fit: &mut dyn FnMut(&Predicate) -> predicate::Fitted| {
        let mut losses = Vec::new();
        let parts = std::slice::from_ref(part);
        let node = predicate::prepare_parts(
            parts,
            (rule.vocabulary, Vocabulary::Ecs),
            options.version,
            fit,
            &mut losses,
        );
        (node, losses)
    };
    let (mut said, mut filters) = (Vec::new(), Vec::new());
    for part in &conjuncts {
        let (node, mut lost) = prepare(part, &mut kql::fits);
        if lost.iter().any(Loss::is_refused) {
            let (other, mut lost_there) = prepare(part, &mut query_dsl::fits);
            if !lost_there.iter().any(Loss::is_refused) {
                losses.append(&mut lost_there);
                filters.push(filter(&query_dsl::build(&other)?));
                continue;
            }
        }
        losses.append(&mut lost);
        said.push(node);
    }
    let node = Node::all(said).simplified();
    let everything = filters.is_empty() && node.predicate == Predicate::Constant(true);
    if everything && losses.iter().any(Loss::is_refused) {
        let message = "what the target can say of the condition is true for every event";
        return Err(Loss::new(&codes::LOSS_EVERYTHING, "detection", message).at(Some(rule.origin)));
    }
    Ok((kql::print(&node)?, filters))
}

/// A filter as Kibana stores a hand-written one.
fn filter(query: &query_dsl::Query) -> Value {
    let meta = [
        ("alias", Value::Null),
        ("disabled", false.into()),
        ("negate", false.into()),
        ("type", "custom".into()),
    ];
    let meta = meta.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let entries = [("meta".to_owned(), Value::Map(meta)), ("query".to_owned(), value(&query.to_json()))];
    Value::Map(entries.into())
}

fn value(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Int(whole),
            (None, Some(float)) => Value::Float(float),
            (None, None) => Value::Literal(number.to_string()),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(map) => Value::Map(map.iter().map(|(key, item)| (key.clone(), value(item))).collect()),
    }
}

/// Folding by the same keys; without one of them none is written, since fewer keys fold more alerts.
fn suppression(
    suppression: Option<&Suppression>,
    version: Version,
    losses: &mut Vec<Loss>,
) -> Option<Suppression> {
    let suppression = suppression?;
    let mut found = Vec::new();
    let mut keys = Vec::with_capacity(suppression.group_by.len());
    for (index, key) in suppression.group_by.iter().enumerate() {
        keys.extend(field(key, &format!("suppress.by[{index}]"), version, &mut found));
    }
    let message = if !found.is_empty() {
        let names: Vec<_> = suppression.group_by.iter().map(|key| format!("`{key}`")).collect();
        format!("alerts are not folded: not all of {} are indexed", names.join(", "))
    } else if keys.is_empty() {
        "alerts are not folded: Kibana needs a field to fold by".into()
    } else if keys.len() > MOST_KEYS {
        format!("alerts are not folded: Kibana folds by at most {MOST_KEYS} fields")
    } else {
        return Some(Suppression { group_by: keys, ..suppression.clone() });
    };
    losses.push(Loss::new(&codes::LOSS_SUPPRESSION, "suppress", message));
    None
}

/// Keys that Kibana asks for, and field names in ECS.
fn metadata(rule: &mut Rule, vocabulary: Vocabulary, version: Version, losses: &mut Vec<Loss>) {
    let meta = &mut rule.metadata;
    let mut filled = |key: &str, with: &str| {
        let message = format!("Kibana asks for `{key}`; the rule has none and gets {with}");
        losses.push(Loss::new(&codes::LOSS_FILLED, key, message));
    };
    if meta.description.is_none() {
        filled("description", "its name");
        meta.description = Some(meta.name.clone());
    }
    if meta.severity.is_none() {
        filled("severity", "`low`");
        meta.severity = Some(crate::ir::RuleSeverity { level: crate::ir::Level::Low, original: None });
    }
    if meta.risk_score.is_none() {
        filled("risk_score", "the usual score of its severity");
        meta.risk_score = meta.severity.as_ref().map(|severity| severity.level.default_risk_score());
    }
    if meta.severity.as_ref().is_some_and(|severity| severity.level == crate::ir::Level::Informational) {
        let message = "Kibana has no level `informational`; it becomes `low`";
        losses.push(Loss::new(&codes::LOSS_METADATA_VALUE, "severity.level", message));
    }
    if let Some(fields) = &mut meta.investigation_fields {
        let mut names = Vec::with_capacity(fields.len());
        for (index, name) in fields.iter().enumerate() {
            let path = format!("investigation_fields[{index}]");
            let key = Field::new(vocabulary, name.as_str(), types(vocabulary).field_type(name));
            names.extend(field(&key, &path, version, losses).map(|field| field.path));
        }
        *fields = names;
    }
}

/// Keys of another format have no place in Elastic's.
fn extra_losses(rule: &mut Rule, losses: &mut Vec<Loss>) {
    for extra in std::mem::take(&mut rule.metadata.extra) {
        let key = extra.path.join(".");
        let message = format!("Elastic's rules have no place for the key `{key}`");
        losses.push(Loss::new(&codes::LOSS_METADATA, key, message).at(extra.origin));
    }
}

/// The indexed field with the values of a raw one.
pub(super) fn field(key: &Field, path: &str, version: Version, losses: &mut Vec<Loss>) -> Option<Field> {
    if key.vocabulary == Vocabulary::Ecs {
        return Some(key.clone());
    }
    let exists = Test { field: key.clone(), comparison: Comparison::Exists };
    match to_ecs(&exists, version).map(|said| said.predicate) {
        Ok(Predicate::Test(test)) => Some(test.field),
        _ => {
            let message = format!("no indexed field holds the values of `{key}`; it is left out");
            losses.push(Loss::new(&codes::LOSS_FIELD, path, message));
            None
        }
    }
}
