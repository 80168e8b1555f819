//! The shared KQL rules on the public corpora: the verdict of the compiled matcher on raw records
//! against a plain evaluation of another implementation's Query DSL on the normalised documents.
//!
//! The two share the normaliser and nothing else: the DSL is detection-rules' own, the evaluator
//! below knows neither trailsmith's predicates nor its view of raw records.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;
use trailsmith::event::{Layout, normalize};
use trailsmith::ir::Language;
use trailsmith::matcher::{Options, RuleSet, Scratch};

/// A document as Elasticsearch indexes it: every leaf under its dotted path.
type Document = BTreeMap<String, Vec<String>>;

fn flatten(path: &str, value: &Json, out: &mut Document) {
    match value {
        Json::Object(map) => map.iter().for_each(|(key, value)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            flatten(&path, value, out);
        }),
        Json::Array(items) => items.iter().for_each(|item| flatten(path, item, out)),
        Json::Null => {}
        Json::String(text) => out.entry(path.to_owned()).or_default().push(text.clone()),
        other => out.entry(path.to_owned()).or_default().push(other.to_string()),
    }
}

fn equal(field: &str, have: &str, want: &str) -> bool {
    match (field, want.parse::<ipnet::IpNet>(), have.parse::<std::net::IpAddr>()) {
        ("source.ip", Ok(net), Ok(address)) => net.contains(&address),
        _ => have == want,
    }
}

/// A Lucene query string of literal characters, escapes and stars, matched from both ends by
/// recursion over the stars.
fn wild(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|skip| wild(rest, &text[skip..])),
        ['\\', c, rest @ ..] | [c, rest @ ..] => text.first() == Some(c) && wild(rest, &text[1..]),
    }
}

fn holds(query: &Json, document: &Document) -> bool {
    let (kind, body) = query.as_object().unwrap().iter().next().unwrap();
    let values = |field: &str| document.get(field).into_iter().flatten();
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match kind.as_str() {
        "match" => {
            let (field, want) = body.as_object().unwrap().iter().next().unwrap();
            values(field).any(|have| equal(field, have, &text(want)))
        }
        "query_string" => {
            let field = body["fields"][0].as_str().unwrap();
            let pattern: Vec<char> = body["query"].as_str().unwrap().chars().collect();
            // Payload texts beyond 8,191 characters are not indexed.
            values(field)
                .any(|have| have.chars().count() <= 8191 && wild(&pattern, &have.chars().collect::<Vec<_>>()))
        }
        "exists" => {
            let field = body["field"].as_str().unwrap();
            document
                .range(field.to_owned()..)
                .take_while(|(path, _)| path.starts_with(field))
                .any(|(path, _)| path.len() == field.len() || path.as_bytes()[field.len()] == b'.')
        }
        "bool" => {
            let all = |key: &str| match body.get(key) {
                None => Vec::new(),
                Some(Json::Array(items)) => items.iter().collect(),
                Some(one) => vec![one],
            };
            all("filter").into_iter().all(|q| holds(q, document))
                && !all("must_not").into_iter().any(|q| holds(q, document))
                && (body.get("should").is_none() || all("should").into_iter().any(|q| holds(q, document)))
        }
        other => panic!("{other}"),
    }
}

#[test]
fn verdicts_agree() {
    let Some(corpora) = common::corpora() else { return };
    let oracle = common::rows("data/elastic/oracle/dr_kql_aws_shared.jsonl").expect("beside the corpora");
    let rule = |row: &Json| {
        let id = row["rule_id"].as_str().unwrap();
        common::rule(id, Language::Kuery, row["query"].as_str().unwrap(), None).expect("KQL")
    };
    let rules: Vec<_> = oracle.iter().map(|row| Arc::new(rule(row))).collect();
    let set = RuleSet::compile(&rules, &Options::default());
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    let (mut compared, mut matched, mut silent) = (0, 0, vec![true; rules.len()]);
    let mut wrong = Vec::new();
    for (corpus, records) in &corpora {
        for record in records {
            let raw: Json = serde_json::from_str(record).unwrap();
            let built = Json::Object(normalize::normalize(&raw, &normalize::Options::default()).document);
            let mut document = Document::new();
            flatten("", &built, &mut document);
            let expected: Vec<usize> =
                (0..oracle.len()).filter(|&i| holds(&oracle[i]["dsl_optimized"], &document)).collect();
            // Raw, through the virtual view, and as a document.
            for (layout, text) in [(Layout::CloudTrail, record.clone()), (Layout::Ecs, built.to_string())] {
                set.judge(&text, layout, &mut scratch, &mut hits).unwrap();
                if hits != expected {
                    wrong.push(format!("{corpus} {layout:?} {}: {hits:?}, not {expected:?}", raw["eventID"]));
                }
                compared += rules.len();
            }
            matched += expected.len();
            expected.into_iter().for_each(|rule| silent[rule] = false);
        }
    }
    let silent = silent.iter().filter(|&&silent| silent).count();
    println!(
        "{compared} verdicts compared, {matched} matches, {} disagreements; {silent} of {} rules match nothing",
        wrong.len(),
        rules.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(compared, 90 * 3210 * 2);
    assert!(matched > 0);
}
