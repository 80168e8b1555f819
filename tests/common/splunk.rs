//! What Splunk would say of an event: a plain evaluation of `search` and `where` by the rules that
//! splunk.md and target_languages.md §6 state, on events as Splunk's JSON extraction shows them. It
//! knows the syntax tree and nothing of trailsmith's predicates.
//!
//! Where Splunk's answer is not certain, it takes the worst: `=` in `where` compares as numbers
//! whatever looks like numbers, a network in `search` is never a text, and functions that need one
//! value refuse fields with several.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::Value as Json;
use trailsmith_grammar::spl::{
    ArithmeticOp, CommandKind, CompareOp, Eval, EvalKind, Pipeline, Search, SearchKind, SearchOp,
};

/// Values by name.
pub type Event = BTreeMap<String, Vec<String>>;

/// The record as Splunk shows it; `addon`: with the add-on for AWS.
pub fn event(record: &Json, addon: bool) -> Event {
    let mut event = Event::new();
    flatten("", record, &mut event);
    if addon {
        event.entry("errorCode".into()).or_insert_with(|| vec!["success".into()]);
    }
    event
}

fn flatten(name: &str, value: &Json, event: &mut Event) {
    match value {
        Json::Object(map) => map.iter().for_each(|(key, value)| {
            let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
            flatten(&name, value, event);
        }),
        Json::Array(items) => {
            items.iter().for_each(|item| flatten(&format!("{name}{{}}"), item, event));
        }
        Json::String(text) => event.entry(name.to_owned()).or_default().push(text.clone()),
        other => event.entry(name.to_owned()).or_default().push(other.to_string()),
    }
}

/// Whether the event passes the `search` and `where` commands at the beginning of a pipeline.
pub fn passes(pipeline: &Pipeline, event: &Event) -> bool {
    let mut event = event.clone();
    for command in &pipeline.commands {
        let passed = match &command.kind {
            CommandKind::Search(condition) => condition.as_ref().is_none_or(|c| search(c, &event)),
            CommandKind::Where(condition) => truth(condition, &event) == Some(true),
            CommandKind::Eval(assignments) => {
                for assignment in assignments {
                    let values = match value(&assignment.value, &event) {
                        Value::Null => Vec::new(),
                        Value::Text(text) => vec![text],
                        other => panic!("not expected: {other:?}"),
                    };
                    event.insert(assignment.field.text.clone(), values);
                }
                true
            }
            _ => break,
        };
        if !passed {
            return false;
        }
    }
    true
}

fn search(condition: &Search, event: &Event) -> bool {
    let values = |name: &str| event.get(name).into_iter().flatten();
    match &condition.kind {
        SearchKind::And(list) => list.iter().all(|part| search(part, event)),
        SearchKind::Or(list) => list.iter().any(|part| search(part, event)),
        SearchKind::Not(inner) => !search(inner, event),
        SearchKind::Compare { field, .. }
            if ["index", "sourcetype", "earliest"].contains(&field.text.as_str()) =>
        {
            true
        }
        SearchKind::Compare { field, op, value } => values(&field.text).any(|have| match op {
            SearchOp::Eq => found(have, &value.text),
            SearchOp::Ne => !found(have, &value.text),
            op => {
                let order = match (have.parse::<f64>(), value.text.parse::<f64>()) {
                    (Ok(have), Ok(want)) => have.partial_cmp(&want),
                    _ => Some(have.as_str().cmp(&value.text)),
                };
                order.is_some_and(|order| match op {
                    SearchOp::Lt => order.is_lt(),
                    SearchOp::Le => order.is_le(),
                    SearchOp::Gt => order.is_gt(),
                    _ => order.is_ge(),
                })
            }
        }),
        SearchKind::In { field, values: wanted } => {
            values(&field.text).any(|have| wanted.iter().any(|want| found(have, &want.text)))
        }
        SearchKind::Macro(_) => true,
        SearchKind::Text(every) if every.is_star() => true,
        other => panic!("not expected: {other:?}"),
    }
}

/// One value against a value of `search`.
fn found(have: &str, want: &str) -> bool {
    if want.contains('/')
        && let Ok(network) = want.parse::<ipnet::IpNet>()
    {
        return have.parse::<IpAddr>().is_ok_and(|address| network.contains(&address));
    }
    if let (Ok(have), Ok(want)) = (have.parse::<f64>(), want.parse::<f64>()) {
        return have == want;
    }
    let chars = |text: &str| text.to_lowercase().chars().collect::<Vec<_>>();
    wild(&chars(want), &chars(have), '*', None)
}

/// `any`: any characters; `one`: one character.
fn wild(pattern: &[char], text: &[char], any: char, one: Option<char>) -> bool {
    match pattern {
        [] => text.is_empty(),
        [c, rest @ ..] if *c == any => (0..=text.len()).any(|skip| wild(rest, &text[skip..], any, one)),
        [c, rest @ ..] => {
            let fits = |first: &char| Some(*c) == one || first == c;
            text.first().is_some_and(fits) && wild(rest, &text[1..], any, one)
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Null,
    Number(f64),
    Text(String),
    Many(Vec<String>),
}

/// Three-valued.
fn truth(condition: &Eval, event: &Event) -> Option<bool> {
    match &condition.kind {
        EvalKind::And(list) => kleene(list.iter().map(|part| truth(part, event)), false),
        EvalKind::Or(list) => kleene(list.iter().map(|part| truth(part, event)), true),
        EvalKind::Not(inner) => truth(inner, event).map(|truth| !truth),
        EvalKind::Compare { left, op, right } => compare(&value(left, event), *op, &value(right, event)),
        EvalKind::In { left, list } => {
            let left = value(left, event);
            kleene(list.iter().map(|item| compare(&left, CompareOp::Eq, &value(item, event))), true)
        }
        EvalKind::Call { name, args } => {
            let text = |index: usize| match value(&args[index], event) {
                Value::Null => None,
                Value::Number(number) => Some(number.to_string()),
                Value::Text(text) => Some(text),
                Value::Many(values) => panic!("{name} on several values: {values:?}"),
            };
            match name.as_str() {
                "isnull" => Some(value(&args[0], event) == Value::Null),
                "isnotnull" => Some(value(&args[0], event) != Value::Null),
                "like" => {
                    let (text, pattern) = (text(0)?, text(1)?);
                    assert!(!pattern.contains('\\'), "no sure escape in like");
                    let chars = |text: &str| text.chars().collect::<Vec<_>>();
                    Some(wild(&chars(&pattern), &chars(&text), '%', Some('_')))
                }
                "match" => Some(regex::Regex::new(&text(1)?).expect("a pattern").is_match(&text(0)?)),
                "cidrmatch" => {
                    let network: ipnet::IpNet = text(0)?.parse().expect("a network");
                    Some(network.contains(&text(1)?.parse::<IpAddr>().ok()?))
                }
                "true" => Some(true),
                "false" => Some(false),
                name => panic!("no condition: {name}"),
            }
        }
        other => panic!("no condition: {other:?}"),
    }
}

/// The strong truth value wins, an unknown one beats the weak one.
fn kleene(truths: impl Iterator<Item = Option<bool>>, strong: bool) -> Option<bool> {
    let mut result = Some(!strong);
    for truth in truths {
        match truth {
            Some(truth) if truth == strong => return Some(strong),
            None => result = None,
            Some(_) => {}
        }
    }
    result
}

fn compare(left: &Value, op: CompareOp, right: &Value) -> Option<bool> {
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::Number(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.clone()),
        Value::Many(values) => panic!("a comparison of several values: {values:?}"),
    };
    let (left, right) = (text(left)?, text(right)?);
    let order = match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(left), Ok(right)) => left.partial_cmp(&right)?,
        _ => left.cmp(&right),
    };
    Some(match op {
        CompareOp::Eq => order.is_eq(),
        CompareOp::Ne => order.is_ne(),
        CompareOp::Lt => order.is_lt(),
        CompareOp::Le => order.is_le(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
        CompareOp::Like => panic!("not expected"),
    })
}

fn value(eval: &Eval, event: &Event) -> Value {
    match &eval.kind {
        EvalKind::Text(text) => Value::Text(text.clone()),
        EvalKind::Number(number) => Value::Number(number.value()),
        EvalKind::Negative(inner) => match value(inner, event) {
            Value::Number(number) => Value::Number(-number),
            other => panic!("no number: {other:?}"),
        },
        EvalKind::Field(name) => match event.get(name).map(Vec::as_slice) {
            None | Some([]) => Value::Null,
            Some([one]) => Value::Text(one.clone()),
            Some(many) => Value::Many(many.to_vec()),
        },
        EvalKind::Arithmetic { first, rest } => {
            let mut text = String::new();
            let parts = std::iter::once(&**first).chain(rest.iter().map(|(op, part)| {
                assert_eq!(*op, ArithmeticOp::Concat);
                part
            }));
            for part in parts {
                match value(part, event) {
                    Value::Text(part) => text.push_str(&part),
                    Value::Null => return Value::Null,
                    other => panic!("not joined: {other:?}"),
                }
            }
            Value::Text(text)
        }
        EvalKind::Call { name, args } => match name.as_str() {
            "lower" => match value(&args[0], event) {
                Value::Text(text) => Value::Text(text.to_lowercase()),
                Value::Null => Value::Null,
                other => panic!("lower of {other:?}"),
            },
            "tonumber" => match value(&args[0], event) {
                Value::Text(text) => text.parse().map_or(Value::Null, Value::Number),
                Value::Null => Value::Null,
                other => panic!("tonumber of {other:?}"),
            },
            "mvfilter" => {
                let mut names = Vec::new();
                fields(&args[0], &mut names);
                names.dedup();
                let [name] = names.as_slice() else { panic!("mvfilter reads one field, not {names:?}") };
                let kept = event.get(name).into_iter().flatten().filter(|one| {
                    let alone = Event::from([(name.clone(), vec![(*one).clone()])]);
                    truth(&args[0], &alone) == Some(true)
                });
                let kept: Vec<String> = kept.cloned().collect();
                if kept.is_empty() { Value::Null } else { Value::Many(kept) }
            }
            "null" => Value::Null,
            "coalesce" => {
                let values = args.iter().map(|arg| value(arg, event));
                values.into_iter().find(|value| *value != Value::Null).unwrap_or(Value::Null)
            }
            "if" => {
                let branch = if truth(&args[0], event) == Some(true) { 1 } else { 2 };
                value(&args[branch], event)
            }
            "case" => {
                let mut pairs = args.chunks(2).filter(|pair| truth(&pair[0], event) == Some(true));
                pairs.next().map_or(Value::Null, |pair| value(&pair[1], event))
            }
            "replace" => match [0, 1, 2].map(|index| value(&args[index], event)) {
                [Value::Text(text), Value::Text(pattern), Value::Text(with)] => {
                    let pattern = regex::Regex::new(&pattern).expect("a pattern");
                    Value::Text(pattern.replace_all(&text, with).into_owned())
                }
                _ => Value::Null,
            },
            name => panic!("no value: {name}"),
        },
        other => panic!("no value: {other:?}"),
    }
}

fn fields(eval: &Eval, names: &mut Vec<String>) {
    match &eval.kind {
        EvalKind::Field(name) => names.push(name.clone()),
        EvalKind::And(list) | EvalKind::Or(list) | EvalKind::Xor(list) => {
            list.iter().for_each(|part| fields(part, names));
        }
        EvalKind::Not(inner) | EvalKind::Negative(inner) => fields(inner, names),
        EvalKind::Compare { left, right, .. } => {
            [left, right].into_iter().for_each(|part| fields(part, names))
        }
        EvalKind::In { left, list } => {
            fields(left, names);
            list.iter().for_each(|part| fields(part, names));
        }
        EvalKind::Arithmetic { first, rest } => {
            fields(first, names);
            rest.iter().for_each(|(_, part)| fields(part, names));
        }
        EvalKind::Call { args, .. } => args.iter().for_each(|part| fields(part, names)),
        EvalKind::Text(_) | EvalKind::Number(_) | EvalKind::Macro(_) => {}
    }
}
