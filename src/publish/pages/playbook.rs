//! The response playbook of a rule, before any event fills it in.

use indexmap::IndexMap;

use super::markdown::{block, code, text};
use crate::backend::kibana::json;
use crate::ir::{Binding, Call, Playbook, Step, Value};

pub(super) fn section(playbook: &Playbook) -> String {
    let mut out = "\n## Response playbook\n".to_owned();
    if let Some(summary) = &playbook.summary {
        out.push_str(&format!("\n{}\n", text(summary)));
    }
    if !playbook.parameters.is_empty() {
        out.push_str("\n| Value | From | What it is |\n| --- | --- | --- |\n");
        for (name, binding) in &playbook.parameters {
            let what = binding.description.as_deref().map(text).unwrap_or_default();
            out.push_str(&format!("| {} | {} | {what} |\n", code(name), from(binding)));
        }
    }
    for (name, policy) in &playbook.policies {
        let policy = json(policy);
        let policy = policy.as_str().map_or_else(|| format!("{policy:#}"), str::to_owned);
        out.push_str(&format!("\nPolicy {}:\n\n{}", code(name), block("json", &policy)));
    }
    for (number, one) in playbook.steps.iter().enumerate() {
        out.push_str(&format!("\n### {}. {}\n", number + 1, text(&one.title)));
        step(one, &mut out);
    }
    out
}

/// Where a value comes from.
fn from(binding: &Binding) -> String {
    let given = match (&binding.field, &binding.default) {
        (Some(field), _) => code(field),
        (None, Some(_)) => String::new(),
        (None, None) => "the responder".to_owned(),
    };
    match &binding.default {
        Some(default) if given.is_empty() => format!("{}, unless given", code(default)),
        Some(default) => format!("{given}, else {}", code(default)),
        None => given,
    }
}

fn step(step: &Step, out: &mut String) {
    let mut line = |line: String| out.push_str(&format!("\n{line}\n"));
    if let Some(details) = &step.text {
        line(details.trim().to_owned());
    }
    let values = |values: &[String]| values.iter().map(|value| code(value)).collect::<Vec<_>>().join(" or ");
    for (field, wanted) in &step.when {
        line(format!("Only where {} is {}.", code(field), values(wanted)));
    }
    for condition in &step.requires {
        line(format!("Before: {}", text(condition)));
    }
    for one in &step.calls {
        call(one, out);
    }
    if let Some(wait) = step.wait {
        out.push_str(&format!("\nThen wait {wait}.\n"));
    }
}

/// A call as the command line of AWS has it, without quoting: values are still names in braces.
fn call(call: &Call, out: &mut String) {
    let each = call.each.as_deref().map(|list| format!(", once for each of {}", code(list)));
    let head = code(&format!("{}:{}", call.service, call.action));
    out.push_str(&format!("\nCall {head}{}", each.unwrap_or_default()));
    match call.parameters.is_empty() {
        true => out.push_str(".\n"),
        false => out.push_str(&format!(":\n\n{}", parameters(&call.parameters))),
    }
    for (name, path) in &call.outputs {
        out.push_str(&format!("\n{} is {} of the response.\n", code(name), code(path)));
    }
    if let Some(until) = &call.until {
        out.push_str(&format!("\nWait until {}", code(&until.state)));
        match until.parameters.is_empty() {
            true => out.push_str(".\n"),
            false => out.push_str(&format!(" of\n\n{}", parameters(&until.parameters))),
        }
    }
}

fn parameters(parameters: &IndexMap<String, Value>) -> String {
    let all: serde_json::Map<String, serde_json::Value> =
        parameters.iter().map(|(name, value)| (name.clone(), json(value))).collect();
    block("json", &format!("{:#}", serde_json::Value::Object(all)))
}
