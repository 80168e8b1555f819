//! The seed detections on the public corpora: hits of each canonical KQL and Threat Stack form, and
//! the verdicts that the seed's own records ask for.

mod common;

use std::sync::Arc;

use trailsmith::event::Layout;
use trailsmith::ir::{Language, Rule};
use trailsmith::matcher::{Options, RuleSet, Scratch};

/// Hits of each rule on each corpus.
fn hits(rules: &[Arc<Rule>], records: &[String]) -> Vec<u64> {
    let set = RuleSet::compile(rules, &Options::default());
    assert!(set.diagnostics().is_empty(), "{:?}", set.diagnostics());
    let mut counts = vec![0; rules.len()];
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    for record in records {
        set.judge(record, Layout::CloudTrail, &mut scratch, &mut hits).expect("a JSON record");
        hits.iter().for_each(|&rule| counts[rule] += 1);
    }
    counts
}

fn compare(key: &str, language: Language, expected_rules: usize) {
    let Some(corpora) = common::corpora() else { return };
    let path = common::shared("data/seeds/seed_rules.json").expect("beside the corpora");
    let seeds: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut rules = Vec::new();
    let mut expected = Vec::new();
    for seed in seeds["rules"].as_array().unwrap() {
        let text = seed.pointer(&format!("/condition/canonical/{key}")).and_then(|text| text.as_str());
        let (Some(text), true) = (text, seed["expected_hits"].is_object()) else { continue };
        let id = seed["id"].as_str().unwrap();
        rules
            .push(Arc::new(common::rule(id, language, text, None).unwrap_or_else(|d| panic!("{id}: {d:?}"))));
        expected.push(&seed["expected_hits"]);
    }
    let mut wrong = Vec::new();
    for (corpus, records) in &corpora {
        for (index, count) in hits(&rules, records).into_iter().enumerate() {
            if expected[index][*corpus] != count {
                wrong.push(format!(
                    "{} on {corpus}: {count}, not {}",
                    rules[index].id, expected[index][*corpus]
                ));
            }
        }
    }
    println!("{key}: {} of {} rules with the expected hits", rules.len() - wrong.len(), rules.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(rules.len(), expected_rules);
}

#[test]
fn canonical_kql() {
    compare("kql", Language::Kuery, 69);
}

#[test]
fn canonical_threat_stack() {
    compare("threat_stack", Language::ThreatStack, 64);
}

#[test]
fn threat_stack_records() {
    let Some(path) = common::shared("data/threatstack/seed_rules.json") else { return };
    let seeds: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    let (mut right, mut all) = (0, 0);
    for seed in seeds["rules"].as_array().unwrap() {
        let (name, filter) = (seed["name"].as_str().unwrap(), seed["filter"].as_str().unwrap());
        let rule = Arc::new(common::rule(name, Language::ThreatStack, filter, None).expect("a filter"));
        let set = RuleSet::compile(&[rule], &Options::default());
        for (key, expected) in [("match", true), ("no_match", false)] {
            for record in seed["fixtures"][key].as_array().unwrap() {
                set.judge(&record.to_string(), Layout::CloudTrail, &mut scratch, &mut hits).unwrap();
                all += 1;
                right += usize::from(hits.is_empty() != expected);
                assert_eq!(!hits.is_empty(), expected, "{name}: {record}");
            }
        }
    }
    println!("threat stack records: {right} of {all}");
    assert_eq!(all, 76);
}
