//! KQL on documents with a mapping: the search cases of Elasticsearch's own tests and the evaluator
//! cases of detection-rules.

mod common;

use std::sync::Arc;

use serde_json::Value as Json;
use trailsmith::event::Layout;
use trailsmith::ir::{Field, FieldType, Language, Vocabulary};
use trailsmith::matcher::{Options, RuleSet, Scratch, World};
use trailsmith::schema::{FieldTypes, MapTypes, Reach};

/// Documents of an index with a mapping of its own.
struct Index(MapTypes);

impl World for Index {
    fn reach(&self, field: &Field, _: Layout) -> Reach {
        Reach::Path { path: field.path.clone(), prune: false }
    }

    fn field_type(&self, _: Vocabulary, path: &str) -> FieldType {
        self.0.field_type(path)
    }

    fn document(&self, _: &str, _: trailsmith::event::Layout) -> Option<String> {
        None
    }

    fn has_flattened_copy(&self, _: &str) -> bool {
        true
    }
}

/// The mapping of a corpus, and the values of its constant keywords.
fn mapping(mapping: &Json) -> (MapTypes, Vec<(String, String)>) {
    let mut types = MapTypes::default();
    let mut constants = Vec::new();
    for (field, ty) in mapping.as_object().unwrap() {
        let ty = ty.as_str().unwrap();
        let ty = match ty.split_once('=') {
            Some(("constant_keyword", value)) => {
                constants.push((field.clone(), value.to_owned()));
                FieldType::KEYWORD
            }
            _ => match ty {
                "keyword" => FieldType::KEYWORD,
                "text" => FieldType::Text,
                "integer" => FieldType::Long,
                "double" => FieldType::Double,
                "date" => FieldType::Date,
                "nested" => FieldType::Nested,
                other => panic!("type {other}"),
            },
        };
        types.fields.insert(field.clone(), ty);
    }
    // Meta field of every document, as Elasticsearch's mapping has it.
    types.fields.insert("_id".into(), FieldType::KEYWORD);
    (types, constants)
}

#[test]
fn elasticsearch_search_cases() {
    let Some(rows) = common::rows("data/elastic/kql_cases/es_search_cases.jsonl") else { return };
    let now = jiff::Timestamp::now().as_millisecond();
    let (mut equal, mut refused) = (0, 0);
    let mut wrong = Vec::new();
    for case in rows.iter().filter(|row| row.get("kql").is_some()) {
        let query = case["kql"].as_str().unwrap();
        let corpus = rows.iter().find(|row| row.get("corpus") == case.get("uses")).expect("a corpus");
        let (mut types, constants) = mapping(&corpus["mapping"]);
        for (_, document) in corpus["docs"].as_object().unwrap() {
            // A field that the mapping lacks is mapped when its first document comes.
            for field in document.as_object().unwrap().keys() {
                types.fields.entry(field.clone()).or_insert(FieldType::Text);
            }
        }
        let rule = match common::rule(query, Language::Kuery, query, Some(&types)) {
            Ok(rule) => rule,
            Err(_) => {
                match case.get("error") {
                    Some(_) => refused += 1,
                    None => wrong.push(format!("{query}: refused")),
                }
                continue;
            }
        };
        if case.get("error").is_some() {
            wrong.push(format!("{query}: accepted"));
            continue;
        }
        let options = Options { now_ms: Some(now), ..Options::default() };
        let set = RuleSet::compile_in(&[Arc::new(rule)], &options, Arc::new(Index(types)));
        let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
        let mut found = Vec::new();
        for (id, document) in corpus["docs"].as_object().unwrap() {
            let mut document = document.clone();
            document["_id"] = Json::from(id.as_str());
            for (field, value) in &constants {
                document[field] = Json::from(value.as_str());
            }
            set.judge(&document.to_string(), Layout::Ecs, &mut scratch, &mut hits).unwrap();
            if !hits.is_empty() {
                found.push(Json::from(id.as_str()));
            }
        }
        if case["hits"] == Json::from(found.clone()) {
            equal += 1;
        } else {
            wrong.push(format!("{} {query}: {found:?}, not {}", case["uses"], case["hits"]));
        }
    }
    println!("search cases: {equal} with equal hits, {refused} refused as expected");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((equal, refused), (85, 5));
}

/// Types as detection-rules' evaluator sees them: by the JSON type of the value.
fn by_value(prefix: &str, value: &Json, types: &mut MapTypes) {
    let value = match value {
        Json::Array(items) => items.first().unwrap_or(&Json::Null),
        other => other,
    };
    let ty = match value {
        Json::Object(map) => {
            types.fields.insert(prefix.to_owned(), FieldType::Nested);
            map.iter().for_each(|(key, value)| by_value(&format!("{prefix}.{key}"), value, types));
            return;
        }
        Json::Number(_) => FieldType::Double,
        Json::Bool(_) => FieldType::Boolean,
        Json::String(text) if text.parse::<std::net::IpAddr>().is_ok() => FieldType::Ip,
        _ => FieldType::KEYWORD,
    };
    types.fields.insert(prefix.to_owned(), ty);
}

#[test]
fn detection_rules_matches() {
    let Some(rows) = common::rows("data/elastic/oracle/dr_kuery_test_cases.jsonl") else { return };
    let mut equal = 0;
    let mut wrong = Vec::new();
    let cases: Vec<&Json> = rows.iter().filter(|row| row["kind"] == "kql_match").collect();
    for case in &cases {
        let query = case["query"].as_str().unwrap();
        let document = &case["document"];
        let mut types = MapTypes::default();
        document.as_object().unwrap().iter().for_each(|(key, value)| by_value(key, value, &mut types));
        let rule = match common::rule(query, Language::Kuery, query, Some(&types)) {
            Ok(rule) => rule,
            Err(diagnostics) => {
                wrong.push(format!("{query}: {diagnostics:?}"));
                continue;
            }
        };
        let set = RuleSet::compile_in(&[Arc::new(rule)], &Options::default(), Arc::new(Index(types)));
        let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
        set.judge(&document.to_string(), Layout::Ecs, &mut scratch, &mut hits).unwrap();
        if case["expect"] == !hits.is_empty() {
            equal += 1;
        } else {
            wrong.push(format!("{query}: {}", !hits.is_empty()));
        }
    }
    println!("detection-rules matches: {equal} of {}", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(cases.len(), 66);
}
