//! Conditions against the answers that Elasticsearch 8.19 gave (esql.md): the trees mean what the engine
//! does.

use std::path::Path;

use serde_json::Value;

use super::print;
use super::tree::{Column, Expr, Literal};
use crate::ir::{Case, Glob, GlobPart};

/// Kleene's logic over one measured document, as esql.md §2 describes it.
fn truth(expr: &Expr, doc: &Value) -> Option<bool> {
    let values = |column: &str| match &doc[column] {
        Value::Null => Vec::new(),
        // A keyword's values are a set.
        Value::Array(list) => list.iter().fold(Vec::new(), |mut set, v| {
            if !set.contains(&v) {
                set.push(v);
            }
            set
        }),
        one => vec![one],
    };
    let equal = |value: &Value, literal: &Literal| match literal {
        Literal::Text(text) => value == text.as_str(),
        Literal::Bool(truth) => value == truth,
        Literal::Number(number) => value.as_f64() == Some(*number),
    };
    let single = |column: &Column, holds: &dyn Fn(&Value) -> bool| match column {
        Column::Name(name) => match values(name).as_slice() {
            [one] => Some(holds(one)),
            _ => None,
        },
        other => panic!("no measured answers for {other:?}"),
    };
    match expr {
        Expr::Bool(value) => Some(*value),
        Expr::Not(inner) => truth(inner, doc).map(|value| !value),
        Expr::And(parts) => {
            let truths: Vec<_> = parts.iter().map(|part| truth(part, doc)).collect();
            if truths.contains(&Some(false)) {
                Some(false)
            } else {
                truths.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
            }
        }
        Expr::Or(parts) => {
            let truths: Vec<_> = parts.iter().map(|part| truth(part, doc)).collect();
            if truths.contains(&Some(true)) {
                Some(true)
            } else {
                truths.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
            }
        }
        Expr::OrFalse(inner) => Some(truth(inner, doc).unwrap_or(false)),
        Expr::IsNotNull(column) => Some(!values(column).is_empty()),
        Expr::Compare { column, op: "==", value } => single(column, &|found| equal(found, value)),
        Expr::In { column, values } => {
            single(column, &|found| values.iter().any(|value| equal(found, value)))
        }
        Expr::Like { column, patterns } => single(column, &|found| {
            let found = found.as_str().unwrap_or_default();
            patterns.iter().any(|pattern| unescaped(pattern).matches(found, Case::Sensitive))
        }),
        Expr::Matches { column, value } => Some(values(column).into_iter().any(|found| equal(found, value))),
        other => panic!("no measured answers for {other:?}"),
    }
}

fn unescaped(pattern: &str) -> Glob {
    let mut parts: Vec<GlobPart> = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        let literal = match c {
            '*' => {
                parts.push(GlobPart::Any);
                continue;
            }
            '?' => {
                parts.push(GlobPart::One);
                continue;
            }
            '\\' => chars.next().expect("an escaped sign"),
            c => c,
        };
        match parts.last_mut() {
            Some(GlobPart::Literal(text)) => text.push(literal),
            _ => parts.push(GlobPart::Literal(literal.into())),
        }
    }
    Glob { parts }
}

/// Conditions as this target builds them, found among the measured queries by their printed text: the
/// engine answered what the tree is said to mean.
#[test]
fn conditions_mean_what_was_measured() {
    let shared = std::env::var_os("TRAILSMITH_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), std::path::PathBuf::from);
    let Ok(file) = std::fs::read_to_string(shared.join("data/esql/esql_probes.jsonl")) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "the measured answers are missing");
        eprintln!("skipped: no measured answers");
        return;
    };
    let rows: Vec<Value> = file.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect();
    let docs = rows[0]["docs"].as_array().expect("documents");
    let column = |name: &str| Column::Name(name.into());
    let is = |name: &str, value: &str| Expr::Compare {
        column: column(name),
        op: "==",
        value: Literal::Text(value.into()),
    };
    let like = |patterns: &[&str]| Expr::Like {
        column: column("k"),
        patterns: patterns.iter().map(|pattern| (*pattern).to_owned()).collect(),
    };
    let matches = |value: &str| Expr::Matches { column: "k".into(), value: Literal::Text(value.into()) };
    let conditions = [
        is("k", "Foo"),
        is("k", ""),
        Expr::Not(Box::new(is("k", "Foo").certain())),
        Expr::Not(Box::new(Expr::Or(vec![is("k", "Foo"), is("k2", "z")]))),
        Expr::Or(vec![is("k2", "y"), is("k", "Foo")]),
        Expr::Not(Box::new(Expr::IsNotNull("k".into()))),
        Expr::IsNotNull("k".into()),
        Expr::In { column: column("n"), values: vec![Literal::Number(1.0), Literal::Number(3.0)] },
        Expr::Compare { column: column("b"), op: "==", value: Literal::Bool(true) },
        Expr::Compare { column: column("x-y"), op: "==", value: Literal::Text("v".into()) },
        like(&["*oo"]),
        like(&["F*"]),
        like(&["F?o"]),
        like(&["line1*2"]),
        like(&[r"a\*b\?c\\d"]),
        like(&["F*", "a*"]),
        matches("Bar"),
        Expr::Or(vec![
            matches("Foo"),
            Expr::Compare { column: column("n"), op: "==", value: Literal::Number(2.0) },
        ]),
    ];
    let mut unmeasured = Vec::new();
    for condition in &conditions {
        let printed = print::expr(condition);
        let ends = [" | SORT id | KEEP id", " | KEEP id"];
        let asked = |row: &&Value| {
            let query = row["query"].as_str().and_then(|query| query.strip_prefix("FROM esqlprobe | WHERE "));
            query
                .is_some_and(|query| ends.iter().any(|end| query.strip_suffix(end) == Some(printed.as_str())))
        };
        let Some(row) = rows[1..].iter().find(asked) else {
            unmeasured.push(printed);
            continue;
        };
        let measured: Vec<&str> = row["values"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| row[0].as_str().expect("an id"))
            .collect();
        let meant: Vec<&str> = docs
            .iter()
            .filter(|doc| truth(condition, doc) == Some(true))
            .map(|doc| doc["id"].as_str().expect("an id"))
            .collect();
        assert_eq!(meant, measured, "{printed}");
    }
    assert_eq!(unmeasured, Vec::<String>::new());
}

/// Whatever is below a negation is true or false for every document.
#[test]
fn certain_conditions_are_never_null() {
    let is = |name: &str| Expr::Compare {
        column: Column::Name(name.into()),
        op: "==",
        value: Literal::Text("x".into()),
    };
    let matches = || Expr::Matches { column: "k".into(), value: Literal::Text("x".into()) };
    let docs = [
        serde_json::json!({}),
        serde_json::json!({"k": "x"}),
        serde_json::json!({"k": ["x", "y"], "k2": "x"}),
        serde_json::json!({"k": "y", "k2": ["x", "z"]}),
    ];
    for condition in [
        is("k"),
        Expr::And(vec![is("k"), is("k2")]),
        Expr::Or(vec![is("k"), matches()]),
        Expr::And(vec![Expr::Or(vec![is("k"), is("k2")]), matches()]),
        Expr::And(vec![is("k"), Expr::Not(Box::new(is("k2").certain()))]),
    ] {
        for doc in &docs {
            let before = truth(&condition, doc).unwrap_or(false);
            assert_eq!(truth(&condition.clone().certain(), doc), Some(before), "{condition:?} {doc}");
        }
    }
}
