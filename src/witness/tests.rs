//! Rules of every shape: what is shown of them, judged by the matcher's second, plain evaluator.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Change, Options, Side, Witnesses, witnesses};
use crate::diagnostic::{Source, TextMap};
use crate::frontend::lower::{self, LowerInput};
use crate::ir::{
    Case, Comparison, Detection, Field, Format, Input, Language, Metadata, Node, Predicate, QueryText, Rule,
    Schedule, Test, TextMatch, Vocabulary,
};
use crate::matcher::Standard;
use crate::matcher::explain::Explainer;
use crate::schema::types;

fn rule(language: Language, text: &str) -> Rule {
    let source = Arc::new(Source::new("r", text));
    let query = QueryText { language, text: text.into(), map: TextMap::verbatim(0, text.len()) };
    let vocabulary = match language {
        Language::ThreatStack => Vocabulary::ThreatStack,
        _ => Vocabulary::Ecs,
    };
    let input = LowerInput { source: &source, rule_id: "r", rule_name: "R" };
    let lowered = lower::query(&input, &query, vocabulary);
    let predicate = lowered.predicate.unwrap_or_else(|| panic!("{text}: {:?}", lowered.diagnostics));
    of(vocabulary, predicate, source)
}

fn of(vocabulary: Vocabulary, predicate: Node, source: Arc<Source>) -> Rule {
    Rule {
        id: "r".into(),
        id_is_derived: false,
        input: Input::CloudTrail,
        vocabulary,
        format: Format::Trailsmith,
        source_type: None,
        metadata: Metadata::default(),
        query: None,
        index: None,
        filters: None,
        detection: Detection::Event(predicate),
        exceptions: Vec::new(),
        exception_lists: None,
        suppression: None,
        schedule: Schedule::default(),
        origin: Default::default(),
        source,
    }
}

/// Generates and looks at every record with the plain evaluator.
fn shown(rule: &Rule) -> Witnesses {
    let options = Options::default();
    let out = witnesses(rule, &options);
    let matches = |sample: &super::Sample| {
        let (layout, event) = sample.judged(options.version);
        let now = sample.record["eventTime"].as_str().and_then(crate::matcher::date::parse);
        let world = Standard { version: options.version };
        Explainer::new(&world, now).explain(rule, &event.to_string(), layout).expect("a verdict").matched
    };
    assert!(!out.matching.is_empty(), "{:?}", out.unreached);
    out.matching.iter().for_each(|witness| assert!(matches(&witness.sample), "{:#}", witness.sample.record));
    out.near_misses.iter().for_each(|near| assert!(!matches(&near.sample), "{:#}", near.sample.record));
    out
}

fn kql(text: &str) -> Witnesses {
    shown(&rule(Language::Kuery, text))
}

/// The changes shown of a clause.
fn changes(out: &Witnesses, clause: usize) -> Vec<Change> {
    let mut changes: Vec<Change> =
        out.near_misses.iter().filter(|near| near.clause == clause).map(|near| near.change).collect();
    changes.sort();
    changes
}

#[test]
fn every_value_of_a_list_has_a_witness() {
    let out = kql(
        "event.dataset: aws.cloudtrail and event.action: (CreateUser or DeleteUser) and event.outcome: success",
    );
    let names: Vec<&Value> = out.matching.iter().map(|w| &w.sample.record["eventName"]).collect();
    assert_eq!(names, ["CreateUser", "DeleteUser"]);
    assert_eq!(changes(&out, 1), [Change::Value, Change::Case, Change::Absent]);
    assert!(out.near_misses.iter().all(|near| near.also.is_empty()));
    // The data set is the same in every event.
    let [constant] = out.unreached.as_slice() else { panic!("{:?}", out.unreached) };
    assert_eq!((constant.clause, constant.side), (Some(0), Side::NearMiss));
}

#[test]
fn a_near_miss_differs_from_its_witness_in_one_place() {
    let out = kql("event.action: CreateUser and user.name: alice* and source.ip: 10.0.0.0/8");
    for near in &out.near_misses {
        let (near, base) = (&near.sample.record, &out.matching[near.of].sample.record);
        let differing = base.as_object().unwrap().iter().filter(|(key, value)| near.get(key) != Some(value));
        let keys: Vec<&String> = differing.map(|(key, _)| key).filter(|key| *key != "eventID").collect();
        assert_eq!(keys.len(), 1, "{keys:?}\n{near:#}\n{base:#}");
    }
    let nets: Vec<&Value> =
        out.near_misses.iter().map(|near| &near.sample.record["sourceIPAddress"]).collect();
    assert!(nets.contains(&&json!("11.0.0.0")), "{nets:?}");
}

#[test]
fn derived_fields_are_written_where_they_come_from() {
    let out = kql("event.outcome: failure and event.category: iam and cloud.service.name: iam");
    let record = &out.matching[0].sample.record;
    assert_eq!(
        (&record["errorCode"], &record["eventSource"]),
        (&json!("AccessDenied"), &json!("iam.amazonaws.com"))
    );
    assert!(out.unreached.is_empty(), "{:?}", out.unreached);
    let out = kql(
        "event.action: ConsoleLogin and event.outcome: success and aws.cloudtrail.console_login.additional_eventdata.mfa_used: false",
    );
    assert_eq!(out.matching[0].sample.record["additionalEventData"]["MFAUsed"], "No");
    assert!(out.unreached.is_empty(), "{:?}", out.unreached);
}

#[test]
fn what_only_the_cluster_adds_stands_beside_the_record() {
    let out =
        kql("event.action: A and source.geo.country_iso_code: (NL or DE) and not source.as.number: 64500");
    assert_eq!(out.matching[0].sample.with["source.geo.country_iso_code"], "NL");
    assert!(
        out.near_misses.iter().any(|near| near.sample.with.get("source.as.number") == Some(&json!(64500)))
    );
    assert!(out.unreached.is_empty(), "{:?}", out.unreached);
}

#[test]
fn clauses_on_one_field_are_reconciled() {
    let out = kql("user.name: (system* and not system-admin*) and user_agent.original: (*a* and *b*)");
    assert!(out.unreached.is_empty(), "{:?}", out.unreached);
    let out = kql(
        "aws.cloudtrail.flattened.request_parameters.size > 10 and aws.cloudtrail.flattened.request_parameters.size < 12",
    );
    assert!(!out.matching.is_empty());
}

#[test]
fn what_is_excluded_together_is_put_together() {
    let out = kql(
        "event.action: A and not user_agent.original.text: (foo and bar) and not user.name: (*x* and *y*)",
    );
    assert!(out.unreached.is_empty(), "{:?}", out.unreached);
    let out = kql("aws.cloudtrail.flattened.request_parameters: \"all of it\"");
    assert!(out.unreached.is_empty(), "{:?}", out.unreached);
}

#[test]
fn what_cannot_decide_is_said() {
    let out = kql("event.action: (CreateUser or Create*)");
    let reasons: Vec<String> = out.unreached.iter().map(|u| format!("{:?} {}", u.clause, u.reason)).collect();
    assert_eq!(reasons, ["Some(0) no record was found in which this clause decides"]);
    let none =
        witnesses(&rule(Language::Kuery, "event.action: A and not event.action: *"), &Options::default());
    assert!(none.matching.is_empty() && none.near_misses.is_empty() && none.unreached.len() == 1);
}

#[test]
fn payload_texts_and_free_text() {
    let out = kql(
        "aws.cloudtrail.request_parameters: *includeManagementEvents*false* and not aws.cloudtrail.request_parameters: *x1*",
    );
    assert!(out.unreached.is_empty(), "{:?}", out.unreached);
    let out = kql("\"i-086c8727e55bb6d68\" and aws.cloudtrail.read_only: false");
    assert!(out.unreached.is_empty(), "{:?}", out.unreached);
}

#[test]
fn raw_rules_with_aliases() {
    let text = r#"event_type = "cloudtrail" and user = "alice" and (eventName starts_with "List" or responseElements.a.HIGH > 0)"#;
    let out = shown(&rule(Language::ThreatStack, text));
    assert!(out.matching.len() >= 2);
    assert!(out.matching.iter().any(|w| w.sample.record["responseElements"]["a"]["HIGH"] == 1));
}

#[test]
fn letters_that_do_not_matter_come_in_the_other_case_too() {
    let field = Field::new(
        Vocabulary::CloudTrail,
        "eventName",
        types(Vocabulary::CloudTrail).field_type("eventName"),
    );
    let matcher = TextMatch::Equals("CreateUser".into());
    let test = Test { field, comparison: Comparison::Text { matcher, case: Case::AsciiInsensitive } };
    let node = Node::synthetic(Predicate::Test(test));
    let out = shown(&of(Vocabulary::CloudTrail, node, Arc::new(Source::new("r", ""))));
    let names: Vec<&Value> = out.matching.iter().map(|w| &w.sample.record["eventName"]).collect();
    assert_eq!(names, ["CreateUser", "createuser"]);
    assert!(out.matching[1].other_case);
}

#[test]
fn one_element_has_to_satisfy_a_body_by_itself() {
    let types = types(Vocabulary::CloudTrail);
    let field = |path: &str| Field::new(Vocabulary::CloudTrail, path, types.field_type(path));
    let is = |path: &str, text: &str| {
        let comparison = Comparison::Text { matcher: TextMatch::Equals(text.into()), case: Case::Sensitive };
        Node::synthetic(Predicate::Test(Test { field: field(path), comparison }))
    };
    let body = Node::all(vec![
        is("requestParameters.items.port", "22"),
        Node::negate(is("requestParameters.items.cidr", "10.0.0.0/8")),
    ]);
    let nested =
        Node::synthetic(Predicate::Nested { path: field("requestParameters.items"), body: Box::new(body) });
    let out = shown(&of(Vocabulary::CloudTrail, nested, Arc::new(Source::new("r", ""))));
    let clauses: Vec<usize> = out.near_misses.iter().map(|near| near.clause).collect();
    assert!(clauses.contains(&0) && clauses.contains(&1), "{clauses:?}");
}

#[test]
fn the_same_rule_gives_the_same_records() {
    let text = "event.action: (A or B*) and not user.name: c and source.geo.country_iso_code: NL";
    let (one, two) = (kql(text), kql(text));
    assert_eq!((one.matching, one.near_misses), (two.matching, two.near_misses));
}
