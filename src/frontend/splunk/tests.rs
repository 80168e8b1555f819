use crate::frontend::load_text;
use crate::ir::{Detection, Format, Language, Level, Window};

#[test]
fn a_bare_search_is_a_rule() {
    let loaded = load_text("hunts/create-user.spl", "index=cloudtrail eventName=CreateUser\n");
    let rule = &loaded.rules[0];
    assert_eq!((rule.name(), rule.format), ("create-user", Format::SplunkSearch));
    assert!(matches!(rule.detection, Detection::Event(_)));
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    assert!(!loaded.unreadable);
    assert!(load_text("x.spl", "eventName=").unreadable);
}

#[test]
fn stanzas_of_saved_searches() {
    let text = "# comment\n[default]\ndispatch.ttl = 10\n\n[Many denied calls]\ndescription = Denied.\n\
                cron_schedule = */5 * * * *\ndispatch.earliest_time = -10m@m\ndispatch.latest_time = now\n\
                alert.severity = 4\ndisabled = 0\nsearch = index=aws errorCode=AccessDenied \\\n\
                | bin _time span=5m \\\n| stats count by userIdentity.arn, _time \\\n| where count >= 10\n\n\
                [Other]\nsearch = index=aws eventName=\n";
    let loaded = load_text("savedsearches.conf", text);
    assert_eq!(loaded.rules.len(), 2);
    let rule = &loaded.rules[0];
    assert_eq!((rule.name(), rule.format), ("Many denied calls", Format::SplunkSavedSearch));
    assert_eq!(rule.metadata.description.as_deref(), Some("Denied."));
    assert_eq!(rule.metadata.enabled, Some(true));
    assert_eq!(rule.metadata.severity.as_ref().map(|s| s.level), Some(Level::High));
    assert_eq!(rule.schedule.from.as_deref(), Some("now-10m/m"));
    assert_eq!(rule.schedule.interval.as_deref(), Some("5m"));
    let Detection::Threshold(threshold) = &rule.detection else { panic!("{:?}", rule.detection) };
    assert_eq!(threshold.at_least, 10);
    assert!(matches!(threshold.window, Window::Tumbling(_)));
    // The mistake is pointed at in the file.
    let finding = loaded.diagnostics.iter().find(|d| d.code.name == "spl-missing-operand").unwrap();
    let span = finding.span().unwrap();
    assert_eq!(&text[span.start..span.end], "=");
    assert_eq!(&text[span.start - 9..span.start], "eventName");
}

#[test]
fn yaml_rules_may_hold_searches() {
    let rule =
        |body: &str| load_text("r.yml", &format!("trailsmith: 1\nid: x\nname: N\nlanguage: spl\n{body}"));
    let loaded = rule("query: index=a eventName=CreateUser\n");
    assert_eq!(loaded.rules[0].query.as_ref().unwrap().language, Language::Spl);
    assert!(matches!(loaded.rules[0].detection, Detection::Event(_)), "{:?}", loaded.diagnostics);
    let loaded = rule("query: index=a eventName=X | stats count by userIdentity.arn | where count > 3\n");
    let Detection::Threshold(threshold) = &loaded.rules[0].detection else { panic!() };
    assert_eq!((threshold.at_least, threshold.window), (4, Window::Run));
    // One count only.
    let twice = "query: index=a eventName=X | stats count by b | where count > 3\n\
                 threshold: {group_by: [user_arn], at_least: 2}\n";
    let loaded = rule(twice);
    assert!(matches!(loaded.rules[0].detection, Detection::Opaque(_)));
    assert!(loaded.diagnostics.iter().any(|d| d.code.name == "keys-disagree"));
}
