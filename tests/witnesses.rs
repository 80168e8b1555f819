//! Witnesses of public and shipped rules: every rule has some, they do what they say by a second
//! evaluator, and what could not be shown is known by name. Drafted fixtures pass.

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};
use trailsmith::diagnostic::Source;
use trailsmith::frontend;
use trailsmith::ir::{
    Case, Comparison, Detection, Field, Glob, GlobPart, Language, Node, Predicate, Rule, Test, TextMatch,
    Vocabulary,
};
use trailsmith::matcher::Standard;
use trailsmith::matcher::date;
use trailsmith::matcher::explain::{Explainer, observe};
use trailsmith::schema::{Version, types};
use trailsmith::testing::{DraftOptions, Fixtures, Outcome, Settings, draft, run};
use trailsmith::witness::{Options, Reason, Sample, Side, Witnesses, aggregate, witnesses};

/// The rules of a file or folder.
fn load(path: &Path) -> Vec<Arc<Rule>> {
    frontend::load(&[path.to_owned()], &frontend::Options::default()).rules
}

/// The public KQL rules on CloudTrail.
fn kql() -> Option<Vec<Arc<Rule>>> {
    let mut rules = load(&common::shared("data/elastic/rules")?);
    rules.retain(|rule| rule.query.as_ref().is_some_and(|query| query.language == Language::Kuery));
    assert_eq!(rules.len(), 90);
    Some(rules)
}

/// The Threat Stack rules of the seed, as filters.
fn threat_stack() -> Option<Vec<Arc<Rule>>> {
    let path = common::shared("data/threatstack/seed_rules.json")?;
    let seeds: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let rule = |seed: &Value| {
        let (id, filter) = (seed["slug"].as_str().unwrap(), seed["filter"].as_str().unwrap());
        let rule = common::rule(id, Language::ThreatStack, filter, None);
        Arc::new(rule.unwrap_or_else(|diagnostics| panic!("{id}: {diagnostics:?}")))
    };
    let rules: Vec<Arc<Rule>> = seeds["rules"].as_array().unwrap().iter().map(rule).collect();
    assert_eq!(rules.len(), 16);
    Some(rules)
}

fn shipped() -> Vec<Arc<Rule>> {
    let mut rules = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"));
    rules.retain(|rule| !matches!(rule.detection, Detection::Opaque(_)));
    // Records are made of CloudTrail's events; of a rule on findings that is said.
    rules.retain(|rule| {
        let other = rule.input != trailsmith::ir::Input::CloudTrail;
        if other {
            let reasons = witnesses(rule, &Options::default()).unreached;
            assert!(reasons.iter().any(|row| matches!(row.reason, Reason::OtherInput(_))), "{}", rule.name());
        }
        !other
    });
    rules
}

/// The verdict of the plain evaluator, and what each clause showed.
fn judged(rule: &Rule, sample: &Sample) -> (bool, Vec<bool>) {
    let (layout, event) = sample.judged(Version::default());
    let now = sample.record["eventTime"].as_str().and_then(date::parse);
    let world = Standard::default();
    let explainer = Explainer::new(&world, now);
    let text = event.to_string();
    let verdict = explainer.explain(rule, &text, layout).expect("a verdict");
    let seen = observe(&explainer, rule, &text, layout).expect("a verdict");
    (verdict.matched, seen.into_iter().map(|clause| clause.yes).collect())
}

/// Counts, and what could not be shown, by rule and clause.
#[derive(Default)]
struct Tally {
    matching: usize,
    near_misses: usize,
    alone: usize,
    constants: usize,
    unreached: BTreeMap<String, usize>,
}

fn look_at(rules: &[Arc<Rule>], what: &str) -> Tally {
    let mut tally = Tally::default();
    for rule in rules {
        let out: Witnesses = witnesses(rule, &Options::default());
        assert!(!out.matching.is_empty(), "{}: {:?}", rule.name(), out.unreached);
        tally.matching += out.matching.len();
        let constant = out.clauses.iter().filter(|clause| clause.constant).count();
        let unshown = out.unreached.iter().filter(|unreached| unreached.reason == Reason::Constant).count();
        assert_eq!(constant, unshown, "{}", rule.name());
        tally.near_misses += out.near_misses.len();
        for witness in &out.matching {
            assert!(judged(rule, &witness.sample).0, "{}: {:#}", rule.name(), witness.sample.record);
        }
        for near in &out.near_misses {
            let (matched, now) = judged(rule, &near.sample);
            assert!(!matched, "{}: {:#}", rule.name(), near.sample.record);
            let (_, then) = judged(rule, &out.matching[near.of].sample);
            let turned: Vec<usize> = (0..now.len()).filter(|&clause| now[clause] != then[clause]).collect();
            assert!(turned.contains(&near.clause), "{}: {turned:?}", rule.name());
            tally.alone += usize::from(turned.len() == 1);
            assert_eq!(turned.len(), near.also.len() + 1, "{}: {turned:?} {near:?}", rule.name());
        }
        for unreached in &out.unreached {
            let clause = unreached.clause.map_or("the rule", |id| out.clauses[id].text.as_str());
            let side = if unreached.side == Side::Match { "match" } else { "near miss" };
            // `data_stream.dataset: aws.cloudtrail` and its likes: no near miss, and no surprise.
            if unreached.reason == Reason::Constant && unreached.side == Side::NearMiss {
                tally.constants += 1;
                continue;
            }
            *tally.unreached.entry(format!("{side} of {clause}: {}", unreached.reason)).or_default() += 1;
        }
    }
    println!(
        "{what}: {} rules, {} witnesses, {} near misses ({} of one clause alone), {} constant clauses",
        rules.len(),
        tally.matching,
        tally.near_misses,
        tally.alone,
        tally.constants
    );
    tally.unreached.iter().for_each(|(what, count)| println!("  {count} x {what}"));
    tally
}

fn unreached(tally: &Tally) -> Vec<(&str, usize)> {
    tally.unreached.iter().map(|(what, count)| (what.as_str(), *count)).collect()
}

#[test]
fn public_kql_rules() {
    let Some(rules) = kql() else { return };
    let tally = look_at(&rules, "KQL");
    // One rule lists `*Guard*` beside `*Guardrail*`, and the same in lower case.
    let masked = |text: &str| {
        let clause = format!("aws.cloudtrail.request_parameters: {text}");
        format!("match of {clause}: no record was found in which this clause decides")
    };
    let expected = [(&*masked("*Guardrail*"), 1), (&*masked("*guardrail*"), 1)];
    assert_eq!(unreached(&tally), expected);
}

#[test]
fn threat_stack_rules() {
    let Some(rules) = threat_stack() else { return };
    let tally = look_at(&rules, "Threat Stack");
    assert_eq!(unreached(&tally), []);
}

#[test]
fn shipped_rules() {
    let tally = look_at(&shipped(), "shipped");
    assert_eq!(unreached(&tally), []);
}

/// Writes the draft of every rule beside a copy of the rule's file and runs them all.
fn drafts_pass(rules: &[(PathBuf, Arc<Rule>)], all: bool) {
    let folder = tempfile::tempdir().unwrap();
    let mut fixtures = Vec::new();
    let mut copies = Vec::new();
    let mut cases = 0;
    for (file, rule) in rules {
        let copy = folder.path().join(file.file_name().unwrap());
        std::fs::copy(file, &copy).unwrap();
        let draft = draft(rule, &DraftOptions { all, ..DraftOptions::default() });
        assert!(draft.cases > 1, "{}: {:?}", rule.name(), draft.notes);
        let dropped = draft.notes.iter().find(|note| note.contains("were dropped"));
        assert_eq!(dropped, None, "{}", rule.name());
        cases += draft.cases;
        fixtures.push(trailsmith::testing::beside(&copy));
        std::fs::write(&fixtures[fixtures.len() - 1], draft.text).unwrap();
        copies.extend(load(&copy));
    }
    let read = Fixtures::read(&fixtures);
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
    let report = run(read, &copies, &Settings { coverage: true, ..Settings::default() });
    assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
    for case in &report.cases {
        assert_eq!(case.outcome, Outcome::Passed, "{} › {}", case.rule_name, case.name);
    }
    println!("{} rules, {cases} drafted cases", rules.len());
    assert_eq!(report.cases.len(), cases);
}

fn with_files(rules: Vec<Arc<Rule>>) -> Vec<(PathBuf, Arc<Rule>)> {
    rules.into_iter().map(|rule| (PathBuf::from(rule.source.path()), rule)).collect()
}

#[test]
fn drafts_of_public_kql_rules_pass() {
    let Some(rules) = kql() else { return };
    drafts_pass(&with_files(rules), false);
}

#[test]
fn drafts_of_shipped_rules_pass() {
    drafts_pass(&with_files(shipped()), true);
}

#[test]
fn drafts_of_threat_stack_rules_pass() {
    let Some(rules) = threat_stack() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = |rule: Arc<Rule>| {
        let path = folder.path().join(format!("{}.tsf", rule.id));
        std::fs::write(&path, rule.source.text()).unwrap();
        (path, rule)
    };
    drafts_pass(&rules.into_iter().map(file).collect::<Vec<_>>(), true);
}

/// Of the 35 public rules over time, which have no case that alerts.
#[test]
fn rules_over_time_have_cases_that_alert() {
    let Some(mut rules) = kql() else { return };
    rules.retain(|rule| !matches!(rule.detection, Detection::Event(_)));
    assert_eq!(rules.len(), 35);
    let mut without = Vec::new();
    for rule in &rules {
        match aggregate(rule, &Options::default()) {
            Ok(cases) => {
                assert!(cases.iter().any(|case| case.alerts == 1), "{}", rule.name());
                assert!(cases.iter().any(|case| case.alerts == 0), "{}", rule.name());
            }
            Err(reason) => without.push(format!("{}: {reason}", rule.name())),
        }
    }
    assert_eq!(without, Vec::<String>::new());
}

// Random predicates over few fields and values, small enough to try every record there is.

const WORDS: [&str; 5] = ["CreateUser", "Create", "createuser", "User", "x"];

/// Names in the record, in ECS, and as the property test's records have them.
const FIELDS: [(&str, &str); 4] = [
    ("eventName", "event.action"),
    ("errorCode", "aws.cloudtrail.error_code"),
    ("requestParameters.a", "aws.cloudtrail.flattened.request_parameters.a"),
    ("userIdentity.arn", "aws.cloudtrail.user_identity.arn"),
];

fn text_test() -> impl Strategy<Value = (TextMatch, Case)> {
    let case = prop::sample::select(&[Case::Sensitive, Case::AsciiInsensitive][..]);
    (0..5u8, prop::sample::select(&WORDS[..]), case).prop_map(|(kind, word, case)| {
        let text = word.to_owned();
        let matcher = match kind {
            0 => TextMatch::Prefix(text),
            1 => TextMatch::Suffix(text),
            2 => TextMatch::Contains(text),
            3 => TextMatch::Glob(Glob { parts: vec![GlobPart::Literal(text), GlobPart::One, GlobPart::Any] }),
            _ => TextMatch::Equals(text),
        };
        (matcher, case)
    })
}

fn node(ecs: bool) -> impl Strategy<Value = Node> {
    let vocabulary = if ecs { Vocabulary::Ecs } else { Vocabulary::CloudTrail };
    let comparison = prop_oneof![
        6 => text_test().prop_map(|(matcher, case)| Comparison::Text { matcher, case }),
        1 => Just(Comparison::Exists),
    ];
    let leaf = (0..FIELDS.len(), comparison).prop_map(move |(field, comparison)| {
        let path = if ecs { FIELDS[field].1 } else { FIELDS[field].0 };
        let field = Field::new(vocabulary, path, types(vocabulary).field_type(path));
        Node::synthetic(Predicate::Test(Test { field, comparison }))
    });
    leaf.prop_recursive(3, 12, 3, |inner| {
        let nodes = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            nodes.clone().prop_map(|nodes| Node::synthetic(Predicate::And(nodes))),
            nodes.prop_map(|nodes| Node::synthetic(Predicate::Or(nodes))),
            inner.prop_map(Node::negate),
        ]
    })
}

/// What a record holds in one of the four fields, raw name or ECS name.
fn held(record: &Value, path: &str) -> Vec<String> {
    let raw = FIELDS.iter().find(|(raw, ecs)| path == *raw || path == *ecs).unwrap().0;
    // Numbers and flags are compared by their text.
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match raw.split('.').try_fold(record, |value, key| value.get(key)) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.iter().map(text).collect(),
        Some(value) => vec![text(value)],
    }
}

fn folded(text: &str, case: Case) -> String {
    if case == Case::AsciiInsensitive { text.to_ascii_lowercase() } else { text.to_owned() }
}

/// The truth of a predicate, word for word what its parts say.
fn naive(node: &Node, held: &dyn Fn(&str) -> Vec<String>) -> bool {
    match &node.predicate {
        Predicate::And(nodes) => nodes.iter().all(|node| naive(node, held)),
        Predicate::Or(nodes) => nodes.iter().any(|node| naive(node, held)),
        Predicate::Not(inner) => !naive(inner, held),
        Predicate::Test(test) => held(&test.field.path).into_iter().any(|value| {
            match &test.comparison {
                Comparison::Exists => true,
                Comparison::Text { matcher, case } => {
                    let value = folded(&value, *case);
                    match matcher {
                        TextMatch::Equals(text) => value == folded(text, *case),
                        TextMatch::Prefix(text) => value.starts_with(&folded(text, *case)),
                        TextMatch::Suffix(text) => value.ends_with(&folded(text, *case)),
                        TextMatch::Contains(text) => value.contains(&folded(text, *case)),
                        // One character at least after the literal: the only shape made here.
                        TextMatch::Glob(glob) => {
                            let GlobPart::Literal(text) = &glob.parts[0] else { panic!("{glob:?}") };
                            value.strip_prefix(&folded(text, *case)).is_some_and(|rest| !rest.is_empty())
                        }
                    }
                }
                other => panic!("{other:?}"),
            }
        }),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn random_predicates((ecs, predicate) in any::<bool>().prop_flat_map(|ecs| (Just(ecs), node(ecs)))) {
        let mut rule = common::rule("r", Language::Kuery, "event.action: x", None).unwrap();
        rule.vocabulary = if ecs { Vocabulary::Ecs } else { Vocabulary::CloudTrail };
        rule.source = Arc::new(Source::new("r", ""));
        rule.detection = Detection::Event(Node { origin: None, ..predicate.clone() });
        let out = witnesses(&rule, &Options::default());
        for witness in &out.matching {
            prop_assert!(naive(&predicate, &|path| held(&witness.sample.record, path)), "{:#}", witness.sample.record);
        }
        for near in &out.near_misses {
            prop_assert!(!naive(&predicate, &|path| held(&near.sample.record, path)), "{:#}", near.sample.record);
        }
        // Whatever is satisfied by some record of the small world has a witness.
        let choices: Vec<Option<&str>> = WORDS.iter().copied().map(Some).chain([None, Some("CreateUserx")]).collect();
        let count = choices.len();
        let satisfiable = (0..count.pow(4)).any(|number| {
            naive(&predicate, &|path| {
                let field = FIELDS.iter().position(|(raw, ecs)| path == *raw || path == *ecs).unwrap();
                choices[number / count.pow(field as u32) % count].map(str::to_owned).into_iter().collect()
            })
        });
        prop_assert!(!satisfiable || !out.matching.is_empty(), "{:?}\n{:?}", predicate, out.unreached);
    }
}

#[test]
fn samples_are_indexed_with_what_the_cluster_adds() {
    let rule = common::rule("r", Language::Kuery, "source.geo.country_iso_code: NL", None).unwrap();
    let out = witnesses(&rule, &Options::default());
    let document = out.matching[0].sample.document(Version::default());
    assert_eq!(document["source"]["geo"], json!({"country_iso_code": "NL"}));
    assert_eq!(document["event"]["action"], "GetCallerIdentity");
}
