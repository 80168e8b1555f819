//! Playbooks whose parameters do not add up.

use std::collections::BTreeSet;

use super::{at, place_of, whole};
use crate::diagnostic::Diagnostic;
use crate::ir::{Rule, Value};

crate::codes! {
    /// A step uses `{{name}}`, but the playbook binds no parameter of that name: a responder would
    /// run a command with a hole in it.
    ///
    /// ```yaml
    /// parameters:
    ///   instance: {field: requestParameters.instanceId}
    /// steps:
    ///   - title: Isolate it
    ///     calls:
    ///       - {service: ec2, action: ModifyInstanceAttribute, parameters: {InstanceId: "{{instance}}"}}
    /// ```
    ///
    /// Bind the name under `parameters`, to a field of the event or, without `field`, to what the
    /// responder supplies.
    pub UNBOUND_PARAMETER = error "playbook-unbound-parameter": "a playbook step uses a name that nothing binds";

    /// A parameter of the playbook is bound but no step uses it: either a step is missing or the name
    /// is misspelt in one.
    pub UNUSED_PARAMETER = warning "playbook-unused-parameter": "a playbook parameter that no step uses";
}

pub(super) fn check(rule: &Rule, findings: &mut Vec<Diagnostic>) {
    let Some(playbook) = &rule.metadata.playbook else { return };
    let mut used: BTreeSet<String> = BTreeSet::new();
    // A policy is bound from the beginning, the output of a call from that call on.
    let mut bound: BTreeSet<&str> =
        playbook.parameters.keys().chain(playbook.policies.keys()).map(String::as_str).collect();
    for step in &playbook.steps {
        for call in &step.calls {
            let mut names = BTreeSet::new();
            call.parameters.values().for_each(|value| placeholders(value, &mut names));
            for name in names.iter().filter(|name| !bound.contains(name.as_str())) {
                let title = format!("`{{{{{name}}}}}` is bound by no parameter of the playbook");
                let known: Vec<&str> = playbook.parameters.keys().map(String::as_str).collect();
                let help = match known.as_slice() {
                    [] => "bind it under `parameters`".to_owned(),
                    known => format!("bind it under `parameters`; bound are: {}", known.join(", ")),
                };
                let span = call.origin.or_else(|| place_of(rule, &format!("{{{{{name}}}}}")));
                let label = format!("in `{}` of step `{}`", call.action, step.title);
                findings.push(at(Diagnostic::new(&UNBOUND_PARAMETER, title).help(help), rule, span, &label));
            }
            bound.extend(call.outputs.keys().map(String::as_str));
            used.extend(names);
        }
        let texts = step.text.iter().chain([&step.title]);
        texts.for_each(|text| placeholders_of_text(text, &mut used));
        step.extra.values().for_each(|value| placeholders(value, &mut used));
    }
    for (name, binding) in playbook.parameters.iter().filter(|(name, _)| !used.contains(*name)) {
        let finding = Diagnostic::new(&UNUSED_PARAMETER, format!("no step uses the parameter `{name}`"));
        findings.push(match binding.origin {
            Some(span) => finding.at(&rule.source, span, ""),
            None => whole(finding, rule),
        });
    }
}

fn placeholders(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Text(text) => placeholders_of_text(text, out),
        Value::List(items) => items.iter().for_each(|item| placeholders(item, out)),
        Value::Map(map) => map.iter().for_each(|(key, value)| {
            placeholders_of_text(key, out);
            placeholders(value, out);
        }),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Literal(_) => {}
    }
}

/// The names between `{{` and `}}`.
fn placeholders_of_text(text: &str, out: &mut BTreeSet<String>) {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else { return };
        out.insert(name.trim().to_owned());
        rest = tail;
    }
}
