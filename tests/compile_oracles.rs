//! Query DSL and KQL of the shared rules against two independent implementations: detection-rules'
//! library and Kibana's own code.

mod common;

use std::sync::Arc;

use common::logic::{assert_equivalent, dsl, ir};
use serde_json::Value as Json;
use trailsmith::backend::{self, Artefact, Compiled, Options};
use trailsmith::ir::{FieldType, Language, Rule};
use trailsmith::schema::MapTypes;

fn compile(rule: &Rule, target: &str, options: &Options) -> Compiled {
    backend::compile(rule, backend::find(target).expect("a target"), options)
}

fn query(compiled: &Compiled) -> Json {
    match &compiled.artefact {
        Some(Artefact::Json(body)) => body["query"].clone(),
        other => panic!("{other:?}: {:?}", compiled.error),
    }
}

fn rule(id: &str, text: &str) -> Rule {
    common::rule(id, Language::Kuery, text, None).unwrap_or_else(|d| panic!("{id}: {d:?}"))
}

const ORACLES: [(&str, &[&str]); 2] = [
    ("data/elastic/oracle/dr_kql_aws_shared.jsonl", &["dsl_unoptimized", "dsl_optimized"]),
    ("data/elastic/oracle/kibana_kql_aws_shared.jsonl", &["dsl"]),
];

#[test]
fn typed_and_untyped_queries_equal_both_oracles() {
    for (path, keys) in ORACLES {
        let Some(rows) = common::rows(path) else { return };
        let (mut exact, mut lossy) = (0, Vec::new());
        for row in &rows {
            let (id, text) = (row["rule_id"].as_str().unwrap(), row["query"].as_str().unwrap());
            let rule = rule(id, text);
            let untyped = compile(&rule, "query-dsl", &Options { untyped: true, ..Options::default() });
            let typed = compile(&rule, "query-dsl", &Options::default());
            for key in keys {
                assert_equivalent(text, &dsl(&query(&untyped)), &dsl(&row[*key]));
            }
            if typed.losses.iter().any(|loss| loss.is_refused()) {
                let codes: Vec<_> = typed.losses.iter().map(|loss| (loss.code.name, &loss.message)).collect();
                lossy.push(format!("{id}: {codes:?}"));
                continue;
            }
            exact += 1;
            for key in keys {
                assert_equivalent(text, &dsl(&query(&typed)), &dsl(&row[*key]));
            }
        }
        println!("{path}: untyped {} of {}, typed {exact} exact, lossy: {lossy:#?}", rows.len(), rows.len());
        assert_eq!((rows.len(), exact + lossy.len()), (90, 90));
    }
}

/// Kibana wraps and orders exactly so.
#[test]
fn untyped_queries_are_kibanas_to_the_letter() {
    let Some(rows) = common::rows("data/elastic/oracle/kibana_kql_aws_shared.jsonl") else { return };
    for row in &rows {
        let (id, text) = (row["rule_id"].as_str().unwrap(), row["query"].as_str().unwrap());
        let found = compile(&rule(id, text), "query-dsl", &Options { untyped: true, ..Options::default() });
        assert_eq!(query(&found), row["dsl"], "{id}");
    }
    println!("Kibana's DSL: {} of {} equal", rows.len(), rows.len());
    assert_eq!(rows.len(), 90);
}

#[test]
fn kibana_cases_without_types() {
    let Some(rows) = common::rows("data/elastic/kql_cases/kibana_dsl_cases.jsonl") else { return };
    let mut types = MapTypes::default();
    types.fields.insert("extension".into(), FieldType::KEYWORD);
    types.fields.insert("nestedField".into(), FieldType::Nested);
    types.fields.insert("nestedField.nestedChild".into(), FieldType::Nested);
    types.fields.insert("nestedField.nestedChild.doublyNestedChild".into(), FieldType::KEYWORD);
    let mut compared = 0;
    for row in rows.iter().filter(|row| row.get("field_type").is_none()) {
        let text = row["kql"].as_str().unwrap();
        let tree = trailsmith_grammar::kql::parse(text).expect("a case");
        let found = backend::query_dsl::kibana::untyped(&tree, &types).to_json();
        assert_eq!(found, row["dsl"], "{text}");
        compared += 1;
    }
    println!("Kibana's cases without types: {compared}");
    assert_eq!(compared, 10);
}

/// The `kql` of a KQL rule says the same as the rule, mixed operators or not.
#[test]
fn kql_reads_back() {
    let Some(rows) = common::rows("data/elastic/oracle/kibana_kql_aws_shared.jsonl") else { return };
    for row in &rows {
        let (id, text) = (row["rule_id"].as_str().unwrap(), row["query"].as_str().unwrap());
        let original = Arc::new(rule(id, text));
        let compiled = compile(&original, "kql", &Options::default());
        let Some(Artefact::Text(printed)) = &compiled.artefact else { panic!("{id}: {compiled:?}") };
        let again = rule(id, printed);
        let (a, b) = (original.detection.predicate().unwrap(), again.detection.predicate().unwrap());
        assert_equivalent(id, &ir(a), &ir(b));
    }
    assert_eq!(rows.len(), 90);
}
