use crate::frontend::load_text;
use crate::ir::{Detection, Duration, Input, Language, Level, MissingFields, Value, Window};

fn codes(text: &str) -> Vec<&'static str> {
    load_text("r.yml", text).diagnostics.iter().map(|finding| finding.code.name).collect()
}

const WHOLE: &str = r#"
trailsmith: 1
id: key-created
name: Key created
input: cloudtrail
language: threat-stack
query: |
  eventSource = "iam.amazonaws.com"
  and eventName = "CreateAccessKey"
threshold:
  group_by: [user]
  at_least: 5
  window: {first_event: 1h}
  cardinality: [{field: ip, at_least: 2}]
  missing: group
suppress: {by: [user, ip], for: 24h, missing: exclude}
exceptions: [{name: robots, query: 'user = "ci"'}]
schedule: {from: now-9m, to: now, interval: 5m, max_signals: 100}
severity: {level: low, original: 3}
risk_score: 21
description: d
tags: [a, 123456789012]
author: me
license: MIT
references: [https://example.com]
false_positives: [none]
mitre:
  - tactic: {id: TA0003, name: Persistence, reference: r}
    techniques: [{id: T1098, name: Account Manipulation, subtechniques: [{id: T1098.001, name: n}]}]
investigation_guide: |
  # Look
setup: s
investigation_fields: [user]
alert_title: "{{user}} called {{eventName}}"
overrides: {severity: [{field: user, operator: equals, value: root, severity: high}], rule_name: eventName}
enabled: true
version: 3
timeline: {id: i, title: t}
building_block: true
playbook:
  summary: Take the key away.
  parameters:
    user: {field: userIdentity.userName, description: whose key}
    account: recipientAccountId
  steps:
    - title: Disable the key
      text: Ask first.
      calls: [{service: iam, action: UpdateAccessKey, parameters: {UserName: "{{user}}", Account: 012345678901}}]
"#;

#[test]
fn cloudtrail_is_known_by_its_names() {
    for (name, expected) in [
        ("cloudtrail", Input::CloudTrail),
        ("CloudTrail", Input::CloudTrail),
        ("aws.cloudtrail", Input::CloudTrail),
        ("aws.guardduty", Input::Other("aws.guardduty".into())),
    ] {
        let text = format!(
            "id: a\nname: a\ninput: {name}\nlanguage: kuery\nquery: 'event.action: X'\ntrailsmith: 1\n"
        );
        assert_eq!(load_text("r.yml", &text).rules[0].input, expected, "{name}");
    }
}

#[test]
fn every_key_finds_its_place() {
    let loaded = load_text("r.yml", WHOLE);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let rule = &loaded.rules[0];
    let meta = &rule.metadata;
    assert!(meta.extra.is_empty(), "{:?}", meta.extra);
    assert_eq!(
        (rule.id.as_str(), rule.id_is_derived, &rule.input),
        ("key-created", false, &Input::CloudTrail)
    );
    let Detection::Threshold(threshold) = &rule.detection else { panic!() };
    assert_eq!(threshold.window, Window::FirstEvent(Duration::seconds(3600)));
    assert_eq!((threshold.at_least, threshold.missing), (5, MissingFields::Group));
    assert_eq!(threshold.cardinality[0].field.path, "ip");
    let suppression = rule.suppression.as_ref().unwrap();
    assert_eq!(
        (suppression.duration, suppression.missing),
        (Some(Duration::seconds(86_400)), Some(MissingFields::Exclude))
    );
    assert_eq!(rule.exceptions[0].name.as_deref(), Some("robots"));
    let severity = meta.severity.as_ref().unwrap();
    assert_eq!((severity.level, &severity.original), (Level::Low, &Some(Value::Int(3))));
    assert_eq!(meta.tags.as_deref().unwrap(), ["a", "123456789012"]);
    assert_eq!(meta.author.as_deref().unwrap(), ["me"]);
    let technique = &meta.threat.as_ref().unwrap()[0].techniques.as_ref().unwrap()[0];
    assert_eq!(technique.subtechniques.as_ref().unwrap()[0].id, "T1098.001");
    assert_eq!(meta.overrides.severity[0].severity, Level::High);
    assert_eq!(meta.building_block.as_deref(), Some("default"));
    let playbook = meta.playbook.as_ref().unwrap();
    assert_eq!(playbook.parameters["account"].field.as_deref(), Some("recipientAccountId"));
    assert_eq!(playbook.steps[0].calls[0].parameters["Account"], Value::Text("012345678901".into()));
    // The clause of the query is underlined in the file, not in the query's own text.
    let query = rule.query.as_ref().unwrap();
    let at = query.text.find("CreateAccessKey").unwrap();
    let line = rule.source.position(query.map.offset(at)).line;
    assert_eq!(rule.source.slice(rule.source.line_span(line)).trim(), "and eventName = \"CreateAccessKey\"");
}

#[test]
fn faults_are_findings_and_never_a_weaker_rule() {
    let minimal = "trailsmith: 1\nname: n\nlanguage: kuery\nquery: 'event.action: X'\n";
    assert!(codes(minimal).is_empty(), "{:?}", codes(minimal));
    for (more, code) in [
        ("serverity: low\n", "unknown-key"),
        ("severity: grave\n", "unknown-word"),
        ("risk_score: 101\n", "out-of-range"),
        ("threshold: 5\n", "wrong-type"),
        ("threshold: {at_least: 5, window: {sliding: 1h, tumbling: 1h}}\n", "bad-count"),
        ("threshold: {at_least: 5, window: sometimes}\n", "unknown-word"),
        ("threshold: {at_least: 5}\nnew_terms: {fields: [user.name], history: now-7d}\n", "keys-disagree"),
        ("new_terms: {fields: [], history: now-7d}\n", "bad-count"),
        ("suppress: {by: user}\n", "wrong-type"),
        ("suppress: {by: [user.name], for: never}\n", "bad-time"),
        ("exceptions: [{name: x}]\n", "missing-key"),
        ("language: english\n", "duplicate-key"),
    ] {
        let text = format!("{minimal}{more}");
        assert!(codes(&text).contains(&code), "{more}: {:?}", codes(&text));
        let loaded = load_text("r.yml", &text);
        let opaque = loaded.rules.iter().all(|rule| matches!(rule.detection, Detection::Opaque(_)));
        let harmless = ["serverity", "severity", "risk_score"].iter().any(|key| more.starts_with(key));
        assert_eq!(opaque, !harmless, "{more}");
    }
    for text in ["trailsmith: 2\nname: n\nlanguage: kuery\nquery: a\n", "trailsmith: 1\nname: n\nquery: a\n"]
    {
        assert!(matches!(load_text("r.yml", text).rules[0].detection, Detection::Opaque(_)), "{text}");
    }
}

#[test]
fn a_file_may_hold_several_rules_with_ids_of_their_own() {
    let one = "trailsmith: 1\nname: n\nlanguage: kuery\nquery: 'event.action: X'\n";
    let loaded = load_text("r.yml", &format!("{one}---\n{one}---\nname: [\n---\n{one}"));
    assert_eq!(loaded.rules.len(), 3, "{:?}", loaded.diagnostics);
    assert!(loaded.rules.iter().all(|rule| rule.id_is_derived));
    assert_ne!(loaded.rules[0].id, loaded.rules[1].id);
    assert!(loaded.unreadable);
}

#[test]
fn languages_without_a_grammar_are_carried() {
    let loaded = load_text("r.yml", "trailsmith: 1\nname: n\nlanguage: eql\nquery: any where true\n");
    let rule = &loaded.rules[0];
    assert_eq!(rule.query.as_ref().unwrap().language, Language::Eql);
    assert!(matches!(&rule.detection, Detection::Opaque(o) if o.text.as_deref() == Some("any where true")));
    assert!(!loaded.unreadable);
}

/// The schema names the keys that the reader knows, no more and no fewer.
#[test]
fn the_schema_and_the_reader_know_the_same_keys() {
    let schema = include_str!("../../../docs/trailsmith-rule.schema.json");
    let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
    let keys: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    // A key that the reader does not know is `unknown-key`; any other finding means that it does.
    for key in &keys {
        let text = format!("{key}: [[]]\n");
        let text = if *key == "trailsmith" { text } else { format!("trailsmith: 1\n{text}") };
        assert!(!codes(&text).contains(&"unknown-key"), "{key}");
    }
    let written = ["new_terms", "index", "filters", "purpose"];
    for line in WHOLE.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase())) {
        let key = line.split(':').next().unwrap();
        assert!(keys.contains(&key), "{key}");
    }
    let whole = WHOLE.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase())).count();
    assert_eq!(keys.len(), whole + written.len());
}
