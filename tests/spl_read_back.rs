//! Rules that were compiled to SPL and read again: they judge every record of the corpora as before,
//! and count as before.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use trailsmith::backend::{Loss, Options, spl};
use trailsmith::event::Layout;
use trailsmith::frontend::load_text;
use trailsmith::ir::{Detection, Input, Language, Rule};
use trailsmith::matcher::{self, RuleSet, Scratch};

fn rules() -> Option<Vec<Arc<Rule>>> {
    let shared = common::shared("data/elastic/rules")?;
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let loaded = trailsmith::frontend::load(&[shared, shipped], &trailsmith::frontend::Options::default());
    let readable = |rule: &Arc<Rule>| {
        let language = rule.query.as_ref().map(|query| query.language);
        let known = matches!(language, Some(Language::Kuery | Language::ThreatStack));
        known && rule.input == Input::CloudTrail && rule.detection.predicate().is_some()
    };
    Some(loaded.rules.into_iter().filter(readable).collect())
}

/// The records that each rule's predicate is true for.
fn verdicts(rules: Vec<Rule>, records: &[String]) -> Vec<Vec<usize>> {
    let alone = |rule: Rule| {
        let node = rule.detection.predicate().expect("a predicate").clone();
        Arc::new(Rule {
            detection: Detection::Event(node),
            suppression: None,
            exceptions: Vec::new(),
            ..rule
        })
    };
    let rules: Vec<Arc<Rule>> = rules.into_iter().map(alone).collect();
    let set = RuleSet::compile(&rules, &matcher::Options::default());
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    let mut found = vec![Vec::new(); rules.len()];
    for (index, record) in records.iter().enumerate() {
        set.judge(record, Layout::CloudTrail, &mut scratch, &mut hits).expect("JSON");
        hits.iter().for_each(|&rule| found[rule].push(index));
    }
    found
}

#[test]
fn compiled_searches_read_back() {
    let (Some(corpora), Some(rules)) = (common::corpora(), rules()) else { return };
    let records: Vec<String> = corpora.into_iter().flat_map(|(_, records)| records).collect();
    let (mut compiled, mut thresholds) = (0, 0);
    let (mut failures, mut wrong) = (BTreeMap::<String, Vec<&str>>::new(), Vec::new());
    let (mut before, mut after, mut said) = (Vec::new(), Vec::new(), Vec::new());
    for rule in &rules {
        let mut losses: Vec<Loss> = Vec::new();
        let bare = Rule { exceptions: Vec::new(), suppression: None, ..Rule::clone(rule) };
        let Ok((pipeline, _)) = spl::pipeline(&bare, &Options::default(), &mut losses) else { continue };
        compiled += 1;
        let text = pipeline.to_string();
        let mut loaded = load_text("x.spl", &text);
        let back = Arc::into_inner(loaded.rules.remove(0)).expect("the only owner");
        if let Detection::Opaque(opaque) = &back.detection {
            failures.entry(opaque.reason.clone()).or_default().push(rule.name());
            continue;
        }
        let exact = !losses.iter().any(Loss::is_refused);
        match (&rule.detection, &back.detection) {
            (Detection::Threshold(before), Detection::Threshold(after)) if exact => {
                thresholds += 1;
                let counts = |t: &trailsmith::ir::Threshold| {
                    (
                        t.at_least,
                        t.group_by.len(),
                        t.cardinality.iter().map(|c| c.at_least).collect::<Vec<_>>(),
                    )
                };
                if counts(before) != counts(after) {
                    wrong.push(format!("{}: counts otherwise\n{text}", rule.name()));
                }
            }
            _ => {}
        }
        before.push(bare);
        after.push(back);
        said.push((exact, text));
    }
    let names: Vec<String> = before.iter().map(|rule| rule.name().to_owned()).collect();
    let (before, after) = (verdicts(before, &records), verdicts(after, &records));
    let hits: usize = before.iter().map(Vec::len).sum();
    for (((name, (exact, text)), before), after) in names.iter().zip(&said).zip(&before).zip(&after) {
        // What was widened on the way may hit more, never less.
        let fine = if *exact { before == after } else { before.iter().all(|hit| after.contains(hit)) };
        if !fine {
            wrong.push(format!("{name}: {} hits became {}\n{text}", before.len(), after.len()));
        }
    }
    for (reason, names) in &failures {
        println!("{} not read: {reason}: {}", names.len(), names.join(", "));
    }
    println!(
        "{} rules, {compiled} compiled to SPL, {} read back ({thresholds} thresholds), {hits} hits",
        rules.len(),
        names.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // New terms become `stats earliest(_time)`, which is no count; a computed key is no field.
    let reasons = failures.keys().map(String::as_str).collect::<Vec<_>>();
    let known = [
        "groups by `account`, which is computed, are not followed",
        "groups by `tls_server_name`, which is computed, are not followed",
        "groups by `user_id`, which is computed, are not followed",
        "this condition on aggregates is not a lower bound of a count",
    ];
    assert_eq!(reasons, known);
    assert!(hits > 1000, "{hits}");
}
