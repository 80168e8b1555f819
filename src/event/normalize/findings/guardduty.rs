//! What a document of a GuardDuty finding holds beyond copies (`cloudtrail_to_ecs.md` §9).

use serde_json::{Value, json};

use super::super::Options;
use super::super::values::get;
use super::{list, texts};
use crate::schema::Version;

const NETWORK: &str = "service.action.network_connection_action";
const API: &str = "service.action.aws_api_call_action.remote_ip_details";
const KUBERNETES: &str = "service.action.kubernetes_api_call_action.remote_ip_details";
const RDS: &str = "service.action.rds_login_attempt_action.remote_ip_details";
const PROBE: &str = "service.action.port_probe_action.port_probe_details";

/// The value of a computed ECS field. `own`: the service's own fields.
pub(super) fn compute(ecs: &str, finding: &Value, own: &Value, options: &Options) -> Option<Value> {
    match ecs {
        // Packages before 6.18 called findings events.
        "event.kind" if options.version == Version::Legacy => Some(json!(["event"])),
        "event.kind" => Some(json!(["alert"])),
        "event.severity" => finding.get("severity")?.as_f64().map(|severity| Value::from(severity as i64)),
        "rule.category" => rule(finding).map(|(category, _)| Value::from(category)),
        "rule.ruleset" => rule(finding).map(|(_, ruleset)| Value::from(ruleset)),
        "network.transport" => {
            let paths = [format!("{NETWORK}.transport"), "service.action.dns_request_action.protocol".into()];
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            list(texts(own, &paths).into_iter().map(|text| text.to_lowercase()).collect())
        }
        "source.address" => addresses(own, "inbound", "outbound", true),
        "destination.address" => addresses(own, "outbound", "inbound", false),
        "source.geo.location" => {
            let of = |path: &str| get(own, &format!("{path}.geo_location")).cloned();
            let mut found: Vec<Value> = [API, KUBERNETES].into_iter().filter_map(of).collect();
            found.extend(of(&format!("{NETWORK}.remote_ip_details")));
            let probes = get(own, PROBE).and_then(Value::as_array).into_iter().flatten();
            found.extend(probes.filter_map(|probe| get(probe, "remote_ip_details.geo_location").cloned()));
            found.extend(of(RDS));
            list(found)
        }
        _ => None,
    }
}

/// Addresses of callers and of connections: `remote` is the direction in which the remote end is
/// meant, `local` the one in which the own end is.
fn addresses(own: &Value, remote: &str, local: &str, source: bool) -> Option<Value> {
    let direction = get(own, &format!("{NETWORK}.connection_direction")).and_then(Value::as_str);
    let direction = direction.map(str::to_lowercase);
    let mut paths: Vec<String> = Vec::new();
    if source {
        paths.extend([API, KUBERNETES].map(|path| format!("{path}.ip_address_v4")));
    }
    let end = |end: &str| format!("{NETWORK}.{end}.ip_address_v4");
    if direction.as_deref() == Some(remote) {
        paths.push(end("remote_ip_details"));
    }
    if direction.as_deref() == Some(local) {
        paths.push(end("local_ip_details"));
    }
    if source {
        paths.push(format!("{PROBE}.remote_ip_details.ip_address_v4"));
        paths.push(format!("{RDS}.ip_address_v4"));
        paths.push(format!("{PROBE}.local_ip_details.ip_address_v4"));
    }
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    list(texts(own, &paths))
}

/// Category and rule set of a type: `Discovery` and `Discovery:Kubernetes` of
/// `Discovery:Kubernetes/TorIPCaller`.
fn rule(finding: &Value) -> Option<(&str, &str)> {
    let name = finding.get("type")?.as_str()?;
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.match_indices(':').find_map(|(colon, _)| {
        let start = name[..colon].rfind(|c| !word(c)).map_or(0, |at| at + 1);
        let end = name[colon + 1..].find(|c| !word(c)).map_or(name.len(), |length| colon + 1 + length);
        // Words hold ASCII only, so a byte beside them begins or ends a character.
        let whole = start < colon && end > colon + 1 && name.is_char_boundary(start);
        whole.then(|| (&name[start..colon], &name[start..end]))
    })
}

/// Adds the word for the severity's number to the service's own fields. Numbers of 9 and above have
/// none.
pub(super) fn severity(own: &mut Value) {
    let Some(code) = own.get("severity").and_then(|severity| severity.get("code")).and_then(Value::as_f64)
    else {
        return;
    };
    let word = match code {
        _ if (7.0..=8.9).contains(&code) => "High",
        _ if (4.0..=6.9).contains(&code) => "Medium",
        _ if (1.0..=3.9).contains(&code) => "Low",
        _ => return,
    };
    own["severity"]["value"] = Value::from(word);
}
