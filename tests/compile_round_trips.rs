//! Random conditions through a target and back through its front end, judged by the matcher on random
//! records: an artefact without refused losses gives the same verdicts, one with losses never misses
//! an event.

mod common;

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value as Json, json};
use trailsmith::backend::{self, Artefact, Options};
use trailsmith::diagnostic::{Source, Span, TextMap};
use trailsmith::event::Layout;
use trailsmith::frontend::lower::{self, LowerInput};
use trailsmith::ir::{
    Bound, Case, Comparison, DateBound, Detection, Glob, GlobPart, Language, Node, NumberOp, Predicate,
    QueryText, Rule, Test, TextMatch, Value, Vocabulary, Words,
};
use trailsmith::matcher::{self, RuleSet, Scratch};

const TEXTS: [&str; 18] = [
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
    "cannot go",
    "\"q\"",
    "1",
    "10",
    "9",
    "-5",
    "a:b",
    "é(x)",
];

fn text() -> BoxedStrategy<String> {
    proptest::sample::select(&TEXTS[..]).prop_map(str::to_owned).boxed()
}

fn matcher() -> BoxedStrategy<TextMatch> {
    let part = prop_oneof![
        2 => text().prop_map(GlobPart::Literal),
        2 => Just(GlobPart::Any),
        1 => Just(GlobPart::One),
    ];
    prop_oneof![
        6 => text().prop_map(TextMatch::Equals),
        2 => text().prop_map(TextMatch::Prefix),
        1 => text().prop_map(TextMatch::Suffix),
        2 => text().prop_map(TextMatch::Contains),
        1 => proptest::collection::vec(part, 1..4).prop_map(|parts| TextMatch::Glob(Glob { parts })),
    ]
    .boxed()
}

fn case() -> BoxedStrategy<Case> {
    prop_oneof![4 => Just(Case::Sensitive), 1 => Just(Case::AsciiInsensitive)].boxed()
}

fn bound<T: Clone + std::fmt::Debug + 'static>(value: BoxedStrategy<T>) -> BoxedStrategy<Bound<T>> {
    let inclusive = value.clone().prop_map(Bound::inclusive);
    prop_oneof![Just(Bound::OPEN), inclusive, value.prop_map(Bound::exclusive)].boxed()
}

fn on_text() -> BoxedStrategy<Comparison> {
    let range = (bound(text()), bound(text()))
        .prop_filter("an end", |(lower, upper)| lower.limit.is_some() || upper.limit.is_some());
    prop_oneof![
        1 => Just(Comparison::Exists),
        8 => (matcher(), case()).prop_map(|(matcher, case)| Comparison::Text { matcher, case }),
        1 => range.prop_map(|(lower, upper)| Comparison::TextRange { lower, upper }),
    ]
    .boxed()
}

fn number() -> BoxedStrategy<Comparison> {
    let op =
        proptest::sample::select(vec![NumberOp::Eq, NumberOp::Lt, NumberOp::Le, NumberOp::Gt, NumberOp::Ge]);
    let value = proptest::sample::select(vec![-1.0, 0.0, 0.5, 1.0, 2.0, 9.0, 10.0]);
    (op, value).prop_map(|(op, value)| Comparison::Number { op, value }).boxed()
}

fn on_address() -> BoxedStrategy<Comparison> {
    let net = proptest::sample::select(vec!["10.0.0.0/8", "10.1.2.3/32", "2001:db8::/32", "0.0.0.0/0"]);
    let ends = proptest::sample::select(vec![
        (Some("10.0.0.0"), Some("10.1.2.3")),
        (Some("10.1.2.3"), None),
        (None, Some("10.1.2.3")),
    ]);
    let address = |text: Option<&str>| text.map(|text| text.parse().unwrap());
    prop_oneof![
        Just(Comparison::Exists),
        net.prop_map(|net| Comparison::Ip(net.parse().unwrap())),
        ends.prop_map(move |(from, to)| Comparison::IpRange { from: address(from), to: address(to) }),
    ]
    .boxed()
}

const NOON: i64 = 1_700_000_000_000;

fn on_date() -> BoxedStrategy<Comparison> {
    let at =
        || proptest::sample::select(vec![NOON - 1000, NOON, NOON + 1]).prop_map(DateBound::Millis).boxed();
    let ends = (bound(at()), bound(at()))
        .prop_filter("an end", |(lower, upper)| lower.limit.is_some() || upper.limit.is_some());
    ends.prop_map(|(lower, upper)| Comparison::Date { lower, upper }).boxed()
}

fn on_words() -> BoxedStrategy<Comparison> {
    prop_oneof![
        Just(Comparison::Words(Words::AnyOf("ab x".into()))),
        Just(Comparison::Words(Words::Phrase("x y".into()))),
        Just(Comparison::Words(Words::Pattern(Glob {
            parts: vec![GlobPart::Literal("a".into()), GlobPart::Any]
        }))),
        Just(Comparison::Words(Words::Between { lower: Some(("b".into(), true)), upper: None })),
        Just(Comparison::Words(Words::Between {
            lower: Some(("b".into(), false)),
            upper: Some(("x".into(), true))
        })),
    ]
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

fn ecs_condition() -> BoxedStrategy<Node> {
    let ecs = |path, comparison| at(Vocabulary::Ecs, path, comparison);
    let flag = any::<bool>().prop_map(Comparison::Bool).boxed();
    combined(
        prop_oneof![
            4 => ecs("event.action", on_text()),
            2 => ecs("aws.cloudtrail.flattened.request_parameters.a", on_text()),
            1 => ecs("aws.cloudtrail.flattened.request_parameters.a", number()),
            1 => ecs("destination.port", number()),
            1 => ecs("aws.cloudtrail.read_only", flag),
            1 => ecs("source.ip", on_address()),
            1 => ecs("@timestamp", on_date()),
            1 => ecs("user_agent.original.text", on_words()),
        ]
        .boxed(),
    )
}

fn raw_condition() -> BoxedStrategy<Node> {
    let raw = |path, comparison| at(Vocabulary::ThreatStack, path, comparison);
    combined(
        prop_oneof![
            4 => raw("eventName", on_text()),
            3 => raw("requestParameters.a", on_text()),
            2 => raw("requestParameters.a", number()),
            1 => raw("readOnly", on_text()),
            1 => raw("ip", on_text()),
            1 => raw("event_type", on_text()),
            1 => raw("tty", on_text()),
            1 => raw("user", on_text()),
            1 => raw("userIdentity.userName", on_text()),
        ]
        .boxed(),
    )
}

/// One value, two, or none.
fn some(values: BoxedStrategy<Json>) -> BoxedStrategy<Json> {
    prop_oneof![
        1 => Just(Json::Null),
        4 => values.clone(),
        1 => proptest::collection::vec(values, 2).prop_map(Json::from),
    ]
    .boxed()
}

fn texts() -> BoxedStrategy<Json> {
    text().prop_map(Json::from).boxed()
}

fn select(values: Vec<Json>) -> BoxedStrategy<Json> {
    proptest::sample::select(values).boxed()
}

fn documents() -> BoxedStrategy<Vec<String>> {
    let port = select(vec![json!(0), json!(1), json!(9), json!(10)]);
    let ip = select(vec![json!("10.1.2.3"), json!("10.0.0.1"), json!("11.0.0.1"), json!("2001:db8::1")]);
    let time = select(vec![
        json!("2023-11-14T22:13:19.000Z"),
        json!("2023-11-14T22:13:20.000Z"),
        json!("2023-11-14T22:13:20.001Z"),
    ]);
    let one = (some(texts()), some(texts()), some(port), any::<bool>(), some(ip), time, texts()).prop_map(
        |(action, a, port, flag, ip, time, agent)| {
            json!({
                "@timestamp": time,
                "event": {"action": action},
                "aws": {"cloudtrail": {"read_only": flag, "flattened": {"request_parameters": {"a": a}}}},
                "destination": {"port": port},
                "source": {"ip": ip},
                "user_agent": {"original": agent},
            })
            .to_string()
        },
    );
    proptest::collection::vec(one, 12).boxed()
}

fn records() -> BoxedStrategy<Vec<String>> {
    let a = select(TEXTS.iter().map(|t| json!(t)).chain([json!(0), json!(1), json!(2), json!(10)]).collect());
    let ip = select(vec![json!("10.1.2.3"), json!("a"), json!("AB")]);
    let fail = select(vec![Json::Null, json!("AccessDenied")]);
    let name = prop_oneof![4 => texts(), 1 => Just(json!("ConsoleLogin"))];
    let login = select(vec![Json::Null, json!("Success"), json!("Failure")]);
    let one = (name, some(a), any::<bool>(), ip, fail, login, texts()).prop_map(
        |(name, a, flag, ip, error, login, user)| {
            json!({
                "eventTime": "2023-11-14T22:13:20Z",
                "eventName": name,
                "eventSource": "ec2.amazonaws.com",
                "readOnly": flag,
                "sourceIPAddress": ip,
                "errorCode": error,
                "requestParameters": {"a": a},
                "responseElements": {"ConsoleLogin": login},
                "recipientAccountId": "111122223333",
                "userIdentity": {"type": "IAMUser", "userName": user, "accountId": "111122223333"},
            })
            .to_string()
        },
    );
    proptest::collection::vec(one, 12).boxed()
}

fn rule(vocabulary: Vocabulary, node: Node) -> Rule {
    let mut rule = common::rule("r", Language::Kuery, "*:*", None).expect("a rule");
    rule.detection = Detection::Event(node);
    rule.vocabulary = vocabulary;
    rule.query = None;
    rule
}

fn verdicts(rule: &Rule, records: &[String], layout: Layout) -> Vec<bool> {
    let options = matcher::Options { now_ms: Some(NOON), ..matcher::Options::default() };
    let set = RuleSet::compile(&[Arc::new(rule.clone())], &options);
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    let judge = |record: &String| {
        set.judge(record, layout, &mut scratch, &mut hits).expect("JSON");
        !hits.is_empty()
    };
    records.iter().map(judge).collect()
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap()), Value::Int)
        }
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(value).collect()),
        Json::Object(map) => Value::Map(map.iter().map(|(k, v)| (k.clone(), value(v))).collect()),
    }
}

/// What comes back from an artefact.
fn back(target: &str, artefact: &Artefact) -> Rule {
    let printed = artefact.to_json();
    let text = match (target, artefact) {
        ("threat-stack", _) => printed["filter"].as_str().expect("a filter").to_owned(),
        (_, Artefact::Text(text)) => text.clone(),
        (_, Artefact::Json(body)) => body.to_string(),
    };
    let source = Arc::new(Source::new("back", text.as_str()));
    let input = LowerInput { source: &source, rule_id: "r", rule_name: "r" };
    let query = |language| QueryText { language, text: text.clone(), map: TextMap::verbatim(0, text.len()) };
    let (vocabulary, lowered) = match target {
        "query-dsl" => {
            let filter = value(&json!({"query": printed["query"]}));
            (Vocabulary::Ecs, lower::filters(&input, &[filter], Span::new(0, text.len())))
        }
        "kql" => (Vocabulary::Ecs, lower::query(&input, &query(Language::Kuery), Vocabulary::Ecs)),
        _ => {
            let vocabulary = Vocabulary::ThreatStack;
            (vocabulary, lower::query(&input, &query(Language::ThreatStack), vocabulary))
        }
    };
    let node = lowered.predicate.unwrap_or_else(|| panic!("{text}: {:?}", lowered.diagnostics));
    rule(vocabulary, node)
}

/// Runs cases; counts exact and lossy artefacts, so that a generator that yields neither shows.
fn round_trip(
    target: &str,
    vocabulary: Vocabulary,
    conditions: BoxedStrategy<Node>,
    records: BoxedStrategy<Vec<String>>,
    layout: Layout,
) {
    let (mut exact, mut lossy, mut impossible, mut hits) = (0, 0, 0, 0_usize);
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 600, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let cell = std::cell::RefCell::new((&mut exact, &mut lossy, &mut impossible, &mut hits));
    let outcome = runner.run(&(conditions, records), |(node, records)| {
        let rule = rule(vocabulary, node);
        let compiled = backend::compile(&rule, backend::find(target).unwrap(), &Options::default());
        let mut counts = cell.borrow_mut();
        let Some(artefact) = &compiled.artefact else {
            *counts.2 += 1;
            prop_assert!(compiled.error.is_some());
            return Ok(());
        };
        let before = verdicts(&rule, &records, layout);
        let after = verdicts(&back(target, artefact), &records, layout);
        let refused = compiled.losses.iter().any(|loss| loss.is_refused());
        for ((record, before), after) in records.iter().zip(before).zip(after) {
            let fine = if refused { after || !before } else { before == after };
            prop_assert!(fine, "{before} became {after}\n{record}\n{artefact:?}\n{:?}", compiled.losses);
            *counts.3 += usize::from(before);
        }
        *if refused { &mut *counts.1 } else { &mut *counts.0 } += 1;
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{target}: {error}");
    }
    println!("{target}: {exact} exact, {lossy} lossy, {impossible} impossible; {hits} hits");
    assert!(exact > 60 && lossy > 20 && hits > 500, "the generator yields too little");
}

#[test]
fn query_dsl() {
    round_trip("query-dsl", Vocabulary::Ecs, ecs_condition(), documents(), Layout::Ecs);
}

#[test]
fn kql() {
    round_trip("kql", Vocabulary::Ecs, ecs_condition(), documents(), Layout::Ecs);
}

#[test]
fn threat_stack() {
    round_trip("threat-stack", Vocabulary::ThreatStack, raw_condition(), records(), Layout::CloudTrail);
}

#[test]
fn raw_rules_as_query_dsl() {
    round_trip("query-dsl", Vocabulary::ThreatStack, raw_condition(), records(), Layout::CloudTrail);
}

#[test]
fn ecs_rules_as_filters() {
    let ecs = |path, comparison| at(Vocabulary::Ecs, path, comparison);
    let outcome = proptest::sample::select(vec!["success", "failure", "unknown"])
        .prop_map(|word| Comparison::Text { matcher: TextMatch::Equals(word.into()), case: Case::Sensitive });
    let account = proptest::sample::select(vec!["111122223333", "1"])
        .prop_map(|id| Comparison::Text { matcher: TextMatch::Equals(id.into()), case: Case::Sensitive });
    let conditions = combined(
        prop_oneof![
            3 => ecs("event.action", on_text()),
            2 => ecs("event.outcome", outcome.boxed()),
            1 => ecs("cloud.account.id", account.boxed()),
            1 => ecs("source.address", on_text()),
            1 => ecs("user.name", on_text()),
            1 => ecs("data_stream.dataset", on_text()),
            2 => ecs("aws.cloudtrail.flattened.request_parameters.a", on_text()),
        ]
        .boxed(),
    );
    round_trip("threat-stack", Vocabulary::Ecs, conditions, records(), Layout::CloudTrail);
}
