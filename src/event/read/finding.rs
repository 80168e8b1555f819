//! Telling findings apart, and bringing GuardDuty's into the one form that rules know.
//!
//! GuardDuty writes keys in camel case to EventBridge and to buckets; the command line and the SDKs
//! print them with a capital. Sources: GuardDuty API reference, "Finding"; AWS Security Finding Format;
//! Inspector API reference, "Finding"; Macie API reference, "Findings".

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::container::Members;
use crate::ir::Service;

/// What a finding is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A finding as rules know it.
    Known(Service),
    /// A GuardDuty finding with capital keys.
    Capitalised,
    /// A finding of a kind that is not read.
    Other,
}

/// The kind of finding that an object is; `None`: no finding.
pub(super) fn kind(text: &str) -> Option<Kind> {
    let (mut lower, mut upper, mut other) = (None, None, false);
    let (mut hub, mut inspector, mut macie) = (false, false, false);
    for (key, _, value) in Members::new(text) {
        match &*key {
            "ProductArn" | "GeneratorId" => hub = true,
            "findingArn" => inspector |= value.contains(":inspector2:"),
            "resourcesAffected" | "classificationDetails" | "policyDetails" => macie = true,
            "type" => lower = finding_type(value),
            "Type" => upper = finding_type(value),
            "detectorId" | "schemaVersion" | "SchemaVersion" => other = true,
            _ => {}
        }
    }
    Some(match (lower, upper) {
        _ if hub => Kind::Known(Service::SecurityHub),
        _ if inspector => Kind::Known(Service::Inspector),
        (Some(ty), _) if macie || is_macie(&ty) => Kind::Known(Service::Macie),
        (Some(_), _) => Kind::Known(Service::GuardDuty),
        (None, Some(ty)) if !is_macie(&ty) => Kind::Capitalised,
        _ if other => Kind::Other,
        _ => return None,
    })
}

/// Whether a value is a type as GuardDuty and Macie write it: `Purpose:Resource/Family`.
pub(super) fn is_type(value: &str) -> bool {
    finding_type(value).is_some()
}

fn finding_type(value: &str) -> Option<Cow<'_, str>> {
    let text = value.strip_prefix('"')?.strip_suffix('"')?;
    let (purpose, rest) = text.split_once(':')?;
    let (resource, family) = rest.split_once('/')?;
    let word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (word(purpose) && word(resource) && !family.is_empty() && !family.contains(['/', ' ']))
        .then_some(Cow::Borrowed(text))
}

/// Macie's types are about sensitive data, and about policies of buckets. GuardDuty has policy types
/// of its own.
fn is_macie(ty: &str) -> bool {
    ty.starts_with("SensitiveData:") || ty.starts_with("Policy:IAMUser/S3B")
}

/// The finding with the keys as GuardDuty itself writes them. Keys that are data stay as they are.
pub(super) fn uncapitalised(text: &str) -> Option<String> {
    let finding: Value = serde_json::from_str(text).ok()?;
    Some(lowered(finding).to_string())
}

fn lowered(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(lowered).collect()),
        Value::Object(map) => {
            let pair = |(key, value): (String, Value)| {
                let data = key == "AffectedResources";
                let key = match key.as_str() {
                    "SourceIps" => "sourceIPs".to_owned(),
                    _ => {
                        let mut chars = key.chars();
                        let first = chars.next().map(|first| first.to_ascii_lowercase());
                        first.into_iter().chain(chars).collect()
                    }
                };
                (key, if data { value } else { lowered(value) })
            };
            Value::Object(map.into_iter().map(pair).collect::<Map<_, _>>())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_told_apart() {
        let known = |service| Some(Kind::Known(service));
        assert_eq!(kind(r#"{"type":"Recon:EC2/PortProbeUnprotectedPort"}"#), known(Service::GuardDuty));
        assert_eq!(kind(r#"{"type":"Policy:IAMUser/RootCredentialUsage"}"#), known(Service::GuardDuty));
        assert_eq!(kind(r#"{"type":"Policy:IAMUser/S3BucketPublic"}"#), known(Service::Macie));
        assert_eq!(kind(r#"{"type":"SensitiveData:S3Object/Personal"}"#), known(Service::Macie));
        assert_eq!(kind(r#"{"Id":"a","ProductArn":"b","Title":"c"}"#), known(Service::SecurityHub));
        let arn = r#"{"findingArn":"arn:aws:inspector2:eu-central-1:111122223333:finding/a"}"#;
        assert_eq!(kind(arn), known(Service::Inspector));
        assert_eq!(kind(r#"{"Type":"Recon:EC2/Portscan","Id":"x"}"#), Some(Kind::Capitalised));
        assert_eq!(kind(r#"{"schemaVersion":"3.0","id":"x"}"#), Some(Kind::Other));
        for none in [r#"{"type":"info"}"#, r#"{"type":["a:b/c"]}"#, r#"{"type":"https://x.y/z"}"#, "{}"] {
            assert_eq!(kind(none), None, "{none}");
        }
    }

    #[test]
    fn capital_keys_become_guarddutys_own() {
        let text = r#"{"Type":"a","Service":{"Action":{"KubernetesApiCallAction":{"SourceIps":["x"]},
            "AwsApiCallAction":{"AffectedResources":{"AWS::S3::Bucket":"b"}}}}}"#;
        let value: Value = serde_json::from_str(&uncapitalised(text).unwrap()).unwrap();
        let expected = serde_json::json!({"type": "a", "service": {"action": {
            "kubernetesApiCallAction": {"sourceIPs": ["x"]},
            "awsApiCallAction": {"affectedResources": {"AWS::S3::Bucket": "b"}}}}});
        assert_eq!(value, expected);
    }
}
