//! Overrides of severity, risk score and name: the rows of the shared scenarios, on documents that
//! are read like any other event.

mod common;

use serde_json::Value as Json;
use trailsmith::event::Layout;
use trailsmith::ir::{Field, Language, Level, RiskScoreMapping, Rule, SeverityMapping, Vocabulary};
use trailsmith::matcher::explain::Explainer;
use trailsmith::matcher::overrides::{self, FieldValues};
use trailsmith::matcher::{Standard, World};

fn text(value: &Json, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// A rule with the overrides of one row.
fn rule(kind: &str, input: &Json) -> Rule {
    let mut rule = common::rule("r", Language::Kuery, "event.action:*", None).expect("a query");
    let overrides = &mut rule.metadata.overrides;
    let rows = input["mapping"].as_array().into_iter().flatten();
    match kind {
        "severity" => {
            overrides.severity = rows
                .map(|row| SeverityMapping {
                    field: text(row, "field"),
                    operator: text(row, "operator"),
                    value: text(row, "value"),
                    severity: Level::parse(&text(row, "severity")).expect("a severity"),
                })
                .collect();
        }
        "risk_score" => {
            overrides.risk_score = rows
                .map(|row| RiskScoreMapping {
                    field: text(row, "field"),
                    operator: text(row, "operator"),
                    value: text(row, "value"),
                    risk_score: None,
                })
                .collect();
        }
        _ => overrides.rule_name = Some(text(input, "override")),
    }
    rule
}

#[test]
fn scenarios() {
    let Some(rows) = common::rows("data/elastic/rule_type_scenarios.jsonl") else { return };
    let world = Standard::default();
    let explainer = Explainer::new(&world, None);
    let mut equal = 0;
    for row in &rows {
        let kind = row["kind"].as_str().unwrap_or_default();
        if !matches!(kind, "severity" | "risk_score" | "rule_name") {
            continue;
        }
        let (input, expect) = (&row["input"], &row["expect"]);
        let rule = rule(kind, input);
        let event = input["event"].to_string();
        let field = |path: &str| {
            let ty = world.field_type(Vocabulary::Ecs, path);
            let (values, list) =
                explainer.values(&Field::new(Vocabulary::Ecs, path, ty), &event, Layout::Ecs);
            FieldValues { values, list }
        };
        let id = &row["id"];
        match kind {
            "severity" => {
                let found = overrides::severity(&rule, &field).map(Level::as_str);
                let found = found.or(input["default"].as_str());
                assert_eq!(found, expect["severity"].as_str(), "{id}");
            }
            "risk_score" => {
                let found = overrides::risk_score(&rule, &field).or(input["default"].as_f64());
                assert_eq!(found, expect["risk_score"].as_f64(), "{id}");
            }
            _ => {
                let found = overrides::rule_name(&rule, &field).or(Some(text(input, "default")));
                assert_eq!(found.as_deref(), expect["name"].as_str(), "{id}");
            }
        }
        equal += 1;
    }
    println!("override scenarios: {equal} equal");
    assert_eq!(equal, 19);
}
