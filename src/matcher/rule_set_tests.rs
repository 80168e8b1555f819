//! Candidates, inputs, evidence and what cannot be run.

use std::sync::Arc;

use serde_json::json;

use crate::event::Layout;
use crate::ir::{
    Bound, Case, Comparison, DateBound, Input, MissingFields, Node, Predicate, Rule, Suppression, TextMatch,
    Vocabulary,
};
use crate::matcher::over_time::{Document, Scalar};
use crate::matcher::test_rules::{equals, field, rule, test};
use crate::matcher::{Options, RuleSet, Scratch, codes};

const ECS: Vocabulary = Vocabulary::Ecs;

fn set(rules: Vec<Rule>) -> RuleSet {
    let rules: Vec<Arc<Rule>> = rules.into_iter().map(Arc::new).collect();
    RuleSet::compile(&rules, &Options::default())
}

fn hits(set: &RuleSet, record: &str, layout: Layout) -> Vec<usize> {
    let (mut scratch, mut hits) = (Scratch::default(), vec![99]);
    set.judge(record, layout, &mut scratch, &mut hits).unwrap();
    hits
}

fn action(text: &str) -> Node {
    test(ECS, "event.action", equals(text))
}

fn prefix(path: &str, text: &str) -> Node {
    let matcher = TextMatch::Prefix(text.into());
    test(ECS, path, Comparison::Text { matcher, case: Case::Sensitive })
}

#[test]
fn every_way_into_the_index_finds_its_rule() {
    let provider = || test(ECS, "event.provider", equals("iam.amazonaws.com"));
    let set = set(vec![
        rule(ECS, Predicate::Not(Box::new(action("Nothing")))),
        rule(ECS, Predicate::Or(vec![action("CreateUser"), action("DeleteUser")])),
        rule(ECS, prefix("event.action", "Delete").predicate),
        rule(ECS, Predicate::And(vec![provider(), prefix("event.action", "Create")])),
        rule(ECS, Predicate::Or(vec![action("Other"), provider()])),
        rule(ECS, Predicate::Or(vec![])),
        rule(ECS, Predicate::And(vec![])),
    ]);
    let of = |name: &str, source: &str| {
        let record = json!({"eventName": name, "eventSource": source}).to_string();
        hits(&set, &record, Layout::CloudTrail)
    };
    assert_eq!(of("CreateUser", "iam.amazonaws.com"), [0, 1, 3, 4, 6]);
    assert_eq!(of("DeleteUser", "x"), [0, 1, 2, 6]);
    assert_eq!(of("Nothing", "x"), [6]);
    assert_eq!(of("Other", "iam.amazonaws.com"), [0, 4, 6]);
    // Escapes, arrays and odd types reach the index as their canonical text.
    assert_eq!(hits(&set, r#"{"eventName":["x",["Delete\u0055ser"]]}"#, Layout::CloudTrail), [0, 1, 2, 6]);
    assert_eq!(hits(&set, r#"{"eventName":{"a":1}}"#, Layout::CloudTrail), [0, 6]);
    assert_eq!(hits(&set, r#"{"event":{"action":"DeleteUser"}}"#, Layout::Ecs), [0, 1, 2, 6]);
}

#[test]
fn broken_records_are_errors_and_leave_no_hits() {
    let set = set(vec![rule(ECS, Predicate::Constant(true))]);
    let (mut scratch, mut hits) = (Scratch::default(), vec![7]);
    assert!(set.judge("{\"eventName\":", Layout::CloudTrail, &mut scratch, &mut hits).is_err());
    assert!(hits.is_empty());
    assert!(set.judge("{}", Layout::CloudTrail, &mut scratch, &mut hits).is_ok());
    assert_eq!(hits, [0]);
}

#[test]
fn rules_for_other_inputs_stay_away() {
    let mut finding = rule(ECS, Predicate::Constant(true));
    finding.input = Input::Other("guardduty".into());
    let set = set(vec![finding, rule(ECS, Predicate::Constant(true))]);
    assert_eq!(hits(&set, "{}", Layout::CloudTrail), [1]);
    assert_eq!(hits(&set, "{}", Layout::Ecs), [1]);
    let of = |dataset: &str| hits(&set, &json!({"event.dataset": dataset}).to_string(), Layout::Ecs);
    assert_eq!(of("aws.guardduty"), [0]);
    assert_eq!(of("aws.cloudtrail"), [1]);
    assert!(of("aws.vpcflow").is_empty());
    assert_eq!(set.skipped(Layout::CloudTrail)[0].1.code, &codes::OTHER_INPUT);
    assert!(set.diagnostics().is_empty());
}

#[test]
fn what_cannot_run_is_said() {
    let now =
        Comparison::Date { lower: Bound::inclusive(DateBound::Math("now-1d".into())), upper: Bound::OPEN };
    let mut deep = action("A");
    for _ in 0..700 {
        deep = Node::negate(deep);
    }
    let raw = test(Vocabulary::CloudTrail, "userIdentity.userName", equals("bob"));
    let set = set(vec![
        rule(ECS, test(ECS, "@timestamp", now).predicate),
        rule(ECS, deep.predicate),
        rule(Vocabulary::CloudTrail, raw.predicate),
        rule(ECS, test(ECS, "source.geo.country_iso_code", equals("NL")).predicate),
    ]);
    let found: Vec<&str> = set.diagnostics().iter().map(|diagnostic| diagnostic.code.name).collect();
    assert_eq!(found, ["match-now-unknown", "match-too-deep"]);
    assert_eq!(set.skipped(Layout::Ecs).last().unwrap().1.code, &codes::OTHER_VOCABULARY);
    assert_eq!(set.notes(Layout::CloudTrail)[0].code, &codes::UNREACHABLE);
    assert!(set.notes(Layout::Ecs).is_empty());
    assert_eq!(hits(&set, r#"{"userIdentity":{"userName":"bob"}}"#, Layout::CloudTrail), [2]);
}

#[test]
fn a_flattened_key_that_holds_an_object_does_not_exist() {
    // Elasticsearch, KeyedFlattenedFieldType.existsQuery: a prefix query for the key and a NUL.
    let key = |path: &str| {
        test(ECS, &format!("aws.cloudtrail.flattened.request_parameters.{path}"), Comparison::Exists)
            .predicate
    };
    let raw = |path: &str| test(Vocabulary::CloudTrail, path, Comparison::Exists).predicate;
    let set = set(vec![
        rule(ECS, key("a")),
        rule(ECS, key("a.b")),
        rule(ECS, key("list")),
        rule(Vocabulary::CloudTrail, raw("requestParameters.a")),
    ]);
    let record = r#"{"requestParameters":{"a":{"b":1},"list":["x",{"c":1}]}}"#;
    assert_eq!(hits(&set, record, Layout::CloudTrail), [1, 2, 3]);
}

#[test]
fn evidence_lists_the_fields_of_interest() {
    let mut rule = rule(ECS, Predicate::Constant(true));
    rule.suppression = Some(Suppression {
        group_by: ["user.name", "event.outcome", "aws.cloudtrail.resources.arn", "source.geo.city_name"]
            .map(|path| field(ECS, path))
            .to_vec(),
        duration: None,
        missing: Some(MissingFields::Group),
    });
    rule.metadata.alert_title = Some("{{user.name}} in {{cloud.region}}".into());
    let set = set(vec![rule]);
    let record = json!({
        "eventTime": "1970-01-01T00:00:02Z", "eventID": "e-1", "awsRegion": "eu-west-1",
        "userIdentity": {"type": "IAMUser", "userName": "bob"}, "errorCode": "x",
        "resources": [{"ARN": "a"}, {"ARN": "b"}],
    });
    let record = record.to_string();
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    set.judge(&record, Layout::CloudTrail, &mut scratch, &mut hits).unwrap();
    let evidence = set.evidence(hits[0], &record, Layout::CloudTrail, &mut scratch);
    assert_eq!((evidence.time_ms, evidence.id()), (Some(2000), "e-1"));
    let texts = |path: &str| evidence.values_of(path).iter().map(Scalar::as_text).collect::<Vec<_>>();
    assert_eq!(texts("user.name"), ["bob"]);
    assert_eq!(texts("event.outcome"), ["failure"]);
    assert_eq!(texts("aws.cloudtrail.resources.arn"), ["a", "b"]);
    assert_eq!(texts("cloud.region"), ["eu-west-1"]);
    assert!(texts("source.geo.city_name").is_empty());
    assert_eq!(evidence.values(&field(ECS, "user.name")), [Scalar::text("bob")]);
}

#[test]
fn payloads_too_large_for_a_flattened_copy() {
    let path = "aws.cloudtrail.flattened.request_parameters.key";
    let set = set(vec![
        rule(ECS, test(ECS, path, equals("x")).predicate),
        rule(
            Vocabulary::CloudTrail,
            test(Vocabulary::CloudTrail, "requestParameters.key", equals("x")).predicate,
        ),
    ]);
    let of = |size: usize| {
        let record = json!({"requestParameters": {"key": "x", "pad": "y".repeat(size)}}).to_string();
        hits(&set, &record, Layout::CloudTrail)
    };
    assert_eq!(of(10), [0, 1]);
    assert_eq!(of(30_000), [0, 1]);
    assert_eq!(of(33_000), [1]);
}

#[test]
fn values_longer_than_the_index_keeps_are_not_there() {
    let long = Predicate::And(vec![test(ECS, "event.action", Comparison::Exists)]);
    let set = set(vec![rule(ECS, long)]);
    let of =
        |size: usize| hits(&set, &json!({"eventName": "é".repeat(size)}).to_string(), Layout::CloudTrail);
    assert_eq!(of(1024), [0], "1024 characters are 2048 bytes");
    assert!(of(1025).is_empty());
}
