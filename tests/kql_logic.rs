//! The predicates that KQL is lowered to say the same as the Query DSL that two independent
//! implementations make of it: equal truth under random assignments over the leaves.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;
use trailsmith::diagnostic::{Source, TextMap};
use trailsmith::frontend::lower::{LowerInput, Lowered, kql};
use trailsmith::ir::{
    Comparison, FieldType, GlobPart, Language, Node, NumberOp, Predicate, QueryText, TextMatch, Vocabulary,
    Words,
};
use trailsmith::schema::MapTypes;

/// A formula over named leaves.
#[derive(Debug)]
enum Formula {
    Constant(bool),
    Leaf(String),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

impl Formula {
    fn leaves(&self, out: &mut BTreeSet<String>) {
        match self {
            Formula::Constant(_) => {}
            Formula::Leaf(name) => drop(out.insert(name.clone())),
            Formula::Not(inner) => inner.leaves(out),
            Formula::All(items) | Formula::Any(items) => items.iter().for_each(|item| item.leaves(out)),
        }
    }

    fn holds(&self, truth: &BTreeMap<String, bool>) -> bool {
        match self {
            Formula::Constant(value) => *value,
            Formula::Leaf(name) => truth[name],
            Formula::Not(inner) => !inner.holds(truth),
            Formula::All(items) => items.iter().all(|item| item.holds(truth)),
            Formula::Any(items) => items.iter().any(|item| item.holds(truth)),
        }
    }
}

/// One spelling for `1`, `1.0` and `"1"`.
fn canonical(text: &str) -> String {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => number.to_string(),
        _ => text.to_owned(),
    }
}

fn scalar(value: &Json) -> String {
    match value {
        Json::String(text) => canonical(text),
        other => canonical(&other.to_string()),
    }
}

/// A Lucene query string of literal pieces and stars, unescaped; stars become U+0001.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            '*' => out.push('\u{1}'),
            c => out.push(c),
        }
    }
    out
}

fn dsl(query: &Json) -> Formula {
    let (kind, body) = query.as_object().expect("a query").iter().next().expect("one key");
    let only = |body: &Json| {
        let (field, value) = body.as_object().unwrap().iter().next().unwrap();
        (field.clone(), value.clone())
    };
    match kind.as_str() {
        "match_all" => Formula::Constant(true),
        "exists" => Formula::Leaf(format!("{} exists", body["field"].as_str().unwrap())),
        "match" | "match_phrase" | "term" => {
            let (field, value) = only(body);
            let value = value.get("value").cloned().unwrap_or(value);
            Formula::Leaf(format!("{field} = {}", scalar(&value)))
        }
        "wildcard" => {
            let (field, value) = only(body);
            Formula::Leaf(format!("{field} ~ {}", unescape(value["value"].as_str().unwrap())))
        }
        "query_string" => {
            let pattern = unescape(body["query"].as_str().unwrap());
            match body.get("fields") {
                Some(fields) => Formula::Leaf(format!("{} ~ {pattern}", fields[0].as_str().unwrap())),
                None if pattern == "\u{1}" => Formula::Constant(true),
                None => Formula::Leaf(format!("any ~ {pattern}")),
            }
        }
        "multi_match" => {
            let phrase = body["type"] == "phrase";
            Formula::Leaf(format!("any {} {}", if phrase { "phrase" } else { "=" }, scalar(&body["query"])))
        }
        "range" => {
            let (field, bounds) = only(body);
            let (op, value) = only(&bounds);
            Formula::Leaf(format!("{field} {op} {}", scalar(&value)))
        }
        "nested" => Formula::Leaf(format!(
            "nested {} {}",
            body["path"].as_str().unwrap(),
            print(&dsl(&body["query"]))
        )),
        "bool" => {
            let clauses = |key: &str| -> Vec<Formula> {
                match body.get(key) {
                    None => Vec::new(),
                    Some(Json::Array(items)) => items.iter().map(dsl).collect(),
                    Some(one) => vec![dsl(one)],
                }
            };
            let mut all = clauses("filter");
            all.extend(clauses("must"));
            all.extend(clauses("must_not").into_iter().map(|f| Formula::Not(Box::new(f))));
            if body.get("should").is_some() {
                assert_eq!(body["minimum_should_match"], 1, "{body}");
                all.push(Formula::Any(clauses("should")));
            }
            Formula::All(all)
        }
        other => panic!("unknown query `{other}`"),
    }
}

/// A formula as text, single-element groups unwrapped, to name nested bodies.
fn print(formula: &Formula) -> String {
    match formula {
        Formula::Constant(value) => value.to_string(),
        Formula::Leaf(name) => name.clone(),
        Formula::Not(inner) => format!("!{}", print(inner)),
        Formula::All(items) | Formula::Any(items) if items.len() == 1 => print(&items[0]),
        Formula::All(items) | Formula::Any(items) => {
            let mut parts: Vec<String> = items.iter().map(print).collect();
            parts.sort();
            let sign = if matches!(formula, Formula::All(_)) { " & " } else { " | " };
            format!("({})", parts.join(sign))
        }
    }
}

fn glob(parts: &[GlobPart]) -> String {
    let piece = |part: &GlobPart| match part {
        GlobPart::Literal(text) => text.clone(),
        GlobPart::Any => "\u{1}".into(),
        GlobPart::One => panic!("KQL has no `?`"),
    };
    parts.iter().map(piece).collect()
}

fn ir(node: &Node) -> Formula {
    match &node.predicate {
        Predicate::Constant(value) => Formula::Constant(*value),
        Predicate::And(nodes) => Formula::All(nodes.iter().map(ir).collect()),
        Predicate::Or(nodes) => Formula::Any(nodes.iter().map(ir).collect()),
        Predicate::Not(node) => Formula::Not(Box::new(ir(node))),
        Predicate::Nested { path, body } => {
            Formula::Leaf(format!("nested {} {}", path.path, print(&ir(body))))
        }
        Predicate::AnyField(Words::AnyOf(text)) => Formula::Leaf(format!("any = {}", canonical(text))),
        Predicate::AnyField(Words::Phrase(text)) => Formula::Leaf(format!("any phrase {}", canonical(text))),
        Predicate::AnyField(Words::Pattern(pattern)) => {
            Formula::Leaf(format!("any ~ {}", glob(&pattern.parts)))
        }
        Predicate::AnyField(other) => panic!("{other:?}"),
        Predicate::Test(test) => {
            let field = &test.field.path;
            let star = '\u{1}';
            Formula::Leaf(match &test.comparison {
                Comparison::Exists => format!("{field} exists"),
                Comparison::Bool(value) => format!("{field} = {value}"),
                Comparison::Number { op: NumberOp::Eq, value } => format!("{field} = {value}"),
                Comparison::Words(Words::AnyOf(text) | Words::Phrase(text)) => {
                    format!("{field} = {}", canonical(text))
                }
                Comparison::Ip(net) if net.prefix_len() == net.max_prefix_len() => {
                    format!("{field} = {}", net.addr())
                }
                Comparison::Ip(net) => format!("{field} = {net}"),
                Comparison::Text { matcher, .. } => match matcher {
                    TextMatch::Equals(text) => format!("{field} = {}", canonical(text)),
                    TextMatch::Prefix(text) => format!("{field} ~ {text}{star}"),
                    TextMatch::Suffix(text) => format!("{field} ~ {star}{text}"),
                    TextMatch::Contains(text) => format!("{field} ~ {star}{text}{star}"),
                    TextMatch::Glob(pattern) => format!("{field} ~ {}", glob(&pattern.parts)),
                },
                Comparison::TextRange { lower, upper } => {
                    let (limit, below) = match (&lower.limit, &upper.limit) {
                        (Some(limit), None) => (limit, false),
                        (None, Some(limit)) => (limit, true),
                        both => panic!("{both:?}"),
                    };
                    let op = match (below, limit.inclusive) {
                        (true, true) => "lte",
                        (true, false) => "lt",
                        (false, true) => "gte",
                        (false, false) => "gt",
                    };
                    format!("{field} {op} {}", canonical(&limit.value))
                }
                other => panic!("{field}: {other:?}"),
            })
        }
    }
}

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

/// 600 assignments from a fixed stream of pseudo-random bits (xorshift), all false and all true
/// among them.
fn assert_equivalent(what: &str, ours: &Formula, theirs: &Formula) {
    let (mut a, mut b) = (BTreeSet::new(), BTreeSet::new());
    ours.leaves(&mut a);
    theirs.leaves(&mut b);
    assert_eq!(a, b, "{what}: leaves differ");
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for round in 0..600 {
        let truth = a.iter().map(|name| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            // From nearly always false to nearly always true, so that long conjunctions get tested.
            let value = match round {
                0 => false,
                1 => true,
                n => (state >> 11) % 16 < n % 16,
            };
            (name.clone(), value)
        });
        let truth = truth.collect();
        assert_eq!(ours.holds(&truth), theirs.holds(&truth), "{what} under {truth:?}");
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
