//! The virtual ECS view equals the document: for every field, what [`reach`] finds in the raw record
//! is what the normalised document holds. This is why the matcher may skip building documents.

mod common;

use std::collections::{BTreeSet, HashMap};
use std::io::Read;

use serde_json::{Value, json};
use trailsmith::event::normalize::{Kind, Options, Values, derive_from, has_flattened_copy, kind, normalize};
use trailsmith::event::{Leaf, Projection, Slots};
use trailsmith::ir::{Field, FieldType, Vocabulary};
use trailsmith::schema::{Reach, Shape, Version, base_field, names, reach, types};

/// Every raw record of the corpora: Invictus, Stratus and the pairs; digests are no events.
fn records() -> Option<Vec<Value>> {
    let packed =
        std::fs::read(common::shared("data/cloudtrail/cloudtrail_invictus.ndjson.gz")?).expect("readable");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).expect("gzip");
    let mut out = odd_records();
    let odd = out.len();
    out.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")));
    let stratus = common::rows("data/cloudtrail/cloudtrail_stratus.ndjson")?;
    out.extend(stratus.into_iter().map(|mut row| row["event"].take()));
    assert_eq!(out.len() - odd, 3_210);
    let pairs = common::rows("data/cloudtrail/ecs_pairs.jsonl")?.into_iter();
    let pairs = pairs.filter(|pair| pair["dataset"] == "aws.cloudtrail").map(|mut pair| pair["raw"].take());
    out.extend(pairs.filter(|raw| kind(raw) != Kind::Digest));
    Some(out)
}

/// What the corpora do not hold.
fn odd_records() -> Vec<Value> {
    let role = "arn:aws:iam::1:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM";
    let session = |kind: &str, issuer: &str, invoked_by: Value| {
        json!({"eventName": "A", "userIdentity": {"type": kind, "principalId": "AROA:s@example.com",
            "userName": "own", "invokedBy": invoked_by,
            "arn": "arn:aws-cn:sts::1:assumed-role/R/s@example.com",
            "sessionContext": {"sessionIssuer": {"arn": issuer, "userName": "R@x"}}}})
    };
    let long = "x".repeat(32_750);
    let mut out = vec![
        session("AssumedRole", role, Value::Null),
        session("AssumedRole", role, json!("ssm.amazonaws.com")),
        session("AssumedRole", "arn:aws:iam::1:role/R", json!("signin.amazonaws.com")),
        session("FederatedUser", "", Value::Null),
        session("IAMUser", "arn:aws:iam::1:role/R", Value::Null),
        session("IdentityCenterUser", "", json!("-")),
        json!({"userIdentity": {"type": "AWSService", "principalId": "p", "invokedBy": "config.amazonaws.com"}}),
        json!({"userIdentity": {"type": "AWSService", "principalId": "p"}, "sourceIPAddress": "host.example.com"}),
        json!({"eventName": "UserAuthentication", "recipientAccountId": "2",
            "userIdentity": {"type": "IdentityCenterUser", "arn": "", "onBehalfOf": {"userId": "u"}},
            "additionalEventData": {"UserName": "a@example.com", "LoginTo": "none"}}),
        json!({"eventName": "UserAuthentication", "userIdentity": {"userName": "b"},
            "additionalEventData": {"UserName": "a", "MFAUsed": "Yes"}}),
        json!({"eventName": "ConsoleLogin", "errorMessage": "Failed authentication", "eventTime": "yesterday",
            "responseElements": {"ConsoleLogin": "Failure"},
            "additionalEventData": {"MFAUsed": "Yes", "MobileVersion": "No", "LoginTo": "https://x"}}),
        json!({"eventName": "ConsoleLogin", "responseElements": null, "additionalEventData": {"MFAUsed": ""}}),
        json!({"tlsDetails": {"tlsVersion": "tlsVersion", "cipherSuite": "c", "clientProvidedHostHeader": "h"}}),
        json!({"tlsDetails": {"tlsVersion": "1.2", "keyExchange": "x25519", "clientProvidedHostHeader": "h.example"}}),
        json!({"sharedEventId": "s", "requestId": "r", "managementEvent": true, "readOnly": false, "errorCode": "-",
            "userIdentity": {"sessionContext": {"attributes": {"creationDate": "20131102T010628Z"}}}}),
        json!({"resources": [{"ARN": "arn:aws:ec2:r:1:instance/i-0123456789", "accountId": "1", "type": "T"},
            {"ARN": "arn:aws:ec2:r:1:instance/i-0123456789", "accountId": "1", "type": "T"}, {"type": "none"}]}),
        json!({"requestParameters": {"": 1, "a": ["none", "", {"b": "-"}, ["c"]], "d.e": {"f": null, "g": 2.5},
            "userName": "t", "newUserName": "n", "groupName": "", "instancesSet": {"items": [{"instanceId": "i-0123456789"}]}},
            "serviceEventDetails": {"sourceIpAddress": "::1"}, "sourceIPAddress": "10.0.0.010"}),
        json!({"requestParameters": {"k": long}, "responseElements": {"k": "v"}}),
        json!({"requestParameters": "text", "responseElements": "", "additionalEventData": {}}),
        json!({"userIdentity": null, "requestParameters": {"userName": "none"}, "eventSource": "custom.example.com"}),
    ];
    // One character shorter and the payload has its copy: `{k=` and `}` around 32,761.
    out.extend([32_761, 32_762].map(|n| json!({"requestParameters": {"k": "x".repeat(n)}})));
    out
}

/// The canonical texts of a document, by path.
fn texts(value: &Value, path: &str, out: &mut HashMap<String, BTreeSet<String>>) {
    let mut put = |text: String| {
        out.entry(path.to_owned()).or_default().insert(text);
    };
    match value {
        Value::Null => {}
        Value::Object(map) => map.iter().for_each(|(key, value)| match path {
            "" => texts(value, key, out),
            _ => texts(value, &format!("{path}.{key}"), out),
        }),
        Value::Array(items) => items.iter().for_each(|item| texts(item, path, out)),
        Value::String(text) => put(text.clone()),
        other => put(other.to_string()),
    }
}

/// The fields of the schema, and every key below a flattened copy that some record has.
fn fields(records: &[Value]) -> BTreeSet<String> {
    let mut out: BTreeSet<String> = names(Vocabulary::Ecs).into_iter().map(str::to_owned).collect();
    for record in records {
        for (raw, ecs) in [
            ("requestParameters", "aws.cloudtrail.flattened.request_parameters"),
            ("responseElements", "aws.cloudtrail.flattened.response_elements"),
            ("additionalEventData", "aws.cloudtrail.flattened.additional_eventdata"),
            ("serviceEventDetails", "aws.cloudtrail.flattened.service_event_details"),
        ] {
            leaves(&record[raw], ecs, &mut out);
        }
    }
    out
}

fn leaves(value: &Value, path: &str, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| leaves(value, &format!("{path}.{key}"), out))
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(item, path, out)),
        Value::Null => {}
        _ => {
            out.insert(path.to_owned());
        }
    }
}

/// A record seen through a projection, as the matcher sees it.
struct Seen<'a> {
    paths: &'a HashMap<&'a str, usize>,
    slots: &'a Slots,
    record: &'a str,
}

impl Values for Seen<'_> {
    fn each(&self, path: &str, visit: &mut dyn FnMut(Leaf<'_>)) {
        let slot = self.paths.get(path).expect("every input is projected");
        self.slots.values(*slot, self.record).for_each(visit);
    }
}

impl Seen<'_> {
    fn at(&self, slot: usize, prune: bool) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        self.slots.values(slot, self.record).for_each(|leaf| {
            if let Some(text) = leaf.text()
                && !(prune && matches!(&*text, "" | "-" | "none"))
            {
                out.insert(text.into_owned());
            }
        });
        out
    }

    /// `slot`: that of the reach's own path. `None`: only the document says.
    fn values(&self, reach: &Reach, slot: usize, version: Version) -> Option<BTreeSet<String>> {
        let mut out = BTreeSet::new();
        match reach {
            Reach::Path { prune, .. } => out = self.at(slot, *prune),
            Reach::Flattened { payload, prune, .. } => {
                out = self.at(slot, *prune);
                let mut kept = false;
                if !out.is_empty() {
                    self.each(payload.raw(), &mut |leaf| {
                        kept |= matches!(leaf, Leaf::Object(json) if has_flattened_copy(json, version));
                    });
                }
                if !kept {
                    out.clear();
                }
            }
            Reach::Constant(text) => _ = out.insert((*text).to_owned()),
            Reach::Derived(derived) => derive_from(*derived, self, &mut |text| {
                out.insert(text.to_owned());
            }),
            Reach::Never => {}
            Reach::Document(_) | Reach::Enrichment(_) => return None,
        }
        Some(out)
    }
}

#[test]
fn virtual_values_are_the_documents_of_legacy() {
    virtual_values_are_the_documents(Version::Legacy);
}

#[test]
fn virtual_values_are_the_documents_of_7_4() {
    virtual_values_are_the_documents(Version::V7_4);
}

#[test]
fn virtual_values_are_the_documents_of_8_9() {
    virtual_values_are_the_documents(Version::V8_9);
}

fn virtual_values_are_the_documents(version: Version) {
    let Some(records) = records() else { return };
    let fields = fields(&records);
    let empty = BTreeSet::new();
    let reaches: Vec<(&String, &str, Reach)> = fields
        .iter()
        .map(|path| {
            let field = Field::new(Vocabulary::Ecs, path, types(Vocabulary::Ecs).field_type(path));
            (path, base_field(path), reach(&field, Shape::CloudTrail, version))
        })
        .collect();
    let mut paths: BTreeSet<String> = BTreeSet::new();
    for (_, _, reach) in &reaches {
        match reach {
            Reach::Path { path, .. } => _ = paths.insert(path.clone()),
            Reach::Flattened { payload, path, .. } => paths.extend([payload.raw().to_owned(), path.clone()]),
            Reach::Derived(derived) => paths.extend(derived.inputs().iter().map(|path| path.to_string())),
            _ => {}
        }
    }
    let paths: Vec<String> = paths.into_iter().collect();
    let index: HashMap<&str, usize> =
        paths.iter().enumerate().map(|(slot, path)| (path.as_str(), slot)).collect();
    let slots_of: Vec<usize> = reaches
        .iter()
        .map(|(_, _, reach)| match reach {
            Reach::Path { path, .. } | Reach::Flattened { path, .. } => index[path.as_str()],
            _ => usize::MAX,
        })
        .collect();
    let projection = Projection::new(paths.iter().map(String::as_str));
    let (mut slots, mut compared, mut present, mut reached) = (Slots::default(), 0, 0, BTreeSet::new());
    for record in &records {
        let text = record.to_string();
        projection.extract(&text, &mut slots).expect("a record");
        let document = normalize(record, &Options { version, ..Options::default() }).document;
        let mut held = HashMap::new();
        texts(&Value::Object(document), "", &mut held);
        let seen = Seen { paths: &index, slots: &slots, record: &text };
        for ((field, base, reach), slot) in reaches.iter().zip(&slots_of) {
            let Some(found) = seen.values(reach, *slot, version) else { continue };
            let held = held.get(*base).unwrap_or(&empty);
            assert_eq!(found, *held, "{field} ({}) by {reach:?} of {text}", version.as_str());
            compared += 1;
            if !found.is_empty() {
                present += 1;
                reached.insert(*field);
            }
        }
    }
    println!(
        "{}: {} records, {} fields, {compared} comparisons, {present} with a value, {} fields with one",
        version.as_str(),
        records.len(),
        reaches.len(),
        reached.len(),
    );
    assert!(reached.len() > 500, "the corpora have hundreds of keys below the flattened copies");
}

/// The other direction: whatever a document holds is reached, or left to the document knowingly.
#[test]
fn every_field_of_a_document_is_known_and_reached() {
    let Some(records) = records() else { return };
    for version in Version::ALL {
        for record in &records {
            let document =
                Value::Object(normalize(record, &Options { version, ..Options::default() }).document);
            let mut held = BTreeSet::new();
            for (key, value) in document.as_object().expect("an object") {
                leaves(value, key, &mut held);
            }
            for path in held {
                let ty = types(Vocabulary::Ecs).field_type(&path);
                assert_ne!(ty, FieldType::Unknown, "{path} has no type");
                let reach = reach(&Field::new(Vocabulary::Ecs, &path, ty), Shape::CloudTrail, version);
                assert_ne!(reach, Reach::Never, "{path} ({}) is held by a document", version.as_str());
            }
        }
    }
}
