use crate::frontend::load_text;
use crate::ir::{Detection, Duration, Input, Level, MissingFields, Value, Window};

fn codes(loaded: &crate::frontend::Loaded) -> Vec<&'static str> {
    loaded.diagnostics.iter().map(|finding| finding.code.name).collect()
}

/// A rule with some keys replaced; facts of the API as in `threatstack.md` §4.
fn rule(more: &str) -> String {
    format!(
        r#"{{"id": "r1", "name": "CloudTrail: X", "type": "CloudTrail", "severityOfAlerts": 2, "enabled": true,
        "title": "{{{{user}}}} did it", "alertDescription": "d", "aggregateFields": ["user", "ip"],
        "filter": "eventName = \"X\"", "window": 3600{more}}}"#
    )
}

#[test]
fn threshold_one_is_an_event_with_suppression() {
    let loaded = load_text("r.json", &rule(r#", "threshold": 1, "suppressions": ["user = \"ci\""]"#));
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let rule = &loaded.rules[0];
    assert!(matches!(rule.detection, Detection::Event(_)));
    let suppression = rule.suppression.as_ref().unwrap();
    assert_eq!(suppression.group_by.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["user", "ip"]);
    assert_eq!(suppression.duration, Some(Duration::seconds(3600)));
    assert_eq!(suppression.missing, Some(MissingFields::Group));
    assert_eq!(rule.exceptions[0].text.as_deref(), Some("user = \"ci\""));
    let severity = rule.metadata.severity.as_ref().unwrap();
    assert_eq!((severity.level, rule.metadata.risk_score), (Level::Medium, Some(47)));
    assert_eq!(severity.original, Some(Value::Int(2)));
    assert_eq!((rule.id.as_str(), rule.id_is_derived, &rule.input), ("r1", false, &Input::CloudTrail));
    // An offset in the filter leads to the byte of the file, past the escaped quote.
    let map = &rule.query.as_ref().unwrap().map;
    let at = rule.query.as_ref().unwrap().text.find('X').unwrap();
    assert_eq!(&rule.source.text()[map.offset(at)..=map.offset(at)], "X");
}

#[test]
fn a_higher_threshold_counts_from_the_first_event() {
    let loaded = load_text("r.json", &rule(r#", "threshold": 5"#));
    let Detection::Threshold(threshold) = &loaded.rules[0].detection else { panic!("{loaded:?}") };
    assert_eq!((threshold.at_least, threshold.missing), (5, MissingFields::Group));
    assert_eq!(threshold.window, Window::FirstEvent(Duration::seconds(3600)));
    assert!(loaded.rules[0].suppression.is_none());
}

#[test]
fn every_shape_of_an_export_is_read() {
    let one = rule(r#", "threshold": 1"#);
    for (text, rules) in [
        (format!("[{one}]"), 1),
        (format!(r#"{{"rules": [{one}, {}], "token": null}}"#, one.replace("r1", "r2")), 2),
        (format!(r#"{{"rule": {one}, "tags": {{"inclusion": [], "exclusion": []}}}}"#), 1),
        (format!(r#"{{"id": "s", "name": "set", "ruleIds": [{one}]}}"#), 1),
        (format!(r#"{{"rulesets": [{{"id": "s", "name": "set", "rules": [{one}]}}]}}"#), 1),
    ] {
        let loaded = load_text("r.json", &text);
        assert_eq!(loaded.rules.len(), rules, "{text} {:?}", loaded.diagnostics);
        assert!(!loaded.unreadable);
    }
    let ids = load_text("r.json", r#"{"rulesets": [{"id": "s", "name": "n", "rules": ["a", "b"]}]}"#);
    assert_eq!(codes(&ids), ["threat-stack-ruleset"]);
}

#[test]
fn the_older_form_and_tables_are_read() {
    let legacy = r#"{"id": "a", "name": "Users", "type": "all", "severity": "3", "filter": "group like \"fail\"",
        "aggregate_fields": ["user", "rule_id"], "window_seconds": 3600, "threshold": 1, "exclusions": [],
        "description": "d", "title": "t", "tags": [], "anomalous_only": false, "auto_suppress": false}"#;
    let loaded = load_text("r.json", legacy);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    assert_eq!(loaded.rules[0].suppression.as_ref().unwrap().group_by.len(), 1);
    assert_eq!(loaded.rules[0].input, Input::Other("all".into()));

    let table = "RuleSetId,RuleSetName,Id,Name,Title,Description,Enabled,Severity,Filter,Suppressions\r\n\
        s,S,a,A,T,D,True,1,\"eventName = \"\"X\"\"\",\"user = \"\"u, v\"\"\"\r\n\
        s,S,a,A,T,D,True,1,\"eventName = \"\"X\"\"\",user = \"w\"\r\n\
        s,S,b,B,,,False,3,\"event_type = \"\"host\"\"\nand exe = \"\"/x\"\"\",\r\n";
    let loaded = load_text("r.csv", table);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    assert_eq!(loaded.rules.len(), 2);
    let texts: Vec<_> = loaded.rules[0].exceptions.iter().map(|e| e.text.as_deref().unwrap()).collect();
    assert_eq!(texts, ["user = \"u, v\"", "user = \"w\""]);
    assert_eq!(loaded.rules[0].metadata.severity.as_ref().unwrap().level, Level::High);
    assert_eq!(
        (loaded.rules[1].metadata.enabled, &loaded.rules[1].input),
        (Some(false), &Input::Other("host".into()))
    );
    assert_eq!(load_text("export", table).rules.len(), 2, "recognised by its header");
}

#[test]
fn faults_are_findings_and_never_a_weaker_rule() {
    for (more, code) in [
        (r#", "threshold": 1, "type": "Netflow""#, "duplicate-key"),
        (r#", "threshold": "many""#, "wrong-type"),
        (r#", "threshold": 0"#, "out-of-range"),
        (r#", "threshold": 1, "suppressions": ["user ="]"#, "threat-stack-unexpected-end"),
        (r#", "treshold": 1"#, "unknown-key"),
    ] {
        let loaded = load_text("r.json", &rule(more));
        assert!(codes(&loaded).contains(&code), "{more}: {:?}", codes(&loaded));
    }
    for more in [r#", "threshold": "many""#, r#", "threshold": 1, "suppressions": ["user ="]"#] {
        let loaded = load_text("r.json", &rule(more));
        assert!(matches!(loaded.rules[0].detection, Detection::Opaque(_)), "{more}");
        assert!(loaded.unreadable);
    }
    let unwindowed = load_text("r.json", &rule(r#", "threshold": 5"#).replace(r#", "window": 3600"#, ""));
    assert!(codes(&unwindowed).contains(&"missing-key"));
    let other = load_text("r.json", &rule("").replace("\"CloudTrail\"", "\"Netflow\""));
    assert_eq!(codes(&other), ["threat-stack-type"]);
    assert_eq!(other.rules[0].metadata.enabled, Some(false));
    let never = load_text("r.json", &rule("").replace("eventName = \\\"X\\\"", "event_type = \\\"host\\\""));
    assert!(codes(&never).contains(&"threat-stack-event-type"), "{:?}", codes(&never));
}

#[test]
fn lints_of_the_product() {
    let text =
        rule("").replace("\"ip\"]", "\"pid\"]").replace("\"d\"", "\"\"").replace("{{user}}", "{{eventName}}");
    let loaded = load_text("r.json", &text);
    let found = codes(&loaded);
    for code in ["threat-stack-aggregate-field", "threat-stack-description", "threat-stack-title"] {
        assert!(found.contains(&code), "{code} {found:?}");
    }
}

#[test]
fn a_bare_filter_is_a_rule_named_after_its_file() {
    let loaded = load_text(
        "rules/root-login.tsf",
        "event_type = \"cloudtrail\"\n  and eventName = \"ConsoleLogin\"\n",
    );
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let rule = &loaded.rules[0];
    assert_eq!((rule.name(), &rule.input, rule.id_is_derived), ("root-login", &Input::CloudTrail, true));
    let broken = load_text("x.tsf", "eventName =");
    assert!(broken.unreadable);
}
