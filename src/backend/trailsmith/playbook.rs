//! A playbook as keys of the format.

use indexmap::IndexMap;

use super::{table, text, texts};
use crate::ir::{Binding, Call, Playbook, Step, Until, Value};

/// The value of the key `playbook`. Other targets that carry playbooks write them with the same keys.
pub fn value(playbook: &Playbook) -> Value {
    let parameters = playbook.parameters.iter().map(|(name, value)| (name.clone(), binding(value)));
    table([
        ("id", text(&playbook.id)),
        ("summary", text(&playbook.summary)),
        ("parameters", map(&parameters.collect())),
        ("policies", map(&playbook.policies)),
        ("steps", Some(Value::List(playbook.steps.iter().map(step).collect()))),
    ])
}

/// Nothing for a table without entries.
fn map(entries: &IndexMap<String, Value>) -> Option<Value> {
    (!entries.is_empty()).then(|| Value::Map(entries.clone()))
}

fn binding(binding: &Binding) -> Value {
    match (&binding.field, &binding.default, &binding.description) {
        (Some(field), None, None) => field.as_str().into(),
        (field, default, description) => {
            table([("field", text(field)), ("default", text(default)), ("description", text(description))])
        }
    }
}

fn step(step: &Step) -> Value {
    let calls = (!step.calls.is_empty()).then(|| Value::List(step.calls.iter().map(call).collect()));
    let when = step.when.iter().map(|(field, values)| {
        let value = match values.as_slice() {
            [one] => one.as_str().into(),
            many => texts(many),
        };
        (field.clone(), value)
    });
    let value = table([
        ("title", Some(step.title.as_str().into())),
        ("text", text(&step.text)),
        ("requires", (!step.requires.is_empty()).then(|| texts(&step.requires))),
        ("when", map(&when.collect())),
        ("calls", calls),
        ("wait", step.wait.map(|wait| wait.to_string().into())),
    ]);
    match value {
        Value::Map(mut map) => {
            map.extend(step.extra.iter().map(|(key, value)| (key.clone(), value.clone())));
            Value::Map(map)
        }
        other => other,
    }
}

fn call(call: &Call) -> Value {
    let outputs = call.outputs.iter().map(|(name, path)| (name.clone(), path.as_str().into()));
    table([
        ("service", Some(call.service.as_str().into())),
        ("action", Some(call.action.as_str().into())),
        ("each", text(&call.each)),
        ("parameters", map(&call.parameters)),
        ("outputs", map(&outputs.collect())),
        ("until", call.until.as_ref().map(until)),
    ])
}

fn until(until: &Until) -> Value {
    table([("state", Some(until.state.as_str().into())), ("parameters", map(&until.parameters))])
}
