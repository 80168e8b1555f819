//! What the seeds ask of searches for Splunk (seed_requirements.md 16, 22–24, 55 and 58): texts, and
//! their verdicts by Splunk's own rules (`common/splunk.rs`).

mod common;
#[path = "common/splunk.rs"]
mod splunk;

use std::sync::Arc;

use serde_json::{Value as Json, json};
use trailsmith::backend::spl::{self, Base};
use trailsmith::backend::{self, Artefact, Options};
use trailsmith::event::Layout;
use trailsmith::ir::{Language, Rule};
use trailsmith::matcher::{self, RuleSet, Scratch};
use trailsmith_grammar::spl::{CommandKind, Pipeline, parse};

const HIGH: &str = "event_type = \"cloudtrail\" and eventSource = \"ecr.amazonaws.com\" and \
    eventName = \"DescribeImageScanFindings\" and \
    responseElements.imageScanFindings.findingSeverityCounts.HIGH > 0";
const DISCOVERY: &str = "event_type = \"cloudtrail\" and eventSource = \"ssm.amazonaws.com\" and \
    (eventName starts_with \"Describe\" or eventName starts_with \"List\")";

fn rule(language: Language, text: &str) -> Rule {
    common::rule("r", language, text, None).expect("a rule")
}

fn compiled(rule: &Rule, options: &Options) -> String {
    let target = backend::find("spl").expect("a target");
    let compiled = backend::compile(rule, target, options);
    assert!(compiled.losses.iter().all(|loss| !loss.is_refused()), "{:?}", compiled.losses);
    match compiled.artefact {
        Some(Artefact::Text(text)) => text,
        other => panic!("{other:?}"),
    }
}

fn search(language: Language, text: &str) -> String {
    compiled(&rule(language, text), &Options::default())
}

fn read(text: &str) -> Pipeline {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn native(rule: &Rule, record: &Json) -> bool {
    let set = RuleSet::compile(&[Arc::new(rule.clone())], &matcher::Options::default());
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    set.judge(&record.to_string(), Layout::CloudTrail, &mut scratch, &mut hits).expect("JSON");
    !hits.is_empty()
}

#[test]
fn the_printed_filters() {
    assert_eq!(
        search(Language::ThreatStack, HIGH),
        "index=* sourcetype=\"aws:cloudtrail\" eventSource=\"ecr.amazonaws.com\" \
         eventName=\"DescribeImageScanFindings\" \
         responseElements.imageScanFindings.findingSeverityCounts.HIGH>0\n\
         | where eventSource = \"ecr.amazonaws.com\" AND eventName = \"DescribeImageScanFindings\" AND \
         tonumber('responseElements.imageScanFindings.findingSeverityCounts.HIGH') > 0"
    );
    assert_eq!(
        search(Language::ThreatStack, DISCOVERY),
        "index=* sourcetype=\"aws:cloudtrail\" eventSource=\"ssm.amazonaws.com\" \
         eventName IN (\"Describe*\", \"List*\")\n\
         | where eventSource = \"ssm.amazonaws.com\" AND (like(eventName, \"Describe%\") OR like(eventName, \
         \"List%\"))"
    );
}

#[test]
fn numbers_are_numbers() {
    for bound in [0, 5] {
        let rule = rule(Language::ThreatStack, &HIGH.replace("> 0", &format!("> {bound}")));
        let pipeline = read(&compiled(&rule, &Options::default()));
        for (count, expected) in [
            (json!(0), false),
            (json!(1), bound == 0),
            (json!(5), bound == 0),
            (json!(9), true),
            (json!(10), true),
            (json!("10"), true),
            (json!("many"), false),
            (Json::Null, false),
        ] {
            let record = json!({
                "eventSource": "ecr.amazonaws.com",
                "eventName": "DescribeImageScanFindings",
                "responseElements": {"imageScanFindings": {"findingSeverityCounts": {"HIGH": count}}},
            });
            assert_eq!(native(&rule, &record), expected, "{record}");
            assert_eq!(splunk::passes(&pipeline, &splunk::event(&record, false)), expected, "{record}");
        }
    }
}

#[test]
fn parentheses_decide_under_both_orders() {
    let filter = "(eventName = \"a\" or awsRegion = \"b\") and eventSource = \"c\"";
    let rule = rule(Language::ThreatStack, filter);
    let text = compiled(&rule, &Options::default());
    assert_eq!(
        text,
        "index=* sourcetype=\"aws:cloudtrail\" (eventName=\"a\" OR awsRegion=\"b\") eventSource=\"c\"\n\
         | where (eventName = \"a\" OR awsRegion = \"b\") AND eventSource = \"c\""
    );
    // The condition of `where` in a `search`, which reads OR before AND.
    let (_, condition) = text.split_once("| where ").expect("a filter");
    let searched = read(&condition.replace(" = ", "="));
    let whole = read(&text);
    assert!(matches!(searched.commands[0].kind, CommandKind::Search(_)));
    for bits in 0..8 {
        let value = |bit: u32, text: &str| if bits & (1 << bit) != 0 { json!(text) } else { json!("x") };
        let record =
            json!({"eventName": value(0, "a"), "awsRegion": value(1, "b"), "eventSource": value(2, "c")});
        let event = splunk::event(&record, false);
        let expected = (bits & 1 != 0 || bits & 2 != 0) && bits & 4 != 0;
        assert_eq!(native(&rule, &record), expected, "{record}");
        assert_eq!(splunk::passes(&whole, &event), expected, "{record}");
        assert_eq!(splunk::passes(&searched, &event), expected, "{record}");
    }
}

#[test]
fn a_missing_field_is_kept_by_not() {
    // Threat Stack's `!=` is true of a missing field; so is KQL's `not`.
    let both = [
        rule(Language::ThreatStack, "eventName = \"CreateUser\" and awsRegion != \"us-east-1\""),
        rule(Language::Kuery, "event.action: CreateUser and not cloud.region: us-east-1"),
        rule(Language::Kuery, "event.action: CreateUser and cloud.region: * and not cloud.region: us-east-1"),
    ];
    for (rule, kept) in both.iter().zip([true, true, false]) {
        let pipeline = read(&compiled(rule, &Options::default()));
        let verdict = |record: Json| {
            let passed = splunk::passes(&pipeline, &splunk::event(&record, false));
            assert_eq!(passed, native(rule, &record), "{record}");
            passed
        };
        assert_eq!(verdict(json!({"eventName": "CreateUser"})), kept);
        assert!(verdict(json!({"eventName": "CreateUser", "awsRegion": "eu-west-1"})));
        assert!(!verdict(json!({"eventName": "CreateUser", "awsRegion": "us-east-1"})));
    }
}

fn seed_kql() -> Option<Vec<(String, String, Json)>> {
    let path = common::shared("data/seeds/seed_rules.json")?;
    let text = std::fs::read_to_string(path).expect("a readable corpus");
    let entries: Json = serde_json::from_str(&text).expect("JSON");
    let entries = entries.get("rules").unwrap_or(&entries).as_array().expect("a list").clone();
    let row = |entry: &Json| {
        let kql = entry["condition"]["canonical"]["kql"].as_str()?;
        Some((entry["id"].as_str()?.to_owned(), kql.to_owned(), entry["expected_hits"].clone()))
    };
    Some(entries.iter().filter_map(row).collect())
}

#[test]
fn outcome_is_derived() {
    let (Some(seeds), Some(corpora)) = (seed_kql(), common::corpora()) else { return };
    let id = "elastic-ec2-security-group-configuration-change";
    let (_, kql, _) = seeds.iter().find(|(name, ..)| name == id).expect("the printed rule");
    let text = search(Language::Kuery, kql);
    assert_eq!(
        text,
        "index=* sourcetype=\"aws:cloudtrail\" eventSource=\"ec2.amazonaws.com\" eventName IN \
         (\"AuthorizeSecurityGroupEgress\", \"CreateSecurityGroup\", \"ModifyInstanceAttribute\", \
         \"ModifySecurityGroupRules\", \"RevokeSecurityGroupEgress\", \"RevokeSecurityGroupIngress\") \
         (NOT errorCode=* OR errorCode=\"success\") NOT errorMessage=*\n\
         | where eventSource = \"ec2.amazonaws.com\" AND eventName IN \
         (\"AuthorizeSecurityGroupEgress\", \"CreateSecurityGroup\", \"ModifyInstanceAttribute\", \
         \"ModifySecurityGroupRules\", \"RevokeSecurityGroupEgress\", \"RevokeSecurityGroupIngress\")"
    );
    let pipeline = read(&text);
    for ((name, records), expected) in corpora.into_iter().zip([6, 1]) {
        for addon in [false, true] {
            let hits = records.iter().filter(|record| {
                let record: Json = serde_json::from_str(record).expect("JSON");
                splunk::passes(&pipeline, &splunk::event(&record, addon))
            });
            assert_eq!(hits.count(), expected, "{name}, add-on: {addon}");
        }
    }
    let login = |outcome: &str| {
        let rule = rule(Language::Kuery, &format!("event.action: ConsoleLogin and event.outcome: {outcome}"));
        read(&compiled(&rule, &Options::default()))
    };
    let failed = json!({
        "eventName": "ConsoleLogin",
        "errorMessage": "Failed authentication",
        "responseElements": {"ConsoleLogin": "Failure"},
    });
    assert!(splunk::passes(&login("failure"), &splunk::event(&failed, true)));
    assert!(!splunk::passes(&login("success"), &splunk::event(&failed, true)));
}

#[test]
fn hits_of_the_seeds() {
    let (Some(seeds), Some(corpora)) = (seed_kql(), common::corpora()) else { return };
    let events = corpora.map(|(name, records)| {
        let event = |record: &String| splunk::event(&serde_json::from_str(record).expect("JSON"), true);
        (name, records.iter().map(event).collect::<Vec<_>>())
    });
    let (mut compared, mut lossy) = (0, Vec::new());
    for (id, kql, expected) in &seeds {
        let rule = rule(Language::Kuery, kql);
        let mut losses = Vec::new();
        let Ok((pipeline, _)) = spl::pipeline(&rule, &Options::default(), &mut losses) else {
            lossy.push(id.as_str());
            continue;
        };
        if losses.iter().any(|loss| loss.is_refused()) {
            lossy.push(id.as_str());
            continue;
        }
        for (name, events) in &events {
            let Some(expected) = expected[*name].as_u64() else { continue };
            let hits = events.iter().filter(|event| splunk::passes(&pipeline, event)).count();
            assert_eq!(hits as u64, expected, "{id} on {name}: {pipeline}");
            compared += 1;
        }
    }
    println!("{} seeds, {compared} counts equal, not said exactly: {lossy:?}", seeds.len());
    assert!(compared > 100, "{compared}");
}

#[test]
fn every_target_says_it_or_says_why() {
    let kql = "event.provider: \"ec2.amazonaws.com\" and event.action: \"CreateSecurityGroup\"";
    let rules = [
        rule(Language::ThreatStack, HIGH),
        rule(Language::ThreatStack, DISCOVERY),
        rule(Language::Kuery, kql),
    ];
    for (rule, target) in rules.iter().flat_map(|rule| backend::ALL.iter().map(move |target| (rule, target)))
    {
        let compiled = backend::compile(rule, *target, &Options::default()).refuse_losses();
        let reasons = compiled.losses.iter().chain(&compiled.error).filter(|loss| loss.is_refused());
        let said = compiled.artefact.is_some();
        assert_ne!(said, reasons.clone().count() > 0, "{}", target.name());
        assert!(reasons.clone().all(|loss| !loss.message.is_empty()));
    }
}

#[test]
fn index_macro_and_quotes() {
    let kql = "event.action: (CreateUser or \"Delete User\") and aws.cloudtrail.read_only: false and \
               user_agent.original: \"a*b\" and aws.cloudtrail.user_identity.arn: arn\\:aws\\:iam\\:\\:1*";
    let rule = rule(Language::Kuery, kql);
    let text = |splunk| compiled(&rule, &Options { splunk, ..Options::default() });
    let rest = " eventName IN (\"CreateUser\", \"Delete User\") readOnly=\"false\" \
                userIdentity.arn=\"arn:aws:iam::1*\"\n\
                | where eventName IN (\"CreateUser\", \"Delete User\") AND readOnly = \"false\" AND \
                userAgent = \"a*b\" AND like('userIdentity.arn', \"arn:aws:iam::1%\")";
    for (base, begin) in [
        (Base::default(), "index=* sourcetype=\"aws:cloudtrail\""),
        (Base::index("cloudtrail").unwrap(), "index=cloudtrail sourcetype=\"aws:cloudtrail\""),
        (Base::index("aws_cloudtrail").unwrap(), "index=aws_cloudtrail sourcetype=\"aws:cloudtrail\""),
        (Base::from_macro("`cloudtrail`").unwrap(), "`cloudtrail`"),
        (Base::from_macro("trail(main)").unwrap(), "`trail(main)`"),
    ] {
        assert_eq!(text(base), format!("{begin}{rest}"));
    }
    assert_eq!(Base::index("a b"), None);
    assert_eq!(Base::from_macro("a`b"), None);
}
