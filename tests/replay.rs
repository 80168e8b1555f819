//! Replays give the same hits in the same order whatever the number of threads.

mod common;

use std::path::PathBuf;

use trailsmith::event::Inputs;
use trailsmith::frontend;
use trailsmith::replay::{Replay, Settings, json};

/// The hits of the shared rules on the shared records, as JSON lines.
fn hits(threads: usize, dedup: bool, times: usize) -> Option<Vec<String>> {
    let rules = common::shared("data/elastic/rules")?;
    let records = common::shared("data/cloudtrail/cloudtrail_stratus.ndjson")?;
    let invictus = common::shared("data/cloudtrail/cloudtrail_invictus.ndjson.gz")?;
    let loaded = frontend::load(&[rules], &frontend::Options::default());
    let paths: Vec<PathBuf> = [records, invictus].into_iter().cycle().take(2 * times).collect();
    let inputs = Inputs::find(&paths);
    let replay = Replay::new(&loaded.rules, &inputs, Settings { threads, dedup, ..Settings::default() });
    let mut out = Vec::new();
    let stats = replay
        .run(&inputs, &mut |_| {}, &mut |found| {
            out.push(json(&found).to_string());
            Ok(())
        })
        .expect("a vector takes everything");
    assert_eq!(stats.hits as usize, out.len());
    Some(out)
}

#[test]
fn the_number_of_threads_never_shows() {
    let Some(one) = hits(1, false, 1) else { return };
    assert!(!one.is_empty());
    for threads in [2, 3, 8] {
        assert_eq!(hits(threads, false, 1).as_ref(), Some(&one), "{threads} threads");
    }
}

/// With `dedup` every event reaches the rules; without it, blocks leave out what changes no verdict.
/// No event of the two corpora is delivered twice, so both say the same.
#[test]
fn what_is_left_out_changes_no_hit() {
    let Some(lean) = hits(1, false, 1) else { return };
    assert_eq!(hits(1, true, 1), Some(lean));
}

/// The same on made-up records that cross every limit of a new-terms history: several blocks of them,
/// in order and out of order, with gaps shorter and longer than the history.
#[test]
fn what_is_left_out_changes_no_alert_of_new_terms() {
    let rule = "trailsmith: 1\nid: new\nname: new\nlanguage: kuery\nquery: 'event.action: Go'\n\
                new_terms: {fields: [user.name], history: now-7d}\n";
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("new.yml");
    std::fs::write(&rules, rule).unwrap();
    let loaded = frontend::load(&[rules], &frontend::Options::default());
    assert_eq!(loaded.rules.len(), 1, "{:?}", loaded.diagnostics);
    let mut counts = std::collections::BTreeSet::new();
    for seed in 1..9u64 {
        // A linear congruential generator: the same records on every run.
        let mut state = seed;
        let mut below = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        let mut lines = String::new();
        let mut now = 0;
        for id in 0..4000 {
            now += if below(400) == 0 { below(20 * 86_400) } else { below(1200) };
            // Some arrive late, some very late.
            let late = [0, 0, 0, 0, 3600, 3 * 86_400, 12 * 86_400][below(7) as usize];
            let time = 1_700_000_000 + now.saturating_sub(if seed % 2 == 0 { late } else { 0 });
            let time = jiff::Timestamp::from_second(time as i64).unwrap();
            let user = format!("user-{}", below(3 + 20 * (seed % 3)));
            lines += &format!(
                "{{\"eventVersion\":\"1.08\",\"eventID\":\"{id:08}\",\"eventName\":\"Go\",\
                 \"eventSource\":\"ec2.amazonaws.com\",\"eventTime\":\"{time}\",\
                 \"userIdentity\":{{\"type\":\"IAMUser\",\"userName\":\"{user}\"}},\
                 \"requestParameters\":{{\"padding\":\"{:0300}\"}}}}\n",
                0
            );
        }
        let events = folder.path().join("events.ndjson");
        std::fs::write(&events, lines).unwrap();
        let inputs = Inputs::find(&[events]);
        let replay = |threads, dedup| {
            let settings = Settings { threads, dedup, ..Settings::default() };
            let mut out = Vec::new();
            Replay::new(&loaded.rules, &inputs, settings)
                .run(&inputs, &mut |_| {}, &mut |found| {
                    out.push(json(&found).to_string());
                    Ok(())
                })
                .unwrap();
            out
        };
        let all = replay(1, true);
        assert!(!all.is_empty());
        counts.insert(all.len());
        assert_eq!(replay(1, false), all, "seed {seed}");
        assert_eq!(replay(3, false), all, "seed {seed}, three threads");
    }
    assert!(counts.len() > 3, "the records differ: {counts:?}");
}

#[test]
fn files_given_twice_change_nothing_when_asked() {
    let Some(once) = hits(2, true, 1) else { return };
    assert_eq!(hits(2, true, 2), Some(once));
}

/// The codes of a replay's findings, with the rule they are about (`-` for several), and the hits.
fn findings(rules: Vec<trailsmith::ir::Rule>, name: &str, events: &str) -> (Vec<(String, String)>, u64) {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, events).expect("a folder for such files");
    let inputs = Inputs::find(&[path]);
    let rules: Vec<_> = rules.into_iter().map(std::sync::Arc::new).collect();
    let replay = Replay::new(&rules, &inputs, Settings::default());
    let stats = replay.run(&inputs, &mut |_| {}, &mut |_| Ok(())).expect("hits go nowhere");
    let found = stats.findings.iter().map(|finding| {
        let rule = finding.rule.as_ref().map_or("-".to_owned(), |rule| rule.id.clone());
        (finding.code.name.to_owned(), rule)
    });
    (found.collect(), stats.hits)
}

const RECORD: &str = r#"{"eventName":"X","eventTime":"2024-01-01T00:00:00Z","eventID":"1"}"#;
const DOCUMENT: &str =
    r#"{"@timestamp":"2024-01-01T00:00:00Z","event":{"action":"X","id":"2","dataset":"aws.cloudtrail"}}"#;

#[test]
fn a_rule_without_a_verdict_never_looks_like_one_without_hits() {
    use trailsmith::ir::{Input, Language};
    let rules = || {
        let raw = common::rule("raw", Language::ThreatStack, "userIdentity.userName != \"bob\"", None);
        let mut finding = common::rule("finding", Language::Kuery, "event.action: X", None).unwrap();
        finding.input = Input::Other("aws.guardduty".into());
        let mut off = common::rule("off", Language::Kuery, "event.action: X", None).unwrap();
        off.metadata.enabled = Some(false);
        let geo = common::rule("geo", Language::Kuery, "not source.geo.country_name: Japan", None);
        vec![raw.unwrap(), finding, off, geo.unwrap()]
    };
    let own = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(code, rule)| ((*code).to_owned(), (*rule).to_owned())).collect()
    };
    let (found, hits) = findings(rules(), "raw.ndjson", RECORD);
    let expected = [
        ("match-field-unreachable", "geo"),
        ("match-other-input", "finding"),
        ("match-disabled-rule", "off"),
    ];
    assert_eq!((found, hits), (own(&expected), 3));
    // The documents hold country names where there are any, but not the raw key.
    let (found, hits) = findings(rules(), "documents.ndjson", DOCUMENT);
    let expected =
        [("match-other-vocabulary", "raw"), ("match-other-input", "finding"), ("match-disabled-rule", "off")];
    assert_eq!((found, hits), (own(&expected), 2));
    let guardduty = DOCUMENT.replace("aws.cloudtrail", "aws.guardduty");
    let (found, hits) = findings(rules(), "guardduty.ndjson", &guardduty);
    let others = ["raw", "off", "geo"].map(|rule| ("match-other-input", rule));
    assert_eq!((found, hits), (own(&others), 1));
    let (found, _) = findings(rules(), "nothing.ndjson", "");
    assert_eq!(found, []);
}

#[test]
fn many_rules_of_one_fate_are_one_finding() {
    use trailsmith::ir::{Input, Language};
    let rule = |number: usize| {
        let id = format!("r{number}");
        let mut rule = common::rule(&id, Language::Kuery, "event.action: X", None).unwrap();
        rule.input = Input::Other("o365.audit".into());
        if number.is_multiple_of(2) {
            // That it could not be run on its own events either does not matter here.
            rule.detection = trailsmith::ir::Detection::Opaque(trailsmith::ir::Opaque {
                language: None,
                text: None,
                reason: "EQL is carried as it is".into(),
            });
        }
        rule
    };
    let (found, hits) = findings((0..40).map(rule).collect(), "many.ndjson", RECORD);
    assert_eq!((found, hits), (vec![("match-other-input".to_owned(), "-".to_owned())], 0));
}

#[test]
fn a_key_that_records_lack_is_reported() {
    use trailsmith::ir::{Detection, Field, FieldType, Language, NewTerms, Vocabulary};
    let mut rule = common::rule("terms", Language::Kuery, "event.action: X", None).unwrap();
    let filter = rule.detection.predicate().unwrap().clone();
    let field = Field::new(Vocabulary::Ecs, "user_agent.name", FieldType::KEYWORD);
    rule.detection =
        Detection::NewTerms(NewTerms { filter, fields: vec![field], history_start: "now-7d".into() });
    let (found, hits) = findings(vec![rule], "terms.ndjson", RECORD);
    assert_eq!((found, hits), (vec![("match-field-unreachable".to_owned(), "terms".to_owned())], 0));
    // A Threat Stack rule that groups by a raw key would make one group of all documents.
    let mut rule = common::rule("user", Language::ThreatStack, "eventName = \"X\"", None).unwrap();
    rule.suppression = Some(trailsmith::ir::Suppression {
        group_by: vec![Field::new(Vocabulary::ThreatStack, "user", FieldType::Json)],
        duration: None,
        missing: None,
    });
    let (found, hits) = findings(vec![rule], "keys.ndjson", DOCUMENT);
    assert_eq!((found, hits), (vec![("match-other-vocabulary".to_owned(), "user".to_owned())], 0));
}

#[test]
fn a_numeric_severity_is_compared_as_a_number() {
    use trailsmith::ir::{Input, Language, Level, SeverityMapping};
    // elastic_rule_types.md §9: `event.severity` is floored and the event must hold a number.
    let mut rule = common::rule("s", Language::Kuery, "event.action: X", None).unwrap();
    rule.input = Input::Other("aws.guardduty".into());
    rule.metadata.overrides.severity = vec![SeverityMapping {
        field: "event.severity".into(),
        operator: "equals".into(),
        value: "5.9".into(),
        severity: Level::Critical,
    }];
    let document = |severity: &str| {
        DOCUMENT
            .replace("aws.cloudtrail", "aws.guardduty")
            .replace("\"event\":{", &format!("\"event\":{{\"severity\":{severity},"))
    };
    let label = |severity: &str| {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("severity.ndjson");
        std::fs::write(&path, document(severity)).expect("a folder for such files");
        let inputs = Inputs::find(&[path]);
        let replay = Replay::new(&[std::sync::Arc::new(rule.clone())], &inputs, Settings::default());
        let mut out = Vec::new();
        replay
            .run(&inputs, &mut |_| {}, &mut |found| {
                out.push(json(&found)["severity"].as_str().map(str::to_owned));
                Ok(())
            })
            .expect("a vector takes everything");
        out.pop().flatten()
    };
    assert_eq!(label("5").as_deref(), Some("critical"));
    assert_ne!(label("\"5\"").as_deref(), Some("critical"));
    assert_ne!(label("5.5").as_deref(), Some("critical"));
}

#[test]
fn alerts_that_others_are_folded_into_are_labelled_by_their_event() {
    use trailsmith::ir::{
        Detection, Field, FieldType, Language, Level, MissingFields, SeverityMapping, Suppression, Threshold,
        Vocabulary, Window,
    };
    // elastic_rule_types.md §3 and §7: a suppressed alert copies its first event, a threshold alert
    // carries its group keys only.
    let field = |path: &str| Field::new(Vocabulary::Ecs, path, FieldType::KEYWORD);
    let mut folded = common::rule("folded", Language::Kuery, "event.action: X", None).unwrap();
    folded.metadata.overrides.severity = vec![SeverityMapping {
        field: "event.id".into(),
        operator: "equals".into(),
        value: "1".into(),
        severity: Level::Critical,
    }];
    let mut counted = folded.clone();
    let filter = counted.detection.predicate().unwrap().clone();
    folded.suppression =
        Some(Suppression { group_by: vec![field("event.action")], duration: None, missing: None });
    counted.detection = Detection::Threshold(Threshold {
        filter,
        group_by: vec![field("event.action")],
        at_least: 1,
        cardinality: Vec::new(),
        window: Window::Run,
        missing: MissingFields::Exclude,
    });
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("folded.ndjson");
    std::fs::write(&path, RECORD).expect("a folder for such files");
    let inputs = Inputs::find(&[path]);
    let rules = [folded, counted].map(std::sync::Arc::new);
    let replay = Replay::new(&rules, &inputs, Settings::default());
    let mut out = Vec::new();
    replay
        .run(&inputs, &mut |_| {}, &mut |found| {
            out.push(json(&found)["severity"] == "critical");
            Ok(())
        })
        .expect("a vector takes everything");
    assert_eq!(out, [true, false]);
}

#[test]
fn a_count_that_no_run_would_reach_is_reported() {
    use trailsmith::ir::{Detection, Language, MissingFields, Threshold, Window};
    let mut rule = common::rule("count", Language::Kuery, "event.action: X", None).unwrap();
    rule.detection = Detection::Threshold(Threshold {
        filter: rule.detection.predicate().unwrap().clone(),
        group_by: Vec::new(),
        at_least: 2,
        cardinality: Vec::new(),
        window: Window::Run,
        missing: MissingFields::Exclude,
    });
    rule.schedule.from = Some("now-9m".into());
    let with = |time: &str| {
        let later = RECORD.replace("2024-01-01T00:00:00Z", time);
        findings(vec![rule.clone()], "count.ndjson", &format!("{RECORD}\n{later}\n"))
    };
    // elastic_rule_types.md §3: "Groups are counted per run; events split over two ranges do not add up."
    assert_eq!(with("2024-01-01T00:09:00Z"), (vec![], 1));
    let wide = ("match-wider-than-a-run".to_owned(), "count".to_owned());
    assert_eq!(with("2024-01-01T00:09:01Z"), (vec![wide], 1));
}
