//! `kibana` of the shared rules, field by field, against what detection-rules' own release makes of
//! them (`data/elastic/oracle/dr_api_format_aws_shared.jsonl`).

mod common;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use trailsmith::backend::{self, Artefact, Options};

/// Keys that the release computes from files which are no part of a rule.
const ELSEWHERE: [(&str, &str); 3] = [
    ("version", "counted in version.lock.json, release by release"),
    ("related_integrations", "package versions stand in the manifests of elastic/integrations"),
    ("threat", "technique ids that ATT&CK renumbered since: its data says T1685 and T1686 for T1562"),
];

/// Whether two lists of tactics differ in techniques of a family that ATT&CK renumbered, and there only.
fn renumbered_only(ours: &Json, theirs: &Json) -> bool {
    fn without(value: &Json, renumbered: &mut usize) -> Json {
        const FAMILIES: [&str; 3] = ["T1562", "T1685", "T1686"];
        match value {
            Json::Array(items) => {
                let is_renumbered = |item: &&Json| {
                    let id = item["id"].as_str().unwrap_or_default();
                    FAMILIES.iter().any(|family| id.starts_with(family))
                };
                let (gone, kept): (Vec<&Json>, Vec<&Json>) = items.iter().partition(is_renumbered);
                *renumbered += gone.len();
                kept.into_iter().map(|item| without(item, renumbered)).collect()
            }
            Json::Object(map) => {
                map.iter().map(|(key, value)| (key.clone(), without(value, renumbered))).collect()
            }
            other => other.clone(),
        }
    }
    let (mut mine, mut other) = (0, 0);
    without(ours, &mut mine) == without(theirs, &mut other) && mine > 0 && other > 0
}

/// `required_fields` without types: the oracle's schema files were stubs (its README).
fn untyped(value: &Json) -> Json {
    let row = |row: &Json| {
        let mut row = row.as_object().expect("a table").clone();
        row.shift_remove("type");
        Json::Object(row)
    };
    value.as_array().expect("a list").iter().map(row).collect()
}

#[test]
fn shared_rules_field_by_field() {
    let (Some(directory), Some(rows)) = (
        common::shared("data/elastic/rules"),
        common::rows("data/elastic/oracle/dr_api_format_aws_shared.jsonl"),
    ) else {
        return;
    };
    let target = backend::find("kibana").expect("a target");
    let (mut compared, mut equal, mut types) = (0, 0, 0);
    let mut explained: BTreeMap<String, usize> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for row in &rows {
        let path = row["path"].as_str().expect("a path");
        let name = path.rsplit('/').next().expect("a name");
        let text = std::fs::read_to_string(directory.join(name)).expect("UTF-8");
        let loaded = trailsmith::frontend::load_text(name, &text);
        let compiled = backend::compile(&loaded.rules[0], target, &Options::default());
        let Some(Artefact::Json(ours)) = &compiled.artefact else { panic!("{name}: {:?}", compiled.error) };
        assert!(!compiled.losses.iter().any(|loss| loss.is_refused()), "{name}: {:?}", compiled.losses);
        let (ours, theirs) =
            (ours.as_object().expect("an object"), row["api"].as_object().expect("an object"));
        for (key, verdict) in compare(ours, theirs, &mut types) {
            compared += 1;
            match verdict {
                Verdict::Equal => equal += 1,
                Verdict::Explained(reason) => *explained.entry(format!("{key}: {reason}")).or_default() += 1,
                Verdict::Unexplained => {
                    unexplained.push(format!("{name} {key}: {:?} {:?}", ours.get(&key), theirs.get(&key)));
                }
            }
        }
    }
    println!(
        "{} rules, {compared} fields compared, {equal} equal, {} unexplained",
        rows.len(),
        unexplained.len()
    );
    explained.iter().for_each(|(reason, count)| println!("{count:>4} {reason}"));
    println!("required_fields with a type of ours, where the oracle has none: {types}");
    assert_eq!(unexplained, Vec::<String>::new());
    assert_eq!(rows.len(), 125);
    assert!(types >= 89, "{types}");
}

enum Verdict {
    Equal,
    Explained(&'static str),
    Unexplained,
}

fn compare(
    ours: &Map<String, Json>,
    theirs: &Map<String, Json>,
    types: &mut usize,
) -> Vec<(String, Verdict)> {
    let keys = ours.keys().chain(theirs.keys().filter(|key| !ours.contains_key(*key)));
    let mut verdicts = Vec::new();
    for key in keys {
        let elsewhere = || ELSEWHERE.iter().find(|(name, _)| name == key).map(|(_, reason)| *reason);
        let verdict = match (ours.get(key), theirs.get(key), key.as_str()) {
            (Some(a), Some(b), "required_fields") if untyped(a) == untyped(b) => {
                *types += 1;
                let typed = |row: &Json| row["type"].as_str().is_some_and(|ty| ty != "unknown");
                assert!(a.as_array().expect("a list").iter().all(typed), "{a}");
                Verdict::Equal
            }
            (None, Some(_), "required_fields") if theirs["language"] == "eql" => {
                Verdict::Explained("the fields of an EQL query, which this target carries as it is")
            }
            (a, b, _) if a == b => Verdict::Equal,
            (Some(a), Some(b), "threat") if renumbered_only(a, b) => {
                elsewhere().map_or(Verdict::Unexplained, Verdict::Explained)
            }
            (_, _, "threat") => Verdict::Unexplained,
            (None, Some(_), _) => elsewhere().map_or(Verdict::Unexplained, Verdict::Explained),
            _ => Verdict::Unexplained,
        };
        verdicts.push((key.clone(), verdict));
    }
    verdicts
}
