//! From a value that a rule asks of a field to the parts of a raw record that give the field this value:
//! the way back through the mapping of vocabularies.

use serde_json::{Value, json};

use super::derived;
use super::outcome::Sample;
use super::state::{Edit, Write};
use crate::ir::{Field, FieldType};
use crate::schema::{self, Reach, Shape, Version};

/// Most values of one field.
const LONGEST_LIST: usize = 8;

/// Whoever places values: the generation of documents that the rule is meant for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placer {
    pub version: Version,
}

impl Placer {
    /// How a field is reached in a raw record. What only the whole document of a generation shows is
    /// tried where the newest generation takes it from.
    pub fn reach(self, field: &Field) -> Reach {
        match schema::reach(field, Shape::CloudTrail, self.version) {
            // The root of a flattened copy sees every leaf of the payload.
            Reach::Document(path) => match flattened_root(&path) {
                Some(raw) => Reach::Path { path: raw.to_owned(), prune: true },
                None if self.version == Version::Legacy => {
                    schema::reach(field, Shape::CloudTrail, Version::V8_9)
                }
                None => Reach::Document(path),
            },
            reach => reach,
        }
    }

    /// The path for which a plausible value is looked up.
    pub fn path(self, field: &Field) -> String {
        match self.reach(field) {
            Reach::Path { path, .. } | Reach::Flattened { path, .. } | Reach::Enrichment(path) => path,
            Reach::Document(path) => path,
            Reach::Derived(_) | Reach::Constant(_) | Reach::Never => field.path.clone(),
        }
    }

    /// Edits that may give a field a value, or take it away; each is an alternative.
    pub fn edits(self, field: &Field, value: Option<&Value>, sample: &Sample) -> Vec<Edit> {
        match self.reach(field) {
            Reach::Path { path, .. } | Reach::Flattened { path, .. } => at_path(field, &path, value, sample),
            Reach::Derived(function) => derived::edits(function, value, sample),
            Reach::Enrichment(path) => vec![vec![match value {
                Some(value) => Write::With(path, typed(field.ty, value)),
                None => Write::Without(path),
            }]],
            Reach::Document(path) => in_document(&path, value),
            Reach::Constant(_) | Reach::Never => Vec::new(),
        }
    }
}

/// The payload that a flattened object of the document is the copy of.
fn flattened_root(path: &str) -> Option<&'static str> {
    let name = path.strip_prefix("aws.cloudtrail.flattened.")?;
    schema::Payload::ALL.iter().find(|payload| payload.ecs() == name).map(|payload| payload.raw())
}

fn at_path(field: &Field, path: &str, value: Option<&Value>, sample: &Sample) -> Vec<Edit> {
    let Some(value) = value else { return vec![vec![Write::Remove(path.to_owned())]] };
    // The root of a flattened object has no value of its own: a test on it sees the leaves.
    let is_root = matches!(field.ty, FieldType::Flattened | FieldType::Object) || is_payload(path);
    let place = if is_root && !value.is_object() { format!("{path}.example") } else { path.to_owned() };
    let mut out = Vec::new();
    let shaped = shaped(&place, value);
    out.push(vec![Write::Set(place.clone(), shaped.clone())]);
    if shaped != *value {
        out.push(vec![Write::Set(place.clone(), value.clone())]);
    }
    // Beside what is there already, which other clauses may ask for: any element of a list counts. The
    // record's own keys never hold lists.
    if let [old] = sample.at(&place).as_slice()
        && is_below_payload(&place)
    {
        let mut list = match old {
            Value::Array(items) => items.clone(),
            Value::Null | Value::Object(_) => Vec::new(),
            scalar => vec![(*scalar).clone()],
        };
        if !list.is_empty() && list.len() < LONGEST_LIST && !list.contains(&shaped) {
            list.push(shaped);
            out.push(vec![Write::Set(place, Value::Array(list))]);
        }
    }
    out
}

fn is_payload(path: &str) -> bool {
    schema::Payload::ALL.iter().any(|payload| payload.raw() == path)
}

fn is_below_payload(path: &str) -> bool {
    let below = |payload: &schema::Payload| {
        path.strip_prefix(payload.raw()).is_some_and(|rest| rest.starts_with('.'))
    };
    schema::Payload::ALL.iter().any(below)
}

/// The value as CloudTrail would write it there: flags and small numbers below the payloads as such,
/// the two flags of the record as booleans. Comparisons see the same text either way.
fn shaped(path: &str, value: &Value) -> Value {
    let Value::String(text) = value else { return value.clone() };
    let is_below = is_below_payload(path);
    let is_flag = matches!(path, "readOnly" | "managementEvent");
    match text.as_str() {
        "true" if is_below || is_flag => json!(true),
        "false" if is_below || is_flag => json!(false),
        _ if is_below && text.len() < 10 => match text.parse::<i64>() {
            Ok(number) if number.to_string() == *text => json!(number),
            _ => value.clone(),
        },
        _ => value.clone(),
    }
}

/// The value in the type that the index has for it.
fn typed(ty: FieldType, value: &Value) -> Value {
    match (ty, value) {
        (FieldType::Keyword { .. } | FieldType::Text, Value::Number(_) | Value::Bool(_)) => {
            json!(value.to_string())
        }
        _ => value.clone(),
    }
}

/// The few lists that the pipeline gathers from several places.
fn in_document(path: &str, value: Option<&Value>) -> Vec<Edit> {
    let raw = match path {
        "related.hosts" => "tlsDetails.clientProvidedHostHeader",
        "aws.cloudtrail.flattened.additional_eventdata.UserName" => "additionalEventData.UserName",
        _ => return Vec::new(),
    };
    vec![vec![match value {
        Some(value) => Write::Set(raw.to_owned(), value.clone()),
        None => Write::Remove(raw.to_owned()),
    }]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Vocabulary;
    use crate::schema::types;
    use crate::witness::{base, state};

    fn first(vocabulary: Vocabulary, path: &str, value: Option<Value>) -> Option<Edit> {
        let field = Field::new(vocabulary, path, types(vocabulary).field_type(path));
        let placer = Placer { version: Version::default() };
        placer.edits(&field, value.as_ref(), &state::sample(base::record())).into_iter().next()
    }

    fn set(path: &str, value: Value) -> Option<Edit> {
        Some(vec![Write::Set(path.into(), value)])
    }

    #[test]
    fn from_ecs_back_to_the_record() {
        let ecs = |path, value| first(Vocabulary::Ecs, path, value);
        assert_eq!(ecs("event.action", Some(json!("A"))), set("eventName", json!("A")));
        assert_eq!(ecs("source.ip", Some(json!("192.0.2.1"))), set("sourceIPAddress", json!("192.0.2.1")));
        assert_eq!(
            ecs("aws.cloudtrail.flattened.request_parameters.a.b", Some(json!("true"))),
            set("requestParameters.a.b", json!(true))
        );
        assert_eq!(
            ecs("source.geo.country_iso_code", Some(json!("NL"))),
            Some(vec![Write::With("source.geo.country_iso_code".into(), json!("NL"))])
        );
        assert_eq!(ecs("event.dataset", Some(json!("x"))), None);
        assert_eq!(ecs("aws.cloudtrail.error_code", None), Some(vec![Write::Remove("errorCode".into())]));
    }

    #[test]
    fn accounts_stay_texts() {
        let raw = |path, value| first(Vocabulary::CloudTrail, path, Some(value));
        assert_eq!(raw("requestParameters.port", json!("22")), set("requestParameters.port", json!(22)));
        assert_eq!(
            raw("requestParameters.account", json!("111122223333")),
            set("requestParameters.account", json!("111122223333"))
        );
        assert_eq!(raw("requestParameters.port", json!("022")), set("requestParameters.port", json!("022")));
        assert_eq!(raw("userIdentity.accountId", json!("1")), set("userIdentity.accountId", json!("1")));
    }
}
