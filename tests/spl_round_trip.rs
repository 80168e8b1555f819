//! Conditions as searches of Splunk, judged on raw records by an evaluation of Splunk's own rules
//! (`common/splunk.rs`) against the matcher, and read back by the front end: the shared KQL rules and the shipped ones on the public
//! corpora, and random conditions on random records.

mod common;
#[path = "common/splunk.rs"]
mod splunk;

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value as Json, json};
use trailsmith::backend::{Loss, Options, spl};
use trailsmith::diagnostic::{Source, TextMap};
use trailsmith::event::Layout;
use trailsmith::frontend::lower::{self, LowerInput};
use trailsmith::ir::{
    Bound, Case, Comparison, DateBound, Detection, Glob, GlobPart, Input, Language, Node, NumberOp,
    Predicate, QueryText, Rule, Test, TextMatch, Vocabulary,
};
use trailsmith::matcher::{self, RuleSet, Scratch};

/// The rule's condition alone: counts and windows are no part of this test.
fn on_events(rule: &Rule) -> Option<Rule> {
    let node = rule.detection.predicate()?.clone();
    Some(Rule { detection: Detection::Event(node), query: None, suppression: None, ..rule.clone() })
}

struct Search {
    pipeline: trailsmith_grammar::spl::Pipeline,
    losses: Vec<Loss>,
}

fn compile(rule: &Rule) -> Option<Search> {
    let mut losses = Vec::new();
    let (pipeline, _) = spl::pipeline(rule, &Options::default(), &mut losses).ok()?;
    let text = pipeline.to_string();
    let read = trailsmith_grammar::spl::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(read, pipeline, "{text}");
    Some(Search { pipeline, losses })
}

/// One row a rule, one verdict a record.
fn all_verdicts(rules: &[Rule], records: &[String]) -> Vec<Vec<bool>> {
    let rules: Vec<_> = rules.iter().cloned().map(Arc::new).collect();
    let set = RuleSet::compile(&rules, &matcher::Options::default());
    let mut rows = vec![vec![false; records.len()]; rules.len()];
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    for (index, record) in records.iter().enumerate() {
        set.judge(record, Layout::CloudTrail, &mut scratch, &mut hits).expect("JSON");
        hits.iter().for_each(|&rule| rows[rule][index] = true);
    }
    rows
}

fn verdicts(rule: &Rule, records: &[String]) -> Vec<bool> {
    all_verdicts(std::slice::from_ref(rule), records).remove(0)
}

/// The rule that comes back when the text is read; `None`: why it does not.
fn back(rule: &Rule, text: &str) -> Result<Rule, String> {
    let source = Arc::new(Source::new("back", text));
    let query =
        QueryText { language: Language::Spl, text: text.into(), map: TextMap::verbatim(0, text.len()) };
    let input = LowerInput { source: &source, rule_id: "back", rule_name: "back" };
    let reading = lower::spl::read(&input, &query);
    let reason = || {
        let said = reading.diagnostics.iter().map(|finding| finding.title.clone()).collect::<Vec<_>>();
        format!("{}: {}", reading.opaque.clone().unwrap_or_default(), said.join("; "))
    };
    let detection = reading.detection.clone().ok_or_else(reason)?;
    Ok(Rule { detection, vocabulary: Vocabulary::Splunk, exceptions: Vec::new(), ..rule.clone() })
}

fn shared_rules() -> Option<Vec<Arc<Rule>>> {
    let folder = common::shared("data/elastic/rules")?;
    let loaded = trailsmith::frontend::load(&[folder], &trailsmith::frontend::Options::default());
    let kql = |rule: &Arc<Rule>| {
        let query = rule.query.as_ref().is_some_and(|query| query.language == Language::Kuery);
        query && rule.input == Input::CloudTrail
    };
    Some(loaded.rules.into_iter().filter(kql).collect())
}

fn shipped_rules() -> Vec<Arc<Rule>> {
    let rules = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let loaded = trailsmith::frontend::load(&[rules], &trailsmith::frontend::Options::default());
    loaded.rules.into_iter().filter(|rule| rule.input == Input::CloudTrail).collect()
}

#[test]
fn rules_on_corpora() {
    let (Some(corpora), Some(mut rules)) = (common::corpora(), shared_rules()) else { return };
    let shared = rules.len();
    rules.extend(shipped_rules());
    let records: Vec<String> = corpora.into_iter().flat_map(|(_, records)| records).collect();
    let parsed: Vec<Json> = records.iter().map(|record| serde_json::from_str(record).unwrap()).collect();
    let events = [false, true].map(|addon| {
        parsed.iter().map(|record| splunk::event(record, addon)).collect::<Vec<splunk::Event>>()
    });
    let (mut exact, mut hits, mut compared) = (0, 0, 0);
    let (mut lost, mut unread) = (BTreeMap::new(), Vec::new());
    let alone: Vec<Rule> = rules.iter().filter_map(|rule| on_events(rule)).collect();
    let searches: Vec<Search> = alone
        .iter()
        .map(|rule| compile(rule).unwrap_or_else(|| panic!("{}: nothing came out", rule.name())))
        .collect();
    let returned: Vec<Option<Rule>> = alone
        .iter()
        .zip(&searches)
        .map(|(rule, search)| match back(rule, &search.pipeline.to_string()) {
            Ok(returned) => Some(returned),
            Err(reason) => {
                unread.push(format!("{}: {reason}", rule.name()));
                None
            }
        })
        .collect();
    let before = all_verdicts(&alone, &records);
    let after = all_verdicts(&returned.iter().flatten().cloned().collect::<Vec<_>>(), &records);
    let mut after = after.into_iter();
    for (((rule, search), returned), before) in alone.iter().zip(&searches).zip(&returned).zip(before) {
        let refused: Vec<_> = search.losses.iter().filter(|loss| loss.is_refused()).collect();
        exact += usize::from(refused.is_empty());
        for loss in &refused {
            *lost.entry((loss.code.name, loss.message.clone())).or_insert(0) += 1;
        }
        let fine =
            |before: bool, after: bool| if refused.is_empty() { after == before } else { after || !before };
        let name = rule.name();
        if returned.is_some() {
            let after = after.next().expect("a row a rule");
            for ((record, after), before) in records.iter().zip(after).zip(&before) {
                assert!(
                    fine(*before, after),
                    "{name}: {before} came back {after}\n{}\n{record}",
                    search.pipeline
                );
            }
        }
        // The add-on makes a difference where errors are asked for.
        let either = search.pipeline.to_string().contains("errorCode");
        for events in &events[usize::from(!either)..] {
            for ((record, event), before) in records.iter().zip(events).zip(&before) {
                let after = splunk::passes(&search.pipeline, event);
                assert!(
                    fine(*before, after),
                    "{name}: {before} became {after}\n{}\n{record}",
                    search.pipeline
                );
                hits += usize::from(*before);
                compared += 1;
            }
        }
    }
    unread.iter().for_each(|reason| println!("not read back: {reason}"));
    for ((code, message), count) in &lost {
        println!("{count:3} {code}: {message}");
    }
    println!(
        "{} rules ({shared} shared), {exact} exact, {} records, {hits} hits, {compared} verdicts compared",
        rules.len(),
        records.len()
    );
    assert_eq!(shared, 90);
    assert!(hits > 1000, "{hits}");
}

const TEXTS: [&str; 20] = [
    "a",
    "A",
    "ab",
    "aB",
    "abc",
    "b*c",
    "b?c",
    "x y",
    r"a\b",
    "and",
    "success",
    "null",
    "\"q\"",
    "1",
    "10",
    "9",
    "010",
    "10.0.0.0/8",
    "50%_a",
    "é`(x)",
];

fn text() -> BoxedStrategy<String> {
    proptest::sample::select(&TEXTS[..]).prop_map(str::to_owned).boxed()
}

fn on_text() -> BoxedStrategy<Comparison> {
    let part = prop_oneof![
        2 => text().prop_map(GlobPart::Literal),
        2 => Just(GlobPart::Any),
        1 => Just(GlobPart::One),
    ];
    let matcher = prop_oneof![
        6 => text().prop_map(TextMatch::Equals),
        2 => text().prop_map(TextMatch::Prefix),
        1 => text().prop_map(TextMatch::Suffix),
        2 => text().prop_map(TextMatch::Contains),
        1 => proptest::collection::vec(part, 1..4).prop_map(|parts| TextMatch::Glob(Glob { parts })),
    ];
    let case = prop_oneof![2 => Just(Case::Sensitive), 1 => Just(Case::AsciiInsensitive)];
    let range = (bound(text()), bound(text()))
        .prop_filter("an end", |(lower, upper)| lower.limit.is_some() || upper.limit.is_some());
    prop_oneof![
        1 => Just(Comparison::Exists),
        8 => (matcher, case).prop_map(|(matcher, case)| Comparison::Text { matcher, case }),
        1 => range.prop_map(|(lower, upper)| Comparison::TextRange { lower, upper }),
    ]
    .boxed()
}

fn bound<T: Clone + std::fmt::Debug + 'static>(value: BoxedStrategy<T>) -> BoxedStrategy<Bound<T>> {
    let inclusive = value.clone().prop_map(Bound::inclusive);
    prop_oneof![Just(Bound::OPEN), inclusive, value.prop_map(Bound::exclusive)].boxed()
}

fn number() -> BoxedStrategy<Comparison> {
    let ops = vec![NumberOp::Eq, NumberOp::Lt, NumberOp::Le, NumberOp::Gt, NumberOp::Ge];
    let values = vec![-1.0, 0.0, 0.5, 1.0, 9.0, 10.0];
    (proptest::sample::select(ops), proptest::sample::select(values))
        .prop_map(|(op, value)| Comparison::Number { op, value })
        .boxed()
}

fn on_address() -> BoxedStrategy<Comparison> {
    let networks = vec!["10.0.0.0/8", "10.1.2.3/32", "2001:db8::/32"];
    let ends = vec![(Some("10.0.0.0"), Some("10.1.2.3")), (Some("10.1.2.3"), None), (None, Some("10.1.2.3"))];
    let address = |text: Option<&str>| text.map(|text| text.parse().unwrap());
    prop_oneof![
        proptest::sample::select(networks).prop_map(|net| Comparison::Ip(net.parse().unwrap())),
        proptest::sample::select(ends)
            .prop_map(move |(from, to)| Comparison::IpRange { from: address(from), to: address(to) }),
    ]
    .boxed()
}

/// 2023-11-14T22:13:20Z.
const NOON: i64 = 1_700_000_000_000;

fn on_date() -> BoxedStrategy<Comparison> {
    let at = || {
        proptest::sample::select(vec![NOON - 1000, NOON - 1, NOON, NOON + 1])
            .prop_map(DateBound::Millis)
            .boxed()
    };
    (bound(at()), bound(at()))
        .prop_filter("an end", |(lower, upper)| lower.limit.is_some() || upper.limit.is_some())
        .prop_map(|(lower, upper)| Comparison::Date { lower, upper })
        .boxed()
}

fn at(
    vocabulary: Vocabulary,
    path: &'static str,
    comparison: BoxedStrategy<Comparison>,
) -> BoxedStrategy<Node> {
    let field = lower::field(vocabulary, path);
    comparison
        .prop_map(move |comparison| {
            Node::synthetic(Predicate::Test(Test { field: field.clone(), comparison }))
        })
        .boxed()
}

fn combined(leaf: BoxedStrategy<Node>) -> BoxedStrategy<Node> {
    leaf.prop_recursive(3, 12, 4, |inner| {
        let list = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            3 => list().prop_map(|nodes| Node::synthetic(Predicate::And(nodes))),
            3 => list().prop_map(|nodes| Node::synthetic(Predicate::Or(nodes))),
            2 => inner.clone().prop_map(Node::negate),
        ]
    })
    .boxed()
}

fn raw_condition() -> BoxedStrategy<Node> {
    let raw = |path, comparison| at(Vocabulary::CloudTrail, path, comparison);
    let flag = any::<bool>().prop_map(Comparison::Bool).boxed();
    combined(
        prop_oneof![
            4 => raw("eventName", on_text()),
            2 => raw("errorCode", on_text()),
            2 => raw("requestParameters.a", on_text()),
            1 => raw("requestParameters.a", number()),
            2 => raw("requestParameters.policyArn", on_text()),
            1 => raw("requestParameters.ipPermissions.items.fromPort", number()),
            1 => raw("requestParameters", Just(Comparison::Exists).boxed()),
            1 => raw("userIdentity.sessionContext.attributes", Just(Comparison::Exists).boxed()),
            1 => raw("resources.ARN", on_text()),
            1 => raw("readOnly", flag),
            1 => raw("sourceIPAddress", on_address()),
            1 => raw("eventTime", on_date()),
        ]
        .boxed(),
    )
}

fn ecs_condition() -> BoxedStrategy<Node> {
    let ecs = |path, comparison| at(Vocabulary::Ecs, path, comparison);
    let word = |words: Vec<&'static str>| {
        proptest::sample::select(words)
            .prop_map(|word| Comparison::Text {
                matcher: TextMatch::Equals(word.into()),
                case: Case::Sensitive,
            })
            .boxed()
    };
    let flag = any::<bool>().prop_map(Comparison::Bool).boxed();
    combined(
        prop_oneof![
            3 => ecs("event.action", on_text()),
            1 => ecs("event.action", word(vec!["ConsoleLogin", "a"])),
            3 => ecs("event.outcome", word(vec!["success", "failure", "unknown"])),
            1 => ecs("cloud.account.id", word(vec!["111122223333", "1"])),
            1 => ecs("source.ip", on_address()),
            1 => ecs("@timestamp", on_date()),
            2 => ecs("user.name", on_text()),
            1 => ecs("user.id", on_text()),
            1 => ecs("source.ip", Just(Comparison::Exists).boxed()),
            1 => ecs("aws.cloudtrail.console_login.additional_eventdata.mfa_used", flag),
            1 => ecs("data_stream.dataset", on_text()),
            1 => ecs("aws.cloudtrail.request_parameters", on_text()),
            2 => ecs("aws.cloudtrail.flattened.request_parameters.a", on_text()),
        ]
        .boxed(),
    )
}

fn select(values: Vec<Json>) -> BoxedStrategy<Json> {
    proptest::sample::select(values).boxed()
}

fn records() -> BoxedStrategy<Vec<String>> {
    // JSON's null and the text `null` look alike in Splunk: only the first occurs here.
    let texts = || select(TEXTS.iter().filter(|text| **text != "null").map(|text| json!(text)).collect());
    let many = |values: BoxedStrategy<Json>| {
        prop_oneof![
            1 => Just(Json::Null),
            4 => values.clone(),
            2 => proptest::collection::vec(values, 2).prop_map(Json::from),
        ]
    };
    let name = prop_oneof![4 => texts(), 1 => Just(json!("ConsoleLogin"))];
    let ip = select(vec![json!("10.1.2.3"), json!("10.0.0.1"), json!("AWS Internal"), json!("2001:db8::1")]);
    // The add-on writes `success` where there is no error; no error is called so.
    let error = prop_oneof![
        2 => Just(None),
        1 => texts().prop_map(|text| Some(if text == "success" { json!("Denied") } else { text })),
    ];
    let a = many(prop_oneof![texts(), select(vec![json!(1), json!(10), json!(0.5)])].boxed());
    let ports = proptest::collection::vec(select(vec![json!(0), json!(9), json!(10)]), 0..3);
    let login = select(vec![Json::Null, json!("Success"), json!("Failure")]);
    let time = select(vec![json!("2023-11-14T22:13:19Z"), json!("2023-11-14T22:13:20Z")]);
    let arns = proptest::collection::vec(texts(), 0..3);
    let kind = select(["IAMUser", "AssumedRole", "Root", "AWSService"].map(Json::from).into());
    let user = prop_oneof![1 => Just(Json::Null), 3 => texts()];
    let rest = (login, time, arns, any::<bool>(), any::<bool>(), kind, user);
    let one = (name, error, a, texts(), ports, ip, rest).prop_map(
        |(name, error, a, policy, ports, ip, (login, time, arns, flag, session, kind, user))| {
            let items: Vec<Json> = ports.into_iter().map(|port| json!({ "fromPort": port })).collect();
            let resources: Vec<Json> = arns.into_iter().map(|arn| json!({ "ARN": arn })).collect();
            let mut record = json!({
                "eventTime": time,
                "eventName": name,
                "eventSource": "ec2.amazonaws.com",
                "readOnly": flag,
                "sourceIPAddress": ip,
                "requestParameters": {"a": a, "policyArn": policy, "ipPermissions": {"items": items}},
                "responseElements": {"ConsoleLogin": login},
                "recipientAccountId": "111122223333",
                "resources": resources,
                "userIdentity": {"type": kind, "userName": user, "accountId": "111122223333"},
            });
            // Identities have no nulls: a key without a value is not there.
            if let Json::Object(identity) = &mut record["userIdentity"] {
                identity.retain(|_, value| !value.is_null());
            }
            if let Some(error) = error {
                record["errorCode"] = error;
            }
            if session {
                record["userIdentity"]["sessionContext"] =
                    json!({"attributes": {"mfaAuthenticated": "true"}});
            }
            if login.is_null() && !flag {
                record["responseElements"] = Json::Null;
            }
            record.to_string()
        },
    );
    proptest::collection::vec(one, 12).boxed()
}

fn random(vocabulary: Vocabulary, conditions: BoxedStrategy<Node>) {
    let (mut exact, mut lossy, mut impossible, mut hits) = (0, 0, 0, 0_usize);
    let mut unread = BTreeMap::new();
    let config = Config { cases: 500, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let counts = std::cell::RefCell::new((&mut exact, &mut lossy, &mut impossible, &mut hits, &mut unread));
    let outcome = runner.run(&(conditions, records()), |(node, records)| {
        let mut rule = common::rule("r", Language::Kuery, "*:*", None).expect("a rule");
        rule.detection = Detection::Event(node);
        rule.vocabulary = vocabulary;
        rule.query = None;
        let mut counts = counts.borrow_mut();
        let Some(search) = compile(&rule) else {
            *counts.2 += 1;
            return Ok(());
        };
        // Told apart from `null` nowhere in Splunk, and noted.
        if search.losses.iter().any(|loss| loss.code.name == "loss-null-text") {
            return Ok(());
        }
        let refused = search.losses.iter().any(Loss::is_refused);
        let returned = match back(&rule, &search.pipeline.to_string()) {
            Ok(returned) => Some(verdicts(&returned, &records)),
            Err(reason) => {
                *counts.4.entry(reason).or_insert(0) += 1;
                None
            }
        };
        for (index, (record, before)) in records.iter().zip(verdicts(&rule, &records)).enumerate() {
            if let Some(after) = returned.as_ref().map(|verdicts| verdicts[index]) {
                let fine = if refused { after || !before } else { before == after };
                prop_assert!(fine, "{before} came back {after}\n{record}\n{}", search.pipeline);
            }
            let parsed: Json = serde_json::from_str(record).unwrap();
            for addon in [false, true] {
                let after = splunk::passes(&search.pipeline, &splunk::event(&parsed, addon));
                let fine = if refused { after || !before } else { before == after };
                prop_assert!(
                    fine,
                    "{before} became {after} (add-on: {addon})\n{record}\n{}\n{:?}",
                    search.pipeline,
                    search.losses
                );
            }
            *counts.3 += usize::from(before);
        }
        *if refused { &mut *counts.1 } else { &mut *counts.0 } += 1;
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    let missing: i32 = unread.values().sum();
    unread.iter().for_each(|(reason, count)| println!("{count:3} not read back: {reason}"));
    println!("{missing} not read back, {exact} exact, {lossy} lossy, {impossible} impossible; {hits} hits");
    assert!(exact > 200 && lossy > 10 && hits > 500, "the generator yields too little");
}

#[test]
fn random_conditions_on_raw_fields() {
    random(Vocabulary::CloudTrail, raw_condition());
}

#[test]
fn random_conditions_on_ecs_fields() {
    random(Vocabulary::Ecs, ecs_condition());
}
