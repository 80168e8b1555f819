//! Playbooks whose parameters do not add up.

use std::collections::BTreeSet;

use super::{at, place_of, whole};
use crate::diagnostic::Diagnostic;
use crate::ir::{Call, Playbook, Rule, Step, Value};
use crate::playbook::{names, service};

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

    /// A call uses the output of a call that is made later, or, inside a text that is printed before
    /// any call, of any call at all: at that moment there is no such value.
    ///
    /// ```yaml
    /// steps:
    ///   - title: Detach the volumes
    ///     calls:
    ///       - {service: ec2, action: DetachVolume, each: volumes, parameters: {VolumeId: "{{volumes}}"}}
    ///   - title: Find the volumes
    ///     calls:
    ///       - service: ec2
    ///         action: DescribeInstances
    ///         outputs: {volumes: "Reservations[].Instances[].BlockDeviceMappings[].Ebs.VolumeId"}
    /// ```
    ///
    /// Put the step that finds out before the step that uses it.
    pub USED_BEFORE_BOUND = error "playbook-used-before-bound": "a playbook step uses what a later call gives";

    /// A policy document of a playbook is not JSON, or not a table of statements: IAM would refuse it
    /// in the middle of an incident.
    ///
    /// Write it under `policies` as YAML, which trailsmith turns into JSON, and use it by name:
    ///
    /// ```yaml
    /// policies:
    ///   deny_all:
    ///     Version: "2012-10-17"
    ///     Statement: [{Effect: Deny, Action: ["*"], Resource: ["*"]}]
    /// ```
    pub INVALID_POLICY = error "playbook-invalid-policy": "a policy document of a playbook is no policy";

    /// The playbook waits for a state that AWS's command line has no waiter for: the script would stop
    /// there.
    ///
    /// Names of waiters are those behind `aws SERVICE wait`: `instance-stopped`, `snapshot-completed`.
    pub UNKNOWN_STATE = error "playbook-unknown-state": "a playbook waits for a state that has no waiter";

    /// A name of a playbook cannot be used: it is not made of letters, digits and `_` with a letter in
    /// front, or it is given twice (as a parameter, a policy or the output of a call), or it is
    /// `letter`, which is the letter of the turn in a repeated call.
    ///
    /// Rename one of them.
    pub UNUSABLE_NAME = error "playbook-unusable-name": "a name of a playbook that cannot be used";
}

pub(super) fn check(rule: &Rule, findings: &mut Vec<Diagnostic>) {
    let Some(playbook) = &rule.metadata.playbook else { return };
    unusable_names(rule, playbook, findings);
    policies(rule, playbook, findings);
    let later: BTreeSet<&String> = calls(playbook).flat_map(|(_, call)| call.outputs.keys()).collect();
    let mut bound: BTreeSet<&String> = BTreeSet::new();
    let mut used: BTreeSet<String> = BTreeSet::new();
    for step in &playbook.steps {
        for call in &step.calls {
            let before = names::of_call(playbook, call);
            let turn = call.each.is_some().then_some(names::LETTER);
            let is_known =
                |name: &str| playbook.parameters.contains_key(name) || playbook.policies.contains_key(name);
            let mut missing = Vec::new();
            missing.extend(before.iter().filter(|n| !is_known(n) && !bound.contains(n) && turn != Some(n)));
            bound.extend(call.outputs.keys());
            let after = names::of_until(playbook, call);
            missing.extend(after.iter().filter(|name| !is_known(name) && !bound.contains(name)));
            missing.sort();
            missing.dedup();
            for name in missing {
                findings.push(unbound(rule, playbook, step, call, name, later.contains(name)));
            }
            if let Some(until) = &call.until
                && service::waiter(&call.service, &until.state).is_none()
            {
                let (name, state) = (&call.service, &until.state);
                let finding = Diagnostic::new(&UNKNOWN_STATE, format!("`{name}` has no waiter `{state}`"));
                let known = service::waiters(name).join(", ");
                let help = match known.as_str() {
                    "" => format!("no waiter of `{name}` is known; wait a fixed time with `wait: 30s`"),
                    known => format!("known are: {known}"),
                };
                findings.push(at(finding.help(help), rule, call.origin, ""));
            }
            used.extend(before);
            used.extend(after);
        }
        let mut in_texts = BTreeSet::new();
        let texts = step.text.iter().chain([&step.title]);
        texts.for_each(|text| names::of_text(text, &mut in_texts));
        for name in
            in_texts.iter().filter(|name| !playbook.parameters.contains_key(*name) && !bound.contains(name))
        {
            let code = if later.contains(name) { &USED_BEFORE_BOUND } else { &UNBOUND_PARAMETER };
            let title = format!("`{{{{{name}}}}}` in the words of step `{}` has no value there", step.title);
            let span = place_of(rule, &format!("{{{{{name}}}}}"));
            findings.push(at(Diagnostic::new(code, title), rule, span, ""));
        }
        used.extend(in_texts);
        step.extra.values().for_each(|value| names::of_value(value, &mut used));
    }
    for (name, binding) in playbook.parameters.iter().filter(|(name, _)| !used.contains(*name)) {
        let finding = Diagnostic::new(&UNUSED_PARAMETER, format!("no step uses the parameter `{name}`"));
        findings.push(match binding.origin {
            Some(span) => finding.at(&rule.source, span, ""),
            None => whole(finding, rule),
        });
    }
}

fn calls(playbook: &Playbook) -> impl Iterator<Item = (&Step, &Call)> {
    playbook.steps.iter().flat_map(|step| step.calls.iter().map(move |call| (step, call)))
}

fn unbound(
    rule: &Rule,
    playbook: &Playbook,
    step: &Step,
    call: &Call,
    name: &str,
    later: bool,
) -> Diagnostic {
    let span = call.origin.or_else(|| place_of(rule, &format!("{{{{{name}}}}}")));
    let label = format!("in `{}` of step `{}`", call.action, step.title);
    if later {
        let title = format!("`{{{{{name}}}}}` is an output of a call that comes later");
        let finding = Diagnostic::new(&USED_BEFORE_BOUND, title).help("put the step that gives it before");
        return at(finding, rule, span, &label);
    }
    let title = format!("`{{{{{name}}}}}` is bound by no parameter of the playbook");
    let known: Vec<&str> = playbook.parameters.keys().map(String::as_str).collect();
    let help = match known.as_slice() {
        [] => "bind it under `parameters`".to_owned(),
        known => format!("bind it under `parameters`; bound are: {}", known.join(", ")),
    };
    at(Diagnostic::new(&UNBOUND_PARAMETER, title).help(help), rule, span, &label)
}

fn unusable_names(rule: &Rule, playbook: &Playbook, findings: &mut Vec<Diagnostic>) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let outputs = calls(playbook).flat_map(|(_, call)| call.outputs.keys());
    for name in playbook.parameters.keys().chain(playbook.policies.keys()).chain(outputs) {
        let spelt = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let why = match name.as_str() {
            names::LETTER => "is the letter of the turn in a repeated call",
            _ if !spelt => "is not made of letters, digits and `_`",
            _ if !seen.insert(name) => "stands for two things",
            _ => continue,
        };
        let span = playbook.parameters.get(name).and_then(|binding| binding.origin);
        findings.push(at(Diagnostic::new(&UNUSABLE_NAME, format!("`{name}` {why}")), rule, span, ""));
    }
}

/// Policies, and texts of calls that are meant to be one.
fn policies(rule: &Rule, playbook: &Playbook, findings: &mut Vec<Diagnostic>) {
    let mut report = |what: &str, call: Option<&Call>, why: &str| {
        let finding = Diagnostic::new(&INVALID_POLICY, format!("{what} {why}"));
        findings.push(at(finding, rule, call.and_then(|call| call.origin), ""));
    };
    for (name, policy) in &playbook.policies {
        if let Some(why) = no_policy(policy) {
            report(&format!("the policy `{name}`"), None, why);
        }
    }
    for (_, call) in calls(playbook) {
        for (name, value) in &call.parameters {
            let is_policy = name.ends_with("PolicyDocument") || name == "Policy" || name == "policyText";
            let Value::Text(text) = value else { continue };
            if !is_policy || names::whole(text).is_some() {
                continue;
            }
            if let Some(why) = no_policy(value) {
                report(&format!("`{name}` of `{}`", call.action), Some(call), why);
            }
        }
    }
}

/// Why a value is no policy document.
fn no_policy(value: &Value) -> Option<&'static str> {
    let parsed;
    let value = match value {
        Value::Text(text) => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(json) => {
                parsed = json;
                return (!parsed["Statement"].is_object() && !parsed["Statement"].is_array())
                    .then_some("has no `Statement`");
            }
            Err(_) => return Some("is not JSON"),
        },
        value => value,
    };
    match value.as_map().and_then(|map| map.get("Statement")) {
        Some(Value::List(_) | Value::Map(_)) => None,
        _ => Some("has no `Statement`"),
    }
}
