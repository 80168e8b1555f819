use super::Kind;
use crate::frontend::load_text;
use crate::ir::{Detection, Input, MissingFields};

const RULE: &str = r#"{"rule_id": "k", "name": "n", "description": "d", "type": "query", "language": "kuery",
    "query": "event.dataset: aws.cloudtrail and event.action: X", "severity": "low", "risk_score": 21,
    "exceptions_list": [{"id": "1", "list_id": "robots", "type": "detection", "namespace_type": "single"}]}"#;
const LIST: &str =
    r#"{"list_id": "robots", "type": "detection", "name": "Robots", "namespace_type": "single"}"#;

fn item(entries: &str) -> String {
    format!(
        r#"{{"item_id": "i", "list_id": "robots", "name": "ci", "type": "simple", "entries": [{entries}]}}"#
    )
}

fn export(lines: &[&str]) -> crate::frontend::Loaded {
    let lines: Vec<String> = lines.iter().map(|line| line.replace('\n', " ")).collect();
    load_text("export.ndjson", &lines.join("\n"))
}

fn codes(loaded: &crate::frontend::Loaded) -> Vec<&'static str> {
    loaded.diagnostics.iter().map(|finding| finding.code.name).collect()
}

#[test]
fn items_become_exceptions_of_the_rules_that_name_their_list() {
    let entries = [
        r#"{"field": "user.name", "operator": "included", "type": "match", "value": "ci"}"#,
        r#"{"field": "user.name", "operator": "excluded", "type": "match_any", "value": ["a", "b"]}"#,
        r#"{"field": "source.ip", "operator": "included", "type": "exists"}"#,
        r#"{"field": "user_agent.original", "operator": "included", "type": "wildcard", "value": "aws-cli*"}"#,
    ];
    let summary = r#"{"exported_count": 3, "exported_rules_count": 1}"#;
    let loaded =
        export(&[RULE, LIST, &item(&entries.join(", ")), r#"{"id": "c", "attributes": {}}"#, summary]);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let rule = &loaded.rules[0];
    assert_eq!(rule.exceptions[0].name.as_deref(), Some("ci"));
    let mut fields = Vec::new();
    rule.exceptions[0].predicate.for_each_test(&mut |test, _| fields.push(test.field.path.as_str()));
    assert_eq!(fields, ["user.name", "user.name", "user.name", "source.ip", "user_agent.original"]);
    let kinds: Vec<Kind> = loaded.attachments.iter().map(|attachment| attachment.kind).collect();
    assert_eq!(kinds, [Kind::ExceptionList, Kind::ExceptionItem, Kind::Connector, Kind::Summary]);
    assert_eq!(rule.input, Input::CloudTrail);
    assert!(matches!(rule.detection, Detection::Event(_)));
}

#[test]
fn an_item_that_cannot_be_said_makes_its_rule_opaque() {
    let list = r#"{"field": "source.ip", "operator": "included", "type": "list", "list": {"id": "l", "type": "ip"}}"#;
    let loaded = export(&[RULE, LIST, &item(list)]);
    assert_eq!(codes(&loaded), ["exception-not-read"]);
    assert!(matches!(loaded.rules[0].detection, Detection::Opaque(_)));
    let orphan = export(&[RULE, &item(list).replace("robots", "others")]);
    assert_eq!(codes(&orphan), ["exception-unused", "exception-list-absent"]);
    assert!(matches!(orphan.rules[0].detection, Detection::Event(_)));
}

#[test]
fn a_list_that_is_not_in_the_export_is_reported() {
    let loaded = export(&[RULE]);
    assert_eq!(codes(&loaded), ["exception-list-absent"]);
    let finding = &loaded.diagnostics[0];
    let (source, span) = (finding.source.as_ref().unwrap(), finding.span().unwrap());
    assert!(source.slice(span).contains("robots"), "{}", source.slice(span));
    assert!(codes(&export(&[RULE, LIST])).is_empty());
}

#[test]
fn a_list_is_known_by_its_name_space() {
    let entry = r#"{"field": "user.name", "operator": "included", "type": "match", "value": "ci"}"#;
    let agnostic = item(entry).replacen('{', r#"{"namespace_type": "agnostic", "#, 1);
    let loaded = export(&[RULE, LIST, &agnostic]);
    assert_eq!((codes(&loaded), loaded.rules[0].exceptions.len()), (vec!["exception-unused"], 0));
    let alone = export(&[RULE, &agnostic]);
    assert_eq!(codes(&alone), ["exception-unused", "exception-list-absent"]);
}

#[test]
fn an_item_that_expires_excepts_earlier_events_only() {
    use crate::event::Layout;
    use crate::matcher::{Options, RuleSet, Scratch};
    let entry = r#"{"field": "user.name", "operator": "included", "type": "match", "value": "ci"}"#;
    let item = item(entry).replacen('{', r#"{"expire_time": "2024-05-01T00:00:00.000Z", "#, 1);
    let loaded = export(&[RULE, LIST, &item]);
    assert_eq!(codes(&loaded), ["exception-expires"]);
    let set = RuleSet::compile(&loaded.rules, &Options::default());
    let hits = |time: &str| {
        let record =
            format!(r#"{{"eventName": "X", "eventTime": "{time}", "userIdentity": {{"userName": "ci"}}}}"#);
        let mut hits = Vec::new();
        set.judge(&record, Layout::CloudTrail, &mut Scratch::default(), &mut hits).unwrap();
        hits.len()
    };
    // elastic_rule_types.md §1.6: dropped once the time has come.
    assert_eq!([hits("2024-04-30T23:59:59Z"), hits("2024-05-01T00:00:00Z")], [0, 1]);
}

#[test]
fn limits_of_the_import_are_checked() {
    let with = |more: &str| RULE.replacen('{', &format!("{{{more}, "), 1);
    for (line, code) in [
        (with(r#""alert_suppression": {"group_by": []}"#), "bad-count"),
        (with(r#""alert_suppression": {"group_by": ["user.name"], "duration": {"value": 0, "unit": "h"}}"#), "out-of-range"),
        (with(r#""alert_suppression": {"group_by": ["user.name"], "duration": {"value": 5, "unit": "d"}}"#), "unknown-word"),
        (with(r#""interval": "5 minutes""#), "bad-time"),
        (with(r#""from": "yesterday""#), "bad-time"),
        (with(r#""max_signals": 0"#), "out-of-range"),
        (with(r#""version": 0"#), "out-of-range"),
        (with(r#""timeline_id": "t""#), "keys-disagree"),
        (with(r#""index": ["a"], "data_view_id": "b""#), "keys-disagree"),
        (with(r#""index": "a""#), "wrong-type"),
        (with(r#""threat": [{"framework": "MITRE ATT&CK"}]"#), "missing-key"),
        (with(r#""actions": [{"id": "a"}]"#), "actions-kept"),
        (RULE.replace("\"low\"", "\"grave\""), "unknown-word"),
        (RULE.replace("21", "101"), "out-of-range"),
        (RULE.replace("\"name\": \"n\", ", ""), "missing-key"),
        (RULE.replace("\"query\", \"language\"", "\"new_terms\", \"language\""), "missing-key"),
        (RULE.replace("\"query\", \"language\"", "\"threshold\", \"language\""), "missing-key"),
        (with(r#""new_terms_fields": ["a", "b", "c", "d"], "history_window_start": "now-7d""#)
            .replace("\"query\", \"language\"", "\"new_terms\", \"language\""), "bad-count"),
        (with(r#""threshold": {"field": ["user.name"], "value": 1, "cardinality": [{"field": "user.name", "value": 2}]}"#)
            .replace("\"query\", \"language\"", "\"threshold\", \"language\""), "keys-disagree"),
    ] {
        let loaded = export(&[&line]);
        assert!(codes(&loaded).contains(&code), "{line}\n{:?}", codes(&loaded));
        assert!(loaded.diagnostics.iter().all(|d| d.span().is_some()), "{line}");
        assert_eq!(loaded.rules.len(), 1, "{line}");
    }
}

#[test]
fn suppression_and_filters_are_part_of_the_rule() {
    let more = r#"{"alert_suppression": {"group_by": ["user.name"], "missing_fields_strategy": "doNotSuppress"},
        "filters": [{"meta": {"negate": true}, "query": {"match_phrase": {"user.name": "ci"}}}], "#;
    let loaded = export(&[&RULE.replacen('{', more, 1), LIST]);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let rule = &loaded.rules[0];
    assert_eq!(rule.suppression.as_ref().unwrap().missing, Some(MissingFields::Exclude));
    let mut fields = Vec::new();
    rule.detection.predicate().unwrap().for_each_test(&mut |test, _| fields.push(test.field.path.as_str()));
    assert_eq!(fields, ["event.dataset", "event.action", "user.name"]);
}
