//! The CloudTrail record that a call would leave, made by a role of the responder.
//!
//! What is written of requests follows `cloudtrail_facts.md`: the first letter of each key is small,
//! and EC2's lists stand under `…Set.items`. Responses are not foretold.

use serde_json::{Map, Value, json};

use super::service;
use crate::witness;

/// Beginnings of the names of actions that only read.
const READS: &[&str] = &["BatchGet", "Describe", "Get", "Head", "List", "Lookup", "Search"];

/// The record of a call of `service` by a session of the role; `parameters` as the API names them.
pub fn record(service: &str, action: &str, parameters: &Value, role: &str) -> Value {
    let mut record = witness::plain_record();
    let account = role.split(':').nth(4).filter(|account| !account.is_empty()).unwrap_or("111122223333");
    let partition = role.split(':').nth(1).unwrap_or("aws");
    let name = role.rsplit('/').next().unwrap_or(role);
    record["userIdentity"] = json!({
        "type": "AssumedRole",
        "principalId": "AROACKCEVSQ6C2EXAMPLE:responder",
        "arn": format!("arn:{partition}:sts::{account}:assumed-role/{name}/responder"),
        "accountId": account,
        "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROACKCEVSQ6C2EXAMPLE",
                "arn": role,
                "accountId": account,
                "userName": name,
            },
            "attributes": { "creationDate": "2026-01-15T11:30:00Z", "mfaAuthenticated": "false" },
        },
    });
    record["recipientAccountId"] = account.into();
    record["eventSource"] = service::event_source(service).into();
    record["eventName"] = service::event_name(service, action).into();
    record["readOnly"] = READS.iter().any(|word| action.starts_with(word)).into();
    record["requestParameters"] = request(service, action, parameters);
    record
}

/// The request as CloudTrail writes it; null where there is none.
fn request(service: &str, action: &str, parameters: &Value) -> Value {
    let mut written = match keys(service, parameters) {
        Value::Object(map) if !map.is_empty() => map,
        _ => return Value::Null,
    };
    if (service, action) == ("ec2", "RunInstances") {
        let mut item = Map::new();
        for key in ["imageId", "minCount", "maxCount", "keyName"] {
            item.extend(written.remove(key).map(|value| (key.to_owned(), value)));
        }
        written.insert("instancesSet".into(), json!({ "items": [item] }));
    }
    Value::Object(written)
}

fn keys(service: &str, value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| entry(service, key, value)).collect())
        }
        Value::Array(items) => items.iter().map(|item| keys(service, item)).collect(),
        scalar => scalar.clone(),
    }
}

fn entry(service: &str, key: &str, value: &Value) -> (String, Value) {
    let known = service::request_key(service, key);
    let written = known.map_or_else(|| small(key), |(key, _)| key.to_owned());
    let value = match value {
        Value::Array(items) if service == "ec2" => {
            let name = known.and_then(|(_, item)| item);
            let one = |item: &Value| match name {
                Some(name) => json!({ name: keys(service, item) }),
                None => keys(service, item),
            };
            json!({ "items": items.iter().map(one).collect::<Vec<_>>() })
        }
        other => keys(service, other),
    };
    (written, value)
}

/// `InstanceId` → `instanceId`; of `DBInstanceIdentifier` only the first letter, too.
fn small(key: &str) -> String {
    let mut chars = key.chars();
    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::111122223333:role/IncidentResponder";

    #[test]
    fn a_call_leaves_the_record_that_cloudtrail_writes() {
        let parameters = json!({"InstanceId": "i-1", "Groups": ["sg-1"]});
        let made = record("ec2", "ModifyInstanceAttribute", &parameters, ROLE);
        assert_eq!(made["eventSource"], "ec2.amazonaws.com");
        let request = json!({"instanceId": "i-1", "groupSet": {"items": [{"groupId": "sg-1"}]}});
        assert_eq!(made["requestParameters"], request);
        assert_eq!(made["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"], ROLE);
        assert_eq!(made["readOnly"], false);
        let stop = record("ec2", "StopInstances", &json!({"InstanceIds": ["i-1"]}), ROLE);
        assert_eq!(stop["requestParameters"], json!({"instancesSet": {"items": [{"instanceId": "i-1"}]}}));
        let put = record("iam", "PutRolePolicy", &json!({"RoleName": "r", "PolicyDocument": "{}"}), ROLE);
        assert_eq!(put["requestParameters"], json!({"roleName": "r", "policyDocument": "{}"}));
        let get = record("lambda", "GetFunction", &json!({"FunctionName": "f"}), ROLE);
        assert_eq!((&get["eventName"], &get["readOnly"]), (&json!("GetFunction20150331v2"), &json!(true)));
        assert_eq!(record("iam", "ListUsers", &json!({}), ROLE)["requestParameters"], Value::Null);
    }
}
