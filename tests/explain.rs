//! Verdict trees in words: the shape that `CLI.md` of the design shows, and what is said about
//! values that are null, empty, pruned or too long.

mod common;

use trailsmith::event::Layout;
use trailsmith::ir::{Language, Rule};
use trailsmith::matcher::Standard;
use trailsmith::matcher::explain::{Explainer, clauses, observe, render};

fn explained(rule: &Rule, record: &str) -> String {
    let world = Standard::default();
    let verdict = Explainer::new(&world, None).explain(rule, record, Layout::CloudTrail).expect("an object");
    render(&verdict)
}

fn rule(language: Language, text: &str) -> Rule {
    common::rule("r", language, text, None).expect("a query")
}

#[test]
fn a_null_ancestor_is_named() {
    let rule = rule(
        Language::ThreatStack,
        "eventSource = \"ecr.amazonaws.com\" and eventName = \"DescribeImageScanFindings\"\n  \
         and responseElements.imageScanFindings.findingSeverityCounts.HIGH > 0",
    );
    let record = r#"{"eventSource":"ecr.amazonaws.com","eventName":"DescribeImageScanFindings",
        "responseElements":null}"#;
    let expected = "\
and
├─ ✓ eventSource = \"ecr.amazonaws.com\"
├─ ✓ eventName = \"DescribeImageScanFindings\"
└─ ✗ responseElements.imageScanFindings.findingSeverityCounts.HIGH > 0
     the record holds no such field; responseElements is null
";
    assert_eq!(explained(&rule, record), expected);
}

#[test]
fn what_the_event_held() {
    let rule = rule(
        Language::Kuery,
        "event.action: (CreateUser or DeleteUser) and not user.name: *admin* and event.outcome: success \
         and aws.cloudtrail.error_message: * and source.geo.country_iso_code: NL",
    );
    let record = r#"{"eventName":"ListUsers","errorCode":"AccessDenied","errorMessage":"-",
        "userIdentity":{"type":"IAMUser","userName":"admin-1"}}"#;
    let text = explained(&rule, record);
    for expected in [
        "✗ or\n",
        "✗ event.action: CreateUser\n",
        "eventName is \"ListUsers\"\n",
        "✗ not\n",
        "✓ user.name: *admin*\n",
        "✗ event.outcome: success\n",
        "it is \"failure\"\n",
        "computed from errorCode, errorMessage, eventName, responseElements.ConsoleLogin\n",
        "the value is \"-\", which Elastic's pipeline removes\n",
        "only the cluster adds this field; a fixture can supply it\n",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in\n{text}");
    }
}

#[test]
fn the_deciding_clause() {
    let world = Standard::default();
    let explainer = Explainer::new(&world, None);
    let rule = rule(Language::Kuery, "event.action: A and not (user.name: x or event.provider: P)");
    let record = r#"{"eventName":"A","eventSource":"P"}"#;
    let verdict = explainer.explain(&rule, record, Layout::CloudTrail).unwrap();
    assert!(!verdict.matched);
    assert_eq!(verdict.decisive().text, "event.provider: P");
    assert_eq!(verdict.decisive().seen.path.as_deref(), Some("eventSource"));
}

#[test]
fn conditions_and_what_was_seen_of_them() {
    let world = Standard::default();
    let explainer = Explainer::new(&world, None);
    let rule = rule(Language::Kuery, "event.action: (A or B) and not event.provider: P");
    let texts: Vec<String> = clauses(&rule).into_iter().map(|clause| clause.text).collect();
    assert_eq!(texts, ["event.action: A", "event.action: B", "event.provider: P"]);
    let record = r#"{"eventName":"B","eventSource":"Q"}"#;
    let seen = observe(&explainer, &rule, record, Layout::CloudTrail).unwrap();
    let truths: Vec<(bool, bool)> = seen.iter().map(|seen| (seen.yes, seen.no)).collect();
    assert_eq!(truths, [(false, true), (true, false), (false, true)]);
}

#[test]
fn hostile_records_are_refused_or_survived() {
    let world = Standard::default();
    let explainer = Explainer::new(&world, None);
    let rule = rule(Language::Kuery, "event.action: A or foo or aws.cloudtrail.request_parameters: *x*");
    let deep = format!("{{\"requestParameters\":{}1{}}}", "[".repeat(20_000), "]".repeat(20_000));
    for record in ["", "[]", "7", "{", "{\"eventName\":}", &deep] {
        assert!(explainer.explain(&rule, record, Layout::CloudTrail).is_err(), "{record:.40}");
    }
    for record in ["{}", r#"{"eventName":{"a":[null]},"requestParameters":["\ud83d\ude00",{"":""}]}"#] {
        assert!(explainer.explain(&rule, record, Layout::CloudTrail).is_ok(), "{record}");
    }
}
