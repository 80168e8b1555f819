//! `sigma` on the public corpora and the pack's own records: a plain reading of the artefact gives the
//! verdicts of the matcher wherever no loss of the condition is listed; with a loss it misses nothing.

mod common;

use std::path::Path;
use std::sync::Arc;

use serde_json::Value as Json;
use trailsmith::backend::{self, Artefact, Options};
use trailsmith::event::Layout;
use trailsmith::frontend;
use trailsmith::ir::Rule;
use trailsmith::matcher::{self, RuleSet, Scratch};

fn records() -> Option<Vec<String>> {
    let mut records: Vec<String> = common::corpora()?.into_iter().flat_map(|(_, records)| records).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/aws/events");
    for entry in std::fs::read_dir(folder).expect("the pack's records") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("UTF-8");
        let value: Json = serde_json::from_str(&text).expect("JSON");
        records.extend(value["Records"].as_array().into_iter().flatten().map(Json::to_string));
    }
    Some(records)
}

struct Compiled {
    rule: Arc<Rule>,
    sigma: Json,
    exact: bool,
}

fn compiled() -> Option<(Vec<Compiled>, usize)> {
    let shared = common::shared("data/elastic/rules")?;
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let loaded = frontend::load(&[shipped, shared], &frontend::Options::default());
    let target = backend::find("sigma").expect("a target");
    let mut out = Vec::new();
    for rule in &loaded.rules {
        let compiled = backend::compile(rule, target, &Options::default());
        let Some(Artefact::Text(text)) = &compiled.artefact else { continue };
        let documents = common::sigma::documents(text);
        let events = documents.iter().find(|document| document.get("detection").is_some()).expect("a rule");
        let of_condition = |path: &str| path.starts_with("detection") || path.starts_with("exceptions");
        let exact = !compiled.losses.iter().any(|loss| of_condition(&loss.path));
        out.push(Compiled { rule: Arc::clone(rule), sigma: events.clone(), exact });
    }
    Some((out, loaded.rules.len()))
}

#[test]
fn verdicts_agree() {
    let (Some(records), Some((rules, all))) = (records(), compiled()) else { return };
    let set: Vec<Arc<Rule>> = rules.iter().map(|one| Arc::clone(&one.rule)).collect();
    let set = RuleSet::compile(&set, &matcher::Options::default());
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    let (mut compared, mut matched, mut wider, mut wrong) = (0, 0, 0, Vec::new());
    for record in &records {
        let raw: Json = serde_json::from_str(record).expect("JSON");
        set.judge(record, Layout::CloudTrail, &mut scratch, &mut hits).expect("a record");
        for (index, one) in rules.iter().enumerate() {
            let (native, sigma) = (hits.contains(&index), common::sigma::holds(&one.sigma, &raw));
            compared += 1;
            matched += usize::from(native);
            match (native, sigma) {
                (true, false) => wrong.push(format!("{}: missed {}", one.rule.name(), raw["eventID"])),
                (false, true) if one.exact => {
                    wrong.push(format!("{}: more {}", one.rule.name(), raw["eventID"]))
                }
                (false, true) => wider += 1,
                _ => {}
            }
        }
    }
    let exact = rules.iter().filter(|one| one.exact).count();
    println!(
        "sigma: {} of {all} rules, {exact} with their whole condition; {compared} verdicts compared, {matched} matches, \
         {} disagreements, {wider} hits of widened rules",
        rules.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong[..wrong.len().min(20)].join("\n"));
    assert!(exact >= 80 && matched > 100, "{exact} {matched}");
}

/// Texts with signs that Sigma gives a meaning, in every comparison of texts.
#[test]
fn signs_stand_for_themselves() {
    use serde_json::json;
    use trailsmith::ir::Language;
    for text in ["a*b", "a?b", r"a\b", r"a\", r"\*", "x y", "é", "No", "'", "5", "true", "a: b #c"] {
        for (operator, before, after) in
            [("=", "", ""), ("starts_with", "", "z"), ("ends_with", "z", ""), ("like", "z", "z")]
        {
            let literal = text.replace('\\', r"\\");
            let filter = format!(r#"eventName {operator} "{literal}""#);
            let Ok(rule) = common::rule("r", Language::ThreatStack, &filter, None) else {
                panic!("{filter}")
            };
            let compiled =
                backend::compile(&rule, backend::find("sigma").expect("a target"), &Options::default());
            let Some(Artefact::Text(yaml)) = &compiled.artefact else { panic!("{filter}: {compiled:?}") };
            let sigma = &common::sigma::documents(yaml)[0];
            for (name, expected) in [
                (format!("{before}{text}{after}"), true),
                (
                    format!("{before}{}{after}", text.replace(['*', '?', '\\'], "q")),
                    !text.contains(['*', '?', '\\']),
                ),
                (format!("{before}{}{after}", text.to_uppercase()), text.to_uppercase() == text),
            ] {
                assert_eq!(
                    common::sigma::holds(sigma, &json!({ "eventName": name })),
                    expected,
                    "{name} {yaml}"
                );
            }
        }
    }
}
