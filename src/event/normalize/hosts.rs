//! Lists that are gathered from several places of a record: resources and the hosts concerned.

use serde_json::{Map, Value};

use super::derive;
use super::identity::{distinct, is_ip};
use super::java::sort_by_hash;
use super::values::{get, text};
use crate::schema::Derived;

/// `aws.cloudtrail.resources`: keys renamed, duplicates dropped, in the order that Java's hash map
/// gives them.
pub(super) fn resources(record: &Value) -> Option<Value> {
    let Value::Array(items) = record.get("resources")? else {
        return record.get("resources").cloned();
    };
    let mut unique: Vec<(String, Value)> = Vec::new();
    for item in items.iter().filter_map(Value::as_object) {
        let mut renamed: Map<String, Value> = item.clone();
        for (from, to) in [("ARN", "arn"), ("accountId", "account_id")] {
            if let Some(value) = renamed.shift_remove(from) {
                renamed.insert(to.to_owned(), value);
            }
        }
        let part = |key: &str| renamed.get(key).map(plain).unwrap_or_default();
        let key = format!("{}_{}_{}", part("arn"), part("account_id"), part("type"));
        match unique.iter_mut().find(|(known, _)| *known == key) {
            Some((_, value)) => *value = Value::Object(renamed),
            None => unique.push((key, Value::Object(renamed))),
        }
    }
    sort_by_hash(&mut unique, |(key, _)| key);
    (!unique.is_empty()).then(|| unique.into_iter().map(|(_, value)| value).collect())
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `related.hosts`: host names outside AWS and the ids of EC2 instances.
pub(super) fn related(record: &Value) -> Vec<String> {
    let server = derive(Derived::TlsServerName, record).into_iter().next();
    let server = server.as_ref().and_then(Value::as_str).filter(|name| !name.ends_with(".amazonaws.com"));
    let address = text(record, "sourceIPAddress").filter(|address| {
        let is_host = address.contains('.') && !address.contains(' ') && !address.ends_with(".amazonaws.com");
        is_host && !is_ip(address)
    });
    let computer = get(record, "requestParameters.computerName").map(plain);
    let names = [server.map(str::to_owned), address, computer].into_iter().flatten();
    distinct(names.chain(instances(record)))
}

fn instances(record: &Value) -> Vec<String> {
    let items = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    let mut add = |value: Option<&Value>| {
        if let Some(id) = value.and_then(Value::as_str)
            && id.starts_with("i-")
            && id.encode_utf16().count() >= 10
        {
            found.push(id.to_owned());
        }
    };
    for resource in items(resources(record).as_ref()) {
        if let Some(arn) = resource.get("arn").and_then(Value::as_str)
            && arn.contains(":instance/")
        {
            add(arn.rsplit('/').next().map(Value::from).as_ref());
        }
    }
    for payload in ["requestParameters", "responseElements"] {
        let Some(payload) = record.get(payload) else { continue };
        ["instanceId", "target", "resourceId"].iter().for_each(|key| add(payload.get(key)));
        items(payload.get("instanceIds")).iter().for_each(|id| add(Some(id)));
        items(get(payload, "instancesSet.items")).iter().for_each(|item| add(item.get("instanceId")));
    }
    found
}
