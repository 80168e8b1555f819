use std::sync::Arc;

use super::*;
use crate::diagnostic::{Severity, Source};
use crate::ir::{
    Binding, Call, Case, Comparison, Detection, Field, FieldType, Format, Input, Level, Metadata, Playbook,
    Predicate, RuleSeverity, Schedule, Step, Test, TextMatch, Value, Vocabulary,
};

/// A raw rule whose file is `text`; clauses stand where their value stands in it.
fn rule(text: &str, predicate: Node) -> Rule {
    let source = Arc::new(Source::new("a.toml", text));
    Rule {
        id: "r".into(),
        id_is_derived: false,
        input: Input::CloudTrail,
        vocabulary: Vocabulary::CloudTrail,
        format: Format::ElasticToml,
        source_type: None,
        metadata: Metadata {
            name: "A rule".into(),
            description: Some("d".into()),
            severity: Some(RuleSeverity { level: Level::Low, original: None }),
            risk_score: Some(21),
            threat: Some(vec![crate::ir::Threat {
                framework: "MITRE ATT&CK".into(),
                tactic: crate::ir::Tactic {
                    id: "TA0003".into(),
                    name: "Persistence".into(),
                    reference: None,
                },
                techniques: None,
            }]),
            ..Metadata::default()
        },
        query: None,
        index: None,
        filters: None,
        detection: Detection::Event(predicate),
        exceptions: Vec::new(),
        exception_lists: None,
        suppression: None,
        schedule: Schedule::default(),
        origin: Span::new(0, text.len()),
        source,
    }
}

fn equals(text: &str, path: &str, value: &str) -> Node {
    let start = text.find(value).expect("the value stands in the text");
    let matcher = TextMatch::Equals(value.into());
    let test = Test {
        field: Field::new(Vocabulary::CloudTrail, path, FieldType::Json),
        comparison: Comparison::Text { matcher, case: Case::Sensitive },
    };
    Node::at(Predicate::Test(test), Span::new(start, start + value.len()))
}

fn codes(rule: &Rule) -> Vec<&'static str> {
    check(rule).iter().map(|finding| finding.code.name).collect()
}

#[test]
fn a_conjunction_of_two_values_is_never_true() {
    let text = "eventName = CreateUser and eventName = DeleteUser or eventName = GetUser";
    let name = |value| equals(text, "eventName", value);
    let both = Node::all(vec![name("CreateUser"), name("DeleteUser")]);
    let found = check(&rule(text, both));
    assert_eq!(found.len(), 1);
    let span = found[0].span().expect("it has a place");
    assert_eq!((found[0].code.name, &text[span.range()]), ("contradiction", "DeleteUser"));
    let either = || Node::any(vec![name("CreateUser"), name("DeleteUser")]);
    assert_eq!(codes(&rule(text, either())), Vec::<&str>::new());
    assert_eq!(codes(&rule(text, Node::all(vec![either(), name("DeleteUser")]))), Vec::<&str>::new());
    assert_eq!(codes(&rule(text, Node::all(vec![either(), name("GetUser")]))), ["contradiction"]);
    let negated = Node::all(vec![name("CreateUser"), Node::negate(name("DeleteUser"))]);
    assert_eq!(codes(&rule(text, negated)), Vec::<&str>::new());
    let list = |value| equals(text, "resources.type", value);
    let many = Node::all(vec![list("CreateUser"), list("DeleteUser")]);
    assert_eq!(codes(&rule(text, many)), Vec::<&str>::new(), "an array may hold both");
}

#[test]
fn event_sources_are_lower_case() {
    let text = "eventSource = \"IAM.amazonaws.com\"";
    let found = check(&rule(text, equals(text, "eventSource", "IAM.amazonaws.com")));
    assert_eq!(found[0].code.name, "value-case");
    let fix = found[0].fix.as_ref().expect("it can be mended");
    assert_eq!((&text[fix.edits[0].span.range()], fix.safe), ("IAM.amazonaws.com", false));
    assert_eq!(fix.edits[0].replacement, "iam.amazonaws.com");
    assert_eq!(
        codes(&rule("CreateUser", equals("CreateUser", "eventName", "CreateUser"))),
        Vec::<&str>::new()
    );
}

#[test]
fn what_is_missing_is_said() {
    let text = "CreateUser";
    let mut rule = rule(text, equals(text, "eventName", text));
    rule.metadata = Metadata::default();
    assert_eq!(codes(&rule), ["missing-mitre"], "the reader of the format asks for the others");
    rule.format = Format::Trailsmith;
    assert_eq!(codes(&rule), ["missing-severity", "missing-description", "missing-mitre"]);
}

#[test]
fn risk_scores_go_with_the_severity() {
    let text = "risk_score = 47\nCreateUser";
    let mut rule = rule(text, equals(text, "eventName", "CreateUser"));
    for (level, score, expected) in [
        (Level::Low, 21, None),
        (Level::Low, 22, Some("risk-score-band")),
        (Level::Medium, 22, None),
        (Level::Medium, 47, None),
        (Level::High, 47, Some("risk-score-band")),
        (Level::High, 73, None),
        (Level::Critical, 74, None),
        (Level::Critical, 101, Some("risk-score-range")),
        (Level::Low, -1, Some("risk-score-range")),
    ] {
        rule.metadata.severity = Some(RuleSeverity { level, original: None });
        rule.metadata.risk_score = Some(score);
        assert_eq!(codes(&rule).first().copied(), expected, "{level:?} {score}");
    }
}

#[test]
fn schedules_leave_no_gap() {
    let text = "interval = \"15m\"\nfrom = \"now-9m\"\nCreateUser";
    for (interval, from, to, expected) in [
        (Some("15m"), Some("now-9m"), None, Some("schedule-gap")),
        (Some("15m"), Some("now-15m"), None, None),
        (Some("5m"), Some("now-9m"), Some("now"), None),
        (Some("5m"), Some("now-9m"), Some("now-5m"), Some("schedule-gap")),
        (None, None, None, None),
        (Some("1h"), None, None, Some("schedule-gap")),
        (Some("1d"), Some("now-1d/d"), None, None),
        (Some("5 minutes"), None, None, Some("schedule-interval")),
        (None, Some("now-9x"), None, Some("schedule-range")),
    ] {
        let mut rule = rule(text, equals(text, "eventName", "CreateUser"));
        rule.schedule.interval = interval.map(str::to_owned);
        rule.schedule.from = from.map(str::to_owned);
        rule.schedule.to = to.map(str::to_owned);
        assert_eq!(codes(&rule).first().copied(), expected, "{interval:?} {from:?} {to:?}");
    }
    let mut gap = rule(text, equals(text, "eventName", "CreateUser"));
    gap.schedule.interval = Some("15m".into());
    gap.schedule.from = Some("now-9m".into());
    assert_eq!(check(&gap)[0].title, "6m of every 15m are never searched");
}

#[test]
fn playbooks_bind_what_they_use() {
    let text = "CreateUser";
    let mut rule = rule(text, equals(text, "eventName", text));
    let parameters = [("user".to_owned(), Binding::default()), ("spare".to_owned(), Binding::default())];
    let value = Value::List(vec![Value::Text("{{ user }}/{{key}}".into())]);
    let call = Call {
        service: "iam".into(),
        action: "DeleteUser".into(),
        parameters: [("x".to_owned(), value)].into_iter().collect(),
        ..Call::default()
    };
    rule.metadata.playbook = Some(Playbook {
        parameters: parameters.into_iter().collect(),
        steps: vec![Step { title: "t".into(), calls: vec![call], ..Step::default() }],
        ..Playbook::default()
    });
    assert_eq!(codes(&rule), ["playbook-unbound-parameter", "playbook-unused-parameter"]);
}

#[test]
fn suppressions_hold_for_their_file_and_are_accounted_for() {
    let text = "# trailsmith: ignore[missing-mitre, contradiction] reason\n\
                a = \"# trailsmith: ignore[value-case]\"\nb = 1 # trailsmith: ignore[no-such]\n";
    let source = Arc::new(Source::new("a.toml", text));
    let finding = |code| Diagnostic::new(code, "t").in_file(&source);
    let found = vec![finding(&metadata::MISSING_MITRE), finding(&value_case::VALUE_CASE)];
    let left = suppression::apply(&source, found, &|code| code != "no-such");
    let left: Vec<_> = left.iter().map(|d| (d.code.name, d.span().map(|s| source.slice(s)))).collect();
    assert_eq!(
        left,
        [
            ("value-case", None),
            ("unused-suppression", Some("contradiction")),
            ("invalid-suppression", Some("no-such")),
        ]
    );
}

#[test]
fn suppressions_hide_neither_errors_nor_everything() {
    let text = "# trailsmith: ignore\n# trailsmith: ignore [missing-mitre]\n\
                # trailsmith: ignored things are no suppression\n# trailsmith: ignore[value-case] reason\n";
    let source = Arc::new(Source::new("a.yml", text));
    let error = Diagnostic::new(&value_case::VALUE_CASE, "t").severity(Severity::Error).in_file(&source);
    let left = suppression::apply(&source, vec![error], &|_| true);
    let left: Vec<_> =
        left.iter().map(|d| (d.code.name, d.span().map(|s| source.position(s.start).line))).collect();
    let (kept, invalid) = (("value-case", None), "invalid-suppression");
    assert_eq!(left, [kept, (invalid, Some(1)), (invalid, Some(2)), (invalid, Some(4))]);
}

#[test]
fn places_in_attack_exist_and_go_together() {
    use crate::ir::{Tactic, Technique, Threat};
    let text = "id = \"T1648\"\nCreateUser";
    let technique = |id: &str, name: &str, inner: Option<Vec<Technique>>| Technique {
        id: id.into(),
        name: name.into(),
        reference: None,
        subtechniques: inner,
    };
    let found = |tactic: (&str, &str), technique: Technique| {
        let mut rule = rule(text, equals(text, "eventName", "CreateUser"));
        let tactic = Tactic { id: tactic.0.into(), name: tactic.1.into(), reference: None };
        let framework = "MITRE ATT&CK".into();
        rule.metadata.threat = Some(vec![Threat { framework, tactic, techniques: Some(vec![technique]) }]);
        check(&rule)
    };
    let codes = |findings: &[Diagnostic]| findings.iter().map(|f| f.code.name).collect::<Vec<_>>();
    let execution = ("TA0002", "Execution");
    let serverless = || technique("T1648", "Serverless Execution", None);
    assert_eq!(codes(&found(execution, serverless())), Vec::<&str>::new());
    let wrong = found(("TA0004", "Privilege Escalation"), serverless());
    let place = wrong[0].span().map(|span| &text[span.range()]);
    assert_eq!((codes(&wrong), place), (vec!["attack-tactic"], Some("T1648")));
    assert_eq!(wrong[0].severity, Severity::Error);
    assert_eq!(wrong[0].help, ["it serves Execution (TA0002)"]);
    let unknown = found(execution, technique("T9648", "Serverless Execution", None));
    assert_eq!(codes(&unknown), ["attack-unknown"]);
    assert_eq!(unknown[0].help, ["`Serverless Execution` is T1648"]);
    assert_eq!(codes(&found(execution, technique("T1648", "Scripting", None))), ["attack-name"]);
    assert_eq!(codes(&found(("TA0099", "Fun"), serverless())), ["attack-unknown"], "of the tactic only");
    let persistence = ("TA0003", "Persistence");
    let inner = |id, name| Some(vec![technique(id, name, None)]);
    let account = |inner| technique("T1098", "Account Manipulation", inner);
    let whole = inner("T1098.001", "Account Manipulation: Additional Cloud Credentials");
    assert_eq!(codes(&found(persistence, account(whole))), Vec::<&str>::new());
    let stray = inner("T1136.003", "Cloud Account");
    assert_eq!(codes(&found(persistence, account(stray))), ["attack-parent"]);
}

#[test]
fn a_query_without_a_word_matches_everything() {
    use crate::diagnostic::TextMap;
    use crate::ir::{Language, QueryText};
    let text = "query = \"\"\n";
    let empty =
        |query: &str| QueryText { language: Language::Kuery, text: query.into(), map: TextMap::default() };
    let mut blank = rule(text, Node::synthetic(Predicate::And(Vec::new())));
    blank.query = Some(empty("  \n"));
    assert!(codes(&blank).contains(&"empty-query"));
    blank.query = None;
    assert!(codes(&blank).contains(&"empty-query"), "no query at all");
    blank.filters = Some(vec![Value::Null]);
    assert!(!codes(&blank).contains(&"empty-query"), "filters say what it looks for");
    let mut written = rule("a: b", equals("a: b", "a", "b"));
    written.query = Some(empty("a: b"));
    assert!(!codes(&written).contains(&"empty-query"));
}
