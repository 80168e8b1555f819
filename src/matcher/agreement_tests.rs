//! The compiled programs and the plain evaluator of `explain` agree on random rules and events, in
//! every vocabulary and on both layouts.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::explain::{Explainer, clauses, observe};
use super::test_rules::{equals, field, rule, test};
use super::{Options, RuleSet, Scratch};
use crate::event::Layout;
use crate::ir::{
    Bound, Case, Comparison, Exception, Glob, GlobPart, Node, NumberOp, Predicate, Rule, TextMatch,
    Vocabulary, Words,
};

const ECS: [&str; 16] = [
    "event.action",
    "event.provider",
    "event.outcome",
    "event.category",
    "user.name",
    "source.ip",
    "source.geo.country_iso_code",
    "data_stream.dataset",
    "@timestamp",
    "aws.cloudtrail.error_code",
    "aws.cloudtrail.error_message",
    "aws.cloudtrail.request_parameters",
    "aws.cloudtrail.flattened.request_parameters",
    "aws.cloudtrail.flattened.request_parameters.items.name",
    "aws.cloudtrail.resources.arn",
    "aws.cloudtrail.user_identity.type",
];

const RAW: [&str; 8] = [
    "eventName",
    "eventSource",
    "errorCode",
    "sourceIPAddress",
    "requestParameters",
    "requestParameters.items.name",
    "userIdentity.type",
    "nowhere.at.all",
];

const ALIASES: [&str; 5] = ["user", "ip", "timestamp", "requestParameters.items.name", "eventName"];

const WORDS: [&str; 12] = [
    "CreateUser",
    "Delete",
    "iam.amazonaws.com",
    "success",
    "Root",
    "10.1.2.3",
    "1",
    "true",
    "a b",
    "-",
    "",
    "aws.cloudtrail",
];

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(&WORDS[..]).prop_map(str::to_owned)
}

fn comparison() -> impl Strategy<Value = Comparison> {
    let case = prop::sample::select(&[Case::Sensitive, Case::AsciiInsensitive][..]);
    let text = (0..5u8, word(), case).prop_map(|(kind, text, case)| {
        let matcher = match kind {
            0 => TextMatch::Prefix(text),
            1 => TextMatch::Suffix(text),
            2 => TextMatch::Contains(text),
            3 => TextMatch::Glob(Glob { parts: vec![GlobPart::Literal(text), GlobPart::Any] }),
            _ => TextMatch::Equals(text),
        };
        Comparison::Text { matcher, case }
    });
    prop_oneof![
        4 => word().prop_map(|text| equals(&text)),
        2 => text,
        1 => Just(Comparison::Exists),
        1 => Just(Comparison::Number { op: NumberOp::Ge, value: 1.0 }),
        1 => any::<bool>().prop_map(Comparison::Bool),
        1 => Just(Comparison::Ip("10.0.0.0/8".parse().unwrap())),
        1 => word().prop_map(|text| Comparison::TextRange { lower: Bound::exclusive(text), upper: Bound::OPEN }),
        1 => word().prop_map(|text| Comparison::Words(Words::AnyOf(text))),
    ]
}

fn node(vocabulary: Vocabulary) -> impl Strategy<Value = Node> {
    let paths: &'static [&'static str] = match vocabulary {
        Vocabulary::Ecs => &ECS,
        Vocabulary::ThreatStack => &ALIASES,
        _ => &RAW,
    };
    let (list, member) = match vocabulary {
        Vocabulary::Ecs => ("aws.cloudtrail.resources", "aws.cloudtrail.resources.arn"),
        _ => ("requestParameters.items", "requestParameters.items.name"),
    };
    let leaf = prop_oneof![
        12 => (prop::sample::select(paths), comparison()).prop_map(move |(path, c)| test(vocabulary, path, c)),
        1 => any::<bool>().prop_map(|value| Node::synthetic(Predicate::Constant(value))),
        1 => word().prop_map(|text| Node::synthetic(Predicate::AnyField(Words::AnyOf(text)))),
        2 => comparison().prop_map(move |c| Node::synthetic(Predicate::Nested {
            path: field(vocabulary, list),
            body: Box::new(Node::negate(test(vocabulary, member, c))),
        })),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let nodes = prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            nodes.clone().prop_map(|nodes| Node::synthetic(Predicate::And(nodes))),
            nodes.prop_map(|nodes| Node::synthetic(Predicate::Or(nodes))),
            inner.prop_map(Node::negate),
        ]
    })
}

fn rules() -> impl Strategy<Value = Rule> {
    use Vocabulary::{CloudTrail, Ecs, ThreatStack};
    prop::sample::select(&[Ecs, CloudTrail, ThreatStack][..]).prop_flat_map(|vocabulary| {
        (node(vocabulary), prop::option::weighted(0.3, node(vocabulary))).prop_map(
            move |(main, exception)| {
                let mut made = rule(vocabulary, main.predicate);
                made.exceptions = exception
                    .map(|predicate| Exception { predicate, text: None, name: None })
                    .into_iter()
                    .collect();
                made
            },
        )
    })
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        5 => word().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => (-2..3i64).prop_map(Value::from),
        1 => Just(json!({})),
        1 => Just(json!([])),
        1 => Just(json!({"name": "CreateUser", "arn": "Root"})),
        1 => Just(json!(["Root", null, ["a b"], {"name": 1}])),
    ]
}

fn event() -> impl Strategy<Value = (Value, Value)> {
    let items = prop::collection::vec(scalar().prop_map(|name| json!({"name": name, "arn": name})), 0..3);
    let fields = prop::collection::vec(scalar(), 10);
    (items, fields).prop_map(|(items, f)| {
        let raw = json!({
            "eventName": f[0], "eventSource": f[1], "errorCode": f[2], "errorMessage": f[3],
            "sourceIPAddress": f[4], "userIdentity": {"type": f[5], "userName": f[6]},
            "requestParameters": {"items": items, "x": f[7]}, "resources": items, "eventTime": f[8],
            "eventID": "e",
        });
        let ecs = json!({
            "event": {"action": f[0], "provider": f[1], "outcome": f[2]}, "user.name": f[6],
            "source": {"ip": f[4]}, "@timestamp": f[8], "event.category": f[9],
            "aws.cloudtrail": {"resources": items, "error_code": f[2], "flattened": {"request_parameters":
                {"items": items, "x": f[7]}}, "user_identity.type": f[5]},
        });
        (raw, ecs)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn programs_and_explanations_agree(
        rules in prop::collection::vec(rules(), 1..6),
        events in prop::collection::vec(event(), 1..6),
    ) {
        let rules: Vec<Arc<Rule>> = rules.into_iter().map(Arc::new).collect();
        let set = RuleSet::compile(&rules, &Options::default());
        let explainer = Explainer::new(set.world(), None);
        let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
        for (raw, ecs) in &events {
            for (event, layout) in [(raw, Layout::CloudTrail), (ecs, Layout::Ecs)] {
                let text = event.to_string();
                set.judge(&text, layout, &mut scratch, &mut hits).unwrap();
                for (number, rule) in rules.iter().enumerate() {
                    let skipped = set.skipped(layout).iter().any(|(rule, _)| *rule == number);
                    let verdict = explainer.explain(rule, &text, layout);
                    prop_assert_eq!(skipped, verdict.is_err(), "{:?}", verdict);
                    let Ok(verdict) = verdict else { continue };
                    prop_assert_eq!(hits.contains(&number), verdict.matched, "{:#?}\n{}", verdict, text);
                    let observed = observe(&explainer, rule, &text, layout).unwrap();
                    prop_assert_eq!(observed.len(), clauses(rule).len());
                }
            }
        }
    }
}
