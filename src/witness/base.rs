//! What a record looks like before a rule asks anything of it, and values that fields may well have.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::ir::{Field, FieldType};

/// The id that records have until they get one of their own.
pub(super) const PLACEHOLDER_ID: &str = "00000000-0000-4000-8000-000000000000";

static RECORD: LazyLock<Value> = LazyLock::new(|| parse(include_str!("data/record.json")));

static IDENTITIES: LazyLock<Value> = LazyLock::new(|| parse(include_str!("data/identities.json")));

static PLAUSIBLE: LazyLock<HashMap<&str, Value>> = LazyLock::new(|| {
    let lines = include_str!("data/plausible.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t')).map(|(path, value)| (path, parse(value))).collect()
});

/// The tests of this file read every data file; what ships is JSON.
fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// A successful call of an IAM user: the least that CloudTrail always writes
/// (`cloudtrail_facts.md`, "Record schema").
pub(super) fn record() -> Value {
    RECORD.clone()
}

/// What `userIdentity` holds for a type of identity (`cloudtrail_facts.md`, "userIdentity").
pub(super) fn identity(kind: &str) -> Option<Value> {
    match kind {
        "IAMUser" => RECORD.get("userIdentity").cloned(),
        _ => IDENTITIES.get(kind).cloned(),
    }
}

/// The keys of a record in the order in which CloudTrail writes them.
const ORDER: [&str; 28] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "readOnly",
    "resources",
    "eventType",
    "apiVersion",
    "managementEvent",
    "recipientAccountId",
    "serviceEventDetails",
    "sharedEventID",
    "vpcEndpointId",
    "vpcEndpointAccountId",
    "eventCategory",
    "sessionCredentialFromConsole",
    "tlsDetails",
];

/// Puts the keys of a record in their usual order, others last.
pub(super) fn put_in_order(record: &mut Value) {
    if let Value::Object(map) = record {
        let place = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
        map.sort_keys();
        let mut entries: Vec<(String, Value)> = std::mem::take(map).into_iter().collect();
        entries.sort_by_key(|(key, _)| place(key));
        map.extend(entries);
    }
}

/// A value that may well stand at a raw path, or at the ECS path of what the cluster adds.
pub(super) fn plausible(path: &str, field: &Field) -> Value {
    if let Some(value) = PLAUSIBLE.get(path) {
        return value.clone();
    }
    match field.ty {
        FieldType::Long | FieldType::Double => json!(1),
        FieldType::Boolean => json!(true),
        FieldType::Ip => json!("203.0.113.10"),
        FieldType::Date => json!("2026-01-15T12:00:00Z"),
        _ if path.to_lowercase().ends_with("arn") => json!("arn:aws:iam::111122223333:role/example"),
        _ if path.to_lowercase().ends_with("accountid") => json!("111122223333"),
        _ => json!("example"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Vocabulary;
    use crate::schema::{ecs, threat_stack};

    #[test]
    fn the_data_files_are_json_and_name_fields_that_exist() {
        assert_eq!(record()["eventID"], PLACEHOLDER_ID);
        let mut ordered = record();
        put_in_order(&mut ordered);
        assert_eq!(ordered.to_string(), record().to_string(), "the file has the usual order");
        assert_eq!(IDENTITIES.as_object().unwrap().len(), 7);
        for (kind, identity) in IDENTITIES.as_object().unwrap() {
            assert_eq!(identity["type"], kind.as_str());
        }
        assert!(PLAUSIBLE.len() > 50);
        for (path, value) in &*PLAUSIBLE {
            assert!(!value.is_null(), "{path}");
            let known = |ty| ty != FieldType::Unknown;
            assert!(known(threat_stack().field_type(path)) || known(ecs().field_type(path)), "{path}");
        }
    }

    #[test]
    fn fields_of_a_type_get_values_of_it() {
        let field = |path: &str, ty| Field::new(Vocabulary::Ecs, path, ty);
        assert_eq!(plausible("labels.x", &field("labels.x", FieldType::Long)), json!(1));
        assert_eq!(
            plausible("a.roleArn", &field("a.roleArn", FieldType::Json)),
            json!("arn:aws:iam::111122223333:role/example")
        );
    }
}
