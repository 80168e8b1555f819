//! From a finding as its service wrote it to the document that Elastic's AWS integration would index.
//!
//! What is a copy of a key, or a list of such copies, stands in the tables of [`crate::schema`];
//! `guardduty.rs` and `securityhub.rs` compute the rest. Fields whose value an ECS field has too are
//! left out as the integration leaves them out by default.
//!
//! Left to the cluster: ingestion times. A value that cannot be converted gives no field; the pipeline
//! would also add an `error.message`.

mod convert;
mod fields;
mod guardduty;
mod resources;
mod securityhub;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::document::Document;
use super::{Options, each_at};
use crate::ir::Service;
use crate::schema::{FindingHow, FindingMapping, finding_mappings, finding_root, has_documents};

/// Builds the ECS document of a finding. `None`: it is not known which documents the integration
/// makes of the service's own form.
pub fn normalize_finding(finding: &Value, service: Service, options: &Options) -> Option<Map<String, Value>> {
    if !has_documents(service) {
        return None;
    }
    let own = fields::own(finding, service);
    let mut out = Document::default();
    for mapping in finding_mappings(service) {
        let value = match mapping.how {
            FindingHow::Code => match service {
                Service::GuardDuty => guardduty::compute(mapping.ecs, finding, &own, options),
                _ => securityhub::compute(mapping.ecs, finding, &own, options),
            },
            _ => mapped(mapping, &own),
        };
        out.set_some(mapping.ecs, value);
    }
    let mut own = own;
    if service == Service::GuardDuty {
        guardduty::severity(&mut own);
    }
    if !options.preserve_duplicates {
        fields::drop_copies(&mut own, service);
    }
    out.set(finding_root(service), own);
    if options.preserve_original {
        out.set("event.original", Value::from(finding.to_string()));
        let tags = ["preserve_original_event", "preserve_duplicate_custom_fields"];
        out.set("tags", Value::from(tags[..1 + usize::from(options.preserve_duplicates)].to_vec()));
    }
    match convert::without_empty(Value::Object(out.into_map())) {
        Some(Value::Object(map)) => Some(map),
        _ => Some(Map::new()),
    }
}

/// A field that the table describes completely. `own`: the service's own fields.
fn mapped(mapping: &FindingMapping, own: &Value) -> Option<Value> {
    match mapping.how {
        FindingHow::Constant(text) => Some(Value::from(text)),
        FindingHow::List(text) => Some(Value::from(vec![text])),
        FindingHow::Copy => copied(own, mapping.from.first()?),
        FindingHow::Lower => match copied(own, mapping.from.first()?)? {
            Value::String(text) => Some(Value::from(text.to_lowercase())),
            _ => None,
        },
        FindingHow::Append => list(texts(own, &mapping.from)),
        FindingHow::Numbers => {
            let numbers = texts(own, &mapping.from).into_iter().filter_map(|text| text.parse::<i64>().ok());
            list(numbers.collect())
        }
        FindingHow::Code | FindingHow::Cluster => None,
    }
}

/// The value at a path through objects and lists; several values stand in a list.
fn copied(own: &Value, path: &str) -> Option<Value> {
    super::values::get(own, path).filter(|value| !value.is_null()).cloned()
}

/// The values at some paths as texts, each once, in order.
fn texts(own: &Value, paths: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for path in paths {
        each_at(own, path, &mut |value| {
            if let Some(text) = convert::text(value).filter(|text| !text.is_empty() && !out.contains(text)) {
                out.push(text);
            }
        });
    }
    out
}

fn list<T: Into<Value>>(values: Vec<T>) -> Option<Value> {
    (!values.is_empty()).then(|| Value::Array(values.into_iter().map(Into::into).collect()))
}
