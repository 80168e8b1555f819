//! A filled playbook as JSON, for programs that carry playbooks out.

use serde_json::{Map, Value, json};

use super::fill::{Filled, FilledCall, FilledStep};
use super::resolved::{Each, Piece, Resolved};

/// The object. A value that only a response will give is written `<name>`, after an output of a call
/// before.
pub fn json(filled: &Filled) -> Value {
    let parameters: Map<String, Value> = filled
        .parameters
        .iter()
        .map(|parameter| {
            (parameter.name.clone(), json!({ "values": parameter.values, "from": parameter.from }))
        })
        .collect();
    json!({
        "rule_id": filled.rule_id,
        "rule_name": filled.rule,
        "playbook": filled.id,
        "summary": filled.summary,
        "event": filled.event,
        "region": filled.region,
        "parameters": parameters,
        "steps": filled.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn step(step: &FilledStep) -> Value {
    let text = |pieces: &[Piece]| pieces.iter().map(Piece::readable).collect::<String>();
    json!({
        "number": step.number,
        "title": text(&step.title),
        "text": step.text.as_deref().map(text),
        "requires": step.requires,
        "left_out": step.skipped.as_deref().map(text),
        "calls": step.calls.iter().map(call).collect::<Vec<_>>(),
        "wait_seconds": step.wait.map(|wait| wait.millis.saturating_add(999) / 1000),
    })
}

fn call(call: &FilledCall) -> Value {
    let until = call.until.as_ref();
    json!({
        "service": call.service,
        "action": call.action,
        "each": call.each.as_ref().map(|each| match each {
            Each::Output(name) => json!({ "output": name }),
            Each::Value(value) => json!({ "value": value }),
        }),
        "parameters": value(&call.parameters),
        "outputs": call.outputs,
        "until": until.map(|(state, parameters)| json!({ "state": state, "parameters": value(parameters) })),
    })
}

/// The JSON of a value; what is known later is `<name>`.
fn value(value: &Resolved) -> Value {
    serde_json::from_str(&value.readable()).unwrap_or(Value::Null)
}
