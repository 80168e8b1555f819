//! The search cases of Elasticsearch's own KQL tests, on the engine: by its `kql` query and by the
//! Query DSL that trailsmith makes of the same text.

use serde_json::{Map, Value as Json, json};
use trailsmith::ir::{FieldType, Language};
use trailsmith::schema::MapTypes;

use crate::common;
use crate::node::Node;
use crate::ways;

/// The mapping of a corpus as Elasticsearch takes it and as trailsmith does, and the values of its
/// constant keywords, which stand in every document here.
fn mapping(corpus: &Json) -> (Json, MapTypes, Vec<(String, String)>) {
    let (mut properties, mut types, mut constants) = (Map::new(), MapTypes::default(), Vec::new());
    for (path, ty) in corpus["mapping"].as_object().unwrap() {
        let ty = match ty.as_str().unwrap().split_once('=') {
            Some((_, value)) => {
                constants.push((path.clone(), value.to_owned()));
                "keyword"
            }
            None => ty.as_str().unwrap(),
        };
        let known = match ty {
            "keyword" => FieldType::KEYWORD,
            "text" => FieldType::Text,
            "integer" => FieldType::Long,
            "double" => FieldType::Double,
            "date" => FieldType::Date,
            "nested" => FieldType::Nested,
            other => panic!("type {other}"),
        };
        types.fields.insert(path.clone(), known);
        let (mut place, mut rest) = (&mut properties, path.as_str());
        while let Some((first, below)) = rest.split_once('.') {
            let above = place.get_mut(first).and_then(Json::as_object_mut).expect("a nested field");
            let inner = above.entry("properties").or_insert_with(|| json!({}));
            (place, rest) = (inner.as_object_mut().unwrap(), below);
        }
        place.insert(rest.to_owned(), json!({ "type": ty }));
    }
    // Meta field of every document, as Elasticsearch's mapping has it.
    types.fields.insert("_id".into(), FieldType::KEYWORD);
    (json!({ "mappings": { "properties": properties } }), types, constants)
}

/// Runs the cases.
///
/// # Errors
/// Cases with other hits than those that Elasticsearch's tests name.
pub fn run(node: &Node) -> Result<(), String> {
    let Some(rows) = common::rows("data/elastic/kql_cases/es_search_cases.jsonl") else { return Ok(()) };
    let (mut wrong, mut equal, mut refused) = (Vec::new(), [0, 0], [0, 0]);
    for corpus in rows.iter().filter(|row| row.get("corpus").is_some()) {
        let (body, mut types, constants) = mapping(corpus);
        let index = format!("cases-{}", corpus["corpus"].as_str().unwrap());
        let mut documents = Vec::new();
        for (id, document) in corpus["docs"].as_object().unwrap() {
            let mut document = document.clone();
            for (field, value) in &constants {
                document[field] = value.as_str().into();
            }
            // A field that the mapping lacks is mapped when its first document comes.
            for field in document.as_object().unwrap().keys() {
                types.fields.entry(field.clone()).or_insert(FieldType::Text);
            }
            documents.push((id.clone(), document.to_string()));
        }
        node.index(&index, &body, &documents);
        for case in rows.iter().filter(|row| row.get("uses") == corpus.get("corpus")) {
            let text = case["kql"].as_str().unwrap();
            let ours = match common::rule(text, Language::Kuery, text, Some(&types)) {
                Ok(rule) => {
                    let compiled = ways::compile(&rule, "query-dsl");
                    assert!(ways::losses(&compiled).is_empty(), "{text}: {:?}", compiled.losses);
                    node.search(&index, &ways::query(&compiled.artefact.expect("an artefact")))
                }
                Err(_) => Err("refused by trailsmith".into()),
            };
            let theirs = node.search(&index, &ways::kql_query(text));
            for (who, found) in [ours, theirs].into_iter().enumerate() {
                let way = ["query-dsl", "kql"][who];
                match (case.get("error"), found) {
                    (Some(_), Err(_)) => refused[who] += 1,
                    (None, Ok(found)) if case["hits"] == json!(found) => equal[who] += 1,
                    (_, found) => wrong.push(format!("{index} {text} as {way}: {found:?}, not {case}")),
                }
            }
        }
    }
    println!("search cases, equal and refused: query-dsl {equal:?} {refused:?} [query-dsl, kql]");
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }
    assert_eq!((equal, refused), ([85, 85], [5, 5]));
    Ok(())
}
