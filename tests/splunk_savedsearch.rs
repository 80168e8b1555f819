//! Stanzas of `savedsearches.conf`, read back by the rules of Splunk's configuration files: what a
//! rule says about itself is all there, or a listed loss.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;
use trailsmith::backend::{self, Artefact, Compiled, Options};
use trailsmith::ir::{Duration, Input, Rule, Suppression};

/// The heading and the settings: a line that ends with a backslash goes on.
fn stanza(text: &str) -> (String, BTreeMap<String, String>) {
    let mut lines = text.lines();
    let heading =
        lines.next().and_then(|line| line.strip_prefix('[')).and_then(|line| line.strip_suffix(']'));
    let mut settings = BTreeMap::new();
    while let Some(line) = lines.next() {
        let (key, first) = line.split_once(" = ").unwrap_or_else(|| panic!("{line}"));
        let mut value = first.to_owned();
        while let Some(begun) = value.strip_suffix('\\') {
            value = format!("{begun}\n{}", lines.next().expect("the line goes on"));
        }
        assert!(settings.insert(key.to_owned(), value).is_none(), "{key} twice");
    }
    (heading.expect("a heading").to_owned(), settings)
}

fn compile(rule: &Rule, target: &str) -> Compiled {
    backend::compile(rule, backend::find(target).expect("a target"), &Options::default())
}

fn text(compiled: &Compiled) -> &str {
    match &compiled.artefact {
        Some(Artefact::Text(text)) => text,
        other => panic!("{other:?}: {:?}", compiled.error),
    }
}

fn rules() -> Vec<Arc<Rule>> {
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let folders = std::iter::once(shipped).chain(common::shared("data/elastic/rules"));
    let load =
        |folder| trailsmith::frontend::load(&[folder], &trailsmith::frontend::Options::default()).rules;
    let rules = folders.flat_map(load);
    rules.filter(|rule| rule.input == Input::CloudTrail && rule.detection.predicate().is_some()).collect()
}

#[test]
fn what_a_rule_says_about_itself_is_there() {
    let rules = rules();
    for rule in &rules {
        let compiled = compile(rule, "splunk-savedsearch");
        let (heading, settings) = stanza(text(&compiled));
        let meta = &rule.metadata;
        let setting = |key: &str| settings.get(key).map(String::as_str);
        let parsed = |key: &str| -> Json { serde_json::from_str(setting(key).expect(key)).expect("JSON") };
        let trimmed = |text: &Option<String>| text.as_ref().map(|text| text.trim().replace("\r\n", "\n"));
        assert_eq!(heading, format!("Threat - {} - Rule", meta.name));
        assert_eq!(setting("action.correlationsearch.label"), Some(meta.name.as_str()));
        assert_eq!(setting("description").map(str::to_owned), trimmed(&meta.description), "{heading}");
        assert_eq!(setting("action.escu.how_to_implement").map(str::to_owned), trimmed(&meta.setup));
        let about = parsed("action.correlationsearch.metadata");
        assert_eq!(about["detection_id"], rule.id.as_str());
        assert_eq!(about["detection_version"].as_str(), meta.version.map(|v| v.to_string()).as_deref());
        let level = meta.severity.as_ref().map(|severity| severity.level.as_str());
        assert_eq!(setting("action.notable.param.severity"), level);
        if let Some(score) = meta.risk_score {
            assert_eq!(parsed("action.risk.param._risk")[0]["risk_score"], score, "{heading}");
        }
        if let Some(guide) = &meta.investigation_guide {
            assert_eq!(parsed("action.notable.param.next_steps")["data"], guide.as_str());
        }
        let annotations = parsed("action.correlationsearch.annotations");
        let list = |key: &str| -> Vec<String> {
            let texts = annotations[key].as_array().into_iter().flatten();
            texts.map(|text| text.as_str().expect("a text").to_owned()).collect()
        };
        let said = |texts: &Option<Vec<String>>| texts.clone().unwrap_or_default();
        assert_eq!(list("tags"), said(&meta.tags));
        assert_eq!(list("references"), said(&meta.references));
        assert_eq!(list("author"), said(&meta.author));
        let mut ids: Vec<String> = Vec::new();
        for threat in meta.threat.iter().flatten() {
            let tactics = list("mitre_attack_tactics");
            assert!(tactics.iter().any(|entry| entry.starts_with(&threat.tactic.id)), "{heading}");
            for technique in threat.techniques.iter().flatten() {
                ids.push(technique.id.clone());
                ids.extend(technique.subtechniques.iter().flatten().map(|below| below.id.clone()));
            }
        }
        ids.iter().for_each(|id| assert!(list("mitre_attack").contains(id), "{heading}: {id}"));
        // The search is the other target's, and what it loses is lost here, too.
        let bare = compile(rule, "spl");
        let search = setting("search").expect("a search");
        assert!(search.starts_with(text(&bare).trim()), "{heading}\n{search}");
        trailsmith_grammar::spl::parse(search).unwrap_or_else(|error| panic!("{search}: {error}"));
        for loss in bare.losses.iter().filter(|loss| loss.is_refused()) {
            assert!(compiled.losses.contains(loss), "{heading}: {loss:?}");
        }
    }
    println!("{} stanzas", rules.len());
    assert!(rules.len() >= 29);
}

#[test]
fn timing_and_folding() {
    let mut rule = (*rules()[0]).clone();
    rule.detection = trailsmith::ir::Detection::Event(rule.detection.predicate().expect("one").clone());
    rule.suppression = None;
    let set = |rule: &Rule| stanza(text(&compile(rule, "splunk-savedsearch"))).1;
    let timing = |rule: &Rule| {
        let settings = set(rule);
        let get = |key: &str| settings.get(key).cloned().unwrap_or_default();
        [
            get("cron_schedule"),
            get("dispatch.earliest_time"),
            get("dispatch.latest_time"),
            get("alert.suppress.fields"),
            get("alert.suppress.period"),
        ]
    };
    rule.schedule.from = Some("now-9m".into());
    rule.schedule.interval = Some("5m".into());
    assert_eq!(timing(&rule), ["*/5 * * * *", "-9m", "now", "eventID", "540s"], "seen twice, alerted once");
    rule.schedule.from = Some("now-5m".into());
    assert_eq!(timing(&rule), ["*/5 * * * *", "-5m", "now", "", ""]);
    let field = trailsmith::frontend::lower::field(trailsmith::ir::Vocabulary::Ecs, "source.address");
    let duration = Some(Duration::seconds(3600));
    rule.suppression = Some(Suppression { group_by: vec![field], duration, missing: None });
    assert_eq!(timing(&rule), ["*/5 * * * *", "-5m", "now", "sourceIPAddress", "3600s"]);
    rule.schedule.interval = Some("7m".into());
    let compiled = compile(&rule, "splunk-savedsearch");
    let interval = compiled.losses.iter().find(|loss| loss.path == "schedule.interval").expect("a loss");
    assert!(interval.is_refused() && timing(&rule)[0] == "*/6 * * * *", "{interval:?}");
    rule.metadata.enabled = Some(false);
    assert_eq!(set(&rule)["disabled"], "1");
}

/// Keys of a rule that stand in the stanza and are kept there as settings when it is read, in Splunk's
/// own form: tokens in the title, throttling, cron and the range of the search.
const IN_SPLUNKS_FORM: [&str; 3] = ["alert_title", "suppress", "schedule"];

#[test]
fn what_is_read_back() {
    let (mut differ, mut read) = (BTreeMap::<String, usize>::new(), 0);
    let rules = rules();
    for rule in &rules {
        let compiled = compile(rule, "splunk-savedsearch");
        let loaded = trailsmith::frontend::load_text("savedsearches.conf", text(&compiled));
        let [back] = loaded.rules.as_slice() else { panic!("{}: {:?}", rule.name(), loaded.diagnostics) };
        read += 1;
        let lost = |key: &String| compiled.losses.iter().any(|loss| loss.path.starts_with(key.as_str()));
        let setting = |key: &String| {
            let machinery = ["enableSched", "realtime_schedule", "counttype", "relation", "quantity"];
            let prefixes = ["action.", "alert.", "cron_schedule"];
            machinery.contains(&key.as_str()) || prefixes.iter().any(|prefix| key.starts_with(prefix))
        };
        let squeezed = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (mine, other) = (&rule.metadata, &back.metadata);
        for key in trailsmith::backend::differences(rule, back) {
            let same_words = match key.as_str() {
                // A hunt comes out switched off.
                "enabled" => mine.purpose == trailsmith::ir::Purpose::Hunting && other.enabled == Some(false),
                // A setting has no white space at its ends; a false positive is one line.
                "description" => {
                    mine.description.as_ref().map(squeezed) == other.description.as_ref().map(squeezed)
                }
                "setup" => mine.setup.as_ref().map(squeezed) == other.setup.as_ref().map(squeezed),
                "false_positives" => {
                    let words =
                        |list: &Option<Vec<String>>| list.iter().flatten().map(squeezed).collect::<Vec<_>>();
                    words(&mine.false_positives) == words(&other.false_positives)
                }
                _ => false,
            };
            if same_words || lost(&key) || setting(&key) || IN_SPLUNKS_FORM.contains(&key.as_str()) {
                continue;
            }
            *differ.entry(format!("{key}: {}", rule.name())).or_insert(0) += 1;
        }
    }
    differ.iter().for_each(|(key, count)| println!("{count} {key}"));
    println!("{read} stanzas read back, {} keys differ", differ.len());
    assert!(differ.is_empty());
}
