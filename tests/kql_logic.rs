//! The predicates that KQL is lowered to say the same as the Query DSL that two independent
//! implementations make of it: equal truth under random assignments over the leaves.

mod common;

use std::sync::Arc;

use common::logic::{assert_equivalent, canonical, dsl, ir, scalar};
use serde_json::Value as Json;
use trailsmith::diagnostic::{Source, TextMap};
use trailsmith::frontend::lower::{LowerInput, Lowered, kql};
use trailsmith::ir::{Comparison, FieldType, Language, Node, Predicate, QueryText, Vocabulary};
use trailsmith::schema::MapTypes;

fn lower(text: &str, types: Option<&MapTypes>) -> Lowered {
    let source = Arc::new(Source::new("query", text));
    let input = LowerInput { source: &source, rule_id: "id", rule_name: "name" };
    let query =
        QueryText { language: Language::Kuery, text: text.into(), map: TextMap::verbatim(0, text.len()) };
    match types {
        Some(types) => kql::lower(&input, &query, Vocabulary::Ecs, types),
        None => kql::lower(&input, &query, Vocabulary::Ecs, trailsmith::schema::ecs()),
    }
}

#[test]
fn shared_rules_equal_both_oracles() {
    for (path, keys) in [
        ("data/elastic/oracle/dr_kql_aws_shared.jsonl", &["dsl_unoptimized", "dsl_optimized"][..]),
        ("data/elastic/oracle/kibana_kql_aws_shared.jsonl", &["dsl"]),
    ] {
        let Some(rows) = common::rows(path) else { return };
        for row in &rows {
            let query = row["query"].as_str().unwrap();
            let lowered = lower(query, None);
            let node = lowered.predicate.unwrap_or_else(|| panic!("{query}: {:?}", lowered.diagnostics));
            for key in keys {
                assert_equivalent(query, &ir(&node), &dsl(&row[*key]));
            }
        }
        println!("{path}: {} of {} equivalent", rows.len(), rows.len());
        assert_eq!(rows.len(), 90);
    }
}

#[test]
fn kibana_dsl_cases() {
    let Some(rows) = common::rows("data/elastic/kql_cases/kibana_dsl_cases.jsonl") else { return };
    let mut compared = 0;
    for row in &rows {
        let query = row["kql"].as_str().unwrap();
        // Fields of the data view of Kibana's test that the patterns of two cases find.
        let mut types = MapTypes::default();
        types.fields.insert("extension".into(), FieldType::KEYWORD);
        types.fields.insert("nestedField".into(), FieldType::Nested);
        types.fields.insert("nestedField.nestedChild".into(), FieldType::Nested);
        types.fields.insert("nestedField.nestedChild.doublyNestedChild".into(), FieldType::KEYWORD);
        if let (Some(ty), Some((field, _))) = (row["field_type"].as_str(), query.split_once(':')) {
            let ty = match ty {
                "keyword" => FieldType::KEYWORD,
                "date" => FieldType::Date,
                other => panic!("type {other}"),
            };
            types.fields.insert(field.trim_matches(['"', ' ']).trim_end_matches([' ', '<', '>']).into(), ty);
        }
        let node = lower(query, Some(&types)).predicate.unwrap_or_else(|| panic!("{query}"));
        if row["field_type"] == "date" {
            // A date equals itself as a range with both ends; compared by its bounds.
            assert_date(&node, &row["dsl"], query);
        } else {
            assert_equivalent(query, &ir(&node), &dsl(&row["dsl"]));
        }
        compared += 1;
    }
    println!("kibana_dsl_cases: {compared} of {}", rows.len());
    assert_eq!(compared, 16);
}

fn assert_date(node: &Node, dsl: &Json, query: &str) {
    use trailsmith::ir::DateBound;
    let Predicate::Test(test) = &node.predicate else { panic!("{query}") };
    let Comparison::Date { lower, upper } = &test.comparison else { panic!("{query}: {test:?}") };
    let mut range = dsl;
    while let Some(inner) = range.pointer("/bool/should/0").or_else(|| range.pointer("/bool/filter/0")) {
        range = inner;
    }
    let (field, bounds) = range["range"].as_object().unwrap().iter().next().unwrap();
    assert_eq!(&test.field.path, field);
    let check = |limit: &Option<trailsmith::ir::Limit<DateBound>>, inclusive: &str, exclusive: &str| {
        let (expected, expect_inclusive) = match (bounds.get(inclusive), bounds.get(exclusive)) {
            (Some(value), None) => (Some(value), true),
            (None, Some(value)) => (Some(value), false),
            _ => (None, false),
        };
        assert_eq!(limit.is_some(), expected.is_some(), "{query}");
        if let (Some(limit), Some(expected)) = (limit, expected) {
            assert_eq!(limit.inclusive, expect_inclusive, "{query}");
            let text = expected.as_str().unwrap();
            match &limit.value {
                DateBound::Math(math) => assert_eq!(math, text, "{query}"),
                DateBound::Millis(millis) => {
                    let written: jiff::Timestamp =
                        text.parse().or_else(|_| format!("{text}Z").parse()).unwrap();
                    // The case's date has whole seconds: the upper end is the last of that second's
                    // milliseconds only where it leaves the fraction out.
                    let distance = millis - written.as_millisecond();
                    assert!((0..1000).contains(&distance), "{query}: {distance}");
                }
            }
        }
    };
    check(&lower.limit, "gte", "gt");
    check(&upper.limit, "lte", "lt");
}

/// Cases of detection-rules' own tests that contradict Kibana, with the reason.
const CONTRADICTIONS: &[(&str, &str)] = &[
    ("null", "Kibana types unquoted null as null; detection-rules reads it as text"),
    ("a:b AND c:d", "Kibana reads keywords in any case"),
    ("a:b OR c:d", "Kibana reads keywords in any case"),
    ("NOT a:b", "Kibana reads keywords in any case"),
    ("a:(b OR c)", "Kibana reads keywords in any case"),
    ("a:(b AND c)", "Kibana reads keywords in any case"),
    ("a:(NOT b)", "Kibana reads keywords in any case"),
    ("@time > 5", "Elasticsearch reads 5 as epoch milliseconds"),
    ("top:{ bogus:1 }", "an unknown field is no error in Kibana; it matches nothing"),
    ("field: *not this*", "Kibana recognises `not ` anywhere in unquoted text and refuses the query"),
];

fn contradiction(query: &str) -> bool {
    CONTRADICTIONS.iter().any(|(text, _)| *text == query)
}

fn schema(row: &Json) -> MapTypes {
    let schema = row.get("schema").filter(|s| s.is_object()).or_else(|| row.pointer("/options/schema"));
    let mut types = MapTypes::default();
    for (field, ty) in schema.and_then(Json::as_object).into_iter().flatten() {
        let ty = match ty.as_str().unwrap() {
            "keyword" => FieldType::KEYWORD,
            "text" => FieldType::Text,
            "long" => FieldType::Long,
            "scaled_float" => FieldType::Double,
            "date" => FieldType::Date,
            "ip" => FieldType::Ip,
            "boolean" => FieldType::Boolean,
            "nested" => FieldType::Nested,
            other => panic!("type {other}"),
        };
        types.fields.insert(field.clone(), ty);
    }
    types
}

#[test]
fn detection_rules_dsl_cases() {
    let Some(rows) = common::rows("data/elastic/oracle/dr_kuery_test_cases.jsonl") else { return };
    let (mut equal, mut listed) = (0, Vec::new());
    for row in rows.iter().filter(|row| row["kind"] == "kql_to_dsl") {
        let query = row["query"].as_str().unwrap();
        if contradiction(query) {
            listed.push(query);
            continue;
        }
        let lowered = lower(query, Some(&schema(row)));
        let node = lowered.predicate.unwrap_or_else(|| panic!("{query}: {:?}", lowered.diagnostics));
        assert_equivalent(query, &ir(&node), &dsl(&serde_json::json!({ "bool": row["expect_bool"] })));
        equal += 1;
    }
    println!("detection-rules DSL: {equal} equivalent, contradicting Kibana: {listed:?}");
    assert_eq!((equal, listed.len()), (47, 1));
}

#[test]
fn detection_rules_errors() {
    let Some(rows) = common::rows("data/elastic/oracle/dr_kuery_test_cases.jsonl") else { return };
    let (mut refused, mut listed) = (0, 0);
    for row in rows.iter().filter(|row| row["kind"] == "error" && row["op"] != "to_eql") {
        let query = row["query"].as_str().unwrap();
        let lowered = lower(query, Some(&schema(row)));
        let is_error = lowered.predicate.is_none();
        if contradiction(query) {
            assert!(!is_error, "{query} is listed as accepted by Kibana");
            let reason = CONTRADICTIONS.iter().find(|(text, _)| *text == query).unwrap().1;
            println!("contradicts Kibana: {query}: {reason}");
            listed += 1;
        } else {
            assert!(is_error, "{query} is accepted");
            assert!(lowered.diagnostics.iter().any(|d| d.span().is_some()), "{query}: no position");
            refused += 1;
        }
    }
    println!("detection-rules errors: {refused} refused, {listed} contradict Kibana");
    assert_eq!((refused, listed), (13, 8));
}

/// The tree that detection-rules builds, as the structure of our syntax tree.
fn tree(expected: &Json) -> String {
    let (kind, body) = expected.as_object().unwrap().iter().next().unwrap();
    let value = |value: &Json| {
        let (kind, body) = value.as_object().unwrap().iter().next().unwrap();
        let text = scalar(&body["value"]);
        if kind == "Wildcard" { format!("wildcard {text}") } else { text }
    };
    let field = |body: &Json| body["field"]["Field"]["name"].as_str().unwrap().to_owned();
    let items =
        |body: &Json| body["items"].as_array().unwrap().iter().map(tree).collect::<Vec<_>>().join(", ");
    match kind.as_str() {
        "FieldComparison" => format!("{} = {}", field(body), value(&body["value"])),
        "FieldRange" => {
            format!("{} {} {}", field(body), body["operator"].as_str().unwrap(), value(&body["value"]))
        }
        "FreeText" => format!("free {} {}", body["is_quoted"], value(&body["value"])),
        "NotExpr" => format!("not({})", tree(&body["expr"])),
        "AndExpr" => format!("and({})", items(body)),
        "OrExpr" => format!("or({})", items(body)),
        "NestedQuery" => format!("{}{{{}}}", field(body), tree(&body["expr"])),
        other => panic!("{other}"),
    }
}

fn syntax(expr: &trailsmith_grammar::kql::Expr) -> String {
    use trailsmith_grammar::kql::{ExprKind, Literal, LiteralKind, Segment, ValueKind};
    let text = |literal: &Literal| match &literal.kind {
        LiteralKind::Quoted(text) | LiteralKind::Text(text) => canonical(text),
        LiteralKind::Bool(value) => value.to_string(),
        LiteralKind::Null => "null".into(),
        LiteralKind::Wildcard(segments) => {
            let piece = |segment: &Segment| match segment {
                Segment::Text(text) => text.clone(),
                Segment::Star => "*".into(),
            };
            format!("wildcard {}", segments.iter().map(piece).collect::<String>())
        }
    };
    let name = |literal: &Literal| text(literal).trim_start_matches("wildcard ").to_owned();
    let items =
        |items: &[trailsmith_grammar::kql::Expr]| items.iter().map(syntax).collect::<Vec<_>>().join(", ");
    match &expr.kind {
        ExprKind::And(list) => format!("and({})", items(list)),
        ExprKind::Or(list) => format!("or({})", items(list)),
        ExprKind::Not(inner) => format!("not({})", syntax(inner)),
        ExprKind::Is { field, value } => {
            let ValueKind::Literal(literal) = &value.kind else { panic!("a list: {expr:?}") };
            match field {
                Some(field) => format!("{} = {}", name(field), text(literal)),
                None => {
                    let quoted = matches!(literal.kind, LiteralKind::Quoted(_));
                    format!("free {quoted} {}", text(literal))
                }
            }
        }
        ExprKind::Range { field, op, value, .. } => {
            format!("{} {} {}", name(field), op.symbol(), text(value))
        }
        ExprKind::Nested { path, body } => format!("{}{{{}}}", name(path), syntax(body)),
    }
}

#[test]
fn detection_rules_trees() {
    let Some(rows) = common::rows("data/elastic/oracle/dr_kuery_test_cases.jsonl") else { return };
    let (mut equal, mut listed) = (0, 0);
    for row in rows.iter().filter(|row| row["kind"] == "kql_ast_unoptimized") {
        let query = row["query"].as_str().unwrap();
        if contradiction(query) {
            assert!(trailsmith_grammar::kql::parse(query).is_err(), "{query} is listed as refused by Kibana");
            listed += 1;
            continue;
        }
        let parsed = trailsmith_grammar::kql::parse(query).unwrap_or_else(|e| panic!("{query}: {e}"));
        assert_eq!(syntax(&parsed.expr.unwrap()), tree(&row["expect"]), "{query}");
        equal += 1;
    }
    println!("detection-rules trees: {equal} equal, {listed} contradict Kibana");
    assert_eq!((equal, listed), (48, 1));
}

/// Every KQL query of the shared rules and of the 1,198 others is read, whatever the rule's type.
#[test]
fn every_kuery_rule_parses() {
    let Some(folder) = common::shared("data/elastic/rules") else { return };
    let archive = common::shared("data/elastic/other_rules.tar.gz").expect("beside the shared rules");
    let mut texts: Vec<(String, String)> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            texts.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    let unpacked = flate2::read::GzDecoder::new(std::fs::File::open(archive).unwrap());
    for entry in tar::Archive::new(unpacked).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().display().to_string();
        if path.ends_with(".toml") {
            let mut text = String::new();
            std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
            texts.push((path, text));
        }
    }
    let (mut rules, mut queries) = (0, 0);
    for (path, text) in &texts {
        let document: toml::Table = text.parse().unwrap_or_else(|e| panic!("{path}: {e}"));
        let rule = &document["rule"];
        let is_kuery = |key: &str| rule.get(key).and_then(|v| v.as_str()) == Some("kuery");
        for (language, key) in [("language", "query"), ("threat_language", "threat_query")] {
            let Some(query) = rule.get(key).and_then(|v| v.as_str()).filter(|_| is_kuery(language)) else {
                continue;
            };
            let parsed = trailsmith_grammar::kql::parse(query);
            assert!(parsed.is_ok(), "{path}: {query}: {parsed:?}");
            queries += 1;
        }
        rules += usize::from(is_kuery("language"));
    }
    println!("kuery: {rules} rules, {queries} queries read");
    assert_eq!(rules, 477);
}
