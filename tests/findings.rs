//! Findings: every one in the shared corpora is read, matched and normalised. GuardDuty's document is
//! compared with the integration's own field by field, Security Hub's with the words of the reference
//! (cloudtrail_to_ecs.md §9–10); verdicts are those of Panther's cases and of the seeds.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use trailsmith::backend;
use trailsmith::event::normalize::{Options, document, each_at, normalize_finding};
use trailsmith::event::{Block, Input, Inputs, Layout, ReadOptions, read_blocks, unwrap_all};
use trailsmith::frontend;
use trailsmith::ir::{Field, Rule, Service, Vocabulary};
use trailsmith::matcher::{self, RuleSet, Scratch};
use trailsmith::schema::{Reach, Shape, Version, base_field, names, reach, types};

const GUARDDUTY: Layout = Layout::Finding(Service::GuardDuty);
const SECURITYHUB: Layout = Layout::Finding(Service::SecurityHub);

/// What a file holds, as a replay reads it.
fn read(name: &str, bytes: &[u8]) -> Vec<(Layout, Value)> {
    let worker = || {
        |block: &mut Block| {
            let mut found: Vec<(Layout, Value)> = Vec::new();
            block.records(|record| {
                found.push((record.layout, serde_json::from_str(record.text).expect("JSON")));
                Ok(())
            });
            found
        }
    };
    let mut all = Vec::new();
    let inputs = Inputs::of(vec![Input::bytes(name, bytes)]);
    let summary = read_blocks(&inputs, &ReadOptions::default(), worker, |found, _| all.extend(found));
    assert!(!summary.loss && summary.skipped.findings == 0, "{summary:?}");
    all
}

fn panther() -> Option<Vec<Value>> {
    let rows = common::rows("data/panther/cases.jsonl")?;
    let findings = ["AWS.GuardDuty", "AWS.SecurityFindingFormat"];
    Some(rows.into_iter().filter(|row| findings.iter().any(|kind| row["log_type"] == *kind)).collect())
}

fn pair() -> Option<Value> {
    let rows = common::rows("data/cloudtrail/ecs_pairs.jsonl")?;
    rows.into_iter().find(|row| row["dataset"] == "aws.guardduty")
}

/// The findings of the seeds, by id.
fn seeds() -> Option<BTreeMap<String, Value>> {
    let rows = common::rows("data/seeds/events.jsonl")?.into_iter();
    let ids = ["evt-gd-instance-credential-exfiltration", "shape-guardduty-eventbridge-envelope"];
    let one = |row: Value| {
        Some((row["id"].as_str().filter(|id| ids.contains(id))?.to_owned(), row["event"].clone()))
    };
    Some(rows.filter_map(one).collect())
}

/// Every finding of the corpora and of the pack's fixtures.
fn everything() -> Option<Vec<(Layout, Value)>> {
    let mut all = unwrap_all(&pair()?["raw"]);
    all.extend(panther()?.iter().flat_map(|row| unwrap_all(&row["event"])));
    all.extend(seeds()?.values().flat_map(unwrap_all));
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/aws/events");
    for name in ["guardduty-findings.json", "securityhub-findings.json"] {
        let text = std::fs::read_to_string(events.join(name)).expect("shipped");
        all.extend(unwrap_all(&serde_json::from_str(&text).expect("JSON")));
    }
    Some(all)
}

fn rule(input: &str, query: &str) -> Arc<Rule> {
    let text = format!(
        "trailsmith: 1\nid: 7f1f1c2e-5b0a-4b1e-9d55-0123456789ab\nname: n\ninput: {input}\nlanguage: threat-stack\nquery: >-\n  {query}\n"
    );
    let loaded = frontend::load_text("rule.yml", &text);
    Arc::clone(loaded.rules.first().unwrap_or_else(|| panic!("{:?}", loaded.diagnostics)))
}

fn matches(rule: &Arc<Rule>, layout: Layout, finding: &Value) -> bool {
    let set = RuleSet::compile(std::slice::from_ref(rule), &matcher::Options::default());
    let mut hits = Vec::new();
    set.judge(&finding.to_string(), layout, &mut Scratch::default(), &mut hits).expect("JSON");
    !hits.is_empty()
}

/// Leaves by path; numbers by value.
fn leaves(value: &Value, path: &str, out: &mut BTreeMap<String, Value>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| leaves(value, &below(key), out)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| leaves(item, &below(&at.to_string()), out));
        }
        Value::Number(number) => drop(out.insert(path.to_owned(), json!(number.as_f64()))),
        other => drop(out.insert(path.to_owned(), other.clone())),
    }
}

#[test]
fn the_document_of_the_guardduty_pair_is_the_integrations() {
    let Some(pair) = pair() else { return };
    // Made by a package that called findings events and was told to keep copies.
    let options = Options { version: Version::Legacy, preserve_duplicates: true, ..Options::default() };
    let found = normalize_finding(&pair["raw"], Service::GuardDuty, &options).expect("a document");
    let (mut ours, mut theirs) = (BTreeMap::new(), BTreeMap::new());
    leaves(&Value::Object(found), "", &mut ours);
    leaves(&pair["expected"], "", &mut theirs);
    // The agent's own, and the record's text.
    theirs.retain(|path, _| !path.starts_with("tags.") && path != "event.original");
    ours.retain(|path, _| !path.starts_with("data_stream.") && path != "event.module");
    assert_eq!(ours, theirs);
    println!("GuardDuty pair: {} fields equal", theirs.len());
    assert!(theirs.len() > 90, "{}", theirs.len());
}

#[test]
fn every_finding_of_the_corpora_is_read_and_normalised() {
    let (Some(rows), Some(seeds), Some(pair)) = (panther(), seeds(), pair()) else { return };
    let lines = |values: &[Value]| values.iter().map(|value| format!("{value}\n")).collect::<String>();
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut count = |corpus, found: Vec<(Layout, Value)>| {
        for (layout, finding) in found {
            let made = document(&finding, layout, &Options::default());
            assert!(made.is_some_and(|made| made.contains_key("event")), "{finding}");
            *counts.entry((corpus, layout.plural())).or_default() += 1;
        }
    };
    // The lines of a corpus wrap the event in their own keys.
    count("panther", read("panther.ndjson", lines(&rows).as_bytes()));
    count("seeds", read("seeds.ndjson", lines(&seeds.values().cloned().collect::<Vec<_>>()).as_bytes()));
    count("pair", read("pair.json", pair["raw"].to_string().as_bytes()));
    for ((corpus, kind), number) in &counts {
        println!("{corpus}: {number} {kind} read and normalised");
    }
    let of = |corpus, layout: Layout| counts.get(&(corpus, layout.plural())).copied().unwrap_or(0);
    assert_eq!((of("panther", GUARDDUTY), of("panther", SECURITYHUB)), (2, 6));
    assert_eq!((of("seeds", GUARDDUTY), of("pair", GUARDDUTY)), (2, 1));
    assert_eq!(counts.values().sum::<usize>(), 11);
}

/// Panther's logic, from the words of the cases, on the keys of findings.
const PANTHER: [(&str, &str, &str); 4] = [
    (
        "AWS.GuardDuty.HighSeverityFinding",
        "guardduty",
        "severity >= 7 and severity < 9 and service.additionalInfo.sample != true",
    ),
    (
        "Decoy.DynamoDB.Accessed",
        "securityhub",
        "GeneratorId = \"dynamodb.amazonaws.com\" and (Action.AwsApiCallAction.Api = \"Scan\" or \
         Action.AwsApiCallAction.Api = \"Query\" or Action.AwsApiCallAction.Api ends_with \"Item\")",
    ),
    (
        "Decoy.S3.Accessed",
        "securityhub",
        "GeneratorId = \"s3.amazonaws.com\" and (Action.AwsApiCallAction.Api starts_with \"GetObject\" or \
         Action.AwsApiCallAction.Api starts_with \"PutObject\" or Action.AwsApiCallAction.Api starts_with \"DeleteObject\")",
    ),
    (
        "Decoy.Systems.Manager.Parameter.Accessed",
        "securityhub",
        "GeneratorId = \"ssm.amazonaws.com\" and (Action.AwsApiCallAction.Api = \"Decrypt\" or \
         Action.AwsApiCallAction.Api starts_with \"GetParameter\")",
    ),
];

#[test]
fn panthers_verdicts() {
    let Some(rows) = panther() else { return };
    let mut judged = 0;
    for row in &rows {
        let (_, input, query) = PANTHER
            .iter()
            .find(|(id, ..)| row["rule_id"] == *id)
            .unwrap_or_else(|| panic!("no rule for {}", row["rule_id"]));
        let rule = rule(input, query);
        let found = unwrap_all(&row["event"]);
        let [(layout, finding)] = found.as_slice() else { panic!("one finding") };
        assert_eq!(Value::from(matches(&rule, *layout, finding)), row["expected"], "{}", row["case"]);
        judged += 1;
    }
    println!("Panther: {judged} verdicts equal");
    assert_eq!(judged, 8);
}

fn pack() -> Vec<Arc<Rule>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    frontend::load(&[root.join("rules")], &frontend::Options::default()).rules
}

fn shipped(name: &str) -> Arc<Rule> {
    let rules = pack();
    let found = rules.iter().find(|rule| rule.source.path().ends_with(name));
    Arc::clone(found.unwrap_or_else(|| panic!("{name} is not shipped")))
}

#[test]
fn the_seeds_findings_fire_the_shipped_rules() {
    let Some(seeds) = seeds() else { return };
    let credentials = shipped("guardduty/instance-credentials-used-elsewhere.yml");
    let trigger = shipped("guardduty/finding-on-an-instance.yml");
    for (id, expected) in [
        ("evt-gd-instance-credential-exfiltration", (true, false)),
        ("shape-guardduty-eventbridge-envelope", (false, true)),
    ] {
        let found = unwrap_all(&seeds[id]);
        let [(layout, finding)] = found.as_slice() else { panic!("{id}: one finding") };
        assert_eq!(*layout, GUARDDUTY);
        assert_eq!(
            (matches(&credentials, GUARDDUTY, finding), matches(&trigger, GUARDDUTY, finding)),
            expected
        );
    }
}

#[test]
fn the_pattern_of_the_trigger_is_the_seeds() {
    let Some(path) = common::shared("data/seeds/seed_rules.json") else { return };
    let seeds: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("readable")).expect("JSON");
    let of = |id: &str| {
        let found = seeds["rules"].as_array().expect("a list").iter().find(|rule| rule["id"] == id).cloned();
        found.expect("the seed")["condition"]["canonical"]["eventbridge"].clone()
    };
    let target = backend::find("eventbridge").expect("a target");
    let pattern = |name| {
        let compiled = backend::compile(&shipped(name), target, &backend::Options::default());
        assert!(compiled.losses.is_empty(), "{:?}", compiled.losses);
        compiled.artefact.expect("a pattern").to_json()
    };
    let trigger = of("gd-ec2-finding-auto-response");
    assert_eq!(pattern("guardduty/finding-on-an-instance.yml"), trigger);
    // The shipped rule takes the family where the seed names one type.
    let mut credentials = of("gd-instance-credential-exfiltration-outside-aws");
    let ty = credentials["detail"]["type"][0].as_str().expect("a type").to_owned();
    let family = ty.trim_end_matches(".OutsideAWS");
    credentials["detail"]["type"] = json!([{ "prefix": family }]);
    assert_eq!(pattern("guardduty/instance-credentials-used-elsewhere.yml"), credentials);
}

#[test]
fn security_hub_documents_are_as_the_reference_says() {
    let Some(rows) = panther() else { return };
    let row = rows.iter().find(|row| row["rule_id"] == "Decoy.S3.Accessed").expect("a case");
    let raw = &row["event"];
    let options = Options { version: Version::Legacy, preserve_duplicates: true, ..Options::default() };
    let made = Value::Object(normalize_finding(raw, Service::SecurityHub, &options).expect("a document"));
    let event = &made["event"];
    assert_eq!((&event["kind"], &event["type"]), (&json!("event"), &json!(["info"])));
    assert_eq!(event["action"], json!("aws_api_call"));
    assert_eq!(event["id"], raw["Id"]);
    let own = &made["aws"]["securityhub_findings"];
    assert_eq!(own["severity"], json!({"label": "HIGH", "normalized": "70"}));
    for (field, key) in [
        ("title", "Title"),
        ("description", "Description"),
        ("types", "Types"),
        ("record_state", "RecordState"),
    ] {
        assert_eq!(own[field], raw[key], "{field}");
    }
    assert_eq!(own["workflow"], json!({"state": "NEW", "status": "NEW"}));
    assert_eq!(own["product"]["arn"], raw["ProductArn"]);
    assert_eq!(own["product"]["name"], raw["ProductName"]);
    // Odd keys stay odd, and so do the capitals of resources.
    assert_eq!(own["product"]["fields"], raw["ProductFields"]);
    assert_eq!(own["resources"], raw["Resources"]);
    assert_eq!(own["generator"]["id"], raw["GeneratorId"]);
    assert_eq!(made["related"]["ip"], json!(["111.111.111.111"]));
    // Without the tag the copies are gone, and the ECS fields are the same.
    let options = Options { version: Version::Legacy, ..Options::default() };
    let less = Value::Object(normalize_finding(raw, Service::SecurityHub, &options).expect("a document"));
    assert!(less["aws"]["securityhub_findings"].get("id").is_none());
    assert_eq!(less["event"], made["event"]);
}

/// Severity by the scales of the services (seed_requirements.md 37).
#[test]
fn severities_keep_their_own_scale() {
    for (number, label) in [
        (0, "INFORMATIONAL"),
        (1, "LOW"),
        (39, "LOW"),
        (40, "MEDIUM"),
        (69, "MEDIUM"),
        (70, "HIGH"),
        (89, "HIGH"),
        (90, "CRITICAL"),
        (100, "CRITICAL"),
    ] {
        let finding = json!({"Id": "a", "ProductArn": "b", "Severity": {"Label": label, "Normalized": number, "Original": "x"}});
        let made =
            normalize_finding(&finding, Service::SecurityHub, &Options::default()).expect("a document");
        assert_eq!(made["event"]["severity"], number);
        let own = &made["aws"]["securityhub_findings"]["severity"];
        assert_eq!(own, &json!({"label": label, "normalized": number.to_string(), "original": "x"}));
    }
}

#[test]
fn findings_are_read_from_every_container() {
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/aws/events");
    let load = |name: &str| -> Value {
        serde_json::from_str(&std::fs::read_to_string(events.join(name)).expect("shipped")).expect("JSON")
    };
    let guardduty = load("guardduty-findings.json");
    let native: Vec<Value> = guardduty.as_array().expect("a list").clone();
    let same = |name: &str, bytes: &[u8]| {
        let found = read(name, bytes);
        assert!(found.iter().all(|(layout, _)| *layout == GUARDDUTY), "{name}");
        assert_eq!(found.into_iter().map(|(_, finding)| finding).collect::<Vec<_>>(), native, "{name}");
    };
    same("array.json", guardduty.to_string().as_bytes());
    same("wire.json", json!({ "findings": native }).to_string().as_bytes());
    same("pretty.json", format!("{:#}", json!({ "Findings": native, "NextToken": "" })).as_bytes());
    // What GuardDuty exports to a bucket.
    let lines: String = native.iter().map(|finding| format!("{finding}\n")).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(lines.as_bytes()).expect("packed");
    same("export.jsonl.gz", &packed.finish().expect("packed"));
    // What the command line prints.
    same(
        "cli.json",
        json!({ "Findings": native.iter().map(capital).collect::<Vec<_>>() }).to_string().as_bytes(),
    );
    let envelope = |finding: &Value| json!({"version": "0", "source": "aws.guardduty", "detail-type": "GuardDuty Finding", "detail": finding});
    let events: String = native.iter().map(|finding| format!("{}\n", envelope(finding))).collect();
    same("events.ndjson", events.as_bytes());

    let hub = load("securityhub-findings.json");
    let number = hub["detail"]["findings"].as_array().expect("a list").len();
    for (name, value) in
        [("imported.json", hub.clone()), ("asff.json", json!({"Findings": hub["detail"]["findings"]}))]
    {
        let found = read(name, value.to_string().as_bytes());
        assert_eq!(found.len(), number, "{name}");
        assert!(found.iter().all(|(layout, _)| *layout == SECURITYHUB), "{name}");
    }
    println!("containers: {} GuardDuty and {number} Security Hub findings each", native.len());
}

/// The same with a capital at every key, as AWS's SDKs write it.
fn capital(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let pair = |(key, value): (&String, &Value)| {
                let mut chars = key.chars();
                let first = chars.next().map(|first| first.to_ascii_uppercase());
                let key: String = first.into_iter().chain(chars).collect();
                let value = if key == "AffectedResources" { value.clone() } else { capital(value) };
                (key, value)
            };
            Value::Object(map.iter().map(pair).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(capital).collect()),
        other => other.clone(),
    }
}

#[test]
fn a_rule_is_never_run_on_another_input() {
    let finding = json!({"type": "Recon:EC2/Portscan", "severity": 5, "eventName": "x"});
    let gd = rule("guardduty", "severity > 0");
    assert!(matches(&gd, GUARDDUTY, &finding));
    for layout in Layout::ALL.into_iter().filter(|layout| *layout != GUARDDUTY) {
        assert!(!matches(&gd, layout, &finding), "{layout:?}");
    }
    let cloudtrail = rule("cloudtrail", "eventName = \"x\"");
    assert!(matches(&cloudtrail, Layout::CloudTrail, &finding));
    assert!(!matches(&cloudtrail, GUARDDUTY, &finding));
    let data_sets = ["aws.guardduty", "aws.securityhub_findings", "aws.cloudtrail"];
    let ecs = |data_set: &str| json!({"data_stream": {"dataset": data_set}, "rule": {"name": "a"}});
    let text = "trailsmith: 1\nid: 7f1f1c2e-5b0a-4b1e-9d55-0123456789ab\nname: n\ninput: guardduty\nlanguage: kuery\nquery: \"rule.name: a\"\n";
    let loaded = frontend::load_text("rule.yml", text);
    let hits = data_sets.map(|data_set| matches(&loaded.rules[0], Layout::Ecs, &ecs(data_set)));
    assert_eq!(hits, [true, false, false]);
}

#[test]
fn the_virtual_view_of_a_finding_is_its_document() {
    let Some(findings) = everything() else { return };
    let mut compared = 0;
    for version in Version::ALL {
        let options = Options { version, ..Options::default() };
        for (layout, finding) in &findings {
            let Layout::Finding(service) = *layout else { panic!("{finding}") };
            let made = Value::Object(document(finding, *layout, &options).expect("a document"));
            for path in names(Vocabulary::Ecs).into_iter().filter(|path| base_field(path) == *path) {
                let field = Field::new(Vocabulary::Ecs, path, types(Vocabulary::Ecs).field_type(path));
                let documents = texts(&made, path);
                let ours = match reach(&field, Shape::Finding(service), version) {
                    Reach::Path { path, .. } => texts(finding, &path),
                    Reach::Constant(text) => BTreeSet::from([text.to_owned()]),
                    Reach::Never | Reach::Enrichment(_) => BTreeSet::new(),
                    _ => continue,
                };
                assert_eq!(ours, documents, "{path} of {finding}");
                compared += usize::from(!documents.is_empty());
            }
        }
    }
    println!("virtual view: {} findings, {compared} values equal", findings.len());
    assert!(compared > 500, "{compared}");
}

/// The scalars at a path, without empty texts.
fn texts(value: &Value, path: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    each_at(value, path, &mut |value| {
        match value {
            Value::String(text) if !text.is_empty() => out.insert(text.clone()),
            Value::Number(_) | Value::Bool(_) => out.insert(value.to_string()),
            _ => false,
        };
    });
    out
}
