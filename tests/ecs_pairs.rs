//! The normaliser against documents that Elastic's own pipelines made.
//!
//! Every field of every expected document is compared, but for those that only an agent or a cluster
//! adds. What differs is listed with its reason: a new difference fails, and so does one that vanished.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use trailsmith::event::normalize::{Kind, Options, normalize};
use trailsmith::schema::Version;

/// Fields that no replay can compute: ingestion, GeoIP, user agent parsing, entities, and what the
/// Filebeat input writes of itself.
const LEFT_OUT: [&str; 19] = [
    "actor.",
    "ecs.version",
    "entity.",
    "event.created",
    "event.original",
    "host.entity.",
    "host.target.",
    "input.",
    "log.",
    "related.entity",
    "service.entity.",
    "service.target.",
    "source.as.",
    "source.geo.",
    "tags",
    "target.",
    "user.entity.",
    "user.target.entity.",
    "user_agent.",
];

/// Differences that stay: the pair, the field, and why.
///
/// The two pairs are older than any generation that has a switch (`cloudtrail_to_ecs.md` §8): about
/// 7.1 and about 4.x. All that differs is what packages 6.22 to 7.4 added.
const KNOWN: [(&str, &str, &str); 12] = [
    ("test-us-gov-arn", "aws.cloudtrail.user_identity.session_context.ec2_role_delivery", IDENTITY),
    ("test-us-gov-arn", "cloud.provider", CLOUD),
    ("test-us-gov-arn", "cloud.service.name", CLOUD),
    ("test-us-gov-arn", "related.hosts", RELATED),
    ("test-us-gov-arn", "related.ip", RELATED),
    ("test-user-authentication", "aws.cloudtrail.user_identity.credential_id", IDENTITY),
    ("test-user-authentication", "aws.cloudtrail.user_identity.on_behalf_of.identity_store_arn", IDENTITY),
    ("test-user-authentication", "aws.cloudtrail.user_identity.on_behalf_of.user_id", IDENTITY),
    ("test-user-authentication", "cloud.provider", CLOUD),
    ("test-user-authentication", "cloud.service.name", CLOUD),
    ("test-user-authentication", "related.user", "user.id and onBehalfOf.userId are listed since 6.22/7.4"),
    ("test-user-authentication", "user.id", "onBehalfOf.userId fills it since 6.22/7.4"),
];
const IDENTITY: &str = "identity field since 6.22/7.4";
const CLOUD: &str = "cloud.provider and cloud.service.name since 6.22/7.4";
const RELATED: &str = "related.ip and related.hosts since 6.22/7.4";

/// The fields with Java's text of a payload.
const TEXTS: [&str; 4] = [
    "cloudtrail.request_parameters",
    "cloudtrail.response_elements",
    "cloudtrail.additional_eventdata",
    "cloudtrail.service_event_details",
];

/// The generation whose switch is nearest to a pair's package version, and whether it is that very
/// generation.
fn generation(package: &str) -> (Version, bool) {
    match package {
        "8.9.0" => (Version::V8_9, true),
        text if text.starts_with("7.4") => (Version::V7_4, true),
        text if text.starts_with("filebeat") => (Version::Legacy, true),
        _ => (Version::V7_4, false),
    }
}

/// Leaves by dotted path, in order. Filebeat's expected files have every list sorted (`tags` of
/// AssumeRole, whose text copy beside it keeps the order of the record): there, so are these.
fn flatten(map: &Map<String, Value>, sorted: bool) -> BTreeMap<String, Vec<String>> {
    fn walk(path: &str, value: &Value, out: &mut BTreeMap<String, Vec<String>>) {
        match value {
            Value::Object(map) => {
                map.iter().for_each(|(key, value)| walk(&format!("{path}.{key}"), value, out))
            }
            Value::Array(items) => items.iter().for_each(|item| walk(path, item, out)),
            scalar => {
                out.entry(path[1..].to_owned()).or_default().push(scalar.to_string());
            }
        }
    }
    let mut out = BTreeMap::new();
    map.iter().for_each(|(key, value)| walk(&format!(".{key}"), value, &mut out));
    if sorted {
        out.values_mut().for_each(|values| values.sort());
    }
    out
}

fn is_left_out(path: &str) -> bool {
    path != "user_agent.original" && LEFT_OUT.iter().any(|prefix| path.starts_with(prefix))
}

#[test]
fn documents_are_those_of_the_pipelines() {
    let Some(pairs) = common::rows("data/cloudtrail/ecs_pairs.jsonl") else { return };
    let mut found = Vec::new();
    let mut texts = 0;
    let mut compared: BTreeMap<(String, bool), (usize, usize, usize)> = BTreeMap::new();
    for pair in pairs.iter().filter(|pair| pair["dataset"] == "aws.cloudtrail") {
        let name = pair["doc"].as_str().expect("a name");
        let (version, exact) = generation(pair["package_version"].as_str().expect("a version"));
        let built = normalize(&pair["raw"], &Options { version, ..Options::default() });
        let sorted = version == Version::Legacy;
        let built = flatten(&built.document, sorted);
        let expected = flatten(pair["expected"].as_object().expect("a document"), sorted);
        let counts = compared.entry((version.as_str().to_owned(), exact)).or_default();
        counts.0 += 1;
        let paths: BTreeSet<&String> = expected.keys().chain(built.keys()).collect();
        for path in paths.into_iter().filter(|path| !is_left_out(path)) {
            // The expected files of the integration come from a bare pipeline without an agent.
            let constant = path.starts_with("data_stream.")
                || ["event.module", "event.dataset"].contains(&path.as_str());
            if constant && !expected.contains_key(path) {
                continue;
            }
            counts.1 += 1;
            texts +=
                usize::from(TEXTS.iter().any(|text| path.ends_with(text) && !path.contains("flattened")));
            if expected.get(path) != built.get(path) {
                counts.2 += 1;
                eprintln!("{name} {path}: expected {:?}, built {:?}", expected.get(path), built.get(path));
                found.push((name.to_owned(), path.clone()));
            }
        }
    }
    for ((version, exact), (pairs, fields, differing)) in &compared {
        let word = if *exact { "" } else { " (nearest)" };
        println!("{version}{word}: {pairs} pairs, {fields} fields compared, {differing} differing");
    }
    println!("{texts} text copies among them");
    let known: Vec<(String, String)> =
        KNOWN.iter().map(|(doc, path, _)| (doc.to_string(), path.to_string())).collect();
    assert_eq!(found, known, "differences found (left) and differences known (right)");
    assert_eq!(pairs.iter().filter(|pair| pair["dataset"] == "aws.cloudtrail").count(), 32);
}

#[test]
fn digests_and_insights_are_recognised() {
    let Some(pairs) = common::rows("data/cloudtrail/ecs_pairs.jsonl") else { return };
    let kinds = |doc: &str| {
        let pair = pairs.iter().find(|pair| pair["doc"] == doc).expect("the pair");
        normalize(&pair["raw"], &Options::default()).kind
    };
    assert_eq!(kinds("cloudtrail-digest-json.log#1"), Kind::Digest);
    assert_eq!(kinds("insight-json.log#1"), Kind::Insight);
    assert_eq!(kinds("create-user-json.log#1"), Kind::Event);
}
