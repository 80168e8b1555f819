//! A playbook without an event: its steps, and what has to be known before it can be printed for one.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};

use crate::ir::{Call, Playbook, Rule};

/// What a playbook consists of, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Steps.
    pub steps: usize,
    /// Distinct calls as `service:Action`, sorted. What a wait asks is not among them.
    pub operations: BTreeSet<String>,
    /// Policy documents.
    pub policies: usize,
    /// The document as Markdown.
    pub text: String,
}

/// The playbook for a reader.
pub fn overview(rule: &Rule, playbook: &Playbook) -> Overview {
    let calls = playbook.steps.iter().flat_map(|step| &step.calls);
    let operations: BTreeSet<String> = calls.map(name).collect();
    let mut out = String::new();
    let _ = writeln!(out, "# {}\n", playbook.id.as_deref().unwrap_or_else(|| rule.name()));
    if playbook.id.is_some() {
        let _ = writeln!(out, "Playbook of the rule \"{}\".\n", rule.name());
    }
    if let Some(summary) = &playbook.summary {
        let _ = writeln!(out, "{}\n", summary.trim());
    }
    let counts = [
        plural(playbook.steps.len(), "step"),
        plural(operations.len(), "distinct operation"),
        plural(playbook.policies.len(), "policy document"),
    ];
    let _ = writeln!(out, "{}", counts.join(" · "));
    if !playbook.parameters.is_empty() {
        out.push_str("\n## Needs\n\n");
    }
    for (name, binding) in &playbook.parameters {
        let from = match (&binding.field, &binding.default) {
            (Some(field), _) => format!("`{field}` of the event"),
            (None, Some(default)) => format!("`{default}` unless given"),
            (None, None) => "the responder gives it".to_owned(),
        };
        let description = binding.description.as_deref().map(|text| format!(". {}", text.trim()));
        let _ = writeln!(out, "- `{name}`: {from}{}", description.unwrap_or_default());
    }
    out.push_str("\n## Steps\n\n");
    for (at, step) in playbook.steps.iter().enumerate() {
        let calls: Vec<String> = step.calls.iter().map(|call| format!("`{}`", name(call))).collect();
        let calls = if calls.is_empty() { String::new() } else { format!(" ({})", calls.join(", ")) };
        let wait = step.wait.map(|wait| format!("; wait {wait}")).unwrap_or_default();
        let _ = writeln!(out, "{}. {}{calls}{wait}", at + 1, step.title);
        step.requires.iter().for_each(|text| {
            let _ = writeln!(out, "   - needs: {}", text.trim());
        });
        for (field, values) in &step.when {
            let _ = writeln!(out, "   - only where `{field}` is {}", values.join(" or "));
        }
    }
    Overview { steps: playbook.steps.len(), operations, policies: playbook.policies.len(), text: out }
}

/// The same for programs.
pub fn overview_json(rule: &Rule, playbook: &Playbook) -> Value {
    let overview = overview(rule, playbook);
    let parameters = playbook.parameters.iter().map(|(name, binding)| {
        json!({
            "name": name,
            "field": binding.field,
            "default": binding.default,
            "description": binding.description,
        })
    });
    let steps = playbook.steps.iter().enumerate().map(|(at, step)| {
        json!({
            "number": at + 1,
            "title": step.title,
            "requires": step.requires,
            "when": step.when,
            "calls": step.calls.iter().map(name).collect::<Vec<_>>(),
            "wait_seconds": step.wait.map(|wait| wait.millis / 1000),
        })
    });
    json!({
        "rule_id": rule.id,
        "rule_name": rule.name(),
        "playbook": playbook.id,
        "summary": playbook.summary,
        "operations": overview.operations,
        "parameters": parameters.collect::<Vec<_>>(),
        "policies": playbook.policies.keys().collect::<Vec<_>>(),
        "steps": steps.collect::<Vec<_>>(),
    })
}

fn name(call: &Call) -> String {
    format!("{}:{}", call.service, call.action)
}

fn plural(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
