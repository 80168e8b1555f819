//! KQL against what Kibana does with the same text.

mod support;

use serde_json::Value;
use support::{kibana, rows};
use trailsmith_grammar::kql;

fn text<'v>(row: &'v Value, key: &str) -> &'v str {
    row[key].as_str().expect("a string")
}

/// Checks a tree, and that the printed query gives the same one.
fn check(source: &str, expected: &Value) -> Result<(), String> {
    let query = kql::parse(source).map_err(|e| format!("{source:?}: {e} at {:?}", e.span))?;
    let found = kibana::query(&query);
    if found != *expected {
        return Err(format!("{source:?}:\n  {found}\n  {expected}"));
    }
    let printed = query.to_string();
    match kql::parse(&printed) {
        Ok(again) if again == query => Ok(()),
        other => Err(format!("{source:?} prints as {printed:?}: {other:?}")),
    }
}

fn report(what: &str, failures: &[String], rows: usize, expected_rows: usize) {
    println!("{what}: {} of {rows} agree", rows - failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(rows, expected_rows, "{what}: the data changed");
}

#[test]
fn trees_of_kibanas_own_assertions() {
    let Some(rows) = rows("elastic/kql_cases/kibana_ast_cases.jsonl") else {
        return;
    };
    let failures: Vec<_> = rows.iter().filter_map(|row| check(text(row, "kql"), &row["ast"]).err()).collect();
    report("Kibana's assertions", &failures, rows.len(), 51);
}

#[test]
fn trees_of_the_shared_rules() {
    let Some(rows) = rows("elastic/oracle/kibana_kql_aws_shared.jsonl") else {
        return;
    };
    let failures: Vec<_> =
        rows.iter().filter_map(|row| check(text(row, "query"), &row["ast"]).err()).collect();
    report("queries of rules", &failures, rows.len(), 90);
}

#[test]
fn edge_cases_are_accepted_and_rejected_as_in_kibana() {
    let Some(rows) = rows("elastic/kql_cases/edge_cases.jsonl") else {
        return;
    };
    let (mut accepted, mut rejected) = (0, 0);
    let mut failures = Vec::new();
    for row in &rows {
        let source = text(row, "kql");
        let kibana = &row["kibana"];
        if let Some(ast) = kibana.get("ast") {
            accepted += 1;
            failures.extend(check(source, ast).err());
        } else {
            rejected += 1;
            match kql::parse(source) {
                Ok(query) => failures.push(format!("{source:?} was read as {query:?}")),
                Err(error) => println!("{source:?} {:?}: {error}", error.span),
            }
        }
    }
    println!("{accepted} accepted, {rejected} rejected");
    report("edge cases", &failures, rows.len(), 198);
    assert_eq!((accepted, rejected), (169, 29));
}

#[test]
fn escaping() {
    let Some(rows) = rows("elastic/kql_cases/kibana_escape_cases.jsonl") else {
        return;
    };
    let mut failures = Vec::new();
    for row in &rows {
        let source = text(row, "text");
        let (found, expected) = match row.get("kql_escape") {
            Some(expected) => (kql::escape_unquoted(source), expected),
            None => (kql::escape_quoted(source), &row["quoted_escape"]),
        };
        if found != *expected {
            failures.push(format!("{source:?}: {found} instead of {expected}"));
        }
    }
    report("escapes", &failures, rows.len(), 7);
}
