//! What a document of a Security Hub finding holds beyond copies (`cloudtrail_to_ecs.md` §10 and the
//! data stream's pipeline).

use serde_json::{Value, json};

use super::super::Options;
use super::super::values::get;
use super::convert::text;
use super::{copied, resources};
use crate::schema::Version;

/// The value of a computed ECS field. `own`: the service's own fields.
pub(super) fn compute(ecs: &str, finding: &Value, own: &Value, options: &Options) -> Option<Value> {
    let at = |path: &str| get(own, path).and_then(Value::as_str);
    let legacy = options.version == Version::Legacy;
    match ecs {
        // The first packages called findings events.
        "event.kind" if legacy => Some(json!("event")),
        "event.kind" => Some(json!("state")),
        "event.category" => (!legacy).then(|| json!(["configuration"])),
        "event.outcome" | "result.evaluation" => {
            let [good, bad] =
                if ecs == "event.outcome" { ["success", "failure"] } else { ["passed", "failed"] };
            Some(Value::from(match at("compliance.status") {
                Some("PASSED") => good,
                Some("FAILED") => bad,
                _ => "unknown",
            }))
        }
        "event.severity" => text(get(own, "severity.normalized")?)?.parse::<i64>().ok().map(Value::from),
        "network.direction" => match at("network.direction")? {
            "IN" => Some(json!("inbound")),
            "OUT" => Some(json!("outbound")),
            _ => None,
        },
        "rule.id" => copied(own, "generator.id").or_else(|| copied(own, "compliance.security_control_id")),
        "rule.remediation" => {
            let (words, url) =
                (at("remediation.recommendation.text")?, at("remediation.recommendation.url")?);
            Some(Value::from(format!("{words}\r\n{url}")))
        }
        "threat.indicator.last_seen" => last(own, "threat_intel_indicators", "last_observed_at"),
        "threat.indicator.type" => indicator(own),
        "vulnerability.id" => last(own, "vulnerabilities", "id"),
        "vulnerability.reference" => last(own, "vulnerabilities", "reference_urls"),
        "vulnerability.scanner.vendor" => last(own, "vulnerabilities", "vendor.name"),
        "vulnerability.score.base" => score(own, "base_score"),
        "vulnerability.score.version" => score(own, "version"),
        _ => resources::compute(ecs, finding),
    }
}

fn items<'v>(own: &'v Value, list: &str) -> impl DoubleEndedIterator<Item = &'v Value> {
    own.get(list).and_then(Value::as_array).into_iter().flatten()
}

/// Of a list each element overwrites the one before.
fn last(own: &Value, list: &str, path: &str) -> Option<Value> {
    items(own, list).rev().find_map(|item| get(item, path).filter(|value| !value.is_null()).cloned())
}

fn score(own: &Value, key: &str) -> Option<Value> {
    let scores = items(own, "vulnerabilities").flat_map(|item| items(item, "cvss"));
    scores.filter_map(|score| score.get(key)).rfind(|value| !value.is_null()).cloned()
}

fn indicator(own: &Value) -> Option<Value> {
    let kinds = items(own, "threat_intel_indicators").filter_map(|item| item.get("type")?.as_str());
    let mut known = kinds.filter_map(|kind| {
        Some(match kind {
            "DOMAIN" => "domain-name",
            "EMAIL_ADDRESS" => "email-addr",
            "HASH_MD5" | "HASH_SHA1" | "HASH_SHA256" | "HASH_SHA512" => "file",
            "IPV4_ADDRESS" => "ipv4-addr",
            "IPV6_ADDRESS" => "ipv6-addr",
            "MUTEX" => "mutex",
            "PROCESS" => "process",
            "URL" => "url",
            _ => return None,
        })
    });
    known.next_back().map(Value::from)
}
