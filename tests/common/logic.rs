//! Truth functions over named leaves: predicates and Query DSL are held against each other under
//! many assignments, whatever their shape.
#![allow(dead_code)] // every test file uses its own part

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use trailsmith::ir::{Comparison, GlobPart, Node, NumberOp, Predicate, TextMatch, Words};

/// A formula over named leaves.
#[derive(Debug)]
pub enum Formula {
    Constant(bool),
    Leaf(String),
    Not(Box<Formula>),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

impl Formula {
    pub fn leaves(&self, out: &mut BTreeSet<String>) {
        match self {
            Formula::Constant(_) => {}
            Formula::Leaf(name) => drop(out.insert(name.clone())),
            Formula::Not(inner) => inner.leaves(out),
            Formula::All(items) | Formula::Any(items) => items.iter().for_each(|item| item.leaves(out)),
        }
    }

    pub fn holds(&self, truth: &BTreeMap<String, bool>) -> bool {
        match self {
            Formula::Constant(value) => *value,
            Formula::Leaf(name) => truth[name],
            Formula::Not(inner) => !inner.holds(truth),
            Formula::All(items) => items.iter().all(|item| item.holds(truth)),
            Formula::Any(items) => items.iter().any(|item| item.holds(truth)),
        }
    }
}

/// One spelling for `1`, `1.0` and `"1"`.
pub fn canonical(text: &str) -> String {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => number.to_string(),
        _ => text.to_owned(),
    }
}

pub fn scalar(value: &Json) -> String {
    match value {
        Json::String(text) => canonical(text),
        other => canonical(&other.to_string()),
    }
}

/// A Lucene query string of literal pieces and stars, unescaped; stars become U+0001.
fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            '*' => out.push('\u{1}'),
            c => out.push(c),
        }
    }
    out
}

pub fn dsl(query: &Json) -> Formula {
    let (kind, body) = query.as_object().expect("a query").iter().next().expect("one key");
    let only = |body: &Json| {
        let (field, value) = body.as_object().unwrap().iter().next().unwrap();
        (field.clone(), value.clone())
    };
    match kind.as_str() {
        "match_all" => Formula::Constant(true),
        "match_none" => Formula::Constant(false),
        "terms" => {
            let (field, values) = only(body);
            let leaf = |value| Formula::Leaf(format!("{field} = {}", scalar(value)));
            Formula::Any(values.as_array().unwrap().iter().map(leaf).collect())
        }
        "prefix" => {
            let (field, value) = only(body);
            Formula::Leaf(format!("{field} ~ {}\u{1}", value["value"].as_str().unwrap()))
        }
        "exists" => Formula::Leaf(format!("{} exists", body["field"].as_str().unwrap())),
        "match" | "match_phrase" | "term" => {
            let (field, value) = only(body);
            let value = value.get("value").cloned().unwrap_or(value);
            Formula::Leaf(format!("{field} = {}", scalar(&value)))
        }
        "wildcard" => {
            let (field, value) = only(body);
            Formula::Leaf(format!("{field} ~ {}", unescape(value["value"].as_str().unwrap())))
        }
        "query_string" => {
            let pattern = unescape(body["query"].as_str().unwrap());
            match body.get("fields") {
                Some(fields) => Formula::Leaf(format!("{} ~ {pattern}", fields[0].as_str().unwrap())),
                None if pattern == "\u{1}" => Formula::Constant(true),
                None => Formula::Leaf(format!("any ~ {pattern}")),
            }
        }
        "multi_match" => {
            let phrase = body["type"] == "phrase";
            Formula::Leaf(format!("any {} {}", if phrase { "phrase" } else { "=" }, scalar(&body["query"])))
        }
        "range" => {
            let (field, bounds) = only(body);
            let (op, value) = only(&bounds);
            Formula::Leaf(format!("{field} {op} {}", scalar(&value)))
        }
        "nested" => Formula::Leaf(format!(
            "nested {} {}",
            body["path"].as_str().unwrap(),
            print(&dsl(&body["query"]))
        )),
        "bool" => {
            let clauses = |key: &str| -> Vec<Formula> {
                match body.get(key) {
                    None => Vec::new(),
                    Some(Json::Array(items)) => items.iter().map(dsl).collect(),
                    Some(one) => vec![dsl(one)],
                }
            };
            let mut all = clauses("filter");
            all.extend(clauses("must"));
            all.extend(clauses("must_not").into_iter().map(|f| Formula::Not(Box::new(f))));
            if body.get("should").is_some() {
                assert_eq!(body["minimum_should_match"], 1, "{body}");
                all.push(Formula::Any(clauses("should")));
            }
            Formula::All(all)
        }
        other => panic!("unknown query `{other}`"),
    }
}

/// A formula as text, single-element groups unwrapped, to name nested bodies.
pub fn print(formula: &Formula) -> String {
    match formula {
        Formula::Constant(value) => value.to_string(),
        Formula::Leaf(name) => name.clone(),
        Formula::Not(inner) => format!("!{}", print(inner)),
        Formula::All(items) | Formula::Any(items) if items.len() == 1 => print(&items[0]),
        Formula::All(items) | Formula::Any(items) => {
            let mut parts: Vec<String> = items.iter().map(print).collect();
            parts.sort();
            let sign = if matches!(formula, Formula::All(_)) { " & " } else { " | " };
            format!("({})", parts.join(sign))
        }
    }
}

fn glob(parts: &[GlobPart]) -> String {
    let piece = |part: &GlobPart| match part {
        GlobPart::Literal(text) => text.clone(),
        GlobPart::Any => "\u{1}".into(),
        GlobPart::One => panic!("KQL has no `?`"),
    };
    parts.iter().map(piece).collect()
}

pub fn ir(node: &Node) -> Formula {
    match &node.predicate {
        Predicate::Constant(value) => Formula::Constant(*value),
        Predicate::And(nodes) => Formula::All(nodes.iter().map(ir).collect()),
        Predicate::Or(nodes) => Formula::Any(nodes.iter().map(ir).collect()),
        Predicate::Not(node) => Formula::Not(Box::new(ir(node))),
        Predicate::Nested { path, body } => {
            Formula::Leaf(format!("nested {} {}", path.path, print(&ir(body))))
        }
        Predicate::AnyField(Words::AnyOf(text)) => Formula::Leaf(format!("any = {}", canonical(text))),
        Predicate::AnyField(Words::Phrase(text)) => Formula::Leaf(format!("any phrase {}", canonical(text))),
        Predicate::AnyField(Words::Pattern(pattern)) => {
            Formula::Leaf(format!("any ~ {}", glob(&pattern.parts)))
        }
        Predicate::AnyField(other) => panic!("{other:?}"),
        Predicate::Test(test) => {
            let field = &test.field.path;
            let star = '\u{1}';
            Formula::Leaf(match &test.comparison {
                Comparison::Exists => format!("{field} exists"),
                Comparison::Bool(value) => format!("{field} = {value}"),
                Comparison::Number { op: NumberOp::Eq, value } => format!("{field} = {value}"),
                Comparison::Words(Words::AnyOf(text) | Words::Phrase(text)) => {
                    format!("{field} = {}", canonical(text))
                }
                Comparison::Ip(net) if net.prefix_len() == net.max_prefix_len() => {
                    format!("{field} = {}", net.addr())
                }
                Comparison::Ip(net) => format!("{field} = {net}"),
                Comparison::Text { matcher, .. } => match matcher {
                    TextMatch::Equals(text) => format!("{field} = {}", canonical(text)),
                    TextMatch::Prefix(text) => format!("{field} ~ {text}{star}"),
                    TextMatch::Suffix(text) => format!("{field} ~ {star}{text}"),
                    TextMatch::Contains(text) => format!("{field} ~ {star}{text}{star}"),
                    TextMatch::Glob(pattern) => format!("{field} ~ {}", glob(&pattern.parts)),
                },
                Comparison::TextRange { lower, upper } => {
                    let (limit, below) = match (&lower.limit, &upper.limit) {
                        (Some(limit), None) => (limit, false),
                        (None, Some(limit)) => (limit, true),
                        both => panic!("{both:?}"),
                    };
                    let op = match (below, limit.inclusive) {
                        (true, true) => "lte",
                        (true, false) => "lt",
                        (false, true) => "gte",
                        (false, false) => "gt",
                    };
                    format!("{field} {op} {}", canonical(&limit.value))
                }
                other => panic!("{field}: {other:?}"),
            })
        }
    }
}

/// 600 assignments from a fixed stream of pseudo-random bits (xorshift), all false and all true
/// among them.
pub fn assert_equivalent(what: &str, ours: &Formula, theirs: &Formula) {
    let (mut a, mut b) = (BTreeSet::new(), BTreeSet::new());
    ours.leaves(&mut a);
    theirs.leaves(&mut b);
    assert_eq!(a, b, "{what}: leaves differ");
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for round in 0..600 {
        let truth = a.iter().map(|name| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            // From nearly always false to nearly always true, so that long conjunctions get tested.
            let value = match round {
                0 => false,
                1 => true,
                n => (state >> 11) % 16 < n % 16,
            };
            (name.clone(), value)
        });
        let truth = truth.collect();
        assert_eq!(ours.holds(&truth), theirs.holds(&truth), "{what} under {truth:?}");
    }
}
