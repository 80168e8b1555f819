//! JSON: one document, or one object a case.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::diagnostic::render::SCHEMA_VERSION;
use crate::testing::outcome::{CaseReport, Outcome, Report};

fn case(case: &CaseReport) -> Value {
    let (status, failures, todo) = match &case.outcome {
        Outcome::Passed => ("passed", Vec::new(), None),
        Outcome::Failed(failures) => {
            let failure = |f: &crate::testing::Failure| json!({"message": f.message, "detail": f.detail});
            ("failed", failures.iter().map(failure).collect(), None)
        }
        Outcome::Todo(reason) => ("todo", Vec::new(), Some(reason)),
    };
    json!({
        "rule_id": case.rule_id,
        "rule_name": case.rule_name,
        "rule_path": case.rule_path,
        "fixture": case.fixture,
        "line": case.line,
        "name": case.name,
        "status": status,
        "failures": failures,
        "todo": todo,
    })
}

pub(super) fn document(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let coverage: Vec<Value> = report
        .coverage
        .iter()
        .map(|rule| {
            let gap = |gap: &crate::testing::Gap| {
                json!({"line": gap.line, "column": gap.column, "clause": gap.clause, "missing": gap.missing})
            };
            json!({
                "rule_id": rule.rule_id,
                "rule_name": rule.rule_name,
                "rule_path": rule.rule_path,
                "percent": rule.percent(),
                "gaps": rule.gaps().map(gap).collect::<Vec<_>>(),
            })
        })
        .collect();
    let mutation: Vec<Value> = report
        .mutation
        .iter()
        .map(|rule| {
            let survivor = |survivor: &crate::testing::Survivor| {
                json!({
                    "line": survivor.line,
                    "column": survivor.column,
                    "clause": survivor.clause,
                    "change": survivor.change,
                    "reason": survivor.reason,
                })
            };
            json!({
                "rule_id": rule.rule_id,
                "rule_name": rule.rule_name,
                "rule_path": rule.rule_path,
                "mutants": rule.mutants,
                "killed": rule.killed(),
                "survivors": rule.survivors.iter().map(survivor).collect::<Vec<_>>(),
            })
        })
        .collect();
    let document = json!({
        "schema_version": SCHEMA_VERSION,
        "summary": report.summary(),
        "tests": report.cases.iter().map(case).collect::<Vec<_>>(),
        "coverage": coverage,
        "mutation": mutation,
    });
    writeln!(out, "{document:#}")
}

pub(super) fn lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    report.cases.iter().try_for_each(|one| writeln!(out, "{}", case(one)))
}
