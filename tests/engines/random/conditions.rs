//! Random conditions, each likely to hit some of the hostile records.

use std::net::IpAddr;

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use trailsmith::frontend::lower;
use trailsmith::ir::{
    Bound, Case, Comparison, DateBound, Glob, GlobPart, Node, NumberOp, Predicate, Test, TextMatch,
    Vocabulary, Words,
};

use super::values::{ADDRESSES, NOON, piece, text};

fn glob() -> BoxedStrategy<Glob> {
    // A value with a character or a stretch of it replaced.
    let replaced = (text(), 0..20usize, any::<bool>()).prop_map(|(text, at, one)| {
        let count = text.chars().count().max(1);
        let (head, tail): (String, String) =
            (text.chars().take(at % count).collect(), text.chars().skip(at % count + 1).collect());
        let middle = if one { GlobPart::One } else { GlobPart::Any };
        Glob { parts: vec![GlobPart::Literal(head), middle, GlobPart::Literal(tail)] }
    });
    let part = prop_oneof![
        2 => piece().prop_map(GlobPart::Literal),
        2 => Just(GlobPart::Any),
        1 => Just(GlobPart::One),
    ];
    prop_oneof![replaced, proptest::collection::vec(part, 0..4).prop_map(|parts| Glob { parts })].boxed()
}

fn matcher() -> BoxedStrategy<TextMatch> {
    prop_oneof![
        5 => text().prop_map(TextMatch::Equals),
        2 => piece().prop_map(TextMatch::Prefix),
        2 => piece().prop_map(TextMatch::Suffix),
        2 => piece().prop_map(TextMatch::Contains),
        2 => glob().prop_map(TextMatch::Glob),
    ]
    .boxed()
}

fn bound<T: Clone + std::fmt::Debug + 'static>(value: BoxedStrategy<T>) -> BoxedStrategy<Bound<T>> {
    let inclusive = value.clone().prop_map(Bound::inclusive);
    prop_oneof![Just(Bound::OPEN), inclusive, value.prop_map(Bound::exclusive)].boxed()
}

fn bounds<T: Clone + std::fmt::Debug + 'static>(
    value: BoxedStrategy<T>,
) -> impl Strategy<Value = (Bound<T>, Bound<T>)> {
    (bound(value.clone()), bound(value))
        .prop_filter("an end", |(lower, upper)| lower.limit.is_some() || upper.limit.is_some())
}

fn on_text() -> BoxedStrategy<Comparison> {
    let case = prop_oneof![3 => Just(Case::Sensitive), 1 => Just(Case::AsciiInsensitive)];
    prop_oneof![
        2 => Just(Comparison::Exists),
        12 => (matcher(), case).prop_map(|(matcher, case)| Comparison::Text { matcher, case }),
        2 => bounds(text()).prop_map(|(lower, upper)| Comparison::TextRange { lower, upper }),
        1 => on_number(),
        1 => any::<bool>().prop_map(Comparison::Bool),
    ]
    .boxed()
}

fn on_number() -> BoxedStrategy<Comparison> {
    let op =
        proptest::sample::select(vec![NumberOp::Eq, NumberOp::Lt, NumberOp::Le, NumberOp::Gt, NumberOp::Ge]);
    let value =
        proptest::sample::select(vec![-5.0, -1.0, -0.0, 0.0, 0.5, 1.0, 2.0, 9.0, 10.0, 1e3, 65535.0, 1e17]);
    (op, value).prop_map(|(op, value)| Comparison::Number { op, value }).boxed()
}

fn on_address() -> BoxedStrategy<Comparison> {
    let net = proptest::sample::select(vec![
        "10.0.0.0/8",
        "10.1.2.3/32",
        "10.1.2.0/31",
        "2001:db8::/32",
        "0.0.0.0/0",
        "::/0",
        "::1/128",
        "::ffff:10.0.0.0/104",
    ]);
    let address =
        proptest::sample::select(ADDRESSES).prop_map(|text| text.parse::<IpAddr>().expect("an address"));
    let end = || prop_oneof![1 => Just(None), 3 => address.clone().prop_map(Some)];
    let range = (end(), end()).prop_filter("ends of one family", |ends| match ends {
        (Some(from), Some(to)) => from.is_ipv4() == to.is_ipv4(),
        (None, None) => false,
        _ => true,
    });
    prop_oneof![
        1 => Just(Comparison::Exists),
        3 => net.prop_map(|net| Comparison::Ip(net.parse().expect("a network"))),
        2 => range.prop_map(|(from, to)| Comparison::IpRange { from, to }),
        1 => (matcher(), Just(Case::Sensitive)).prop_map(|(matcher, case)| Comparison::Text { matcher, case }),
    ]
    .boxed()
}

fn on_date() -> BoxedStrategy<Comparison> {
    let millis = proptest::sample::select(vec![NOON - 1000, NOON, NOON + 1, NOON + 1000, -1000, 0]);
    let math = proptest::sample::select(vec!["2023-11-14||/d", "2023-11-14T22:13:20Z||+1s", "2023-11"]);
    let at = prop_oneof![
        4 => millis.prop_map(DateBound::Millis),
        1 => math.prop_map(|text: &str| DateBound::Math(text.to_owned())),
    ];
    bounds(at.boxed()).prop_map(|(lower, upper)| Comparison::Date { lower, upper }).boxed()
}

fn words() -> BoxedStrategy<Words> {
    let end = || prop_oneof![Just(None), (piece(), any::<bool>()).prop_map(Some)];
    let between = (end(), end())
        .prop_filter("an end", |(lower, upper)| lower.is_some() || upper.is_some())
        .prop_map(|(lower, upper)| Words::Between { lower, upper });
    prop_oneof![
        2 => piece().prop_map(Words::AnyOf),
        2 => piece().prop_map(Words::Phrase),
        1 => glob().prop_map(Words::Pattern),
        1 => between,
    ]
    .boxed()
}

fn at(vocabulary: Vocabulary, path: &str, comparison: BoxedStrategy<Comparison>) -> BoxedStrategy<Node> {
    let field = lower::field(vocabulary, path);
    comparison
        .prop_map(move |comparison| {
            Node::synthetic(Predicate::Test(Test { field: field.clone(), comparison }))
        })
        .boxed()
}

/// A leaf of its own as often as not: its disagreements are the easiest to read.
fn combined(leaf: BoxedStrategy<Node>) -> BoxedStrategy<Node> {
    let tree = leaf.clone().prop_recursive(3, 12, 4, |inner| {
        let list = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            2 => list().prop_map(|nodes| Node::synthetic(Predicate::And(nodes))),
            3 => list().prop_map(|nodes| Node::synthetic(Predicate::Or(nodes))),
            3 => inner.clone().prop_map(Node::negate),
        ]
    });
    prop_oneof![2 => leaf.clone(), 1 => leaf.prop_map(Node::negate), 3 => tree].boxed()
}

/// Conditions on the fields of documents.
pub fn on_documents() -> BoxedStrategy<Node> {
    let ecs = |path: &str, comparison| at(Vocabulary::Ecs, path, comparison);
    let of_words = || words().prop_map(Comparison::Words).boxed();
    let flag = || prop_oneof![2 => any::<bool>().prop_map(Comparison::Bool), 1 => on_text()].boxed();
    let log = |key: &str| ecs(&format!("aws.cloudtrail.digest.log_files.{key}"), on_text());
    let nested = combined(prop_oneof![log("s3_bucket"), log("s3_object")].boxed()).prop_map(|body| {
        let path = lower::field(Vocabulary::Ecs, "aws.cloudtrail.digest.log_files");
        Node::synthetic(Predicate::Nested { path, body: Box::new(body) })
    });
    let payload = |key: &str| format!("aws.cloudtrail.flattened.request_parameters.{key}");
    let texts = prop_oneof![
        4 => ecs("event.action", on_text()),
        2 => ecs("user.name", on_text()),
        2 => ecs("aws.cloudtrail.error_message", on_text()),
        1 => ecs("aws.cloudtrail.user_identity.arn", on_text()),
        2 => ecs("aws.cloudtrail.resources.arn", on_text()),
        2 => ecs("user.target.name", on_text()),
        1 => ecs("related.user", on_text()),
        1 => ecs("event.outcome", on_text()),
        1 => ecs("tags", on_text()),
        1 => ecs("labels.x", on_text()),
        1 => ecs("aws.cloudtrail.request_parameters", on_text()),
    ];
    let open = prop_oneof![
        4 => ecs(&payload("a"), on_text()),
        2 => ecs(&payload("b.c"), on_text()),
        1 => ecs(&payload("x-y z"), on_text()),
        1 => ecs(&payload("a.c"), on_text()),
        1 => ecs(&payload("d.e"), on_text()),
        1 => ecs(&payload("d.e.f"), on_text()),
        2 => ecs("aws.cloudtrail.flattened.response_elements.n", on_text()),
        1 => ecs("aws.cloudtrail.flattened.response_elements.n", on_number()),
        1 => ecs("aws.cloudtrail.flattened.response_elements", on_text()),
    ];
    let typed = prop_oneof![
        2 => ecs("destination.port", on_number()),
        1 => ecs("destination.port", on_text()),
        2 => ecs("event.risk_score", on_number()),
        2 => ecs("aws.cloudtrail.read_only", flag()),
        2 => ecs("source.ip", on_address()),
        2 => ecs("host.ip", on_address()),
        2 => ecs("@timestamp", on_date()),
        1 => ecs("@timestamp", Just(Comparison::Exists).boxed()),
        1 => ecs("aws.cloudtrail.user_identity", Just(Comparison::Exists).boxed()),
    ];
    let analysed = prop_oneof![
        2 => ecs("user_agent.original.text", of_words()),
        2 => ecs("aws.cloudtrail.request_parameters.text", of_words()),
        2 => ecs("message", of_words()),
        1 => ecs("user.name.text", of_words()),
    ];
    let rest = prop_oneof![
        2 => nested,
        1 => words().prop_map(|words| Node::synthetic(Predicate::AnyField(words))),
        1 => any::<bool>().prop_map(|truth| Node::synthetic(Predicate::Constant(truth))),
    ];
    combined(prop_oneof![8 => texts, 6 => open, 5 => typed, 2 => analysed, 2 => rest].boxed())
}

/// Conditions on the keys of records, which targets write in terms of documents.
pub fn on_records() -> BoxedStrategy<Node> {
    let raw = |path: &str, comparison| at(Vocabulary::ThreatStack, path, comparison);
    combined(
        prop_oneof![
            4 => raw("eventName", on_text()),
            2 => raw("errorMessage", on_text()),
            3 => raw("requestParameters.a", on_text()),
            2 => raw("requestParameters.b.c", on_text()),
            1 => raw("requestParameters.userName", on_text()),
            2 => raw("responseElements.n", on_text()),
            1 => raw("readOnly", on_text()),
            1 => raw("sourceIPAddress", on_text()),
            1 => raw("userIdentity.type", on_text()),
            1 => raw("event_type", on_text()),
        ]
        .boxed(),
    )
}

/// A condition for the eyes.
pub fn brief(node: &Node) -> String {
    let list = |nodes: &[Node], word: &str| {
        format!("({})", nodes.iter().map(brief).collect::<Vec<_>>().join(&format!(" {word} ")))
    };
    match &node.predicate {
        Predicate::Constant(truth) => truth.to_string(),
        Predicate::And(nodes) => list(nodes, "and"),
        Predicate::Or(nodes) => list(nodes, "or"),
        Predicate::Not(inner) => format!("not {}", brief(inner)),
        Predicate::Test(test) => format!("[{} {:?}]", test.field, test.comparison),
        Predicate::Nested { path, body } => format!("{path}{{{}}}", brief(body)),
        Predicate::AnyField(words) => format!("[* {words:?}]"),
    }
}
