//! The copies of a record's payloads: one as text, one as a `flattened` object.

use serde_json::Value;

use super::document::Document;
use super::{Retain, identity, java, prune};
use crate::schema::{Payload, Version};

/// The leaves that `retain: minimal` keeps of the flattened copies (`cloudtrail_to_ecs.md` §7).
const MINIMAL: [(Payload, &str); 9] = [
    (Payload::AdditionalEventData, "SSEApplied"),
    (Payload::RequestParameters, "cidrIp"),
    (Payload::RequestParameters, "dryRun"),
    (Payload::RequestParameters, "fromPort"),
    (Payload::RequestParameters, "includeDeprecated"),
    (Payload::RequestParameters, "policyArn"),
    (Payload::RequestParameters, "serialNumber"),
    (Payload::RequestParameters, "withDecryption"),
    (Payload::RequestParameters, "x-amz-server-side-encryption-customer-algorithm"),
];

/// Writes the copies of all four payloads. `record`: unpruned, since keys that vanish still count
/// for the order of the others.
pub(super) fn copy(record: &Value, version: Version, retain: Retain, document: &mut Document) {
    let pruned = version != Version::Legacy;
    for payload in Payload::ALL {
        let Some(value) = record.get(payload.raw()).filter(|value| !value.is_null()) else { continue };
        if pruned && prune::vanishes(value) {
            continue;
        }
        let moved = payload == Payload::AdditionalEventData
            && identity::takes_added_name(record, version)
            && identity::plain_user_name(record, version).is_none();
        let text = java::without_key(value, pruned, moved.then_some("UserName"));
        let flattened =
            flattened(value, pruned, moved).filter(|_| text.encode_utf16().count() < java::FLATTENED_LIMIT);
        if matches!(retain, Retain::All | Retain::Keyword | Retain::Minimal) {
            document.set(&format!("aws.cloudtrail.{}", payload.ecs()), Value::from(text));
        }
        let path = format!("aws.cloudtrail.flattened.{}", payload.ecs());
        match (retain, flattened) {
            (Retain::All | Retain::Flattened, Some(copy)) => document.set(&path, copy),
            (Retain::Minimal, Some(copy)) => {
                for (_, key) in MINIMAL.iter().filter(|(of, _)| *of == payload) {
                    document.set_some(&format!("{path}.{key}"), copy.get(key).cloned());
                }
            }
            _ => {}
        }
    }
}

/// The copy without what vanishes. A scalar payload has none: the field holds objects only.
fn flattened(value: &Value, pruned: bool, moved: bool) -> Option<Value> {
    let mut copy = if pruned { prune::prune(value)? } else { value.clone() };
    if moved && let Value::Object(map) = &mut copy {
        map.shift_remove("UserName");
    }
    match &copy {
        Value::Object(map) => (!pruned || !map.is_empty()).then_some(copy),
        Value::Array(_) => Some(copy),
        _ => None,
    }
}

/// Whether a payload is short enough to have a flattened copy. `json`: the payload as it stands in
/// the record. Text below 8 KiB is never too long, which is decided without parsing.
pub fn has_flattened_copy(json: &str, version: Version) -> bool {
    // Java's text is at most three times as long as the JSON it was parsed from (`1e6` → `1000000.0`).
    json.len() < 8 * 1024
        || serde_json::from_str::<Value>(json).is_ok_and(|value| {
            let text = java::to_text(&value, version != Version::Legacy);
            text.encode_utf16().count() < java::FLATTENED_LIMIT
        })
}
